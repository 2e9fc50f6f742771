"""What the page's endpoints share: made once when the server starts."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.chat.web.cards import Link, card_json, message_json
from adapters.chat.web.links import Links
from adapters.chat.web.metrics import Meters
from adapters.chat.web.options import Options
from adapters.chat.web.pulse import Pulse
from adapters.chat.web.security import Door
from adapters.chat.web.spool import Spool, upload_key
from bot.domain.card import Posting
from bot.domain.chat import Attachment, Conversation, Message
from bot.domain.media import MediaKind
from bot.ports.chat import Ears
from bot.ports.clock import Clock
from bot.ports.files import Files
from bot.ports.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`streams` counts the open event streams of each client's address."""

    options: Options
    ears: Ears
    storage: Storage
    files: Files
    clock: Clock
    health: Callable[[], Any]
    links: Links
    door: Door
    spool: Spool
    pulse: Pulse
    meters: Meters
    streams: Counter[str] = field(default_factory=Counter)

    @property
    def link(self) -> Link:
        now = self.clock.now().timestamp()
        return lambda key, download: self.links.path(key, now, download)

    def upload_link(self, attachment: Attachment) -> str:
        return self.links.path(upload_key(attachment.id), self.clock.now().timestamp())

    async def card(self, id: str) -> dict[str, Any] | None:
        """A card as JSON, None while it was never rendered."""
        posting = await self.storage.cards.get(id)
        if posting is None or posting.card is None:
            return None
        return card_json(posting, posting.card, self.link, self.clock.now(), await self._drive_paths(posting))

    async def messages(self, conversation: Conversation) -> list[dict[str, Any]]:
        return [self.message(at, one) for at, one in await self.storage.inbox.messages(conversation)]

    def message(self, at: Any, message: Message) -> dict[str, Any]:
        return message_json(at, message, self.upload_link)

    async def _drive_paths(self, posting: Posting) -> Mapping[str, str]:
        films = [media.key for media in posting.card.media if media.kind is MediaKind.video] if posting.card else []
        clips = [await self.storage.clips.at(key) for key in films]
        return {clip.key: clip.drive_path for clip in clips if clip}
