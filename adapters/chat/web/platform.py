"""The web page as a chat platform. Its cards are read from storage, so posting one is telling the tabs to look."""

import asyncio
from collections.abc import AsyncIterator

import structlog

from adapters.chat.web.left import Left
from adapters.chat.web.options import options
from adapters.chat.web.people import PLATFORM
from adapters.chat.web.pulse import Pulse
from adapters.chat.web.ranks import Ranks
from adapters.chat.web.spool import Spool
from adapters.kit.links import Links, secret
from bot.domain.card import Card, CardMedia
from bot.domain.chat import Attachment, Command, Conversation, Message, MessageRef, Person
from bot.ports.chat import Ears
from bot.ports.parts import Parts

log = structlog.get_logger()
SWEEP_SECONDS = 60 * 60


class Web:
    """`port` is the one really listened on, None until then. Old uploads are swept at the start and every `sweep_seconds`."""

    name = PLATFORM
    alone = True

    def __init__(self, parts: Parts) -> None:
        if parts.storage is None or parts.files is None:
            raise TypeError("the web page needs storage and files")
        self._options = options(parts.settings)
        self._parts, self._storage, self._files = parts, parts.storage, parts.files
        oidc = self._options.oidc
        self._ranks = Ranks(parts.storage.notes, oidc.admins if oidc else ())
        self._left = Left(parts.storage.notes)
        self._pulse = Pulse()
        self._spool = Spool(parts.folder, parts.files)
        self.port: int | None = None
        self.sweep_seconds: float = SWEEP_SECONDS

    @property
    def url(self) -> str:
        """Where a person on this machine opens the page."""
        host = "127.0.0.1" if self._options.host in {"0.0.0.0", "::"} else self._options.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    async def run(self, ears: Ears) -> None:
        """Raises UserError where the port cannot be had."""
        from adapters.chat.web.server import listen, serve  # noqa: PLC0415 - the server's libraries load when it runs

        listening = listen(self._options.host, self._options.port)
        try:
            app = self._application(ears)
            await self._sweep()
            self.port = listening.getsockname()[1]
            log.info("The web page is served", action="web.serve", url=self.url, port=self.port)
            sweeping = asyncio.create_task(self._keep_sweeping())
            try:
                await serve(app, listening, self._pulse.close)
            finally:
                sweeping.cancel()
        finally:
            listening.close()

    async def _keep_sweeping(self) -> None:
        while True:
            await asyncio.sleep(self.sweep_seconds)
            await self._sweep()

    async def _sweep(self) -> None:
        """A sweep that fails is tried again at the next; the page is served all the same."""
        try:
            swept = await self._spool.sweep(self._parts.clock.now())
        except Exception:
            log.exception("Old uploads could not be swept", action="web.sweep")
            return
        if swept:
            log.info("Old uploads are forgotten", action="web.sweep", uploads=swept)

    def _application(self, ears: Ears):  # noqa: ANN202 - an ASGI app, whose type belongs to a library not loaded yet
        from adapters.chat.web.app import application  # noqa: PLC0415 - see run
        from adapters.chat.web.desk import Desk  # noqa: PLC0415 - see run
        from adapters.chat.web.metrics import Meters  # noqa: PLC0415 - see run
        from adapters.chat.web.security import Door  # noqa: PLC0415 - see run

        oidc, token = self._options.oidc, self._options.token
        provider = oidc.client_secret if oidc else ""
        return application(
            Desk(
                options=self._options,
                ears=ears,
                storage=self._storage,
                files=self._files,
                clock=self._parts.clock,
                health=self._parts.health,
                links=Links(secret(self._parts.folder, token or provider)),
                door=Door(token, provider, self._left),
                decided=self._parts.decided,
                ranks=self._ranks,
                left=self._left,
                issuer=self._issuer(),
                spool=self._spool,
                pulse=self._pulse,
                meters=Meters(self._parts.watch),
                doors={} if self._parts.doors is None else self._parts.doors,
                models=self._parts.models,
            )
        )

    def _issuer(self):  # noqa: ANN202 - as above
        if self._options.oidc is None:
            return None
        from adapters.chat.web.oidc import Issuer  # noqa: PLC0415 - takes a third of a second, for those who log in so

        return Issuer(self._options.oidc, self._parts.clock)

    async def fill(self, event: Message | Command) -> Message | Command:
        """A message of the page comes whole."""
        return event

    async def admin(self, person: Person, conversation: Conversation) -> bool:
        """Whoever holds the page's token, or the machine; and whom the identity provider calls what the operator lists."""
        del conversation
        return await self._ranks.admin(person)

    async def post(self, conversation: Conversation, card: Card, *, key: str, to: Person | None = None) -> MessageRef:
        """A web conversation is one person's, so what is meant for one alone is simply shown."""
        del card, to
        self._pulse.beat(conversation.channel)
        return MessageRef(conversation, key)

    async def edit(self, message: MessageRef, card: Card, *, urgent: bool = True) -> None:
        del card, urgent
        self._pulse.beat(message.conversation.channel)

    async def upload(self, conversation: Conversation, film: CardMedia, *, key: str) -> str:
        """Nothing moves: the page plays the Drive's own bytes."""
        del film, key
        self._pulse.beat(conversation.channel)
        return ""

    def open_attachment(self, attachment: Attachment) -> AsyncIterator[bytes]:
        return self._spool.open(attachment)

    async def aclose(self) -> None:
        self._pulse.close()
