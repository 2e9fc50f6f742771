"""The real program between people in Discord and a paid provider, each of the two a server of the test's own."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from adapters.chat.discord.buttons import Handle, handle
from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.server_values import Channel, File, Guild, Message, User, walk
from tests.e2e import programs
from tests.e2e.programs import Program, TollServer, program, small_film

WISH = "A fox crosses the frozen lake --model toll-1"
READY = "Your film is ready"
SECONDS = 15.0
ROOMS = 15


@dataclass
class Studio:
    """`bot` is the program, which hears `discord` and pays at `toll`; `rooms` are channels that nobody was in yet."""

    discord: Discord
    bot: Program
    toll: TollServer
    guild: Guild
    room: Channel
    ada: User
    ben: User
    rooms: list[Channel]

    def move(self) -> None:
        """To a quiet room: a busy one takes fewer edits."""
        self.room = self.rooms.pop()

    async def start(self) -> None:
        await asyncio.to_thread(self.bot.start)
        await self.discord.connected()

    async def kill(self) -> None:
        await asyncio.to_thread(self.bot.kill)
        await self.discord.until(lambda: not self.discord.gateway.open)

    async def restart(self) -> None:
        """kill -9, and the next one."""
        await self.kill()
        await self.start()

    async def says(self, card: Message, *words: str) -> Message:
        """The card, as soon as it says all that."""

        def missing() -> list[str]:
            return [word for word in words if word not in f"{card.text} {card.labels}"]

        try:
            await self.discord.until(lambda: not missing(), SECONDS)
        except AssertionError as error:
            raise AssertionError(f"no {missing()} in {card.text} {card.labels}") from error
        return card

    async def priced(self, text: str = WISH, **more: Any) -> Message:
        """A wish's card once it asks for a Confirm."""
        asked = await self.discord.mention(self.room, self.ada, text, **more)
        return await self.answered(asked)

    async def answered(self, asked: Message) -> Message:
        card = await self.discord.answer(asked.channel, after=asked, seconds=SECONDS)
        return await self.says(card, "Confirm")

    async def rendering(self) -> Message:
        """A card of a film that is made for as long as the toll server says so."""
        self.toll.running = True
        card = await self.priced()
        await self.confirm(card)
        return await self.says(card, "Rendering")

    async def confirm(self, card: Message) -> None:
        assert (await self.discord.press(card, "Confirm", self.ada)).kind == "nothing"

    async def noted(self, card: Message) -> None:
        """Waits until a typed yes counts."""
        await programs.shown(self.bot, job_of(card))

    async def film(self, card: Message) -> File:
        """The one film that answers this card, once it is there and the card says so."""
        await self.discord.until(lambda: self.films(card), SECONDS)
        await self.says(card, READY)
        (one,) = self.films(card)
        return one

    def films(self, card: Message) -> list[File]:
        said = [one for one in self.discord.said(card.channel) if one.reply_to is card]
        return [file for one in said for file in one.files if file.mime == "video/mp4"]

    async def fetched(self, file: File) -> bytes:
        """As a person's client plays it: from the address in the message."""
        async with httpx.AsyncClient() as http:
            answer = await http.get(self.discord.link(file))
        assert (answer.status_code, answer.headers["content-type"]) == (httpx.codes.OK, "video/mp4")
        return answer.content

    def check(self) -> None:
        """What must hold whenever nothing is on its way: Discord had nothing to object to, and nobody saw anything twice."""
        assert self.discord.violations == []
        for channel in self.discord.channels.values():
            said = self.discord.said(channel)
            assert _twice(one.nonce for one in said) == []
            assert _twice(job for one in said for job in _asked_in(one)) == []
            assert _twice(one.reply_to for one in said if any(file.mime == "video/mp4" for file in one.files)) == []
        assert _twice(self.toll.paid) == []


def _twice(many: Any) -> list[Any]:
    return [one for one, times in Counter(many).items() if one is not None and times > 1]


def jobs_in(components: Any) -> set[str]:
    """The jobs that a message's buttons are about."""
    return {one.job for one in _handles(components)}


def _asked_in(message: Message) -> set[str]:
    """The jobs that a message's buttons decide about; those about a film stand wherever the film is shown."""
    return {one.job for one in _handles(message.payload.get("components", ())) if not one.item}


def _handles(components: Any) -> list[Handle]:
    found = [handle(str(part.get("custom_id", ""))) for part in walk(components)]
    return [one for one in found if one is not None]


def job_of(card: Message) -> str:
    (job,) = jobs_in(card.payload["components"])
    return job


def shown(card: Message) -> list[str]:
    """All the words of a card each time it changed."""
    return [json.dumps(one.payload, ensure_ascii=False) for one in card.edits]


def pictures(card: Message) -> list[str]:
    """What the card shows, by its bytes."""
    return [one.sha256 for one in card.files]


@asynccontextmanager
async def studio(folder: Path, env: Mapping[str, str] | None = None) -> AsyncIterator[Studio]:
    """Not started yet. `env` is added to the program's environment."""
    async with Discord().serving() as discord, TollServer(small_film()).serving() as toll:
        guild = discord.guild("Studio")
        ada, ben = discord.user("Ada"), discord.user("Ben")
        guild.members |= {one.id: one for one in (ada, ben)}
        with program(folder, {**toll.known_to(folder), **discord.environment, **(env or {})}) as bot:
            rooms = [discord.channel(guild, f"room-{number}") for number in range(ROOMS)]
            yield Studio(discord, bot, toll, guild, discord.room(guild), ada, ben, rooms)
