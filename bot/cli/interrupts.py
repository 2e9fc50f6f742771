"""Ctrl-C while a command's loop runs: one handler from before its first step until after its last."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from bot.cli.boundary import INTERRUPTED

T = TypeVar("T")

PATIENCE = 3
"""So many and it ends at once, whatever it is doing."""


class Interrupts:
    """The first Ctrl-C ends the work in order, by cancelling it; or is `taken` by what has something better to do with it."""

    def __init__(self) -> None:
        self.count = 0
        self.taken: Callable[[], None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work: asyncio.Task[Any] | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """`asyncio.run`, leaving with 130 where it was interrupted."""
        try:
            return asyncio.run(self._begin(work))
        except asyncio.CancelledError:
            sys.exit(INTERRUPTED)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_DFL)

    async def _begin(self, work: Coroutine[Any, Any, T]) -> T:
        self._loop = asyncio.get_running_loop()
        self._work = asyncio.current_task()
        # Not the loop's own way of handling signals: between two handlers of that kind a Ctrl-C can be lost.
        signal.signal(signal.SIGINT, self._heard)
        return await work

    def _heard(self, *_: object) -> None:
        self.count += 1
        if self.count >= PATIENCE:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.raise_signal(signal.SIGINT)
        assert self._loop is not None
        with suppress(RuntimeError):  # the loop is closed: it is ending already
            self._loop.call_soon_threadsafe(self._act)

    def _act(self) -> None:
        if self.taken is not None:
            self.taken()
        elif self._work is not None:
            self._work.cancel()


def run(work: Coroutine[Any, Any, T]) -> T:
    """For commands that have nothing better to do with a Ctrl-C than to end in order."""
    return Interrupts().run(work)
