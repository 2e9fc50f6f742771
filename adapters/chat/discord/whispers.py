"""What one person alone sees: under their own press or command while Discord lets it be, else in their direct messages.

Such an answer can be changed only by the right that comes with an interaction, for a quarter of an hour: the command that it answers, then
each press on it. What is then done about it by a question is a new answer; what others change is not told to who is not looking any more.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import structlog

from adapters.chat.discord.calls import Calls, DiscordRefused, announced
from adapters.chat.discord.pictures import EPHEMERAL, V2, Drawn, Pictures
from adapters.chat.discord.places import Places
from adapters.chat.discord.refusals import CLOSED, NO_ENTRY, Refusals
from adapters.chat.discord.sent import Sent, nonce
from adapters.chat.discord.threads import is_direct, where
from bot.domain.card import Card
from bot.domain.chat import Conversation, MessageRef, Person, Press
from bot.domain.errors import Later
from bot.domain.job import job_id

log = structlog.get_logger()

ONLY = "only:"
"""What the ids begin with of cards that one person alone sees; the rest is the card's own id."""

WHISPER, TOKEN = "whisper", "token"
TOKEN_SECONDS = 14 * 60.0
FIRST_ANSWER_SECONDS, TOLD_SECONDS, A_MOMENT = 3.0, 5.0, 0.5
MOST_OPEN = 8192
ORIGINAL = "@original"
ELSEWHERE = "Its buttons work only where you asked for it: ask there again to use them."
OVER = frozenset({10008, 10015, 10062, 40060, 50027})
"""The interaction is not to be answered any more: https://docs.discord.com/developers/topics/opcodes-and-status-codes."""


@dataclass(slots=True)
class Open:
    """An interaction that may still be answered. `thinking` is a promised answer, shown as "… is thinking" until it comes."""

    application: int
    token: str
    at: float
    thinking: bool = False
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    failed: bool = False


def _name(key: str) -> str:
    """An event's answer carries the end of the id that a job of this event would have."""
    return job_id(key).partition("-")[2]


class Whispers:
    def __init__(self, calls: Calls, sent: Sent, places: Places, pictures: Pictures, refusals: Refusals) -> None:
        self._calls, self._sent, self._places, self._pictures = calls, sent, places, pictures
        self._refusals = refusals
        self._open: dict[str, Open] = {}

    def begin(self, key: str, application: int, token: str, *, thinking: bool = False) -> Open:
        """Before the event is received: its answer may be wanted at once, and waits for the first answer to be given."""
        made = self._open[_name(key)] = Open(application, token, self._sent.seconds, thinking)
        while len(self._open) > MOST_OPEN or made.at - next(iter(self._open.values())).at > TOKEN_SECONDS:
            del self._open[next(iter(self._open))]
        return made

    async def keep(self, key: str) -> None:
        """After the first answer: whoever carries on after a restart can answer there too."""
        one = self._open[_name(key)]
        what = {"application": one.application, "token": one.token, "at": one.at, "thinking": one.thinking}
        await self._sent.put(TOKEN, _name(key), what, kept=timedelta(seconds=TOKEN_SECONDS))

    async def pressed(self, press: Press, message: int) -> None:
        """Before a press on what one person alone sees is received: it gives the right to change the card there.

        A press on a question about the card gives only the right to answer anew. An id can be forged: it must be that person's card.
        """
        note = await self._sent.get(WHISPER, press.job) if press.job else {}
        if not note or note.get("to") != press.author.id:
            return
        name = _name(press.key)
        on_it = {"under": name, "at": ORIGINAL} if note["id"] == str(message) else {}
        pressed = {"last": name, "pressed": self._sent.seconds}
        await self._sent.put(WHISPER, press.job, {**note, **on_it, **pressed})

    async def post(self, conversation: Conversation, card: Card, key: str, to: Person) -> MessageRef:
        if not (await self._sent.get(WHISPER, key)).get("id"):
            await self._sent.put(WHISPER, key, await self._said(conversation, card, key, to))
        return MessageRef(conversation, f"{ONLY}{key}")

    async def edit(self, shown: MessageRef, card: Card) -> None:
        """Raises as a call does, and Later while the process that was pressed has yet to say how it may be changed."""
        key = shown.id.removeprefix(ONLY)
        note = await self._sent.get(WHISPER, key)
        if channel := note.get("channel"):
            await self._changed(channel, note["id"], _as_in(channel, shown.conversation, card))
        elif note.get("to") and not await self._changed_under(note, card):
            asked = note.get("last", "")
            if asked != note["under"] and (said := await self._tried(asked, card, note["to"])) is not None:
                await self._sent.put(WHISPER, key, said)
            elif self._sent.seconds - note.get("pressed", 0.0) < TOLD_SECONDS:
                raise Later(A_MOMENT)

    async def _changed(self, channel: str, id: str, card: Card) -> None:
        """A message of the bot's own in somebody's direct messages."""
        drawing = await self._pictures.anew(card, channel, id)
        path = f"/channels/{channel}/messages/{id}"
        self._pictures.learn(await self._calls.call("PATCH", path, drawing.body, files=drawing.uploads))

    async def _changed_under(self, note: Mapping[str, Any], card: Card) -> bool:
        """False where nothing gives the right to change it any more, or its person put it away."""
        one = await self._find(note["under"])
        if one is None:
            return False
        drawing = await self._pictures.first(card)
        body = {**drawing.body, "attachments": announced(drawing.uploads)}
        path = f"/webhooks/{one.application}/{one.token}/messages/{note['at']}"
        try:
            await self._calls.call("PATCH", path, body, files=drawing.uploads)
        except DiscordRefused as refused:
            if refused.code not in OVER:
                raise
            return False
        return True

    async def _said(self, conversation: Conversation, card: Card, key: str, to: Person) -> Mapping[str, Any]:
        if (said := await self._tried(key.partition("-")[2], card, to.id)) is not None:
            return said
        return await self._directly(conversation, card, key, to)

    async def _tried(self, name: str, card: Card, to: str) -> Mapping[str, Any] | None:
        """The note of the card as it is now shown under this interaction; None where it cannot be."""
        one = await self._find(name)
        if one is None:
            return None
        thought = one.thinking
        try:
            id = await self._under(one, card)
        except DiscordRefused as refused:
            if refused.code not in OVER:
                self._refusals.tell("discord.whisper", refused)
            return None
        return {"id": id, "to": to, "under": name, "at": ORIGINAL if thought else id}

    async def _find(self, name: str) -> Open | None:
        """The interaction of this name, once it had its first answer; None where it cannot be answered any more."""
        one = self._open.get(name)
        if one is None:
            noted = await self._sent.get(TOKEN, name)
            if not noted:
                return None
            one = Open(**noted)
            one.answered.set()
        if self._sent.seconds - one.at > TOKEN_SECONDS:
            self._open.pop(name, None)
            return None
        try:
            await asyncio.wait_for(one.answered.wait(), FIRST_ANSWER_SECONDS)
        except TimeoutError:
            return None
        return None if one.failed else one

    async def _under(self, one: Open, card: Card) -> str:
        drawing = await self._pictures.first(card)
        hook = f"/webhooks/{one.application}/{one.token}"
        if one.thinking:
            # The promised answer is filled in, which may be done twice without being there twice.
            said = await self._calls.call("PATCH", f"{hook}/messages/@original", drawing.body, files=drawing.uploads)
            one.thinking = False
        else:
            body = {**drawing.body, "flags": V2 | EPHEMERAL}
            said = await self._calls.call("POST", hook, body, files=drawing.uploads)
        return str(said["id"])

    async def _directly(self, conversation: Conversation, card: Card, key: str, to: Person) -> Mapping[str, Any]:
        """In their direct messages; where those are closed, a hint where they asked."""
        direct = is_direct(conversation)
        try:
            channel = where(conversation) if direct else await self._places.direct(to.id)
            drawing = await self._pictures.first(_as_in(channel, conversation, card))
            return {"id": await self._send(channel, drawing, key), "channel": channel}
        except DiscordRefused as refused:
            if direct:
                raise
            if refused.code != CLOSED:
                self._refusals.tell("discord.whisper", refused)
        hint = Card(
            title="I have an answer for one person alone",
            text="Your direct messages are closed to me. Use my command or button again, or let members of this server write to you.",
            tone=card.tone,
        )
        try:
            return {"id": await self._send(where(conversation), await self._named(hint, to), key)}
        except DiscordRefused as refused:
            # Nowhere left to say it; who asked sees at least that the press or command did nothing.
            self._refusals.tell("discord.whisper", refused)
            if refused.code in {*NO_ENTRY, CLOSED}:
                return {"id": "nowhere"}
            raise self._refusals.patience(key) from refused

    async def _named(self, hint: Card, to: Person) -> Drawn:
        drawing = await self._pictures.first(hint)
        components = [{"type": 10, "content": f"<@{to.id}>"}, *drawing.body["components"]]
        mentions = {"parse": [], "users": [to.id], "replied_user": False}
        return replace(drawing, body={**drawing.body, "components": components, "allowed_mentions": mentions})

    async def _send(self, channel: str, drawing: Drawn, key: str) -> str:
        body: dict[str, Any] = {**drawing.body, "nonce": nonce(f"{WHISPER}:{key}"), "enforce_nonce": True}
        said = await self._calls.call("POST", f"/channels/{channel}/messages", body, files=drawing.uploads)
        return str(said["id"])


def _as_in(channel: str, conversation: Conversation, card: Card) -> Card:
    """A press comes from where the button stands: elsewhere it would not be about the films of where it was asked for."""
    if channel == where(conversation) or not card.buttons:
        return card
    return replace(card, buttons=(), notes=(*card.notes, ELSEWHERE))
