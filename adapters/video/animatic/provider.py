"""Answers the video port: orders are folders, renders are processes, progress is a small file."""

import asyncio
import shutil
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapters.video.animatic.crew import Crew
from adapters.video.animatic.plan import (
    ORDER,
    OUTCOME,
    PROGRESS,
    Input,
    folder_name,
    plan_of,
    read_document,
    read_plan,
    write_document,
    write_plan,
)
from bot.domain.errors import Expired, InvalidInput, ProviderError, Unavailable
from bot.domain.job import Charged, ProviderTask, RemoteFile
from bot.domain.request import Reference
from bot.ports.files import Files
from bot.ports.parts import Parts
from bot.ports.video import Failed, Finished, Order, Progress, Running

KEPT_SECONDS = 48 * 60 * 60
ASK_AGAIN = 0.4
_ERRORS: Mapping[str, type[ProviderError]] = {"InvalidInput": InvalidInput, "Unavailable": Unavailable}


class Animatic:
    """`settings["workers"]` is how many films render at once (1 unless said)."""

    name = "animatic"

    def __init__(self, parts: Parts) -> None:
        self.folder = parts.folder
        self.files: Files | None = parts.files
        self.crew = Crew(self.folder, workers=max(1, int(parts.settings.get("workers") or 1)))
        self._woken: asyncio.Task[None] | None = None
        self._submitting = asyncio.Lock()

    async def submit(self, order: Order) -> ProviderTask:
        await self._wake()
        async with self._submitting:
            folder = self._folder(order.key)
            if not await asyncio.to_thread((folder / ORDER).exists):
                await self._lay_down(order, folder)
            self.crew.add(folder.name)
        return ProviderTask(id=order.key)

    async def poll(self, task: ProviderTask) -> Progress:
        await self._wake()
        folder = self._folder(task.id)
        outcome, progress, there = await asyncio.to_thread(_look, folder)
        if outcome is not None:
            return _ended(task.id, outcome)
        if not there:
            return Failed(error=Expired("This render is no longer kept: it was cancelled or is over 48 hours old."))
        self.crew.add(folder.name)
        if progress is None:
            return Running(fraction=0.0, ask_again_in=ASK_AGAIN)
        return Running(fraction=progress.get("fraction"), eta=progress.get("eta"), ask_again_in=ASK_AGAIN)

    async def cancel(self, task: ProviderTask) -> Charged:
        folder = self._folder(task.id)
        await self.crew.stop(folder.name)
        await asyncio.to_thread(_remove, folder)
        return Charged.no

    async def find(self, order: Order) -> ProviderTask | None:
        await self._wake()
        there = await asyncio.to_thread((self._folder(order.key) / ORDER).exists)
        return ProviderTask(id=order.key) if there else None

    async def download(self, file: str, into: Path) -> None:
        key, _, name = file.rpartition("/")
        source = self._folder(key) / name
        try:
            await asyncio.to_thread(_copy, source, into)
        except FileNotFoundError as error:
            raise Expired(f"{name!r} is no longer kept: results stay for 48 hours.") from error

    async def aclose(self) -> None:
        """Ends the workers; their orders stay and are carried on by whoever opens this folder next."""
        if self._woken is not None:
            await asyncio.gather(self._woken, return_exceptions=True)
        await self.crew.aclose()

    def _folder(self, key: str) -> Path:
        return self.folder / folder_name(key)

    async def _wake(self) -> None:
        """The first call of any kind carries on what an earlier process left."""
        if self._woken is None:
            self._woken = asyncio.get_running_loop().create_task(self._carry_on())
        await asyncio.shield(self._woken)

    async def _carry_on(self) -> None:
        for name in await asyncio.to_thread(_tidy, self.folder):
            self.crew.add(name)

    async def _lay_down(self, order: Order, folder: Path) -> None:
        """Writes the order beside its inputs under another name first: a folder with an order in it is a whole one."""
        fresh = folder.with_name(f".new-{folder.name}")
        await asyncio.to_thread(_remake, fresh)
        inputs = [await self._bring(reference, fresh) for reference in order.request.references]
        plan = plan_of(order, tuple(inputs), time.time_ns())
        await asyncio.to_thread(write_plan, fresh, plan)
        await asyncio.to_thread(fresh.rename, folder)

    async def _bring(self, reference: Reference, folder: Path) -> Input:
        if self.files is None or not reference.key:
            raise InvalidInput(f"{reference.token} has no file yet. Attach it again.")
        name = reference.token.lstrip("@").lower()
        async with AsyncExitStack() as stack:
            try:
                path = await stack.enter_async_context(self.files.local(reference.key))
                await asyncio.to_thread(_copy, path, folder / name)
            except FileNotFoundError as error:
                raise InvalidInput(f"{reference.token} is no longer on the Drive. Attach it again.") from error
        return Input(token=reference.token, kind=reference.kind, role=reference.role, file=name)


def _look(folder: Path) -> tuple[dict[str, Any] | None, dict[str, Any] | None, bool]:
    return read_document(folder / OUTCOME), read_document(folder / PROGRESS), (folder / ORDER).exists()


def _ended(key: str, outcome: Mapping[str, Any]) -> Progress:
    if "error" in outcome:
        return Failed(error=_ERRORS.get(outcome["error"], Unavailable)(outcome["message"]))
    files = tuple(
        RemoteFile(
            id=f"{key}/{one['film']}", last_frame=f"{key}/{one['last']}" if one["last"] else "", name=one["name"]
        )
        for one in outcome["files"]
    )
    return Finished(files=files, usd=Decimal(0), seed=outcome["seed"], details=outcome.get("details", {}))


def _tidy(root: Path) -> list[str]:
    """Forgets what is old or half laid down; names the orders not yet ended, oldest first."""
    root.mkdir(parents=True, exist_ok=True)
    waiting: list[tuple[int, str]] = []
    for folder in [one for one in root.iterdir() if one.is_dir()]:
        outcome = folder / OUTCOME
        if folder.name.startswith("."):
            shutil.rmtree(folder, ignore_errors=True)
        elif outcome.exists():
            if time.time() - outcome.stat().st_mtime > KEPT_SECONDS:
                _remove(folder)
        else:
            try:
                waiting.append((read_plan(folder).submitted, folder.name))
            except (OSError, ValueError, KeyError, TypeError):
                message = "The order of this render cannot be read any more. Ask for it again."
                write_document(outcome, {"error": "Unavailable", "message": message})
    return [name for _, name in sorted(waiting)]


def _remake(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _remove(folder: Path) -> None:
    """At once for every reader: it is renamed before it is emptied."""
    gone = folder.with_name(f".gone-{folder.name}-{time.time_ns()}")
    try:
        folder.rename(gone)
    except FileNotFoundError:
        return
    shutil.rmtree(gone, ignore_errors=True)


def _copy(source: Path, into: Path) -> None:
    """A second name for the same bytes where the disk allows it, else a copy."""
    into.parent.mkdir(parents=True, exist_ok=True)
    try:
        into.unlink(missing_ok=True)
        into.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, into)
