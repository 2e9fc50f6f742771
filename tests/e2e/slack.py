"""The real program between people in Slack and a paid provider, each of the two a server of the test's own."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.adapters.chat.slack.server.people import Said
from tests.adapters.chat.slack.server.slack import Slack
from tests.adapters.chat.slack.server.world import Posted, StoredFile
from tests.e2e import programs
from tests.e2e.programs import Program, TollServer, program

GENERAL, ASKER, OTHER = Slack.GENERAL, Slack.ASKER, Slack.OTHER
WISH = "A fox crosses the frozen lake --model toll-1"
PRICE, READY = "Make this film?", "Your film is ready"
SOCKETS, HTTP = "sockets", "http"
SECONDS = 20.0


@dataclass
class Studio:
    """`bot` is the program, which hears `slack` by sockets or over HTTP and pays at `toll`."""

    slack: Slack
    bot: Program
    toll: TollServer
    way: str

    async def start(self) -> None:
        await asyncio.to_thread(self.bot.start)
        await self.heard()

    async def heard(self) -> None:
        """Waits until Slack can reach the program."""
        if self.way == SOCKETS:
            await self.slack.connected(2)
            return
        url = f"{self.bot.url}/slack/events"
        for _ in range(200):
            if await self.slack.verify_url(url):
                self.slack.listen_at(url)
                return
            await asyncio.sleep(0.05)  # another process is being waited for
        raise AssertionError("nobody answers at /slack/events")

    async def kill(self) -> None:
        await asyncio.to_thread(self.bot.kill)

    async def restart(self) -> None:
        """kill -9, and the next one."""
        await self.kill()
        await self.start()

    async def wish(self, text: str = WISH, *files: StoredFile, **more: Any) -> Said:
        return await self.slack.mention(GENERAL, ASKER, text, files=files, **more)

    async def card(self, thread: str, having: str, channel: str = GENERAL) -> Posted:
        """The card of the job in that thread, as soon as it says so."""
        return await self.slack.card(channel, thread=thread, having=having, seconds=SECONDS)

    async def priced(self, text: str = WISH, **more: Any) -> Posted:
        """A wish's card once it asks for a Confirm."""
        said = await self.wish(text, **more)
        return await self.card(said.thread, PRICE)

    async def noted(self, card: Posted) -> None:
        """Waits until the program knows that the price stands in the chat: a yes counts only from then on."""
        await programs.shown(self.bot, job_of(card))

    async def film(self, thread: str, channel: str = GENERAL) -> StoredFile:
        """The one film that stands in that thread, once it is there."""

        def found() -> list[StoredFile]:
            return films(self.slack, thread, channel)

        await self.slack.until(found, seconds=SECONDS)
        (one,) = found()
        return one

    def check(self) -> None:
        """What must hold whenever nothing is on its way: Slack had nothing to object to, and nobody saw anything twice."""
        assert self.slack.violations == []
        for workspace in self.slack.workspaces.values():
            for channel in workspace.channels.values():
                keys = [key for one in channel.live() if (key := key_of(one))]
                assert [key for key, many in Counter(keys).items() if many > 1] == []
        assert len(set(self.toll.paid)) == len(self.toll.paid)


def films(slack: Slack, thread: str, channel: str = GENERAL) -> list[StoredFile]:
    """Every film the app posted into that thread."""
    posted = slack.posts(channel, thread=thread)
    files = [slack.local.files[file["id"]] for one in posted for file in one.message.get("files", [])]
    return [one for one in files if one.name.endswith(".mp4")]


def pictures(posted: Posted) -> list[str]:
    """The Slack files that a card shows."""
    return [block["slack_file"]["id"] for block in posted.blocks if block["type"] == "image"]


def buttons(posted: Posted) -> list[str]:
    rows = [block["elements"] for block in posted.blocks if block["type"] == "actions"]
    return [one["text"]["text"] for row in rows for one in row if one["type"] == "button"]


def shown(message: Mapping[str, Any]) -> str:
    """All the words of a message or a view."""
    return json.dumps([message.get("text"), message.get("blocks")], ensure_ascii=False)


def job_of(card: Posted) -> str:
    found = re.search(r"J-[A-Z0-9]{10}", shown(card.message))
    assert found is not None, shown(card.message)
    return found[0]


def key_of(posted: Posted) -> str:
    return ((posted.message.get("metadata") or {}).get("event_payload") or {}).get("key", "")


@asynccontextmanager
async def studio(folder: Path, film: bytes, way: str = SOCKETS, env: Mapping[str, str] | None = None) -> AsyncIterator[Studio]:  # fmt: skip
    """Not started yet. `env` is added to the program's environment."""
    async with Slack().serving() as slack, TollServer(film).serving() as toll:
        settings = slack.settings if way == SOCKETS else slack.http_settings
        given = {**toll.known_to(folder), **slack.environment(settings), **(env or {})}
        with program(folder, given) as bot:
            yield Studio(slack, bot, toll, way)
