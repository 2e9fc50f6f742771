"""A connection to Discord's gateway that comes back to its session, so that what was said meanwhile is told after all."""

import asyncio
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import discord
import discord.shard
from discord.gateway import DiscordWebSocket, KeepAliveHandler, ReconnectWebSocket

# Discord tells nobody for how long it keeps a session; one it does not know any more it says so, and a new one begins.
RETURNS_FOR_SECONDS = 600.0
HANG_UP_SECONDS = 3.0
OVER, RESUMABLE = 1000, 4000  # closed with any code but 1000 and 1001, a session may be come back to
USUAL = discord.shard.Shard
_making: set[object] = set()
UNREADABLE = (AttributeError, LookupError, RecursionError, TypeError, ValueError, zlib.error)


class Shard(discord.shard.Shard):
    """discord.py begins a new session where the first way back to one fails, and ends its client over a payload that is not as it should be.

    What was said between two sessions is never told (both seen with 2.7.1).
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._handled_exceptions = (*self._handled_exceptions, *UNREADABLE)
        self._lost_at = 0.0

    def launch(self) -> None:
        self._lost_at = 0.0
        super().launch()

    async def close(self) -> None:
        """So that the session can be come back to: by this process started anew, or by the one that is this shard next."""
        self._cancel_task()
        await self.ws.close(code=RESUMABLE)

    async def reconnect(self) -> None:
        """Back to the session while it may be there; the address it is kept at may be gone for good."""
        self._lost_at = self._lost_at or time.monotonic()
        await hang_up_line(self.ws)
        kept = self.ws.session_id is not None and self.ws.sequence is not None
        if kept and time.monotonic() - self._lost_at < RETURNS_FOR_SECONDS:
            await self.reidentify(ReconnectWebSocket(self.id, resume=True))
        else:
            await super().reconnect()


async def hang_up(client: discord.Client) -> None:
    """Ends every line of a client that is closed: one that was just being opened is in nobody's hands, and its heart beats on in a thread."""
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws._connection is client._connection:  # noqa: SLF001 - it has no name outside
            thread.stop()
            await hang_up_line(thread.ws)


async def hang_up_line(line: DiscordWebSocket, *, over: bool = False) -> None:
    """discord.py leaves a line open over which something came that it cannot read (seen with 2.7.1). `over` ends its session for good."""
    with suppress(Exception):
        await asyncio.wait_for(line.close(OVER if over else RESUMABLE), HANG_UP_SECONDS)


@contextmanager
def keeping_sessions() -> Iterator[None]:
    """While a shard is made: discord.py has no other place to say of which kind. Other clients of the process keep their own."""
    one = object()
    _making.add(one)
    discord.shard.Shard = Shard
    try:
        yield
    finally:
        _making.discard(one)
        if not _making:  # several are made at once, and the first that is done must not change the others
            discord.shard.Shard = USUAL
