"""One typed line, without blocking the loop and without a thread that outlives the question."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 4096


def present() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


@contextmanager
def unechoed() -> Iterator[None]:
    """What is typed meanwhile does not show: a ^C in the middle of a card that is redrawn would push it off its place."""
    if sys.platform == "win32" or not present():
        yield
        return
    import termios  # noqa: PLC0415 - Windows has none

    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    flags = before[3]
    quiet = [*before[:3], flags & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(keyboard, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


async def line() -> str:
    """The next line, without its end; "" at the end of input."""
    if sys.platform == "win32":
        return (await asyncio.to_thread(sys.stdin.readline)).strip()
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[bytes] = loop.create_future()

    def ready() -> None:
        if not answer.done():
            answer.set_result(os.read(sys.stdin.fileno(), LONGEST))

    loop.add_reader(sys.stdin.fileno(), ready)
    try:
        return (await answer).decode(errors="replace").strip()
    finally:
        loop.remove_reader(sys.stdin.fileno())
