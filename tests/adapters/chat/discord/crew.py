"""Several replicas of the Discord adapter on one database, each to be stopped, killed or put to sleep."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from adapters.chat.discord.hold import Pace
from adapters.chat.discord.platform import Discord as Platform
from bot.domain.chat import ChatEvent, Message
from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.server_values import Channel
from tests.adapters.chat.discord.studio import Studio

PACE = Pace(lease=15.0, beat=0.1, look=0.02, margin=4.0)
"""The same lease, and everything that is done within it more often."""


class Away:
    """A database that can be gone for one replica alone, who then neither renews nor saves anything."""

    def __init__(self, one: Any, gone: asyncio.Event) -> None:
        self._one, self._gone = one, gone

    def __getattr__(self, name: str) -> Any:
        if self._gone.is_set():
            raise OSError("the database is away")
        return getattr(self._one, name)


@dataclass
class Storage:
    """The real one, seen through one replica's connection."""

    real: Any
    gone: asyncio.Event

    def __getattr__(self, name: str) -> Any:
        return Away(getattr(self.real, name), self.gone)


@dataclass
class Clock:
    """Of one replica's machine."""

    real: Any
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return self.real.now() + self.ahead


@dataclass
class Replica:
    """`heard` is what was saved here first, `again` what another had saved already."""

    discord: Discord
    platform: Platform
    storage: Any
    gone: asyncio.Event
    clock: Clock
    heard: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    async def receive(self, event: ChatEvent) -> bool:
        new = await self.storage.inbox.receive(event, self.clock.now())
        (self.heard if new else self.again).append(event.text if isinstance(event, Message) else event.key)
        self.discord.touch()
        return new

    async def press(self, press: Any) -> None: ...

    def start(self) -> None:
        self.task = asyncio.create_task(self.platform.run(self))

    async def stop(self) -> None:
        """In order, as SIGTERM does it."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        await self.platform.aclose()

    async def kill(self) -> None:
        """Nothing is noted, given back or said any more: what it held stays claimed until its time is over."""
        self.gone.set()
        await self.stop()


@dataclass
class Crew:
    studio: Studio
    shards: str
    all: list[Replica] = field(default_factory=list)

    @property
    def discord(self) -> Discord:
        return self.studio.discord

    def join(self, **settings: str) -> Replica:
        gone, clock = asyncio.Event(), Clock(self.studio.clock)
        storage = Storage(self.studio.storage, gone)
        given = {**self.discord.settings, "shards": self.shards, **settings}
        parts = replace(self.studio.parts, settings=given, storage=storage, clock=clock)  # pyright: ignore[reportArgumentType] - it passes everything on
        one = Replica(self.discord, Platform(parts, PACE), storage, gone, clock)
        one.start()
        self.all.append(one)
        return one

    @property
    def connected(self) -> set[int]:
        return {one.shard for one in self.discord.gateway.open}

    async def all_connected(self, shards: int) -> None:
        await self.discord.until(lambda: self.connected == set(range(shards)), 20)

    def rooms(self, shards: int) -> list[Channel]:
        """One in a server of each shard."""
        guilds = [self.discord.guild(f"Guild {n}", id=(1 << 60) + (n << 22)) for n in range(shards)]
        return [self.discord.room(guild) for guild in guilds]


@asynccontextmanager
async def crew(studio: Studio, shards: str) -> AsyncIterator[Crew]:
    made = Crew(studio, shards)
    try:
        yield made
    finally:
        for one in made.all:
            await one.stop()
