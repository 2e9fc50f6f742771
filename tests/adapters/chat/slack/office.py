"""The Slack adapter with a real database and real files, connected to a Slack of our own, to be killed and started again."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from adapters.chat.slack.platform import Slack as Platform
from adapters.files import local
from bot.domain.card import Card, CardMedia
from bot.domain.chat import Conversation, MessageRef, Person
from bot.domain.job import Job, card_id
from bot.domain.media import MediaKind
from bot.domain.request import VideoRequest
from bot.ports.files import Files
from bot.ports.media import MediaTools
from bot.ports.parts import Parts
from bot.ports.storage import Storage
from tests.adapters.chat.slack.server.slack import Slack
from tests.databases import _sqlite_template, opened
from tests.fakes import SetClock

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


@dataclass
class Office:
    slack: Slack
    parts: Parts
    storage: Storage
    files: Files
    clock: SetClock
    drive: Path
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

    def place(self, thread: str = "", channel: str = Slack.GENERAL) -> Conversation:
        return Conversation("slack", self.slack.local.id, channel, thread)

    def person(self, id: str = Slack.ASKER) -> Person:
        return Person("slack", self.slack.local.id, id)

    async def thread(self, text: str = "a red boat") -> str:
        """A mention that nobody hears, for answers to go under."""
        return (await self.slack.mention(Slack.GENERAL, Slack.ASKER, text, wait=False)).ts

    def keep(self, key: str, content: bytes = PIXEL) -> str:
        path = self.drive / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return key

    async def job(self, id: str = "J-1", thread: str = "", **changes) -> Job:
        """A job of the asker's with its card's place."""
        now = self.clock.now()
        job = Job(
            id=id, conversation=self.place(thread), author=self.person(), request=VideoRequest(prompt="a red boat"),
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


def card_of(job: str = "J-1", **changes) -> Card:
    return replace(Card(title="Rendering", text="a red boat", job=job, state="processing", revision=2), **changes)


@asynccontextmanager
async def office(
    slack: Slack, folder: Path, *, media: MediaTools | None = None, **settings: str
) -> AsyncIterator[Office]:
    clock = SetClock(datetime.now(UTC))
    path, drive, own = folder / "clapper.db", folder / "drive", folder / "own"
    shutil.copyfile(_sqlite_template(), path)
    drive.mkdir()
    own.mkdir()
    async with opened(f"sqlite:///{path}", clock) as storage:
        files = local.create(Parts(settings={"root": str(drive)}, folder=own, clock=clock))
        parts = Parts(
            settings={**slack.settings, **settings}, folder=own, clock=clock, storage=storage, files=files, media=media
        )
        made = Office(slack, parts, storage, files, clock, drive, Platform(parts))
        try:
            yield made
        finally:
            await made.aclose()
