"""Slack as a chat platform: its parts put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import structlog

from adapters.chat.slack.agent import Agent
from adapters.chat.slack.clients import Clients
from adapters.chat.slack.events import PLATFORM
from adapters.chat.slack.files import Downloads
from adapters.chat.slack.fill import Fill
from adapters.chat.slack.options import options
from adapters.chat.slack.pictures import Pictures
from adapters.chat.slack.places import Places
from adapters.chat.slack.posts import Posts
from adapters.chat.slack.refusals import Refusals
from adapters.chat.slack.rights import Rights
from adapters.chat.slack.sent import Sent
from adapters.chat.slack.transfer import Transfer
from adapters.chat.slack.uploads import Uploads
from adapters.chat.slack.whispers import Whispers
from adapters.kit.chores import Chores
from adapters.kit.roster import Roster, new_worker
from bot.domain.card import Card, CardMedia
from bot.domain.chat import Attachment, Command, Conversation, Message, MessageRef, Person
from bot.ports.chat import Ears
from bot.ports.parts import Parts

log = structlog.get_logger()

BEAT_SECONDS, THERE_SECONDS = 5.0, 20.0


class Slack:
    """Raises UserError where the settings do not fit together."""

    name = PLATFORM
    alone = False

    def __init__(self, parts: Parts) -> None:
        if parts.storage is None or parts.files is None:
            raise TypeError("Slack needs storage and files")
        self._parts, self._storage = parts, parts.storage
        self._options = options(parts.settings)
        self._roster = Roster(parts.storage.notes, parts.clock, PLATFORM, new_worker(), THERE_SECONDS)
        self._clients = Clients(self._options, parts.storage.notes)
        self._chores = Chores()
        sent, refusals = Sent(parts.storage.notes, parts.clock), Refusals()
        places, transfer = Places(self._clients, parts.storage), Transfer(self._clients)
        self._pictures = Pictures(transfer, parts.files, sent, self._chores, refusals)
        self._posts = Posts(
            clients=self._clients,
            places=places,
            sent=sent,
            pictures=self._pictures,
            cards=parts.storage.cards,
            agent=Agent(self._clients, self._chores, refusals, wanted=self._options.agent),
            refusals=refusals,
            chores=self._chores,
            whispers=Whispers(self._clients, sent),
        )
        self._uploads = Uploads(
            transfer=transfer,
            places=places,
            sent=sent,
            refusals=refusals,
            files=parts.files,
            media=parts.media,
            folder=parts.folder / "fitted",
            most_bytes=self._options.upload_bytes,
        )
        self._downloads = Downloads(self._clients, self._options.api_url, refusals)
        self._fill = Fill(self._clients, sent, refusals)
        self._rights = Rights(self._clients, refusals, parts.clock)

    async def run(self, ears: Ears) -> None:
        """Raises UserError where Slack does not take the tokens."""
        from adapters.chat.slack.listen import listen  # noqa: PLC0415 - the listening side's libraries load when it runs

        sharing = asyncio.create_task(self._share())
        try:
            await listen(
                ears,
                self._options,
                self._clients,
                self._storage,
                self._parts.doors,
                clock=self._parts.clock,
                decided=self._parts.decided,
                admin=self._rights.admin,
                pictures=self._pictures,
            )
        finally:
            sharing.cancel()
            await asyncio.gather(sharing, return_exceptions=True)
            with suppress(Exception):  # who says nothing any more is not counted for long
                await self._roster.leave()

    async def fill(self, event: Message | Command) -> Message | Command:
        return await self._fill.fill(event)

    async def admin(self, person: Person, conversation: Conversation) -> bool:
        return await self._rights.admin(person, conversation)

    async def post(self, conversation: Conversation, card: Card, *, key: str, to: Person | None = None) -> MessageRef:
        return await self._posts.post(conversation, card, key=key, to=to)

    async def edit(self, message: MessageRef, card: Card, *, urgent: bool = True) -> None:
        await self._posts.edit(message, card, urgent=urgent)

    async def upload(self, conversation: Conversation, film: CardMedia, *, key: str) -> str:
        return await self._uploads.upload(conversation, film, key=key)

    def open_attachment(self, attachment: Attachment) -> AsyncIterator[bytes]:
        return self._downloads.open(attachment)

    async def _share(self) -> None:
        """Slack counts the edits of all replicas together: each takes its part of them."""
        while True:
            try:
                self._posts.share(len((await self._roster.tell({})).alive))
            except Exception as away:  # noqa: BLE001 - the database comes back; until then the last count holds
                log.info("Replicas cannot be counted", action="slack.replicas", why=type(away).__name__)
            await asyncio.sleep(BEAT_SECONDS)

    async def aclose(self) -> None:
        await self._chores.aclose()
        await self._clients.aclose()
