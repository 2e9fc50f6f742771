"""The Discord adapter with a real database and Drive, connected to a Discord of our own; alone, or with a whole core behind it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.chat.discord.platform import Discord as Platform
from adapters.files import local
from bot.domain.card import Card, CardMedia
from bot.domain.catalogue import Catalogue
from bot.domain.chat import Conversation, MessageRef, Person
from bot.domain.job import Job, State, card_id
from bot.domain.media import Media, MediaKind
from bot.domain.request import VideoRequest
from bot.domain.rules import Rules
from bot.ports.files import Files
from bot.ports.house import House
from bot.ports.media import MediaTools
from bot.ports.parts import Parts
from bot.ports.storage import Storage
from bot.router import Router
from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.server_values import Channel, Guild, Message, User
from tests.databases import _sqlite_template, opened
from tests.fakes import Glass, Tollbooth, no_fetch
from tests.houses import TOLL

TICK_SECONDS = 0.05
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


class TwoClocks:
    """The machine's own time, moved together with Discord's."""

    def __init__(self, discord: Discord) -> None:
        self._discord, self._ahead = discord, timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def forward(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)
        self._discord.clock.forward(seconds=seconds)


class Stills(Glass):
    """Sees which files are pictures; its posters and sheets are some."""

    async def probe(self, path: Path) -> Media:
        seen = await super().probe(path)
        if not (await asyncio.to_thread(path.read_bytes)).startswith(PIXEL[:8]):
            return seen
        return Media(
            kind=MediaKind.image, mime="image/png", bytes=seen.bytes, sha256=seen.sha256, width=1280, height=720
        )

    async def poster(self, path: Path, into: Path) -> None:
        await asyncio.to_thread(into.write_bytes, PIXEL)

    async def sheet(self, stills: Any, into: Path) -> None:
        await asyncio.to_thread(into.write_bytes, PIXEL)


def some(*usual: str | int, more: tuple[str | int, ...]) -> list[str | int]:
    """`more` only where there is time: with CLAPPER_SOAK=1."""
    return [*usual, *(more if os.environ.get("CLAPPER_SOAK") == "1" else ())]


@dataclass
class Studio:
    discord: Discord
    parts: Parts
    storage: Storage
    files: Files
    clock: TwoClocks
    drive: Path
    guild: Guild
    room: Channel
    ada: User
    ben: User
    platform: Platform
    _all: list[Platform] = field(default_factory=list)

    def restart(self) -> Platform:
        """As after kill -9: the old one is not asked, and the new one knows what is in the database alone."""
        self._all.append(self.platform)
        self.platform = Platform(self.parts)
        return self.platform

    async def aclose(self) -> None:
        for one in (*self._all, self.platform):
            await one.aclose()

    def place(self, channel: Channel | None = None) -> Conversation:
        channel = channel or self.room
        workspace = str(channel.guild.id) if channel.guild else f"@{channel.id}"
        if channel.parent is not None:
            return Conversation("discord", workspace, str(channel.parent.id), str(channel.id))
        return Conversation("discord", workspace, str(channel.id))

    def person(self, user: User | None = None) -> Person:
        return Person("discord", str(self.guild.id), str((user or self.ada).id))

    def mine(self, channel: Channel | None = None) -> list[Message]:
        """What the bot wrote there for all to see."""
        said = (channel or self.room).messages.values()
        return [one for one in said if one.author is self.discord.bot and one.visible_to is None]

    def called(self, method: str, part: str) -> list[Any]:
        return [one for one in self.discord.calls if one.method == method and part in one.path]

    def keep(self, key: str, content: bytes = PIXEL) -> str:
        path = self.drive / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return key

    async def job(self, id: str = "J-1", **changes: Any) -> Job:
        """A job of Ada's with its card's place."""
        now = self.clock.now()
        job = Job(
            id=id, conversation=self.place(), author=self.person(), request=VideoRequest(prompt="a red boat"),
            made_at=now, changed_at=now,
        )  # fmt: skip
        await self.storage.jobs.add(replace(job, **changes))
        return job

    async def shown(self, job: str, message: MessageRef) -> None:
        """The core's part after a post: where the card stands is remembered."""
        now = self.clock.now()
        posting = await self.storage.cards.take(card_id(job), "w", now, now)
        assert posting is not None
        await self.storage.cards.shown(posting.id, "w", posting.wanted, message)


def picture(key: str = "a.png", alt: str = "A boat") -> CardMedia:
    return CardMedia(kind=MediaKind.image, key=key, alt=alt)


def card_of(job: str = "J-1", **changes: Any) -> Card:
    return replace(Card(title="Rendering", text="a red boat", job=job, state="processing", revision=2), **changes)


@asynccontextmanager
async def studio(discord: Discord, folder: Path, *, media: MediaTools | None = None, tier: int = 0) -> AsyncIterator[Studio]:  # fmt: skip
    clock, drive, own = TwoClocks(discord), folder / "drive", folder / "own"
    path = folder / "clapper.db"
    path.write_bytes(_sqlite_template().read_bytes())
    for one in (drive, own):
        one.mkdir()
    guild = discord.guild("Studio", tier=tier)
    ada, ben = discord.user("Ada"), discord.user("Ben")
    guild.members |= {one.id: one for one in (ada, ben)}
    async with opened(f"sqlite:///{path}", clock) as storage:
        files = local.create(Parts(settings={"root": str(drive)}, folder=own, clock=clock))
        parts = Parts(
            settings=discord.settings, folder=own, clock=clock, storage=storage, files=files, media=media,
            models=lambda: (("toll-1", "Toll One"),),
        )  # fmt: skip
        made = Studio(
            discord, parts, storage, files, clock, drive, guild, discord.room(guild), ada, ben, Platform(parts)
        )
        try:
            yield made
        finally:
            await made.aclose()


@dataclass
class Living:
    """A whole core: the real router, database, Drive and adapter; only the provider and the media tools are doubles.

    `hurry` lets the clocks run ahead at every tick, so that what is put off comes soon.
    """

    studio: Studio
    house: House
    toll: Tollbooth
    hurry: float = 0.0
    router: Router = field(init=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        platform = self.studio.restart()
        self.house = replace(self.house, platforms={"discord": platform}, worker=f"{self.house.worker}+")
        self.router = Router(self.house)
        self._tasks = [asyncio.create_task(platform.run(self.router)), asyncio.create_task(self._tick(self.router))]
        await self.studio.discord.connected()

    async def stop(self) -> None:
        """In order, as SIGTERM does it."""
        await self._cancel()
        await self.router.close(2)
        await self.studio.platform.aclose()

    async def idle(self) -> None:
        """Waits until nothing is being worked on: what is shown is noted, too."""
        while any(lane.names for lane in (self.router.events, self.router.cards, self.router.jobs)):
            await asyncio.sleep(0)

    async def heard(self) -> None:
        """Everything that came in before is done with."""
        marker = await self.studio.discord.mention(self.studio.room, self.studio.ben, "help")
        await self.studio.discord.answer(self.studio.room, after=marker)

    async def kill(self) -> None:
        """At once: what runs is broken off wherever it is, and nobody is told."""
        await self._cancel()
        await self.router.close(0)
        await self.studio.platform.aclose()
        self.studio.clock.forward(2 * self.house.rules.lease_seconds + 1)

    async def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tick(self, router: Router) -> None:
        while True:
            router.tick()
            await asyncio.sleep(TICK_SECONDS)
            if self.hurry:
                self.studio.clock.forward(self.hurry)

    @property
    def films(self) -> list[str]:
        """The names of the films that people see."""
        channels = self.studio.discord.channels.values()
        return [file.name for one in channels for said in one.messages.values() for file in said.files if file.mime == "video/mp4"]  # fmt: skip

    async def priced(self, text: str = "A fox crosses the frozen lake", **how: Any) -> Message:
        """A wish of Ada's, and the card that asks."""
        discord, room = self.studio.discord, self.studio.room
        asked = await discord.mention(room, self.studio.ada, text, **how)
        card = await discord.answer(room, after=asked)
        await discord.until(lambda: "Confirm" in card.labels)
        return card

    async def stands(self, job: str) -> None:
        """Until the core knows that the job's card is there to be read."""
        async with asyncio.timeout(10):
            while (posting := await self.house.storage.cards.get(card_id(job))) is None or posting.message is None:
                await asyncio.sleep(0.01)

    async def settled(self, *states: State, seconds: float = 10.0) -> Job:
        """The newest job as soon as it is in one of these states."""
        async with asyncio.timeout(seconds):
            while True:
                jobs = await self.house.storage.jobs.find()
                if jobs and jobs[0].state in states:
                    return jobs[0]
                await asyncio.sleep(0.01)


@asynccontextmanager
async def living(discord: Discord, folder: Path, *, toll: Tollbooth | None = None) -> AsyncIterator[Living]:
    toll = toll or Tollbooth()
    async with studio(discord, folder, media=Stills()) as made:
        house = House(
            storage=made.storage,
            files=made.files,
            media=made.parts.media or Stills(),
            fetch=no_fetch,
            clock=made.clock,
            platforms={},
            providers={"tollbooth": toll},
            catalogue=Catalogue(models=(TOLL,), connected=frozenset({"tollbooth"}), default="toll-1"),
            rules=Rules(),
            folder=folder,
            worker="worker",
            serves=frozenset({"discord"}),
        )
        one = Living(made, house, toll)
        await one.start()
        try:
            yield one
        finally:
            await one.stop()
