"""Which shards this process is connected as: each claimed, renewed, shared fairly with the other replicas, and given back.

No claim, no connection: where a claim could not be renewed in time, its connection ends before another process may be that shard.
"""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from adapters.kit.roster import Present, Roster
from bot.ports.clock import Clock
from bot.ports.storage import Claims

log = structlog.get_logger()

DROP_SECONDS = 5.0
AGAIN_SECONDS = 10.0  # longer than a connection takes to close
TURN_SECONDS = (
    5.5  # Discord takes a session's beginning every 5 s from each bucket of shards; two machines' clocks may differ
)
SHARDS, COUNT = "shards", "of"

Connect = Callable[[int], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """In seconds: how long a claim holds and when it is given up unless it was renewed, how often that is done and looked at."""

    lease: float = 15.0
    margin: float = 4.0
    beat: float = 4.0
    look: float = 0.5


PACE = Pace()


@dataclass(slots=True)
class Held:
    """A shard's connection, and until when it is this process's: by the clock, and by the seconds that the process ran."""

    line: asyncio.Task[None]
    until: datetime
    deadline: float


@dataclass(slots=True, kw_only=True)
class Shards:
    """`connect` is connected as a shard until it is cancelled; it raises only what nothing here can go on from.

    `counted` is told how many replicas there are.
    """

    application: int
    count: int
    claims: Claims
    roster: Roster
    clock: Clock
    worker: str
    pace: Pace
    connect: Connect
    counted: Callable[[int], None]
    _broken: asyncio.Future[None] = field(init=False)

    async def run(self) -> None:
        held: dict[int, Held] = {}
        work = [asyncio.create_task(one) for one in (self._beats(held), self._watch(held))]
        self._broken = asyncio.get_running_loop().create_future()
        try:
            await self._broken
        finally:
            await ended(work)
            await asyncio.gather(*(self._give_up(held, shard) for shard in tuple(held)), return_exceptions=True)
            await self._quietly(self.roster.leave())

    def name(self, shard: int) -> str:
        return f"discord:shard:{self.application}:{shard}/{self.count}"

    async def _beats(self, held: dict[int, Held]) -> None:
        away = False
        while True:
            try:
                await self._beat(held)
                away = False
            except Exception as error:  # noqa: BLE001 - a database that is away comes back; what ends meanwhile is watched
                if not away:
                    log.warning("Shards cannot be claimed just now", action="discord.claims", why=type(error).__name__)
                away = True
            await asyncio.sleep(self.pace.beat)

    async def _beat(self, held: dict[int, Held]) -> None:
        for shard in tuple(held):
            if not await self._take(held, shard) and shard in held:
                log.warning("A shard is another's by now", action="discord.shard", shard=shard)
                await self._hang_up(held, shard)
        there = await self.roster.tell({SHARDS: sorted(held), COUNT: self.count})
        self.counted(len(there.alive))
        for worker in there.gone:
            for shard in range(self.count):  # also those it took after it last told of itself
                await self.claims.drop(self.name(shard), worker)
        await self._share(held, there)

    async def _share(self, held: dict[int, Held], there: Present) -> None:
        """As many as come to each; one that is too many is given up, to be taken by who has too few."""
        peers = [has for has in there.alive.values() if has.get(COUNT) == self.count]
        share = -(-self.count // len(peers))
        if len(held) > share:
            await self._give_up(held, max(held))
            return
        others = {one for worker, has in there.alive.items() if worker != self.worker for one in self._shards(has)}
        free = [shard for shard in range(self.count) if shard not in held and shard not in others]
        for shard in random.sample(free, len(free)):
            if len(held) >= share:
                return
            await self._take(held, shard)

    def _shards(self, has: Mapping[str, Any]) -> list[int]:
        return list(has.get(SHARDS) or ()) if has.get(COUNT) == self.count else []

    async def _take(self, held: dict[int, Held], shard: int) -> bool:
        """Takes or renews it: False where it is another's."""
        now, ran = self.clock.now(), time.monotonic()
        until = now + timedelta(seconds=self.pace.lease)
        if not await self.claims.take(self.name(shard), self.worker, now, until):
            return False
        deadline = ran + self.pace.lease
        if shard in held:
            held[shard].until, held[shard].deadline = until, deadline
        elif not self._late(until, deadline):
            line = asyncio.create_task(self.connect(shard))
            line.add_done_callback(self._ended_by_itself)
            held[shard] = Held(line, until, deadline)
        return True

    def _ended_by_itself(self, line: asyncio.Task[None]) -> None:
        if not line.cancelled() and (why := line.exception()) is not None and not self._broken.done():
            self._broken.set_exception(why)

    async def _watch(self, held: dict[int, Held]) -> None:
        """Whoever could not renew a claim in time, asleep or without a database, is connected no more when another may be."""
        while True:
            for shard, one in tuple(held.items()):
                if self._late(one.until, one.deadline):
                    log.warning("A shard's claim could not be renewed", action="discord.shard", shard=shard)
                    await self._hang_up(held, shard)
            await asyncio.sleep(self.pace.look)

    def _late(self, until: datetime, deadline: float) -> bool:
        margin = timedelta(seconds=self.pace.margin)
        return self.clock.now() >= until - margin or time.monotonic() >= deadline - self.pace.margin

    async def _hang_up(self, held: dict[int, Held], shard: int) -> None:
        if (one := held.pop(shard, None)) is not None:
            await ended([one.line])

    async def _give_up(self, held: dict[int, Held], shard: int) -> None:
        await self._hang_up(held, shard)
        await self._quietly(self.claims.drop(self.name(shard), self.worker))

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        """What a claim's end does by itself where the database is away."""
        try:
            async with asyncio.timeout(DROP_SECONDS):
                await work
        except Exception as away:  # noqa: BLE001 - see above
            log.info("A claim ends by itself", action="discord.claims", why=type(away).__name__)


@dataclass(slots=True, kw_only=True)
class Turns:
    """When a shard may begin a session: one every 5 s from each bucket, over all processes.

    https://docs.discord.com/developers/events/gateway#sharding-max-concurrency
    """

    application: int
    concurrency: int
    claims: Claims
    clock: Clock
    worker: str
    pace: Pace

    async def __call__(self, shard: int, ticket: str) -> None:
        """Asked again with the same ticket, it counts from then on: as the session really begins."""
        name, mine = f"discord:identify:{self.application}:{shard % self.concurrency}", f"{self.worker}:{ticket}"
        while True:
            now = self.clock.now()
            try:
                if await self.claims.take(name, mine, now, now + timedelta(seconds=TURN_SECONDS)):
                    return
            except Exception as away:  # noqa: BLE001 - without a database no claim holds, and this ends with it
                log.info("A turn cannot be asked for", action="discord.turn", why=type(away).__name__)
            await asyncio.sleep(self.pace.look)


async def ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancels them until they are over: asyncio.wait_for loses a cancellation that comes as its work is done (seen with Python 3.11)."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN_SECONDS)
