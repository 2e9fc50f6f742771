"""Wakes the listeners of a conversation when this process changes something in it, and all of them at the end."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import Self


class Pulse:
    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.closed = False

    def beat(self, conversation: str) -> None:
        for event in self._waiting.get(conversation, ()):
            event.set()

    def close(self) -> None:
        self.closed = True
        for events in self._waiting.values():
            for event in events:
                event.set()

    def listen(self, conversation: str) -> "Listener":
        return Listener(self, conversation)

    def _join(self, conversation: str, event: asyncio.Event) -> None:
        self._waiting[conversation].add(event)
        if self.closed:
            event.set()

    def _leave(self, conversation: str, event: asyncio.Event) -> None:
        self._waiting[conversation].discard(event)
        if not self._waiting[conversation]:
            del self._waiting[conversation]


class Listener:
    """A beat that comes while its listener is busy is not lost: the next `wait` returns at once."""

    def __init__(self, pulse: Pulse, conversation: str) -> None:
        self._pulse, self._conversation, self._event = pulse, conversation, asyncio.Event()

    def __enter__(self) -> Self:
        self._pulse._join(self._conversation, self._event)  # noqa: SLF001 - two halves of one thing
        return self

    def __exit__(self, *_: object) -> None:
        self._pulse._leave(self._conversation, self._event)  # noqa: SLF001 - two halves of one thing

    async def wait(self, seconds: float) -> bool:
        """Whether a beat came within that time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        beaten = self._event.is_set()
        self._event.clear()
        return beaten
