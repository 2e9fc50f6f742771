"""Films into their channels: streamed from disk, each once for its key, smaller where the server takes no file that large."""

import unicodedata
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from adapters.chat.discord.calls import Calls, DiscordRefused, Upload, announced
from adapters.chat.discord.limits import ALT
from adapters.chat.discord.pictures import NOBODY
from adapters.chat.discord.places import Places
from adapters.chat.discord.refusals import ARCHIVED, CLOSED, GONE, NO_ENTRY, NO_HISTORY, TOO_LARGE, Refusals
from adapters.chat.discord.sent import CLOCKS_APART_SECONDS, Sent, nonce, snowflake
from adapters.chat.discord.text import cut
from adapters.chat.discord.threads import is_direct, same, where
from adapters.kit.fitted import fitted
from bot.domain.card import CardMedia
from bot.domain.chat import Conversation
from bot.domain.drive import Clip
from bot.domain.errors import BadMedia, Later, Unreadable
from bot.domain.job import card_id
from bot.ports.files import Files
from bot.ports.media import MediaTools
from bot.ports.storage import Storage

log = structlog.get_logger()

FILM, LIMIT = "film", "limit"
LIMIT_KEPT = timedelta(days=1)
LIMIT_FRESH_SECONDS = 600.0
MIB = 1024 * 1024
# By how far a server is boosted: https://support.discord.com/hc/en-us/articles/360028038352
TIERS = (10 * MIB, 10 * MIB, 50 * MIB, 100 * MIB)
# What is said of limits changes; the answer counts: https://github.com/discord/discord-api-docs/issues/8572
LOWER = (50 * MIB, 25 * MIB, 10 * MIB, 8 * MIB)
LINK_SECONDS = 7 * 24 * 3600
BYTES_A_SECOND = 50_000
LEAST_SECONDS = 60.0
PAGE = 100
MOST_PAGES = 10
TOO_LARGE_STATUS = 413


@dataclass(frozen=True, slots=True)
class _Copy:
    """What is sent of a film: itself, or a smaller copy with what there is to say about that."""

    path: Path
    name: str
    bytes: int
    alt: str = ""
    say: str = ""


@dataclass(frozen=True, slots=True)
class _Sought:
    """A film as it would be found in its channel; `card` is the message it answers, None where it answers none."""

    nonce: str
    name: str
    bytes: int
    card: str | None

    def is_in(self, message: Mapping[str, Any]) -> bool:
        # A message read back may come without its nonce, so the file itself counts too: two films may be called the same.
        if message.get("nonce") == self.nonce:
            return True
        own = bool((message.get("author") or {}).get("bot")) and not message.get("components")
        answers = (message.get("message_reference") or {}).get("message_id", self.card)
        return own and answers == self.card and any(map(self._is, message.get("attachments") or ()))

    def _is(self, file: Mapping[str, Any]) -> bool:
        # Discord cleans names, and makes one up where nothing is left: https://github.com/discord/discord-api-docs/issues/7754
        bare = _bare(self.name)
        return file.get("size") == self.bytes and bare in {"", _bare(str(file.get("filename") or ""))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """`folder` is a place for smaller copies."""

    calls: Calls
    sent: Sent
    places: Places
    refusals: Refusals
    storage: Storage
    files: Files
    media: MediaTools | None
    folder: Path

    async def upload(self, conversation: Conversation, film: CardMedia, *, key: str) -> str:
        """What there is to say about it: also why it is not there, where the channel takes no such file. Raises Later or OSError."""
        note = await self.sent.get(FILM, key)
        if note.get("done"):
            return note["say"]
        try:
            if note.get("at") and await self._there(conversation, film, key, note):
                return await self._done(key, note["say"])
            return await self._done(key, await self._bring(conversation, film, key, note.get("at", 0.0)))
        except DiscordRefused as refused:
            self.refusals.tell("discord.film", refused)
            say = self._why(conversation, refused)
            if not say:
                raise
        except Unreadable as why:
            say = f"Discord takes no film that large here, and no smaller copy could be made: {why.why}"
        except FileNotFoundError as gone:
            raise BadMedia("The film is no longer on the Drive, so it cannot be posted.") from gone
        return await self._done(key, say)

    def _why(self, conversation: Conversation, refused: DiscordRefused) -> str:
        """Why the film is not posted, where trying again changes nothing."""
        if refused.code in NO_ENTRY:
            channel = where(conversation)
            lack = self.places.explained(channel, refused, "post the film").replace(f"<#{channel}>", "that channel")
            return f"{lack} The film is safe on the Drive."
        if refused.code in GONE:
            return "The channel is no longer there, so the film is not posted; it is safe on the Drive."
        if refused.code == CLOSED:
            return "Direct messages from me are closed, so the film is not posted; it is safe on the Drive."
        if refused.code == ARCHIVED:
            return "The thread is closed to me, so the film is not posted; it is safe on the Drive."
        if _too_large(refused):
            return "This server takes no file as large as the film; it is safe on the Drive."
        return ""

    async def _bring(self, conversation: Conversation, film: CardMedia, key: str, tried_at: float) -> str:
        most = await self._limit(conversation)
        for lower in (*(one for one in LOWER if one < most), 0):
            try:
                return await self._within(conversation, film, key, most, tried_at)
            except DiscordRefused as refused:
                if not _too_large(refused) or not lower:
                    raise
                size = await self._size(film.key)
                log.info("A server takes smaller files only", action="discord.limit", bytes=most, film=size)
                most = min(lower, most)
                await self.sent.put(LIMIT, conversation.workspace, {"bytes": most}, kept=LIMIT_KEPT)
        raise AssertionError("the last try returns or raises")

    async def _limit(self, conversation: Conversation) -> int:
        """The largest file this place takes: what Discord says of the server, and less where it once refused that."""
        workspace = conversation.workspace
        if is_direct(conversation):
            known = TIERS[0]
        else:
            noted = await self.sent.get("tier", workspace)
            known = noted.get("bytes", 0)
            if not known or self.sent.seconds - noted["at"] > LIMIT_FRESH_SECONDS:
                known = await self._asked(workspace)
                await self.sent.put("tier", workspace, {"bytes": known, "at": self.sent.seconds}, kept=LIMIT_KEPT)
        return min(known, (await self.sent.get(LIMIT, workspace)).get("bytes", known))

    async def _asked(self, workspace: str) -> int:
        try:
            said = await self.calls.call("GET", f"/guilds/{workspace}")
        except DiscordRefused as refused:
            self.refusals.tell("discord.guild", refused)
            return TIERS[0]
        return TIERS[min(max(0, int(said.get("premium_tier") or 0)), len(TIERS) - 1)]

    async def _within(self, conversation: Conversation, film: CardMedia, key: str, most: int, tried_at: float) -> str:
        name = film.name or "film.mp4"
        if self.media is None:
            size = await self._size(film.key)
            if size > most:
                raise DiscordRefused(TOO_LARGE_STATUS, TOO_LARGE, "larger than the place takes")
            async with self.files.local(film.key) as path:
                await self._send(conversation, _Copy(path, name, size, film.alt), key, tried_at)
            return ""
        async with fitted(self.files, self.media, film.key, most, self.folder, inline=True) as fit:
            say = await self._words(fit.say, key)
            shown = f"{Path(name).stem}.mp4" if fit.path else name
            async with _local(self.files, film.key, fit.path) as path:
                await self._send(conversation, _Copy(path, shown, fit.size_bytes, film.alt, say), key, tried_at)
            return say

    async def _words(self, say: str, key: str) -> str:
        """Where the original is, beside what is smaller about the copy."""
        if not say:
            return ""
        clip = await self.storage.clips.get(key)
        link = await self.files.link(clip.key, LINK_SECONDS) if clip else None
        if link:
            return f"{say} The original, for a week: {link}"
        return f"{say} The original: {clip.drive_path}" if clip else say

    async def _send(self, conversation: Conversation, copy: _Copy, key: str, tried_at: float) -> None:
        clip = await self.storage.clips.get(key)
        content, mentions = _called(conversation, clip)
        reference = await self._card(conversation, clip)
        upload = Upload(copy.name, copy.path, cut(copy.alt, ALT))
        body: dict[str, Any] = {
            "content": content,
            "attachments": announced([upload]),
            "allowed_mentions": mentions,
            "nonce": nonce(f"{FILM}:{key}"),
            "enforce_nonce": True,
        }
        await self._note(key, tried_at or self.sent.seconds, copy)
        try:
            await self._posted(where(conversation), body, reference, upload, copy.bytes)
        except (DiscordRefused, Later):
            await self._note(key, tried_at, copy)
            raise

    async def _posted(
        self, channel: str, body: Mapping[str, Any], reference: Mapping[str, Any], upload: Upload, size: int
    ) -> None:
        path, seconds = f"/channels/{channel}/messages", LEAST_SECONDS + size / BYTES_A_SECOND
        try:
            await self.calls.call("POST", path, {**body, **reference}, files=[upload], seconds=seconds)
        except DiscordRefused as refused:
            if refused.code != NO_HISTORY or not reference:
                raise
            await self.calls.call("POST", path, body, files=[upload], seconds=seconds)

    async def _card(self, conversation: Conversation, clip: Clip | None) -> Mapping[str, Any]:
        """The film answers its job's card, where that stands in the same channel."""
        posting = await self.storage.cards.get(card_id(clip.job)) if clip else None
        message = posting.message if posting else None
        if message is None or not same(message.conversation, conversation) or not message.id.isdigit():
            return {}
        there = {"message_id": message.id, "channel_id": where(conversation), "fail_if_not_exists": False}
        return {"message_reference": there}

    async def _there(self, conversation: Conversation, film: CardMedia, key: str, note: Mapping[str, Any]) -> bool:
        """Whether the film whose answer was lost is there. Where it is not, its nonce still holds back one that comes late."""
        card = (await self._card(conversation, await self.storage.clips.get(key))).get("message_reference", {})
        sought = _Sought(nonce(f"{FILM}:{key}"), film.name or "film.mp4", note.get("bytes", 0), card.get("message_id"))
        after = snowflake(note["at"] - CLOCKS_APART_SECONDS)
        for _ in range(MOST_PAGES):
            try:
                query = {"after": str(after), "limit": str(PAGE)}
                page = await self.calls.call("GET", f"/channels/{where(conversation)}/messages", query=query)
            except DiscordRefused as refused:
                self.refusals.tell("discord.look_up", refused)
                return False
            if any(map(sought.is_in, page)):
                return True
            if len(page) < PAGE:
                break
            after = max(int(one["id"]) for one in page)
        return False

    async def _size(self, key: str) -> int:
        there = await self.files.stat(key)
        if there is None:
            raise FileNotFoundError(f"there is no file {key!r}")
        return there.bytes

    async def _note(self, key: str, at: float, copy: _Copy) -> None:
        await self.sent.put(FILM, key, {"at": at, "say": copy.say, "bytes": copy.bytes, "done": False})

    async def _done(self, key: str, say: str) -> str:
        await self.sent.put(FILM, key, {"done": True, "say": say})
        return say


def _called(conversation: Conversation, clip: Clip | None) -> tuple[str, Mapping[str, Any]]:
    """Who asked is told that the film is there; nobody is in direct messages, where everything is told anyway."""
    if clip is None or is_direct(conversation) or not clip.owner.id.isdigit():
        return "", NOBODY
    return f"<@{clip.owner.id}>", {"parse": [], "users": [clip.owner.id], "replied_user": False}


def _bare(name: str) -> str:
    """What Discord leaves of a file's name: its ASCII letters and digits."""
    plain = unicodedata.normalize("NFKD", Path(name).stem)
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum()).casefold()


def _too_large(refused: DiscordRefused) -> bool:
    return refused.code == TOO_LARGE or refused.status == TOO_LARGE_STATUS


@asynccontextmanager
async def _local(files: Files, key: str, copy: Path | None) -> AsyncIterator[Path]:
    if copy is not None:
        yield copy
        return
    async with files.local(key) as path:
        yield path
