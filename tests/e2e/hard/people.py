"""People who ask for films in both chats, press what the card asks, and press again where nothing happens."""

import asyncio
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image

from tests.adapters.chat.discord.server_values import Message
from tests.adapters.chat.slack.server.slack import Slack
from tests.adapters.chat.slack.server.world import Posted
from tests.e2e import slack as slack_studio
from tests.e2e.hard.town import PICTURED, SOAK, WISHES, Town

PRICE, DECIDE = "Make this film?", "Please decide"
# It is sent again: as where the chat could not be asked for the picture, or whoever heard the message was lost three times.
AMISS = ("This needs a change first", "Something broke here")
OVER = ("Your film is ready", "This film could not be made", "Cancelled", "Not made", "This price has expired")
UNHEARD_SECONDS = 30.0
UNANSWERED_SECONDS, MOST_PATIENCE_SECONDS = 4.0, 60.0
# Two hundred people who look all the time would leave nothing to the servers that they share a process with.
LOOK_SECONDS = 0.5 if SOAK else 0.05


@cache
def picture() -> bytes:
    held = BytesIO()
    Image.linear_gradient("L").resize((360, 640)).convert("RGB").save(held, format="PNG")
    return held.getvalue()


@dataclass(repr=False)
class Wish(ABC):
    """One person's one wish. `asked` counts how often it had to be written before the chat brought it, `pressed` every press.

    `again` is how often the card as it stands was answered already: who presses in vain waits twice as long before the next time.
    """

    here: Town
    provider: str
    name: str = ""
    asked: int = 0
    pressed: int = 0
    again: int = 0
    names: list[str] = field(default_factory=list)
    begun: float = 0.0
    ended: float = 0.0
    hasty: bool = False

    @abstractmethod
    async def ask(self, text: str) -> None: ...

    @abstractmethod
    def said(self) -> list[str]:
        """The words of each of the bot's messages that are no films, with their buttons."""

    @abstractmethod
    def films(self) -> int: ...

    @abstractmethod
    async def press(self, label: str) -> None:
        """Raises LookupError where that button is not there any more."""

    @property
    def job(self) -> str:
        found = re.search(r"J-[A-Z0-9]{10}", self.card)
        return found[0] if found else ""

    @property
    def card(self) -> str:
        return next(iter(self.said()), "")

    async def live(self, patience: float) -> None:
        """From the wish to the end of its card. Raises TimeoutError."""
        self.begun = time.monotonic()
        async with asyncio.timeout(patience):
            await self._ask()
            last, due = "", self.begun + UNHEARD_SECONDS
            while not any(word in (card := self.card) for word in OVER):
                if card != last:
                    last, due, self.again = card, 0.0, 0
                if time.monotonic() > due:
                    await self._answer(card)
                    due = time.monotonic() + self._waits(card)
                    self.again += 1
                await asyncio.sleep(LOOK_SECONDS)  # other processes are being waited for
        self.ended = time.monotonic()

    def _waits(self, card: str) -> float:
        if not card:
            return UNHEARD_SECONDS * 2**self.again
        return min(UNANSWERED_SECONDS * 2**self.again, MOST_PATIENCE_SECONDS)

    async def _ask(self) -> None:
        self.asked += 1
        self.name = self.here.next_name()
        self.names.append(self.name)
        await self.ask(WISHES[self.provider].format(name=self.name))

    async def _answer(self, card: str) -> None:
        """What the card asks for, again where nothing came of it."""
        if not card or any(words in card for words in AMISS):
            await self._ask()
            return
        for question, label in ((PRICE, "Confirm"), (DECIDE, "Close")):
            if question in card:
                await self._press(label)

    async def _press(self, label: str) -> None:
        presses = [self.press(label) for _ in range(2 if self.hasty else 1)]
        self.pressed += len(presses)
        for came in await asyncio.gather(*presses, return_exceptions=True):
            if isinstance(came, BaseException) and not isinstance(came, LookupError | AssertionError | TimeoutError):
                raise came


@dataclass(repr=False)
class InSlack(Wish):
    thread: str = ""

    async def ask(self, text: str) -> None:
        slack = self.here.slack
        files = [slack.file("face.png", picture())] if self.provider in PICTURED else []
        said = await slack.mention(Slack.GENERAL, Slack.ASKER, text, files=files, wait=False)
        self.thread = said.thread

    def said(self) -> list[str]:
        return [f"{slack_studio.shown(one.message)} {slack_studio.buttons(one)}" for one in self._cards()]

    def films(self) -> int:
        return len(slack_studio.films(self.here.slack, self.thread)) if self.thread else 0

    async def press(self, label: str) -> None:
        await self.here.slack.press(self._cards()[0], label, Slack.ASKER)

    def _cards(self) -> list[Posted]:
        posts = self.here.slack.posts(Slack.GENERAL, thread=self.thread) if self.thread else []
        return [one for one in posts if not any(".mp4" in str(file) for file in one.message.get("files", ()))]


@dataclass(repr=False)
class InDiscord(Wish):
    room: Any = None

    async def ask(self, text: str) -> None:
        discord = self.here.discord
        self.room = self.here.rooms.pop()
        files = [("face.png", picture())] if self.provider in PICTURED else []
        await discord.mention(self.room, self.here.ada, text, files=files)

    def said(self) -> list[str]:
        return [f"{one.text} {one.labels}" for one in self._cards()]

    def films(self) -> int:
        said = self.here.discord.said(self.room) if self.room else []
        return sum(file.mime == "video/mp4" for one in said for file in one.files)

    async def press(self, label: str) -> None:
        await self.here.discord.press(self._cards()[0], label, self.here.ada)

    def _cards(self) -> list[Message]:
        said = self.here.discord.said(self.room) if self.room else []
        return [one for one in said if not any(file.mime == "video/mp4" for file in one.files)]


def crowd(here: Town, many: int, providers: Sequence[str] = ()) -> list[Wish]:
    """So many people, in turn in the chats and with each of these providers, all of them where none is named; some press twice."""
    names, chats = sorted(providers or WISHES), (InSlack, InDiscord) if SOAK else (InSlack, InDiscord, InDiscord)
    made: list[Wish] = []
    for number in range(many):
        kind = chats[number % len(chats)]
        made.append(kind(here, names[number // 2 % len(names)], hasty=number % (5 - len(chats)) == 0))
    return made
