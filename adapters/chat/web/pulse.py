"""Wakes the listeners of a conversation when this process changes something in it, and all of them at the end."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import Self


class Pulse:
    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[Listener]] = defaultdict(set)
        self.closed = False

    def beat(self, conversation: str, *, message: bool = False) -> None:
        """`message` where it is a message that came in."""
        for listener in self._waiting.get(conversation, ()):
            listener.wake(message=message)

    def close(self) -> None:
        self.closed = True
        for listeners in self._waiting.values():
            for listener in listeners:
                listener.wake()

    def listen(self, conversation: str) -> "Listener":
        return Listener(self, conversation)

    def join(self, conversation: str, listener: "Listener") -> None:
        self._waiting[conversation].add(listener)
        if self.closed:
            listener.wake()

    def leave(self, conversation: str, listener: "Listener") -> None:
        self._waiting[conversation].discard(listener)
        if not self._waiting[conversation]:
            del self._waiting[conversation]


class Listener:
    """A beat that comes while its listener is busy is not lost: the next `wait` returns at once."""

    def __init__(self, pulse: Pulse, conversation: str) -> None:
        self._pulse, self._conversation, self._event = pulse, conversation, asyncio.Event()
        self._message = False

    def __enter__(self) -> Self:
        self._pulse.join(self._conversation, self)
        return self

    def __exit__(self, *_: object) -> None:
        self._pulse.leave(self._conversation, self)

    def wake(self, *, message: bool = False) -> None:
        self._message |= message
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Until a beat comes, or for that time; whether a message came in."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        self._event.clear()
        message, self._message = self._message, False
        return message
