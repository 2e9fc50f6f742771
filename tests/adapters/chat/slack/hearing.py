"""The listening side of the Slack adapter, connected to a Slack of our own and to a real inbox."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from adapters.chat.slack.clients import Clients
from adapters.chat.slack.listen import listen
from adapters.chat.slack.options import options
from adapters.chat.web.server import listen as bind
from adapters.chat.web.server import serve
from bot.domain.card import Action, Button, Card, FieldKind, FormField
from bot.domain.chat import ChatEvent, Command, Conversation, Message, Person, Press
from bot.domain.job import card_id
from bot.ports.storage import Storage
from tests.adapters.chat.slack.server.slack import Slack
from tests.databases import with_tables
from tests.fakes import SetClock
from tests.stored import NOON, a_job

GENERAL, ASKER, TEAM = Slack.GENERAL, Slack.ASKER, Slack.TEAM
FORM = (
    FormField("prompt", "Prompt", FieldKind.text, "a red boat"),
    FormField("audio", "Sound", FieldKind.toggle, "no"),
)
ASK = Card(title="A film?", text="a red boat", job="J-1", revision=3, buttons=(Button(Action.confirm, "Confirm"), Button(Action.edit, "Edit", form=FORM), Button(Action.cancel, "Cancel")))  # fmt: skip


@dataclass
class Ears:
    """Saves in a real inbox and keeps what was new; the first `away` times the database cannot be reached."""

    storage: Storage
    heard: list[ChatEvent] = field(default_factory=list)
    away: int = 0

    async def receive(self, event: ChatEvent) -> bool:
        if self.away:
            self.away -= 1
            raise ConnectionError("the database is away")
        fresh = await self.storage.inbox.receive(event, NOON)
        if fresh:
            self.heard.append(event)
        return fresh

    async def press(self, press: Press) -> None:
        raise AssertionError("presses are received and done later")

    @property
    def message(self) -> Message:
        return cast(Message, self._only())

    @property
    def command(self) -> Command:
        return cast(Command, self._only())

    @property
    def pressed(self) -> Press:
        return cast(Press, self._only())

    def _only(self) -> ChatEvent:
        assert len(self.heard) == 1, self.heard
        return self.heard[0]


def database(folder: Path) -> str:
    """A new SQLite file with every table."""
    return f"sqlite:///{with_tables(folder / 'clapper.db')}"


@dataclass
class Hearing:
    """`doors` is what the adapter opened beside the web page, `url` where that is served."""

    slack: Slack
    ears: Ears
    clients: Clients
    doors: dict[str, Any]
    task: asyncio.Task[None]
    url: str = ""

    async def stop(self) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


@asynccontextmanager
async def listening(slack: Slack, storage: Storage, settings: Mapping[str, str]) -> AsyncIterator[Hearing]:
    """Connected, and in HTTP mode with Slack told where to call."""
    given = options(settings)
    clients = Clients(given, storage.notes)
    doors: dict[str, Any] = {}
    ears = Ears(storage)
    task = asyncio.create_task(listen(ears, given, clients, storage, doors, clock=SetClock(datetime.now(UTC))))
    hearing = Hearing(slack, ears, clients, doors, task)
    try:
        async with contextlib.AsyncExitStack() as stack:
            if given.by_socket:
                await slack.connected(given.sockets)
            else:
                hearing.url = await stack.enter_async_context(served(doors))
                await slack.until(lambda: "/slack/" in doors or task.done())
                slack.listen_at(f"{hearing.url}/slack/events")
            yield hearing
            await hearing.stop()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await clients.aclose()


@asynccontextmanager
async def served(doors: Mapping[str, Any]) -> AsyncIterator[str]:
    """What stands behind the doors, on a real socket."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await doors["/slack/"](scope, receive, send)

    bound = bind("127.0.0.1", 0)
    serving = asyncio.create_task(serve(app, bound, lambda: None))
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        bound.close()


async def stored(storage, card: Card = ASK, thread: str = "1.1") -> Card:
    """A job of the asker's and its card, as the core leaves them."""
    place = Conversation("slack", TEAM, GENERAL, thread)
    job = a_job(card.job, conversation=place, author=Person("slack", TEAM, ASKER))
    await storage.jobs.add(job)
    await storage.cards.render(card_id(card.job), card.revision, card)
    return card


async def posted(hearing: Hearing, card: Card = ASK) -> str:
    """The card stands in a thread; gives its ts."""
    from adapters.chat.slack.cards import message

    drawn = message(card)
    root = await hearing.slack.say(GENERAL, ASKER, "hello")
    answer = await hearing.clients.call(
        TEAM, "chat_postMessage", channel=GENERAL, thread_ts=root.ts, text=drawn.text, blocks=drawn.blocks
    )
    return answer["ts"]
