"""What one person alone sees: under their own press or command while Discord lets it be, else in their direct messages."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import structlog

from adapters.chat.discord.calls import Calls, DiscordRefused
from adapters.chat.discord.events import is_direct
from adapters.chat.discord.pictures import EPHEMERAL, V2, Drawn, Pictures
from adapters.chat.discord.places import Places
from adapters.chat.discord.refusals import CLOSED, NO_ENTRY, Refusals
from adapters.chat.discord.sent import Sent, nonce
from bot.domain.card import Card
from bot.domain.chat import Conversation, MessageRef, Person
from bot.domain.job import job_id

log = structlog.get_logger()

ONLY = "only:"
"""What the ids begin with of messages that cannot be edited later."""

WHISPER, TOKEN = "whisper", "token"
TOKEN_SECONDS = 14 * 60.0
FIRST_ANSWER_SECONDS = 3.0
MOST_OPEN = 8192
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

    async def post(self, conversation: Conversation, card: Card, key: str, to: Person) -> MessageRef:
        note = await self._sent.get(WHISPER, key)
        if not (id := note.get("id", "")):
            id = await self._said(conversation, card, key, to)
            await self._sent.put(WHISPER, key, {"id": id})
        return MessageRef(conversation, f"{ONLY}{id}")

    async def _said(self, conversation: Conversation, card: Card, key: str, to: Person) -> str:
        one = await self._find(key)
        if one is not None:
            try:
                return await self._under(one, card)
            except DiscordRefused as refused:
                if refused.code not in OVER:
                    self._refusals.tell("discord.whisper", refused)
        if is_direct(conversation):
            return await self._send(conversation.channel, await self._pictures.first(card), key)
        return await self._directly(conversation, card, key, to)

    async def _find(self, key: str) -> Open | None:
        """The interaction that this answers, once it had its first answer; None where it cannot be answered any more."""
        name = key.partition("-")[2]
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

    async def _directly(self, conversation: Conversation, card: Card, key: str, to: Person) -> str:
        try:
            channel = await self._places.direct(to.id)
            return await self._send(channel, await self._pictures.first(card), key)
        except DiscordRefused as refused:
            if refused.code != CLOSED:
                self._refusals.tell("discord.whisper", refused)
        hint = Card(
            title="I have an answer for one person alone",
            text="Your direct messages are closed to me. Use my command or button again, or let members of this server write to you.",
            tone=card.tone,
        )
        try:
            return await self._send(conversation.channel, await self._named(hint, to), key)
        except DiscordRefused as refused:
            # Nowhere left to say it; who asked sees at least that the press or command did nothing.
            self._refusals.tell("discord.whisper", refused)
            if refused.code in {*NO_ENTRY, CLOSED}:
                return "nowhere"
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
