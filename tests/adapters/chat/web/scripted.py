"""A bot behind the page: a real database and a real Drive, and ears that answer by script."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from adapters.chat.web import create
from adapters.files import local
from adapters.storage import sql
from adapters.watch import prometheus
from bot.domain.card import Card
from bot.domain.chat import ChatEvent, Conversation, Message, MessageRef, Person, Press
from bot.domain.job import Job, card_id, job_id
from bot.domain.request import VideoRequest
from bot.domain.rules import Rules
from bot.ports.parts import Parts
from tests.databases import with_tables

YOU = Person("web", "local", "you", "You")


def here(id: str = "c1") -> Conversation:
    return Conversation("web", "local", id)


class SetClock:
    """The real time, moved on at will."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Frail:
    """A part of storage whose database may go away."""

    def __init__(self, real: Any) -> None:
        self._real, self.broken = real, False

    def __getattr__(self, method: str) -> Any:
        async def asked(*given: Any) -> Any:
            if self.broken:
                raise ConnectionError("the database went away")
            return await getattr(self._real, method)(*given)

        return asked


class Counted:
    """A part of storage that counts what the page asks of it, by name."""

    def __init__(self, name: str, real: Any, asked: Counter[str]) -> None:
        self._name, self._real, self._asked = name, real, asked

    def __getattr__(self, method: str) -> Any:
        self._asked[f"{self._name}.{method}"] += 1
        return getattr(self._real, method)


class Script:
    """Ears that keep what they hear; `answer` and `on_press` say what the bot does about it."""

    def __init__(self, inbox: Any, clock: SetClock) -> None:
        self._inbox, self._clock = inbox, clock
        self.heard: list[ChatEvent] = []
        self.pressed: list[Press] = []
        self.answer: Callable[[Message], Awaitable[Any]] | None = None
        self.on_press: Callable[[Press], Awaitable[Any]] | None = None

    @property
    def messages(self) -> list[Message]:
        return [event for event in self.heard if isinstance(event, Message)]

    async def receive(self, event: ChatEvent) -> bool:
        fresh = await self._inbox.receive(event, self._clock.now())
        if fresh:
            self.heard.append(event)
        if fresh and self.answer and isinstance(event, Message):
            await self.answer(event)
        return fresh

    async def press(self, press: Press) -> None:
        self.pressed.append(press)
        if self.on_press:
            await self.on_press(press)


class Bot:
    """Everything around a served page; `settings` are the page's own, `doors` what is served beside it, `models` can be chosen."""

    def __init__(self, folder: Path, models: Callable[[], Sequence[tuple[str, str]]] = tuple, **settings: str) -> None:
        self.clock = SetClock()
        self.folder = folder / "web"
        self.drive = folder / "drive"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.drive.mkdir(exist_ok=True)
        database = folder / "clapper.db"
        if not database.exists():
            with_tables(database)
        bare = Parts(settings={"url": f"sqlite:///{database}"}, folder=folder, clock=self.clock)
        self.storage = sql.create(bare)
        self.statistics, self.notes = Frail(self.storage.statistics), Frail(self.storage.notes)
        real = self.storage
        self.asked: Counter[str] = Counter()
        seen: Any = SimpleNamespace(
            inbox=Counted("inbox", real.inbox, self.asked),
            cards=Counted("cards", real.cards, self.asked),
            clips=Counted("clips", real.clips, self.asked),
            statistics=Counted("statistics", self.statistics, self.asked),
            notes=self.notes,
            ledger=real.ledger,
        )
        self.problems: dict[str, str] = {}
        self.rules = Rules()
        self.doors: dict[str, Any] = {}
        self.files = local.create(Parts(settings={"root": str(self.drive)}, folder=folder, clock=self.clock))
        self.ears = Script(real.inbox, self.clock)
        self.platform: Any = create(
            Parts(
                settings={"port": "0"} | settings,
                folder=self.folder,
                clock=self.clock,
                storage=seen,
                files=self.files,
                health=self._health,
                watch=prometheus.create(bare),
                doors=self.doors,
                models=models,
                decided=self._decided,
            )
        )
        self._revisions: dict[str, int] = {}

    async def _decided(self, _: Conversation) -> Rules:
        return self.rules

    async def _health(self) -> Mapping[str, str]:
        return self.problems

    @property
    def url(self) -> str:
        return self.platform.url.rstrip("/")

    def put(self, key: str, data: bytes) -> None:
        """A file straight onto the Drive."""
        path = self.drive / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    async def say(self, id: str, card: Card, conversation: Conversation | None = None) -> None:
        """A card of no job, said and shown."""
        where = conversation or here()
        await self.storage.cards.say(id, where, card)
        await self.platform.post(where, card, key=id)

    async def show(self, message: Message, card: Card) -> str:
        """Renders the card of the job that a message starts, anew each time; gives the card's id."""
        job = job_id(message.key)
        id, now = card_id(job), self.clock.now()
        fresh = await self.storage.jobs.add(
            Job(
                id=job,
                conversation=message.conversation,
                author=YOU,
                request=VideoRequest(prompt=message.text),
                made_at=now,
                changed_at=now,
            )
        )
        self._revisions[id] = self._revisions.get(id, 0) + 1
        await self.storage.cards.render(id, self._revisions[id], card)
        if fresh:
            await self.platform.post(message.conversation, card, key=id)
        else:
            await self.platform.edit(MessageRef(message.conversation, id), card)
        return id

    async def hear(self, text: str = "a lighthouse", conversation: str = "c1", key: str = "m1") -> Message:
        """A message, as if it had been posted."""
        message = Message(f"web:{conversation}:{key}", here(conversation), YOU, text)
        await self.ears.receive(message)
        return message

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
            await self.platform.aclose()
            await self.storage.aclose()
