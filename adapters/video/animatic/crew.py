"""The worker processes: so many at once, in order, killed when told or when they take too long, tried once more when they die."""

import asyncio
import os
import signal
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

import structlog

from adapters.kit.confine import command, environment
from adapters.video.animatic.plan import LOG, OUTCOME, Plan, read_plan, write_document
from adapters.video.animatic.shelf import UNREAD, UNREADABLE, is_open

TRIES = 2
MODULE = "adapters.video.animatic.render"
# Frames come and go by the hundred: memory once taken is kept, as taking it anew costs more than drawing into it.
MEMORY = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(256 * 1024**2),
    "MALLOC_TRIM_THRESHOLD_": str(512 * 1024**2),
}


def patience(plan: Plan) -> float:
    """Seconds after which a render is stuck and not slow: the slowest known needs a twentieth of it."""
    return 120 + 60 * plan.seconds * plan.count


class Crew:
    """Renders order folders by name. A worker holds its standard input open to this process and dies with it."""

    def __init__(
        self,
        folder: Path,
        workers: int,
        patience: Callable[[Plan], float] = patience,
        ended: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._ended = ended
        self.folder, self.workers, self.patience = folder.absolute(), workers, patience
        self._queue: deque[str] = deque()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._closed = False
        self._log = structlog.get_logger()

    async def add(self, name: str) -> None:
        """Takes an order in, unless it is in already, has ended, or another process on this folder is at it."""
        if self._has(name) or not await asyncio.to_thread(is_open, self.folder / name) or self._has(name):
            return
        self._queue.append(name)
        self._fill()

    def _has(self, name: str) -> bool:
        return self._closed or name in self._queue or name in self._running

    @property
    def names(self) -> tuple[str, ...]:
        """The orders it is at, or will be."""
        return (*self._running, *self._queue)

    async def stop(self, name: str) -> None:
        """Returns when nothing renders this order any more."""
        with suppress(ValueError):
            self._queue.remove(name)
        task = self._running.get(name)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def aclose(self) -> None:
        self._closed = True
        self._queue.clear()
        for name in tuple(self._running):
            await self.stop(name)

    def _fill(self) -> None:
        while self._queue and len(self._running) < self.workers and not self._closed:
            name = self._queue.popleft()
            task = asyncio.get_running_loop().create_task(self._render(name))
            self._running[name] = task
            task.add_done_callback(lambda _, name=name: self._left(name))

    def _left(self, name: str) -> None:
        self._running.pop(name, None)
        self._fill()

    async def _render(self, name: str) -> None:
        """Leaves an outcome in the folder, whatever happens; a folder that is gone was cancelled."""
        with suppress(FileNotFoundError):
            say = await self._tried(self.folder / name)
            if say:
                document = {"error": "Unavailable", "message": say}
                await asyncio.to_thread(write_document, self.folder / name / OUTCOME, document)
            if self._ended is not None:
                await self._ended(name)

    async def _tried(self, folder: Path) -> str:
        """Why there is no film, "" where there is an outcome."""
        try:
            limit = self.patience(await asyncio.to_thread(read_plan, folder))
        except UNREADABLE:
            return UNREAD
        for attempt in range(1, TRIES + 1):
            try:
                code = await self._work(folder, limit)
            except TimeoutError:
                self._log.warning("worker took too long", action="animatic.worker_stuck", order=folder.name)
                return (
                    f"The renderer was at this film for {limit:.0f} seconds, which is the limit, and was stopped. "
                    "Try a shorter or smaller one."
                )
            if await asyncio.to_thread((folder / OUTCOME).exists):
                return ""
            self._log.warning(
                "worker died", action="animatic.worker_died", order=folder.name, code=code, attempt=attempt
            )
            if code >= 0:
                break
        return "The renderer stopped in the middle of this film and could not be brought to finish it. Try a shorter or smaller one."

    async def _work(self, folder: Path, limit: float) -> int:
        """One worker's whole life; its exit code, negative where a signal ended it. Raises TimeoutError."""
        log = await _opened(folder / LOG)
        try:
            process = await asyncio.create_subprocess_exec(
                *command(MODULE, str(folder)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log,
                env=environment(MEMORY),
                start_new_session=True,
            )
        finally:
            log.close()
        try:
            async with asyncio.timeout(limit):
                return await process.wait()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
            if process.stdin is not None:
                process.stdin.close()


async def _opened(path: Path) -> IO[bytes]:
    """For appending; closed also where nobody waits for it any more."""
    opening = asyncio.get_running_loop().run_in_executor(None, path.open, "ab")
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(lambda done: done.exception() or done.result().close())
        raise
