"""A whole core that lives in Slack: the real router, database, Drive and adapter; only the provider and the media tools are doubles."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.chat.slack.platform import Slack as Platform
from adapters.files import local
from bot.domain.catalogue import Catalogue
from bot.domain.job import Job, State
from bot.domain.rules import Rules
from bot.ports.house import House
from bot.ports.parts import Parts
from bot.router import Router
from tests.adapters.chat.slack.office import PIXEL
from tests.adapters.chat.slack.server.slack import Slack
from tests.adapters.chat.slack.server.world import Posted
from tests.databases import _sqlite_template, opened
from tests.fakes import Glass, Tollbooth, no_fetch
from tests.houses import TOLL

TICK_SECONDS = 0.05


class SkewedClock:
    """The machine's own time, moved: a test need not wait for what comes later."""

    def __init__(self) -> None:
        self.skew = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skew

    def forward(self, seconds: float) -> None:
        self.skew += timedelta(seconds=seconds)


class Stills(Glass):
    """Posters that Slack takes for pictures."""

    async def poster(self, path: Path, into: Path) -> None:
        await asyncio.to_thread(into.write_bytes, PIXEL)


@dataclass
class Living:
    """`hurry` lets the clock run ahead at every tick, so that what is put off comes soon."""

    slack: Slack
    parts: Parts
    house: House
    clock: SkewedClock
    toll: Tollbooth
    drive: Path
    hurry: float = 0.0
    router: Router = field(init=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        platform = Platform(self.parts)
        self.house = replace(self.house, platforms={"slack": platform}, worker=f"{self.house.worker}+")
        self.router = Router(self.house)
        self._tasks = [asyncio.create_task(platform.run(self.router)), asyncio.create_task(self._tick(self.router))]
        await self.slack.connected(2)

    async def stop(self) -> None:
        """In order, as SIGTERM does it."""
        await self._cancel()
        await self.router.close(2)
        await self.house.platforms["slack"].aclose()

    async def kill(self) -> None:
        """At once: what runs is broken off wherever it is, and nobody is told."""
        await self._cancel()
        await self.router.close(0)
        await self.house.platforms["slack"].aclose()
        self.clock.forward(2 * self.house.rules.lease_seconds + 1)

    async def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tick(self, router: Router) -> None:
        while True:
            router.tick()
            await asyncio.sleep(TICK_SECONDS)
            self.clock.forward(self.hurry)

    @property
    def films(self) -> list[str]:
        """The names of the films that people see in a channel or a direct message."""
        return [one.name for one in self.slack.local.files.values() if one.mime == "video/mp4" and one.shares]

    async def jobs(self) -> list[Job]:
        return list(await self.house.storage.jobs.find())

    async def priced(self, text: str = "A fox crosses the frozen lake", **how) -> Posted:
        """A wish of the asker's, and the card that asks."""
        said = await self.slack.mention(Slack.GENERAL, Slack.ASKER, text, **how)
        return await self.slack.card(Slack.GENERAL, thread=said.thread, having="Confirm")

    async def settled(self, *states: State, seconds: float = 10.0) -> Job:
        """The newest job as soon as it is in one of these states."""
        async with asyncio.timeout(seconds):
            while True:
                jobs = await self.jobs()
                if jobs and jobs[0].state in states:
                    return jobs[0]
                await asyncio.sleep(0.01)


@asynccontextmanager
async def living(
    slack: Slack, folder: Path, *, toll: Tollbooth | None = None, **settings: str
) -> AsyncIterator[Living]:
    clock, toll = SkewedClock(), toll or Tollbooth()
    drive, own = folder / "drive", folder / "own"
    path = folder / "clapper.db"
    path.write_bytes(_sqlite_template().read_bytes())
    drive.mkdir()
    own.mkdir()
    async with opened(f"sqlite:///{path}", clock) as storage:
        files = local.create(Parts(settings={"root": str(drive)}, folder=own, clock=clock))
        media = Stills()
        parts = Parts(
            settings={**slack.settings, **settings}, folder=own, clock=clock, storage=storage, files=files, media=media
        )
        house = House(
            storage=storage,
            files=files,
            media=media,
            fetch=no_fetch,
            clock=clock,
            platforms={},
            providers={"tollbooth": toll},
            catalogue=Catalogue(models=(TOLL,), connected=frozenset({"tollbooth"}), default="toll-1"),
            rules=Rules(),
            folder=folder,
            worker="worker",
            serves=frozenset({"slack"}),
        )
        one = Living(slack, parts, house, clock, toll, drive)
        await one.start()
        try:
            yield one
        finally:
            await one.stop()
