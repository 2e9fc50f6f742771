"""A few worker processes that outlive a call but not an idle spell, and never a hang or a crash."""

import asyncio
import json
import math
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from adapters.kit.confine import command, environment
from bot.domain.errors import Unreadable
from bot.domain.units import plain

log = structlog.get_logger()

IDLE_SECONDS = 120.0
MEMORY_BYTES = 3 * 1024**3
LONGEST_ANSWER = 1024 * 1024
TOLD_EVERY = (
    0.05  # a worker that a hostile file took over may tell how far it is as often as it likes; nobody hears more of it
)
LAST_SECONDS = 5.0

Tell = Callable[[float], object]


class Died(Exception):
    """The worker ended in the middle of a call."""


class Worker:
    """One process: it is asked one thing at a time, a line of JSON each way, and ends when its input does.

    Before its answer it may tell how far it is, in lines of their own. It and whatever it starts hold one end of a pipe that nothing is
    ever written to: when the other end closes, all of them are gone. It gets no environment but what it needs, so that a hostile file that takes it over finds no keys.
    """

    def __init__(self, memory_bytes: int) -> None:
        self.last_used = time.monotonic()
        self._read = b""
        self._ended = False
        self._alive, held = os.pipe()
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command("adapters.media.ffmpeg.worker", str(memory_bytes), str(held)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            start_new_session=True,
            pass_fds=(held,),
        )
        os.close(held)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, call: str, args: Mapping[str, Any], seconds: float, tell: Tell) -> Mapping[str, Any]:
        """Raises Died, or TimeoutError where there is no answer in time."""
        assert self.process.stdin
        deadline = time.monotonic() + seconds
        try:
            self.process.stdin.write(json.dumps({"call": call, "args": args}).encode() + b"\n")
            self.process.stdin.flush()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Died from error
        told = 0.0
        while "done" in (answer := _object(self._line(deadline))):
            if time.monotonic() - told >= TOLD_EVERY:
                tell(_share(answer["done"]))
                told = time.monotonic()
        self.last_used = time.monotonic()
        return answer

    def _line(self, deadline: float) -> bytes:
        assert self.process.stdout
        descriptor = self.process.stdout.fileno()
        ready = select.poll()
        ready.register(descriptor, select.POLLIN)
        while b"\n" not in self._read:
            left = deadline - time.monotonic()
            if left <= 0 or not ready.poll(left * 1000):
                raise TimeoutError
            piece = os.read(descriptor, 65536)
            if not piece or len(self._read) > LONGEST_ANSWER:
                raise Died
            self._read += piece
        if time.monotonic() > deadline:
            raise TimeoutError
        line, _, self._read = self._read.partition(b"\n")
        return line

    def kill(self) -> None:
        """Ends the process and whatever it started, and returns when none of them runs."""
        if self._ended:
            return
        self._ended = True
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._await_the_last()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            with suppress(BrokenPipeError):
                pipe.close()

    def _await_the_last(self) -> None:
        ready = select.poll()
        ready.register(self._alive, select.POLLIN)
        ready.poll(LAST_SECONDS * 1000)
        os.close(self._alive)


def _object(line: bytes) -> Mapping[str, Any]:
    """Raises ValueError for anything else."""
    answer = json.loads(line)
    if not isinstance(answer, dict):
        raise ValueError(f"{answer!r} is no answer")  # noqa: TRY004 - it is what was read, not what was called
    return answer


def _share(done: Any) -> float:
    """Raises ValueError for what is no share of a whole."""
    if not isinstance(done, (int, float)) or not math.isfinite(done):
        raise ValueError(f"{done!r} is not how much is done")
    return min(max(float(done), 0.0), 1.0)


class Pool:
    """Runs calls in at most `workers` processes, started when needed and ended after `idle_seconds` without work."""

    def __init__(self, workers: int = 2, idle_seconds: float = IDLE_SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
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
        """What the worker answers. Raises Unreadable for a file that cannot be read, crashes the worker or takes too long.

        `tell` hears on the event loop how much is done, from 0 to 1 and never less than before, as long as somebody waits. A call that is cancelled is left to its end, as a worker is worth more than its last moments; with `stop` it is ended at once.
        """
        given_up = threading.Event()
        loop = asyncio.get_running_loop()
        heard = partial(loop.call_soon_threadsafe, _rising(tell, given_up))
        answer = loop.run_in_executor(self._threads, self._serve, call, seconds, args, given_up, heard)
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
        case {"bug": bug}:
            raise RuntimeError(f"the media worker failed:\n{bug}")
    raise RuntimeError(f"the media worker answered {answer!r}")
