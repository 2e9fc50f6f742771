"""Answers the video port: orders are folders, renders are processes, progress is a small file."""

import asyncio
import shutil
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import structlog

from adapters.video.animatic.crew import Crew
from adapters.video.animatic.plan import ORDER, Input, folder_name, plan_of, write_plan
from adapters.video.animatic.shelf import begun, copy, look, put, remove, tidy, was_here
from bot.domain.errors import Expired, InvalidInput, ProviderError, Unavailable
from bot.domain.job import Charged, ProviderTask, RemoteFile
from bot.domain.request import Reference
from bot.ports.files import Files
from bot.ports.parts import Parts
from bot.ports.video import Failed, Finished, Order, Progress, Running

TIDY_SECONDS = 60 * 60.0
ASK_AGAIN = 0.4
_ERRORS: Mapping[str, type[ProviderError]] = {"InvalidInput": InvalidInput, "Unavailable": Unavailable}


class Animatic:
    """`settings["workers"]` is how many films render at once (1 unless said); several processes may share `parts.folder`."""

    name = "animatic"
    in_flight = 10.0  # the same key is started only once

    def __init__(self, parts: Parts, *, tidy_seconds: float = TIDY_SECONDS) -> None:
        self.folder = parts.folder
        self.files: Files | None = parts.files
        self.crew = Crew(self.folder, workers=max(1, int(parts.settings.get("workers") or 1)))
        self._first: asyncio.Task[None] | None = None
        self._tidying: asyncio.Task[None] | None = None
        self._tidied_at: float | None = None
        self._tidy_seconds = tidy_seconds
        self._submitting = asyncio.Lock()
        self._log = structlog.get_logger()

    async def submit(self, order: Order) -> ProviderTask:
        await self._wake()
        async with self._submitting:
            folder = self._folder(order.key)
            if not await asyncio.to_thread((folder / ORDER).exists):
                await self._lay_down(order, folder)
            await self.crew.add(folder.name)
        return ProviderTask(id=order.key)

    async def poll(self, task: ProviderTask) -> Progress:
        """Raises Unavailable for an order that never was in this folder: the bot that took it may have a folder of its own."""
        await self._wake()
        folder = self._folder(task.id)
        outcome, progress, there = await asyncio.to_thread(look, folder)
        if outcome is not None:
            return _ended(task.id, outcome)
        if not there:
            return Failed(error=await self._lost(folder, "This render"))
        await self.crew.add(folder.name)
        if progress is None:
            return Running(fraction=0.0, ask_again_in=ASK_AGAIN)
        return Running(fraction=progress.get("fraction"), eta=progress.get("eta"), ask_again_in=ASK_AGAIN)

    async def cancel(self, task: ProviderTask) -> Charged:
        """Raises Unavailable for an order that never was in this folder, as it may go on in another."""
        folder = self._folder(task.id)
        if not await asyncio.to_thread(folder.exists):
            await self._lost(folder, "This render")
            return Charged.no
        await self.crew.stop(folder.name)
        await asyncio.to_thread(remove, folder)
        return Charged.no

    async def find(self, order: Order) -> ProviderTask | None:
        await self._wake()
        there = await asyncio.to_thread((self._folder(order.key) / ORDER).exists)
        return ProviderTask(id=order.key) if there else None

    async def download(self, file: str, into: Path) -> None:
        key, _, name = file.rpartition("/")
        source = self._folder(key) / name
        try:
            await asyncio.to_thread(copy, source, into)
        except FileNotFoundError as error:
            raise await self._lost(source.parent, name) from error

    async def aclose(self) -> None:
        """Ends the workers; their orders stay and are carried on by whoever opens this folder next."""
        if self._tidying is not None:
            await asyncio.gather(self._tidying, return_exceptions=True)
        await self.crew.aclose()

    def _folder(self, key: str) -> Path:
        return self.folder / folder_name(key)

    async def _lost(self, folder: Path, what: str) -> Expired:
        """Raises Unavailable where it never was here, so that it is asked for again, perhaps where it is."""
        here = await asyncio.to_thread(lambda: was_here(folder) or folder.exists())
        if not here:
            raise Unavailable(f"{what} is not in the data folder of this bot. Another one may have it.")
        return Expired(f"{what} is no longer kept: it was cancelled, or is a day old.")

    async def _wake(self) -> None:
        """The first call of any kind waits until what an earlier process left is carried on; later ones tidy beside their work."""
        now = time.monotonic()
        if self._tidied_at is None:
            self._tidied_at = now
            self._first = self._tidying = asyncio.get_running_loop().create_task(self._tidy())
        elif self._tidying is not None and self._tidying.done() and now - self._tidied_at >= self._tidy_seconds:
            self._tidied_at = now
            self._tidying = asyncio.get_running_loop().create_task(self._tidy())
        if self._first is not None:
            await asyncio.shield(self._first)

    async def _tidy(self) -> None:
        try:
            for name in await asyncio.to_thread(tidy, self.folder):
                await self.crew.add(name)
        except OSError as error:
            self._log.warning("old renders could not be tidied", action="animatic.untidy", why=str(error))

    async def _lay_down(self, order: Order, folder: Path) -> None:
        """Writes the order beside its inputs under another name first: a folder with an order in it is a whole one."""
        fresh = await asyncio.to_thread(begun, folder)
        try:
            inputs = [await self._bring(reference, fresh) for reference in order.request.references]
            plan = plan_of(order, tuple(inputs), time.time_ns())
            await asyncio.to_thread(write_plan, fresh, plan)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, fresh, ignore_errors=True))
            raise
        await asyncio.to_thread(put, fresh, folder)

    async def _bring(self, reference: Reference, folder: Path) -> Input:
        if self.files is None or not reference.key:
            raise InvalidInput(f"{reference.token} has no file yet. Attach it again.")
        name = reference.token.lstrip("@").lower()
        async with AsyncExitStack() as stack:
            try:
                path = await stack.enter_async_context(self.files.local(reference.key))
                await asyncio.to_thread(copy, path, folder / name)
            except FileNotFoundError as error:
                raise InvalidInput(f"{reference.token} is no longer on the Drive. Attach it again.") from error
        return Input(token=reference.token, kind=reference.kind, role=reference.role, file=name)


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
