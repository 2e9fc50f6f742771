"""The worker processes: so many at once, in order, killed when told, tried once more when they die."""

import asyncio
import os
import signal
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path

import structlog

from adapters.video.animatic.plan import LOG, OUTCOME, write_document

TRIES = 2
_ROOT = Path(__file__).resolve().parents[3]


class Crew:
    """Renders order folders by name. A worker holds its standard input open to this process and dies with it."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.folder, self.workers = folder, workers
        self._queue: deque[str] = deque()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._closed = False
        self._log = structlog.get_logger()

    def add(self, name: str) -> None:
        """Takes an order in, unless it is in already or has ended."""
        if self._closed or name in self._queue or name in self._running or (self.folder / name / OUTCOME).exists():
            return
        self._queue.append(name)
        self._fill()

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
        for attempt in range(1, TRIES + 1):
            code = await self._work(name)
            if (self.folder / name / OUTCOME).exists():
                return
            self._log.warning("worker died", action="animatic.worker_died", order=name, code=code, attempt=attempt)
            if code >= 0:
                break
        message = "The renderer stopped in the middle of this film and could not be brought to finish it. Try a shorter or smaller one."
        with suppress(FileNotFoundError):
            await asyncio.to_thread(
                write_document, self.folder / name / OUTCOME, {"error": "Unavailable", "message": message}
            )

    async def _work(self, name: str) -> int:
        """One worker's whole life; its exit code, negative where a signal ended it."""
        folder = self.folder / name
        with (folder / LOG).open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "adapters.video.animatic.render",
                str(folder.resolve()),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log,
                cwd=_ROOT,
                start_new_session=True,
            )
        self._processes[name] = process
        try:
            return await process.wait()
        finally:
            self._processes.pop(name, None)
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
            if process.stdin is not None:
                process.stdin.close()
