"""Films to merge, and media tools that join when they are told to."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.domain.card import Card
from bot.domain.chat import Attachment, Conversation, Message, Person
from bot.domain.drive import Clip, drive_key
from bot.domain.job import Job, reply_id
from bot.domain.join import Join, Joined
from bot.domain.media import Media
from bot.flows.hear import hear
from tests.fakes import Glass
from tests.houses import ASKER, HERE, Stage


async def shelved(stage: Stage, *names: str, **changes: Any) -> list[Clip]:
    """Films in the library, the first the oldest, with their bytes."""
    made = []
    for name in names:
        owner = changes.get("owner", ASKER)
        stem = "".join(filter(str.isalnum, name.upper().removesuffix(".MP4")))
        clip = Clip(
            id=f"V-{stem}9-1",
            workspace="team",
            owner=owner,
            job=f"J-{stem}",
            drive_path=name,
            key=drive_key(name, owner),
            bytes=1_000_000,
            seconds=5.0,
            width=1280,
            height=720,
            made_at=stage.clock.now(),
            channel=HERE.channel,
        )
        clip = replace(clip, **changes)
        stage.shelf.kept[clip.key] = name.encode()
        await stage.house.storage.clips.add(clip)
        made.append(clip)
    return made


async def told(
    stage: Stage, text: str, *files: Attachment, author: Person = ASKER, place: Conversation = HERE
) -> Card | None:
    """The card that answers a line; None where a job's own card does."""
    stage.asked += 1
    key = f"event-{stage.asked}"
    await hear(Message(key, place, author, text, files), stage.house)
    posting = await stage.house.storage.cards.get(reply_id(key))
    return posting.card if posting is not None else None


async def merge(stage: Stage, text: str, *files: Attachment, author: Person = ASKER, place: Conversation = HERE) -> Job:
    """The job that a line starts."""
    card = await told(stage, text, *files, author=author, place=place)
    assert card is None, card
    return (await stage.house.storage.jobs.find(author=author, limit=1))[0]


def names(job: Job) -> list[str]:
    return [ref.source.name for ref in job.request.references]


@dataclass
class Gate(Glass):
    """Joins when it is opened; `working` counts those that are being joined, `told` is how far it says to be until then."""

    told: float = 0.5
    working: int = 0
    most: int = 0
    joins: list[int] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def join(
        self,
        clips: Sequence[Path],
        into: Path,
        how: Join,
        *,
        soundtrack: Path | None = None,
        progress: Callable[[float], None] = lambda _: None,
    ) -> Joined:
        self.working += 1
        self.most = max(self.most, self.working)
        self.joins.append(len(clips))
        self.begun.set()
        try:
            progress(self.told)
            await asyncio.to_thread(into.write_bytes, b"half of it")
            await self.opened.wait()
            return await super().join(clips, into, how, soundtrack=soundtrack, progress=progress)
        finally:
            self.working -= 1


@dataclass
class Odd(Glass):
    """Gives something else than it promised: `seconds` long, or with `trouble`."""

    seconds: float | None = None
    trouble: Exception | None = None

    async def join(self, *given: Any, **more: Any) -> Joined:
        if self.trouble is not None:
            raise self.trouble
        return await super().join(*given, **more)

    async def probe(self, path: Path) -> Media:
        media = await super().probe(path)
        return replace(media, seconds=self.seconds) if self.seconds and media.seconds != 5.0 else media


def with_media(stage: Stage, media: Glass) -> None:
    stage.house = replace(stage.house, media=media)
