"""A small bot behind the page: storage in memory, files in a folder, and ears that answer by script."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from adapters.chat.web import create
from bot.domain.card import Card, Posting
from bot.domain.chat import ChatEvent, Conversation, Message, MessageRef, Person, Press
from bot.domain.drive import Clip
from bot.domain.errors import Taken
from bot.domain.job import State, card_id, job_id
from bot.ports.files import Stat
from bot.ports.parts import Parts


class SetClock:
    """The real time, moved on at will."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class FolderFiles:
    """The Files port over one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise FileNotFoundError(key)
        return path

    async def keep(self, path: Path, key: str) -> Stat:
        to = self._path(key)
        if to.exists():
            raise Taken(key)
        to.parent.mkdir(parents=True, exist_ok=True)
        path.rename(to)
        return Stat(to.stat().st_size)

    async def put(self, key: str, data: bytes) -> None:
        to = self._path(key)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(data)

    async def open(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        with self._path(key).open("rb") as file:
            file.seek(start)
            left = (self._path(key).stat().st_size if stop is None else stop) - start
            while left > 0 and (piece := file.read(min(left, 64 * 1024))):
                left -= len(piece)
                yield piece

    async def stat(self, key: str) -> Stat | None:
        with suppress(FileNotFoundError):
            path = self._path(key)
            return Stat(path.stat().st_size) if path.is_file() else None
        return None

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        yield self._path(key)

    async def link(self, key: str, seconds: int) -> str | None:
        return None

    async def forget(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)


@dataclass
class Inbox:
    events: dict[str, tuple[datetime, ChatEvent]] = field(default_factory=dict)

    async def receive(self, event: ChatEvent, at: datetime) -> bool:
        if event.key in self.events:
            return False
        self.events[event.key] = (at, event)
        return True

    async def messages(self, conversation: Conversation) -> Sequence[tuple[datetime, Message]]:
        return [
            (at, one)
            for at, one in self.events.values()
            if isinstance(one, Message) and one.conversation == conversation
        ]


@dataclass
class Cards:
    postings: dict[str, Posting] = field(default_factory=dict)

    async def get(self, id: str) -> Posting | None:
        return self.postings.get(id)

    async def revisions(self, conversation: Conversation) -> Mapping[str, int]:
        return {id: one.rendered for id, one in self.postings.items() if one.conversation == conversation}


@dataclass
class Clips:
    clips: list[Clip] = field(default_factory=list)

    async def at(self, key: str) -> Clip | None:
        return next((clip for clip in self.clips if key in {clip.key, clip.poster, clip.last_frame}), None)

    async def recent(self, workspace: tuple[str, str], limit: int) -> Sequence[Clip]:
        return sorted(self.clips, key=lambda clip: clip.made_at, reverse=True)[:limit]


@dataclass
class Statistics:
    broken: bool = False

    async def counts(self) -> Mapping[State, int]:
        if self.broken:
            raise ConnectionError("the database went away")
        return {State.queued: 2, State.complete: 5}


class Script:
    """Ears that keep what they hear; `answer` and `on_press` decide what the bot does about it."""

    def __init__(self, bot: "Bot") -> None:
        self.bot = bot
        self.pressed: list[Press] = []
        self.answer: Any = None
        self.on_press: Any = None

    async def receive(self, event: ChatEvent) -> bool:
        fresh = await self.bot.inbox.receive(event, self.bot.clock.now())
        if fresh and self.answer and isinstance(event, Message):
            await self.answer(event)
        return fresh

    async def press(self, press: Press) -> None:
        self.pressed.append(press)
        if self.on_press:
            await self.on_press(press)


class Bot:
    """Everything around a served page; `settings` are the page's own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.clock = SetClock()
        self.inbox, self.cards, self.clips, self.statistics = Inbox(), Cards(), Clips(), Statistics()
        self.files = FolderFiles(folder / "drive")
        self.folder = folder / "web"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.problems: dict[str, str] = {}
        storage: Any = SimpleNamespace(
            inbox=self.inbox, cards=self.cards, clips=self.clips, statistics=self.statistics
        )
        self.parts = Parts(
            settings={"port": "0"} | settings,
            folder=self.folder,
            clock=self.clock,
            storage=storage,
            files=self.files,
            health=self._health,
        )
        self.ears = Script(self)
        self.platform: Any = create(self.parts)

    async def _health(self) -> Mapping[str, str]:
        return self.problems

    @property
    def url(self) -> str:
        return self.platform.url.rstrip("/")

    async def show(self, id: str, conversation: Conversation, card: Card, job: str | None = None) -> Posting:
        """Renders a card anew and tells the page, as the core does."""
        known = self.cards.postings.get(id)
        if known is None:
            posting = Posting(id=id, conversation=conversation, job=job, wanted=1, shown=0, rendered=1, card=card)
            self.cards.postings[id] = posting
            await self.platform.post(conversation, card, key=id)
        else:
            posting = replace(known, rendered=known.rendered + 1, card=card)
            self.cards.postings[id] = posting
            await self.platform.edit(MessageRef(conversation, id), card)
        return posting

    async def show_job(self, message: Message, card: Card) -> Posting:
        """The card of the job that a message starts."""
        job = job_id(message.key)
        return await self.show(card_id(job), message.conversation, card, job)

    @asynccontextmanager
    async def served(self) -> AsyncIterator["Bot"]:
        running = asyncio.create_task(self.platform.run(self.ears))
        while self.platform.port is None and not running.done():
            await asyncio.sleep(0)
        try:
            if running.done():
                running.result()
            yield self
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


YOU = Person("web", "local", "you", "You")


def here(id: str = "c1") -> Conversation:
    return Conversation("web", "local", id)
