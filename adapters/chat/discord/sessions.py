"""Sessions that outlive a process: where each stands is noted, and whoever connects as its shard next hears what was said in between.

Discord keeps a session for a while after its connection broke, and a RESUME may come over any connection with its id and number:
https://docs.discord.com/developers/events/gateway#resuming.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from adapters.chat.discord.sent import Sent
from adapters.chat.discord.shards import RETURNS_FOR_SECONDS, hang_up_line

log = structlog.get_logger()

SESSION = "session"
PAUSE_SECONDS = 1.0
LINGER_SECONDS = 1.0
LOST = (OSError, aiohttp.ClientError, TimeoutError, discord.ConnectionClosed)


@dataclass(frozen=True, slots=True)
class Left:
    """A session, the address at which it is kept, and the number of the last event that is saved."""

    session: str
    gateway: str
    sequence: int


class Sessions:
    """Of the shards of one application. `name` says of which shard of how many."""

    def __init__(self, sent: Sent, application: int) -> None:
        self._sent, self._application = sent, application
        self._noted: dict[str, Left] = {}

    async def note(self, name: str, now: Left) -> None:
        if self._noted.get(name) != now:
            what = asdict(now) | {"at": self._sent.seconds}
            await self._sent.put(SESSION, self._key(name), what, kept=timedelta(seconds=RETURNS_FOR_SECONDS))
            self._noted[name] = now

    async def left(self, name: str) -> Left | None:
        """What may be come back to."""
        self._noted.pop(name, None)
        noted = dict(await self._sent.get(SESSION, self._key(name)))
        if not noted or abs(self._sent.seconds - noted.pop("at")) > RETURNS_FOR_SECONDS:
            return None
        return Left(**noted)

    def _key(self, name: str) -> str:
        return f"{self._application}:{name}"


async def catch_up(
    client: discord.Client, shard: int, left: Left, gateway: yarl.URL | None, settled: Callable[[], Awaitable[object]]
) -> None:
    """Reads on in a session that another connection left, beside the client's own, until that one hears by itself (`settled`).

    What both bring is saved once. So nobody is unheard while many shards wait for their turns to begin a session.
    """
    async with asyncio.timeout(RETURNS_FOR_SECONDS):
        while True:
            line: DiscordWebSocket | None = None
            try:
                line = await DiscordWebSocket.from_client(
                    client, resume=True, gateway=gateway or yarl.URL(left.gateway), shard_id=shard,
                    session=left.session, sequence=left.sequence,
                )  # fmt: skip
                await _read_on(line, settled)
                await hang_up_line(line, over=True)
            except ReconnectWebSocket as told:
                if not told.resume:
                    log.info("Discord keeps that session no more", action="discord.session", shard=shard)
                    return
            except LOST as away:
                log.info("A session is come back to later", action="discord.session", why=type(away).__name__)
            else:
                return
            finally:
                if line is not None:
                    await hang_up_line(line)
            await asyncio.sleep(PAUSE_SECONDS)


async def _read_on(line: DiscordWebSocket, settled: Callable[[], Awaitable[object]]) -> None:
    async def read() -> None:
        while True:
            await line.poll_event()

    resumed = line.wait_for("RESUMED", lambda _: True)
    reading = asyncio.create_task(read())
    waiting = asyncio.create_task(_both(resumed, settled))
    try:
        await asyncio.wait([reading, waiting], return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            reading.result()
        await waiting
    finally:
        for task in (reading, waiting):
            task.cancel()
        await asyncio.gather(reading, waiting, return_exceptions=True)


async def _both(resumed: asyncio.Future[object], settled: Callable[[], Awaitable[object]]) -> None:
    await resumed
    await settled()
    await asyncio.sleep(LINGER_SECONDS)  # what was on its way over the old line when the new one began
