"""Answers the video port: orders are folders, renders are processes, progress is a small file."""

import asyncio
import shutil
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog

from adapters.video.animatic.crew import Crew
from adapters.video.animatic.plan import ORDER, OUTCOME, Input, Plan, folder_name, plan_of, write_document, write_plan
from adapters.video.animatic.shared import Shared
from adapters.video.animatic.shelf import begun, copy, look, put, remove, tidy, was_here
from bot.domain.errors import Expired, InvalidInput, ProviderError, Unavailable
from bot.domain.job import Charged, ProviderTask, RemoteFile
from bot.domain.request import Reference
from bot.ports.files import Files
from bot.ports.parts import Parts
from bot.ports.video import Failed, Finished, Order, Progress, Running

TIDY_SECONDS = 60 * 60.0
ASK_AGAIN = 0.4
ELSEWHERE = 1.0  # so often is asked after what another replica renders
HOLD_SECONDS = 1.0
_ERRORS: Mapping[str, type[ProviderError]] = {"InvalidInput": InvalidInput, "Unavailable": Unavailable}


class Animatic:
    """`settings["workers"]` is how many films render at once (1 unless said); several processes may share `parts.folder`."""

    name = "animatic"
    in_flight = 10.0  # the same key is started only once

    def __init__(self, parts: Parts, *, tidy_seconds: float = TIDY_SECONDS) -> None:
        self.folder = parts.folder
        self.files: Files | None = parts.files
        workers = max(1, int(parts.settings.get("workers") or 1))
        self.crew = Crew(self.folder, workers=workers, ended=self._publish)
        self._shared: Shared | None = None
        if parts.storage is not None and parts.files is not None:
            self._shared = Shared(parts.storage, parts.files, parts.clock, uuid4().hex)
        self._keeping: asyncio.Task[None] | None = None
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
            await self._begin(folder.name)
        return ProviderTask(id=order.key)

    async def poll(self, task: ProviderTask) -> Progress:
        """Raises Unavailable for an order that never was in this folder, where there is no database by which others would know of it.

        One that is in nobody's hands any more is rendered here, anew: that costs nothing.
        """
        await self._wake()
        folder = self._folder(task.id)
        outcome, progress, there = await asyncio.to_thread(look, folder)
        if self._shared is not None:
            told = await self._shared.outcome(folder.name)
            if outcome is not None and told is None:
                await self._publish(folder.name)  # first, as any replica may be the one that fetches it
            outcome = outcome or told
        if outcome is not None:
            return _ended(task.id, outcome)
        if not there and self._shared is not None and (known := await self._shared.order(folder.name)) is not None:
            if await self._shared.take(folder.name):
                await self._lay_down_again(*known, folder)
                await self._begin(folder.name)
            return Running(fraction=None, ask_again_in=ELSEWHERE)
        if not there:
            return Failed(error=await self._lost(folder, "This render"))
        await self._begin(folder.name)
        if progress is None:
            return Running(fraction=0.0, ask_again_in=ASK_AGAIN)
        return Running(fraction=progress.get("fraction"), eta=progress.get("eta"), ask_again_in=ASK_AGAIN)

    async def cancel(self, task: ProviderTask) -> Charged:
        """Raises Unavailable for an order that never was in this folder, where there is no database to tell the others by."""
        folder = self._folder(task.id)
        if self._shared is not None:
            await self._shared.withdraw(folder.name)
        if not await asyncio.to_thread(folder.exists):
            if self._shared is not None:
                return Charged.no
            await self._lost(folder, "This render")
            return Charged.no
        await self.crew.stop(folder.name)
        await asyncio.to_thread(remove, folder)
        if self._shared is not None:
            await self._shared.drop(folder.name)
        return Charged.no

    async def find(self, order: Order) -> ProviderTask | None:
        await self._wake()
        folder = self._folder(order.key)
        there = await asyncio.to_thread((folder / ORDER).exists)
        if not there and self._shared is not None:
            there = await self._shared.order(folder.name) is not None
        return ProviderTask(id=order.key) if there else None

    async def download(self, file: str, into: Path) -> None:
        key, _, name = file.rpartition("/")
        source = self._folder(key) / name
        try:
            await asyncio.to_thread(copy, source, into)
        except FileNotFoundError as error:
            if self._shared is None or not await self._shared.fetch(source.parent.name, name, into):
                raise await self._lost(source.parent, name) from error

    async def aclose(self) -> None:
        """Ends the workers; their orders stay and are carried on by whoever opens this folder next."""
        if self._tidying is not None:
            await asyncio.gather(self._tidying, return_exceptions=True)
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        mine = self.crew.names
        await self.crew.aclose()
        for name in mine if self._shared is not None else ():
            with suppress(OSError):
                await self._shared.drop(name)  # pyright: ignore[reportOptionalMemberAccess]

    async def _begin(self, name: str) -> None:
        """Takes the order in, unless another replica is at it."""
        if name in self.crew.names or (self._shared is not None and not await self._shared.take(name)):
            return
        await self.crew.add(name)
        if self._shared is not None and (self._keeping is None or self._keeping.done()):
            self._keeping = asyncio.get_running_loop().create_task(self._keep(self._shared))

    async def _keep(self, shared: Shared) -> None:
        """Holds what is in hand here, and lets go of what was cancelled at another replica."""
        while names := self.crew.names:
            for name in names:
                try:
                    if await shared.withdrawn(name):
                        await self.crew.stop(name)
                        await asyncio.to_thread(remove, self.folder / name)
                        await shared.drop(name)
                    else:
                        await shared.take(name)
                except OSError as away:
                    self._log.warning("a render could not be held", action="animatic.unheld", why=type(away).__name__)
            await asyncio.sleep(HOLD_SECONDS)

    async def _publish(self, name: str) -> None:
        """So that any replica can say what came of it, and has the film."""
        outcome, _, _ = await asyncio.to_thread(look, self.folder / name)
        if self._shared is None or outcome is None:
            return
        try:
            await self._shared.publish(name, self.folder / name, outcome)
        except OSError as away:
            # Once its lease is over, another replica makes it anew.
            self._log.warning("a render could not be published", action="animatic.kept", why=type(away).__name__)

    def _folder(self, key: str) -> Path:
        return self.folder / folder_name(key)

    async def _lost(self, folder: Path, what: str) -> Expired:
        """Raises Unavailable where it never was here, so that it is asked for again, perhaps where it is."""
        here = await asyncio.to_thread(lambda: was_here(folder) or folder.exists())
        if not here and (self._shared is None or not await self._shared.withdrawn(folder.name)):
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
            if self._shared is not None:
                await self._shared.ordered(folder.name, plan, order.request.references)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, fresh, ignore_errors=True))
            raise
        await asyncio.to_thread(put, fresh, folder)

    async def _lay_down_again(self, plan: Plan, keys: Mapping[str, str], folder: Path) -> None:
        """The same order here; an input that is gone meanwhile ends it with a sentence, as the renderer finds no file."""
        fresh = await asyncio.to_thread(begun, folder)
        try:
            for one in plan.inputs:
                await self._copied(keys[one.file], fresh / one.file, one.token)
            await asyncio.to_thread(write_plan, fresh, plan)
        except InvalidInput as error:
            await asyncio.to_thread(write_plan, fresh, plan)
            document = {"error": "InvalidInput", "message": error.message}
            await asyncio.to_thread(write_document, fresh / OUTCOME, document)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, fresh, ignore_errors=True))
            raise
        await asyncio.to_thread(put, fresh, folder)

    async def _bring(self, reference: Reference, folder: Path) -> Input:
        if self.files is None or not reference.key:
            raise InvalidInput(f"{reference.token} has no file yet. Attach it again.")
        name = reference.token.lstrip("@").lower()
        await self._copied(reference.key, folder / name, reference.token)
        return Input(token=reference.token, kind=reference.kind, role=reference.role, file=name)

    async def _copied(self, key: str, into: Path, token: str) -> None:
        assert self.files is not None
        async with AsyncExitStack() as stack:
            try:
                path = await stack.enter_async_context(self.files.local(key))
                await asyncio.to_thread(copy, path, into)
            except FileNotFoundError as error:
                raise InvalidInput(f"{token} is no longer on the Drive. Attach it again.") from error


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
