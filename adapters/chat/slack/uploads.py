"""Films into their threads: streamed, each once for its key, smaller where the workspace takes no file that large."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from adapters.chat.slack.clients import SlackRefused
from adapters.chat.slack.places import WHY, Places
from adapters.chat.slack.refusals import Refusals
from adapters.chat.slack.sent import IN_FLIGHT_SECONDS, Sent
from adapters.chat.slack.transfer import Ticket, Transfer
from adapters.kit.fitted import Fitted, fitted
from bot.domain.card import CardMedia
from bot.domain.chat import Conversation
from bot.domain.errors import BadMedia, Later, Unreadable
from bot.ports.files import Files
from bot.ports.media import MediaTools

log = structlog.get_logger()

FILM = "film"
LIMIT = "limit"
LIMIT_KEPT = timedelta(days=1)
TOO_LARGE = "file_upload_size_restricted"
# What an administrator's own limit may be: Slack says that there is one, not which.
LIMITS = tuple(mb * 1_000_000 for mb in (500, 250, 100, 50, 25, 10, 5, 2, 1))
LOOK_AGAIN_SECONDS = 5.0
ASK_AGAIN_SECONDS = 30.0
GIVE_UP_LOOKING_SECONDS = 600.0
# What an administrator or the plan decides: trying again changes nothing.
NOT_TAKEN: Mapping[str, str] = {
    TOO_LARGE: "This workspace takes no file as large as the film",
    "file_uploads_disabled": "This workspace takes no files, so the film is not posted",
    "file_type_not_allowed": "This workspace takes no films, so it is not posted",
    "storage_limit_reached": "This workspace has no room left for files, so the film is not posted",
    "missing_scope": "The app may not send files here (it lacks the scope files:write), so the film is not posted",
}
# The bot was sent away, or the thread is gone, since the film was asked for.
NO_ENTRY = frozenset(
    {*WHY, "invalid_channel", "invalid_thread_ts", "no_permission", "posting_to_channel_denied", "restricted_action"}
)
NOT_SHOWN = "Slack took the film and does not show it; it is safe on the Drive."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """How far one film came: `begun` with a ticket, `sent` all its bytes, `asked` for it to be shown, `done`.

    `at` is when it was asked last, `again` whether for the second time.
    """

    step: str = ""
    file: str = ""
    title: str = ""
    channel: str = ""
    thread: str = ""
    say: str = ""
    at: float = 0.0
    again: bool = False


@dataclass(slots=True)
class _Way:
    """How far one film came, as it is `noted`. Two replicas may think that it is theirs: who finds noted what it did not note itself has lost it."""

    sent: Sent
    workspace: str
    key: str
    noted: Mapping[str, Any]

    async def note(self, step: _Step) -> _Step:
        """Raises Later where somebody else went on with the film: it must not be shown by both."""
        what = asdict(step)
        if not await self.sent.swap(self.workspace, FILM, self.key, self.noted, what):
            raise Later(LOOK_AGAIN_SECONDS)
        self.noted = what
        return step

    async def done(self, step: _Step) -> _Step:
        return await self.note(replace(step, step="done"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """`most_bytes` is the operator's limit, `folder` a place for smaller copies."""

    transfer: Transfer
    places: Places
    sent: Sent
    refusals: Refusals
    files: Files
    media: MediaTools | None
    folder: Path
    most_bytes: int

    async def upload(self, conversation: Conversation, film: CardMedia, *, key: str) -> str:
        """What there is to say about it: also why it is not there, where the workspace takes no such file. Raises Later or OSError."""
        workspace = conversation.workspace
        way = _Way(self.sent, workspace, key, await self.sent.get(workspace, FILM, key))
        try:
            return await self._upload(conversation, film, way)
        except SlackRefused as refused:
            self.refusals.tell(workspace, "slack.film", refused)
            if refused.code not in NOT_TAKEN:
                raise
            say = f"{NOT_TAKEN[refused.code]}; it is safe on the Drive."
        except Unreadable as why:
            say = f"Slack takes no film that large, and no smaller copy could be made: {why.why}"
        except FileNotFoundError as gone:
            raise BadMedia("The film is no longer on the Drive, so it cannot be posted.") from gone
        await way.done(_Step(say=say))
        return say

    async def _upload(self, conversation: Conversation, film: CardMedia, way: _Way) -> str:
        now = _Step(**way.noted)
        if now.step == "asked":
            now = await self._decide(now, way)
        if now.step in {"", "begun"}:
            now = await self._bring(conversation, film, way)
        if now.step == "sent":
            now = await self._show(now, way)
        return now.say

    async def _bring(self, conversation: Conversation, film: CardMedia, way: _Way) -> _Step:
        """The bytes into Slack, where nobody sees them yet."""
        workspace = way.workspace
        place = await self.places.of_film(conversation, way.key)
        most = min(self.most_bytes, (await self.sent.get(workspace, LIMIT, "")).get("bytes", self.most_bytes))
        try:
            step = await self._within(film, most, way)
        except SlackRefused as refused:
            if refused.code != TOO_LARGE:
                raise
            most = await self._limit(workspace, film, min(most, await self._size(film.key)))
            step = await self._within(film, most, way)
        return await way.note(replace(step, step="sent", channel=place.channel, thread=place.thread))

    async def _within(self, film: CardMedia, most: int, way: _Way) -> _Step:
        name = film.name or "film.mp4"
        if self.media is None:
            size = await self._size(film.key)
            if size > most:
                raise SlackRefused(TOO_LARGE)
            return await self._stream(Fitted(film.key, size, self.files), name, film.alt, way)
        async with fitted(self.files, self.media, film.key, most, self.folder) as fit:
            return await self._stream(fit, name, film.alt, way)

    async def _stream(self, fit: Fitted, name: str, alt: str, way: _Way) -> _Step:
        ticket: Ticket = await self.transfer.ticket(way.workspace, name, fit.size_bytes, alt)
        step = await way.note(_Step(step="begun", file=ticket.file, title=name, say=fit.say))
        await self.transfer.send(ticket, fit.open(), fit.size_bytes)
        return step

    async def _limit(self, workspace: str, film: CardMedia, below: int) -> int:
        """The largest file the workspace takes, found by asking for tickets that nobody uses."""
        for most in LIMITS:
            if most >= below:
                continue
            try:
                await self.transfer.ticket(workspace, film.name or "film.mp4", most)
            except SlackRefused as refused:
                if refused.code != TOO_LARGE:
                    raise
            else:
                log.info("A workspace takes smaller files only", action="slack.limit", workspace=workspace, bytes=most)
                await self.sent.put(workspace, LIMIT, "", {"bytes": most}, kept=LIMIT_KEPT)
                return most
        raise SlackRefused(TOO_LARGE)

    async def _show(self, step: _Step, way: _Way) -> _Step:
        """Noted before it is asked, so that an answer that is lost is looked up and nothing is shown twice."""
        asked = await way.note(replace(step, step="asked", at=self.sent.seconds))
        try:
            await self.transfer.complete(way.workspace, step.file, step.title, step.channel, step.thread)
        except Later:
            await way.note(step)
            raise
        except SlackRefused as refused:
            elsewhere = await self.places.of_asker(way.key) if refused.code in NO_ENTRY else None
            if elsewhere is not None and elsewhere.channel != step.channel:
                step = replace(step, channel=elsewhere.channel, thread="")
                return await self._show(step, way)
            gone = refused.code == "file_not_found"  # the ticket ran out: the bytes are sent anew
            await way.note(_Step() if gone else step)
            if gone:
                raise ConnectionError("Slack has lost the bytes of a film") from refused
            raise
        return await way.done(asked)

    async def _decide(self, asked: _Step, way: _Way) -> _Step:
        """Whether a film whose answer was lost is in its thread: Slack's own word on where it is shared counts, and nothing else."""
        there = await self.transfer.look(way.workspace, asked.file)
        if there is None:
            if (rest := asked.at + IN_FLIGHT_SECONDS - self.sent.seconds) > 0:
                raise Later(rest)
            return replace(asked, step="sent")
        if _shared(there, asked.channel):
            return await way.done(asked)
        waited = self.sent.seconds - asked.at
        if not asked.again and waited > ASK_AGAIN_SECONDS and not there.get("mimetype"):
            return await self._ask_again(asked, way)
        if waited < GIVE_UP_LOOKING_SECONDS:
            raise Later(LOOK_AGAIN_SECONDS)
        # Seen elsewhere: a file that is taken and never shown, https://github.com/paradigmxyz/centaur/pull/311
        log.warning("Slack does not show a film it took", action="slack.film", workspace=way.workspace, file=asked.file)
        return await way.done(replace(asked, say=f"{asked.say} {NOT_SHOWN}".strip()))

    async def _ask_again(self, asked: _Step, way: _Way) -> _Step:
        """Once, where the question itself seems to be lost. A ticket is good for one completion: nothing is shown twice by this."""
        again = await way.note(replace(asked, at=self.sent.seconds, again=True))
        try:
            await self.transfer.complete(way.workspace, asked.file, asked.title, asked.channel, asked.thread)
        except SlackRefused:
            raise Later(LOOK_AGAIN_SECONDS) from None
        return await way.done(again)

    async def _size(self, key: str) -> int:
        there = await self.files.stat(key)
        if there is None:
            raise FileNotFoundError(f"there is no file {key!r}")
        return there.bytes


def _shared(file: Mapping[str, Any], channel: str) -> bool:
    # Empty while Slack still processes the file: https://github.com/slackapi/python-slack-sdk/issues/1590
    shares = file.get("shares") or {}
    return any(channel in (shares.get(kind) or {}) for kind in ("public", "private"))
