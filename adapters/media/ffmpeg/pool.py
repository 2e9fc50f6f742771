"""A few worker processes that outlive a call but not an idle spell, and never a hang or a crash."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from adapters.media.ffmpeg.asked import Died, Tell, Worker
from bot.domain.errors import Unreadable
from bot.domain.units import plain
from bot.ports.watch import Unwatched, Watch

log = structlog.get_logger()

IDLE_SECONDS = 120.0
MEMORY_BYTES = 3 * 1024**3


class Pool:
    """Runs calls in at most `workers` processes, started when needed and ended after `idle_seconds` without work."""

    def __init__(
        self,
        workers: int = 2,
        idle_seconds: float = IDLE_SECONDS,
        memory_bytes: int = MEMORY_BYTES,
        watch: Watch | None = None,
    ) -> None:
        self._watching = watch or Unwatched()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="media")
        self._idle_seconds = idle_seconds
        self._memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: dict[Worker, threading.Event] = {}
        self._timer: threading.Timer | None = None
        self._closed = False

    @property
    def busy(self) -> tuple[int, ...]:
        """Process ids at work."""
        with self._lock:
            return tuple(worker.process.pid for worker in self._busy)

    @property
    def idle(self) -> tuple[int, ...]:
        """Process ids waiting for work."""
        with self._lock:
            return tuple(worker.process.pid for worker in self._idle)

    async def run(
        self, call: str, seconds: float, *, stop: bool = False, tell: Tell = lambda _: None, **args: Any
    ) -> Any:
        """What the worker answers. Raises Unreadable for a file that cannot be read, crashes the worker or takes too long, OSError where the disk is full.

        `tell` hears on the event loop how much is done, from 0 to 1 and never less than before, as long as somebody waits. A call that is cancelled is left to its end, as a worker is worth more than its last moments; with `stop` it is ended at once.
        """
        with self._watching.step("media", work=call):
            return await self._run(call, seconds, stop, tell, args)

    async def _run(self, call: str, seconds: float, stop: bool, tell: Tell, args: Mapping[str, Any]) -> Any:
        given_up = threading.Event()
        loop = asyncio.get_running_loop()
        heard = partial(loop.call_soon_threadsafe, _rising(tell, given_up))
        asked, turns = time.perf_counter(), list[float]()

        def serve() -> Any:
            turns.append(time.perf_counter())
            return self._serve(call, seconds, args, given_up, heard)

        answer = loop.run_in_executor(self._threads, serve)
        answer.add_done_callback(lambda _: self._waited(call, asked, turns))
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            given_up.set()
            answer.add_done_callback(lambda done: done.cancelled() or done.exception())
            if stop:
                await self._stopped(given_up, answer)
            raise

    async def _stopped(self, given_up: threading.Event, answer: asyncio.Future[Any]) -> None:
        """Returns when nothing works on that call any more, nor ever will."""
        with self._lock:
            for worker in (worker for worker, event in self._busy.items() if event is given_up):
                with suppress(ProcessLookupError):
                    os.killpg(worker.process.pid, signal.SIGKILL)
            waiting = all(event is not given_up for event in self._busy.values())
        if not waiting:
            await asyncio.wait([answer])

    def _waited(self, call: str, asked: float, turns: list[float]) -> None:
        for turn in turns:
            self._watching.took("media_wait", turn - asked, work=call)

    def _serve(self, call: str, seconds: float, args: Mapping[str, Any], given_up: threading.Event, tell: Tell) -> Any:
        if given_up.is_set():
            return None
        worker = self._take(given_up)
        if given_up.is_set():
            self._give_back(worker)
            return None
        try:
            answer = worker.ask(call, args, seconds, tell)
        except TimeoutError:
            self._drop(worker, call, "timeout")
            raise Unreadable(
                f"It takes longer than {plain(seconds)} seconds to read, so it is damaged or far too big."
            ) from None
        except (Died, ValueError):
            self._drop(worker, call, "given up" if given_up.is_set() else "crash")
            raise Unreadable("It breaks the program that reads it, so it is damaged or made to do harm.") from None
        except BaseException:
            # The loop that was to be told may be closed.
            self._drop(worker, call, "bug")
            raise
        self._give_back(worker)
        return _opened(answer)

    def _take(self, given_up: threading.Event) -> Worker:
        with self._lock:
            if self._closed:
                raise RuntimeError("the media tools are closed")
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    break
                worker.kill()
            else:
                worker = Worker(self._memory_bytes)
            self._busy[worker] = given_up
            return worker

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            self._busy.pop(worker, None)
            if self._closed:
                worker.kill()
                return
            self._idle.append(worker)
            self._watch()

    def _drop(self, worker: Worker, call: str, why: str) -> None:
        with self._lock:
            self._busy.pop(worker, None)
        worker.kill()
        log.warning("a media worker was ended", action="media_worker_lost", call=call, why=why)

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(self._idle_seconds, self._retire)
            self._timer.daemon = True
            self._timer.start()

    def _retire(self) -> None:
        with self._lock:
            self._timer = None
            since = time.monotonic() - self._idle_seconds
            for worker in [worker for worker in self._idle if worker.last_used <= since]:
                self._idle.remove(worker)
                worker.kill()
            if self._idle:
                self._watch()

    async def aclose(self) -> None:
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Ends every worker; calls still running fail."""
        with self._lock:
            self._closed = True
            if self._timer:
                self._timer.cancel()
            for worker in self._idle:
                worker.kill()
            self._idle.clear()
            for worker in self._busy:
                with suppress(ProcessLookupError):
                    os.killpg(worker.process.pid, signal.SIGKILL)
        self._threads.shutdown(cancel_futures=True)


def _rising(tell: Tell, given_up: threading.Event) -> Tell:
    highest = -1.0

    def told(done: float) -> None:
        nonlocal highest
        if done >= highest and not given_up.is_set():
            highest = done
            tell(done)

    return told


def _opened(answer: Mapping[str, Any]) -> Any:
    match answer:
        case {"value": value}:
            return value
        case {"unreadable": str(why)}:
            raise Unreadable(why)
        case {"full": int(number)}:
            raise OSError(number, os.strerror(number))
        case {"bug": bug}:
            raise RuntimeError(f"the media worker failed:\n{bug}")
    raise RuntimeError(f"the media worker answered {answer!r}")
