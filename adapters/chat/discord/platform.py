"""Discord as a chat platform: its parts put together."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import structlog

from adapters.chat.discord.calls import Calls
from adapters.chat.discord.files import Downloads
from adapters.chat.discord.fill import Fill
from adapters.chat.discord.hold import PACE, Pace
from adapters.chat.discord.options import options
from adapters.chat.discord.pictures import Pictures
from adapters.chat.discord.places import Places
from adapters.chat.discord.posts import Posts
from adapters.chat.discord.refusals import Refusals
from adapters.chat.discord.rights import Rights
from adapters.chat.discord.sent import Sent
from adapters.chat.discord.threads import PLATFORM
from adapters.chat.discord.uploads import Uploads
from adapters.chat.discord.whispers import Whispers
from adapters.kit.chores import Chores
from adapters.kit.roster import Roster, new_worker
from bot.domain.card import Card, CardMedia
from bot.domain.chat import Attachment, Command, Conversation, Message, MessageRef, Person
from bot.ports.chat import Ears
from bot.ports.parts import Parts

if TYPE_CHECKING:
    from adapters.chat.discord.listen import Listener

log = structlog.get_logger()

SWEEP_SECONDS = 3600.0


class Discord:
    """Raises UserError where the settings do not fit together."""

    name = PLATFORM
    alone = False

    def __init__(self, parts: Parts, pace: Pace = PACE) -> None:
        if parts.storage is None or parts.files is None:
            raise TypeError("Discord needs storage and files")
        self._parts, self._storage = parts, parts.storage
        self._options, self._worker, self._pace = options(parts.settings), new_worker(), pace
        self._roster = Roster(parts.storage.notes, parts.clock, PLATFORM, self._worker, pace.lease)
        self._calls, self._chores, refusals = Calls(self._options), Chores(), Refusals()
        self._sent = Sent(parts.storage.notes, parts.clock)
        self._places = Places(self._calls, self._sent, refusals)
        pictures = Pictures(self._calls, parts.files)
        self._whispers = Whispers(self._calls, self._sent, self._places, pictures, refusals)
        self._posts = Posts(
            calls=self._calls,
            sent=self._sent,
            pictures=pictures,
            whispers=self._whispers,
            places=self._places,
            refusals=refusals,
            jobs=parts.storage.jobs,
        )
        self._uploads = Uploads(
            calls=self._calls,
            sent=self._sent,
            places=self._places,
            refusals=refusals,
            storage=parts.storage,
            files=parts.files,
            media=parts.media,
            folder=parts.folder / "fitted",
        )
        self._downloads = Downloads(
            calls=self._calls,
            files=parts.files,
            folder=parts.folder / "brought",
            clock=parts.clock,
            sent=self._sent,
            refusals=refusals,
        )
        self._fill = Fill(self._calls, refusals)
        self._listener: Listener | None = None
        self._rights = Rights(self._calls, refusals, parts.clock)

    async def run(self, ears: Ears) -> None:
        """Raises UserError where Discord does not take the token or an intent."""
        from adapters.chat.discord.handlers import Handlers  # noqa: PLC0415 - the listening side loads when it runs
        from adapters.chat.discord.listen import Listener  # noqa: PLC0415 - as above

        handlers = Handlers(
            ears=ears,
            calls=self._calls,
            storage=self._storage,
            whispers=self._whispers,
            downloads=self._downloads,
            places=self._places,
            sent=self._sent,
            post=self.post,
            models=self._parts.models,
            rights=self._rights,
            direct=self._options.direct_messages,
            start=self._chores.start,
        )
        sweeping = asyncio.create_task(self._sweep())
        try:
            self._listener = Listener(
                options=self._options,
                handlers=handlers,
                calls=self._calls,
                sent=self._sent,
                places=self._places,
                clock=self._parts.clock,
                claims=self._storage.claims,
                roster=self._roster,
                worker=self._worker,
                pace=self._pace,
                start=self._chores.start,
                counted=self._posts.share,
            )
            await self._listener.listen()
        finally:
            sweeping.cancel()
            await asyncio.gather(sweeping, return_exceptions=True)

    @property
    def shards(self) -> tuple[int, ...]:
        """Those that this process is just now."""
        return tuple(self._listener.connected) if self._listener is not None else ()

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

    async def aclose(self) -> None:
        await self._chores.aclose()
        await self._calls.aclose()

    async def _sweep(self) -> None:
        while True:
            try:
                await self._downloads.sweep()
            except OSError as error:
                log.warning("Old files are not swept away", action="discord.sweep", why=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)
