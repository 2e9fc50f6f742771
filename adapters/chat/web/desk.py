"""What the page's endpoints share: made once when the server starts."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from adapters.chat.web.cards import Link, card_json, message_json
from adapters.chat.web.left import Left
from adapters.chat.web.metrics import Meters
from adapters.chat.web.options import Options
from adapters.chat.web.people import PLACE, Visitor, owner
from adapters.chat.web.pulse import Pulse
from adapters.chat.web.ranks import Ranks
from adapters.chat.web.security import Door
from adapters.chat.web.spool import Spool, upload_key
from adapters.kit.links import Links
from bot.domain.card import Button, Card, FieldKind, Posting
from bot.domain.chat import Attachment, Conversation, Message, Person
from bot.domain.drive import Clip
from bot.domain.media import MediaKind
from bot.domain.rules import Rules
from bot.ports.chat import Ears
from bot.ports.clock import Clock
from bot.ports.files import Files
from bot.ports.storage import Storage

if TYPE_CHECKING:
    from adapters.chat.web.oidc import Issuer  # takes a third of a second, for those who log in so

MOST_DRAWN = 1000


def visitor(request: Request) -> Visitor:
    """Whoever the guard let in. Only for paths that need a login."""
    return request.scope["visitor"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card as it was read: one revision never changes, so it is read once for all tabs.

    `films` are by Files key, `stills` the keys of posters by the id of their clip.
    """

    posting: Posting
    card: Card
    films: Mapping[str, Clip]
    stills: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is kept besides what it was made of: `streams`, `drawn` and `asking`.

    `streams` counts the open event streams of each person known by name, else of each login, or address where there is none; `drawn`
    keeps the cards read last, `asking` what is being asked for all who want to know it now.

    `models` are those that films can be looked for by, as (id, title).
    """

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
    doors: Mapping[str, Any]
    decided: Callable[[Conversation], Awaitable[Rules]]
    ranks: Ranks
    left: Left
    issuer: "Issuer | None" = None
    models: Callable[[], Sequence[tuple[str, str]]] = tuple
    streams: Counter[str] = field(default_factory=Counter)
    drawn: dict[str, Drawn] = field(default_factory=dict)
    asking: dict[str, asyncio.Task[Mapping[str, str]]] = field(default_factory=dict)

    @property
    def link(self) -> Link:
        now = self.clock.now().timestamp()
        return lambda key, download: self.links.path(key, now, download)

    def upload_link(self, attachment: Attachment) -> str:
        return self.links.path(upload_key(attachment.id), self.clock.now().timestamp())

    async def card(self, id: str, revision: int | None = None) -> dict[str, Any] | None:
        """A card as JSON, at this revision or a later one where it is named; None while it was never rendered."""
        if revision == 0:
            return None
        drawn = self.drawn.get(id) if revision else None
        if drawn is None or drawn.posting.rendered < (revision or 0):
            drawn = await self._drawn(id)
        if drawn is None:
            return None
        return card_json(drawn.posting, drawn.card, self.link, self.clock.now(), films=drawn.films, stills=drawn.stills)

    async def _drawn(self, id: str) -> Drawn | None:
        posting = await self.storage.cards.get(id)
        if posting is None or posting.card is None:
            return None
        card = posting.card
        drawn = Drawn(
            posting, card, await self._clips(card), await self.stills(card.buttons, owner(posting.conversation.channel))
        )
        self.drawn.pop(id, None)
        if drawn.films.keys() != set(_films(card)):
            return drawn  # a film whose place is not known yet is looked up again
        self.drawn[id] = drawn
        if len(self.drawn) > MOST_DRAWN:
            del self.drawn[next(iter(self.drawn))]
        return drawn

    async def rules(self) -> Rules:
        """As they hold in the page's workspace."""
        return await self.decided(PLACE)

    async def is_admin(self, person: Person) -> bool:
        return f"{person.platform}:{person.id}" in (await self.rules()).admins or await self.ranks.admin(person)

    async def messages(self, conversation: Conversation, skip: int = 0) -> list[dict[str, Any]]:
        return [self.message(at, one) for at, one in await self.storage.inbox.messages(conversation, skip)]

    def message(self, at: Any, message: Message) -> dict[str, Any]:
        return message_json(at, message, self.upload_link)

    async def stills(self, buttons: Iterable[Button], viewer: Person) -> Mapping[str, str]:
        """The posters of films that can be put in order with these buttons and that this person may see."""
        orders = [field for button in buttons for field in button.form if field.kind is FieldKind.order]
        ids = dict.fromkeys(id for field in orders for id, _ in field.options)
        clips, now = [await self.storage.clips.get(id) for id in ids], self.clock.now()
        return {clip.id: clip.poster for clip in clips if clip and clip.poster and clip.seen_by(viewer, "", now)}

    async def _clips(self, card: Card) -> Mapping[str, Clip]:
        clips = [await self.storage.clips.at(key) for key in _films(card)]
        return {clip.key: clip for clip in clips if clip}


def _films(card: Card) -> list[str]:
    return [media.key for media in card.media if media.kind is MediaKind.video]
