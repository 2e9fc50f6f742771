"""One small machine for all three kinds of due work: events, jobs, cards."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from math import ceil
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

MOMENT = 0.05  # seconds: of a thousand films that are asked after, what is due together is looked for once


class Lane(Generic[T]):
    """Due work of one kind, claimed and done, so much at once and no more. Nothing done here ever raises out of it."""

    def __init__(
        self,
        room: Callable[[], int],
        claim: Callable[[int], Awaitable[Sequence[T]]],
        work: Callable[[T], Coroutine[None, None, None]],
        name: Callable[[T], str],
    ) -> None:
        self._room = room
        self._claim = claim
        self._work = work
        self._name = name
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._next: dict[str, T] = {}
        self._tick: asyncio.Task[None] | None = None
        self._again = False
        self._more = False
        self._moments: set[int] = set()
        self._open = True
        self.looked_at = time.monotonic()
        """When due work was last looked for with success, in monotonic seconds."""

    @property
    def names(self) -> tuple[str, ...]:
        """What is being worked on: the leases to keep."""
        return tuple(self._tasks)

    @property
    def open(self) -> bool:
        """Whether it still takes work on."""
        return self._open

    def wake(self) -> None:
        """Looks for due work now; many wakes during one look make one more look."""
        if not self._open:
            return
        if self._tick is None or self._tick.done():
            self._tick = asyncio.get_running_loop().create_task(self._look())
        else:
            self._again = True

    def wake_in(self, seconds: float) -> None:
        """Looks for due work then, or a moment later together with what else is due in that moment."""
        loop = asyncio.get_running_loop()
        if seconds <= 0:
            loop.call_soon(self.wake)
            return
        moment = ceil((loop.time() + seconds) / MOMENT)
        if moment not in self._moments:
            self._moments.add(moment)
            loop.call_at(moment * MOMENT, self._came, moment)

    def _came(self, moment: int) -> None:
        self._moments.discard(moment)
        self.wake()

    async def _look(self) -> None:
        while self._open:
            self._again = False
            free = self._room() - len(self._tasks)
            try:
                items = await self._claim(free) if free > 0 else ()
            except OSError as away:
                # What is due stays due, and the next tick looks again; the database says why, many times a second.
                log.warning("due work could not be looked for: %s", away)
                return
            except Exception:
                log.exception("due work could not be looked for")
                return
            self.looked_at = time.monotonic()
            self._more = len(items) >= free  # or so it must be taken to be: there was room for no others
            for item in items:
                self._start(item)
            if not self._again:
                return

    def _start(self, item: T) -> None:
        """What is due again while its last step is still on its way out waits for that: nothing is worked on twice at once."""
        name = self._name(item)
        if name in self._tasks:
            self._next[name] = item
            return
        task = asyncio.get_running_loop().create_task(self._guarded(item), name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._ended(name))

    async def _guarded(self, item: T) -> None:
        try:
            await self._work(item)
        except Exception:
            log.exception("due work broke", extra={"action": "lane", "item": self._name(item)})

    def _ended(self, name: str) -> None:
        del self._tasks[name]
        if (item := self._next.pop(name, None)) is not None:
            self._start(item)
        elif self._more:
            self.wake()

    async def ended(self, name: str) -> None:
        """Waits until this one is not being worked on here, nor about to be."""
        if self._tick is not None:
            await asyncio.wait([self._tick])
        if (task := self._tasks.get(name)) is not None:
            await asyncio.wait([task])

    async def close(self, patience: float) -> None:
        """Takes no more; waits for what runs, then leaves the rest to whoever comes next."""
        self._open = False
        until = time.monotonic() + patience
        if self._tick is not None:  # what it finds in this moment is leased to us, so it is begun and waited for
            await asyncio.wait([self._tick], timeout=patience)
        while (
            self._tasks and (left := until - time.monotonic()) > 0
        ):  # one may be followed by what was claimed meanwhile
            await asyncio.wait(self._tasks.values(), timeout=left)
        late = [task for task in (self._tick, *self._tasks.values()) if task is not None and not task.done()]
        self._next.clear()
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
