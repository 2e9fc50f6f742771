"""Running ffmpeg from a worker: started with next to nothing, watched, and never left behind."""

import os
import select
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import imageio_ffmpeg

from bot.domain.errors import Unreadable

LOOK_SECONDS = 0.2
THREADS = "2"
_held: list[int] = []


def hold(descriptor: int) -> None:
    """Keeps that descriptor open in every ffmpeg started from here, so that its other end knows when all are gone."""
    _held.append(descriptor)


def start(
    wanted: Sequence[str],
    *,
    folder: Path | None = None,
    out: int | IO[bytes] | None = None,
    said: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Quiet, with no input; `out` and `said` are where its output and its errors go, nowhere unless given."""
    return subprocess.Popen(  # noqa: S603 - our own list, no shell
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", "-threads", THREADS, *wanted],
        stdin=subprocess.DEVNULL,
        stdout=out or subprocess.DEVNULL,
        stderr=said or subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", "")},
        cwd=folder,
        pass_fds=_held,
    )


def run(wanted: Sequence[str], *, folder: Path | None = None) -> int:
    """Its exit code."""
    return ended(start(wanted, folder=folder), orphaned)


def ended(process: subprocess.Popen[bytes], given_up: Callable[[], bool]) -> int:
    """Its exit code. It is ended with us, and when nobody is left to hear the answer."""
    try:
        while True:
            try:
                return process.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                if given_up():
                    raise Unreadable("Nobody waits for it any more.") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def orphaned() -> bool:
    """Whether the process that asks this worker is gone: the other end of standard input is closed."""
    ready = select.poll()
    ready.register(0, 0)
    return any(event & select.POLLHUP for _, event in ready.poll(0))
