"""One worker process, seen from the side that asks it."""

import json
import math
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from adapters.kit.confine import command, environment

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
