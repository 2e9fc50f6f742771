"""The pictures of cards: files of the message itself, sent once and kept by their ids when it is edited."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

import structlog

from adapters.chat.discord.calls import Calls, DiscordRefused, Upload, announced
from adapters.chat.discord.cards import FILM, NO_PICTURES, view
from adapters.chat.discord.limits import ALT, GALLERY
from adapters.chat.discord.refusals import NO_ENTRY
from adapters.chat.discord.text import cut
from bot.domain.card import Card, CardMedia
from bot.domain.media import MediaKind
from bot.ports.files import Files

log = structlog.get_logger()

V2 = 1 << 15
EPHEMERAL = 1 << 6
NOBODY: Mapping[str, Any] = {"parse": [], "replied_user": False}
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp"})
MOST_BYTES = 8 * 1024 * 1024
ALL_BYTES = 20 * 1024 * 1024
MOST_KNOWN = 4096


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message's body and the files that go with it."""

    body: Mapping[str, Any]
    uploads: Sequence[Upload] = ()


def pictures_of(card: Card) -> Mapping[str, str]:
    """What a card shows, as Files key to a description: its pictures, and the posters of its films.

    A film that a card of its own shows plays there where it is small enough; a job's films come as messages of their own.
    """
    shown = ((_shown_by(card, one), one.alt) for one in card.media)
    found = {key: alt for key, alt in shown if PurePosixPath(key).suffix.lower() in {*SUFFIXES, FILM}}
    return dict(list(found.items())[:GALLERY])


def _shown_by(card: Card, media: CardMedia) -> str:
    if media.kind is not MediaKind.video:
        return media.key
    films = sum(one.kind is MediaKind.video for one in card.media)
    plays = not card.state and films == 1 and 0 < (media.bytes or 0) <= MOST_BYTES
    return media.key if plays and media.key.lower().endswith(FILM) else media.poster


def name_of(key: str) -> str:
    """What a picture's file is called: the same for the same key, so that it is found again on a message."""
    return f"{sha256(key.encode()).hexdigest()[:16]}{PurePosixPath(key).suffix.lower()}"


class Pictures:
    def __init__(self, calls: Calls, files: Files) -> None:
        self._calls, self._files = calls, files
        self._known: dict[str, Mapping[str, str]] = {}

    async def first(self, card: Card) -> Drawn:
        """The card as a new message."""
        uploads = await self._read(pictures_of(card), ())
        return Drawn({**drawn(card, _shown(card, [one.name for one in uploads])), **_brought(uploads)}, uploads)

    async def anew(self, card: Card, channel: str, message: str) -> Drawn:
        """The card as an edit of a message: pictures that are on it stay, only new ones are sent."""
        wanted = pictures_of(card)
        there = await self._on(channel, message) if wanted else self._known.get(message, {})
        uploads = await self._read(wanted, there)
        names = [*(name for name in there if name in set(map(name_of, wanted))), *(one.name for one in uploads)]
        kept = [{"id": there[name]} for name in names if name in there]
        return Drawn({**drawn(card, _shown(card, names)), "attachments": [*kept, *announced(uploads)]}, uploads)

    def learn(self, said: Mapping[str, Any]) -> None:
        """What is on a message, from Discord's own answer."""
        self._known.pop(str(said["id"]), None)
        self._known[str(said["id"])] = {one["filename"]: str(one["id"]) for one in said.get("attachments") or ()}
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]

    def knows(self, message: str) -> bool:
        """Whether it remembers what is on it, and would not look."""
        return message in self._known

    def forget(self, message: str) -> None:
        self._known.pop(message, None)

    async def _on(self, channel: str, message: str) -> Mapping[str, str]:
        if message not in self._known:
            try:
                self.learn(await self._calls.call("GET", f"/channels/{channel}/messages/{message}"))
            except DiscordRefused as refused:
                if refused.code not in NO_ENTRY:
                    raise
                return {}  # without the right to read history they are sent anew
        return self._known[message]

    async def _read(self, wanted: Mapping[str, str], there: Iterable[str]) -> list[Upload]:
        found: list[Upload] = []
        room, known = ALL_BYTES, frozenset(there)
        for key, alt in wanted.items():
            stat = await self._files.stat(key) if name_of(key) not in known else None
            if stat is None or not 0 < stat.bytes <= min(MOST_BYTES, room):
                continue
            content = b"".join([piece async for piece in self._files.open(key)])
            room -= len(content)
            found.append(Upload(name_of(key), content, cut(alt, ALT)))
        return found


def drawn(card: Card, pictures: Mapping[str, str] = NO_PICTURES) -> dict[str, Any]:
    """A message's body without files."""
    return {"components": view(card, pictures=pictures).to_components(), "flags": V2, "allowed_mentions": NOBODY}


def _brought(uploads: Sequence[Upload]) -> dict[str, Any]:
    return {"attachments": announced(uploads)} if uploads else {}


def _shown(card: Card, names: Iterable[str]) -> Mapping[str, str]:
    there = frozenset(names)
    return {key: name_of(key) for key in pictures_of(card) if name_of(key) in there}
