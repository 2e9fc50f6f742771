"""Cards as messages, by the bot's own token: each posted once for its key, then edited in step with what its channel takes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog

from adapters.chat.discord.calls import TOO_OLD, Calls, DiscordRefused
from adapters.chat.discord.pictures import Drawn, Pictures
from adapters.chat.discord.places import Places
from adapters.chat.discord.refusals import ARCHIVED, GONE, INVALID, NO_ENTRY, NO_HISTORY, TOO_LARGE, Refusals
from adapters.chat.discord.sent import CLOCKS_APART_SECONDS, NONCE_SECONDS, Sent, made_at, mark, nonce, snowflake
from adapters.chat.discord.threads import where
from adapters.chat.discord.whispers import ONLY, Whispers
from adapters.kit.likeness import likeness
from adapters.kit.pace import Pacer
from bot.domain.card import Card
from bot.domain.chat import Conversation, MessageRef, Person
from bot.domain.errors import Later
from bot.domain.job import ENDED
from bot.ports.storage import Jobs

log = structlog.get_logger()

POST = "post"
# A channel takes about five edits in five seconds; posts of people's films need some of that: https://docs.discord.com/developers/topics/rate-limits
EDITS_A_MINUTE = 40
KEPT_FOR_URGENT = 15
LONGEST_PAUSE = 120.0
# Edits of messages over an hour old are few for the whole channel (30046): https://github.com/discord/discord-api-docs/issues/4413
OLD_SECONDS = 55 * 60.0
OLD_REST = 15 * 60.0
OLD_PATIENCE = 60.0
A_MOMENT = 0.5
PAGE = 100
MOST_PAGES = 10

Draw = Callable[[Card], Awaitable[Drawn]]
Send = Callable[[Drawn], Awaitable[Mapping[str, Any]]]


class Posts:
    def __init__(
        self, *, calls: Calls, sent: Sent, pictures: Pictures, whispers: Whispers, places: Places, refusals: Refusals,
        jobs: Jobs,
    ) -> None:  # fmt: skip
        self._calls, self._sent, self._pictures = calls, sent, pictures
        self._whispers, self._places, self._refusals, self._jobs = whispers, places, refusals, jobs
        self._pacer = Pacer(per_minute=EDITS_A_MINUTE, reserve=KEPT_FOR_URGENT)

    def share(self, replicas: int) -> None:
        """So many processes edit cards, and the chat counts their edits together."""
        self._pacer.share(replicas)

    async def post(self, conversation: Conversation, card: Card, *, key: str, to: Person | None = None) -> MessageRef:
        try:
            if to is not None:
                return await self._whispers.post(conversation, card, key, to)
            id = await self._posted(conversation, card, key)
        except DiscordRefused as refused:
            self._refusals.tell("discord.post", refused)
            await self._places.explain(conversation, refused, await self._asker(card))
            raise self._refusals.patience(key) from refused
        self._refusals.forget(key)
        return MessageRef(conversation, id)

    async def edit(self, shown: MessageRef, card: Card, *, urgent: bool = True) -> None:
        if shown.id.startswith(ONLY):
            await self._whispered(shown, card)
            return
        channel, id = where(shown.conversation), await self._now_at(shown)
        if not urgent and self._age(id) > OLD_SECONDS:
            raise Later(OLD_REST)
        self._pacer.check(channel, id, urgent=urgent)
        try:
            await self._update(channel, id, card)
        except Later as later:
            self._pacer.pause(channel, min(later.seconds, LONGEST_PAUSE))
            raise
        except DiscordRefused as refused:
            self._refusals.tell("discord.edit", refused)
            await self._not_edited(shown, id, card, refused)
        self._refusals.forget(f"edit:{id}")

    async def _whispered(self, shown: MessageRef, card: Card) -> None:
        try:
            await self._whispers.edit(shown, card)
        except DiscordRefused as refused:
            self._refusals.tell("discord.edit", refused)
            if refused.code not in GONE:
                raise self._refusals.patience(f"edit:{shown.id}") from refused
        self._refusals.forget(f"edit:{shown.id}")

    async def _not_edited(self, shown: MessageRef, id: str, card: Card, refused: DiscordRefused) -> None:
        """What cannot be edited now is tried again; how a film ended is told in a new card once editing stays refused."""
        if refused.code in GONE:
            return
        name = f"edit:{id}"
        patience = self._refusals.patience(name)
        if refused.code == ARCHIVED:
            await self._reopen(where(shown.conversation), patience)
        if refused.code != TOO_OLD:
            await self._places.explain(shown.conversation, refused, await self._asker(card))
            raise patience from refused
        replaced = id != shown.id  # once only: that new card is waited for
        if replaced or card.state not in ENDED or self._refusals.first(name):
            raise Later(min(refused.seconds, OLD_PATIENCE)) from refused
        try:
            await self._posted(shown.conversation, card, _again(shown), reply_to=shown.id)
        except DiscordRefused as also:
            self._refusals.tell("discord.again", also)
            raise patience from also

    async def _reopen(self, channel: str, patience: Later) -> None:
        """Raises Later: at once where the archived thread is open again, after a while where it is locked."""
        try:
            await self._calls.call("PATCH", f"/channels/{channel}", {"archived": False})
        except DiscordRefused as locked:
            self._refusals.tell("discord.reopen", locked)
            raise patience from locked
        raise Later(A_MOMENT)

    async def _now_at(self, shown: MessageRef) -> str:
        """Where the card stands: in a message of its own that replaced one too old to be edited, if there is one."""
        if self._age(shown.id) < OLD_SECONDS:
            return shown.id
        return (await self._sent.get(POST, _again(shown))).get("id") or shown.id

    def _age(self, id: str) -> float:
        return self._sent.seconds - made_at(id)

    async def _posted(self, conversation: Conversation, card: Card, key: str, reply_to: str = "") -> str:
        """The message's id. Noted before it is sent: what was sent and not answered is looked for before it is sent again."""
        channel, note = where(conversation), await self._sent.get(POST, key)
        id, tried_at = note.get("id", ""), note.get("at", 0.0)
        if id and not note.get("stale") and note.get("shows") == likeness(card):
            return id
        if not id and tried_at and self._sent.seconds - tried_at > NONCE_SECONDS:
            id = await self._look_up(channel, key, tried_at)
            tried_at = tried_at if id else 0.0
        if not id:
            id = await self._send(channel, card, key, tried_at, reply_to)
            if not tried_at:
                await self._note(key, id=id, shows=likeness(card))
                return id
        # It was there already, and may show the card as it was then.
        await self._note(key, id=id, stale=True)
        try:
            await self._update(channel, id, card)
        except DiscordRefused as refused:
            if refused.code not in GONE:
                raise
        await self._note(key, id=id, shows=likeness(card))
        return id

    async def _send(self, channel: str, card: Card, key: str, tried_at: float, reply_to: str) -> str:
        await self._note(key, at=tried_at or self._sent.seconds)
        once: dict[str, Any] = {"nonce": nonce(f"{POST}:{key}"), "enforce_nonce": True}
        if reply_to:
            once["message_reference"] = {"message_id": reply_to, "channel_id": channel, "fail_if_not_exists": False}

        async def send(drawing: Drawn) -> Mapping[str, Any]:
            body = {**drawing.body, **once}
            body["components"] = _marked(drawing.body["components"], key)
            return await self._calls.call("POST", f"/channels/{channel}/messages", body, files=drawing.uploads)

        try:
            said = await self._best(card, self._pictures.first, send)
        except DiscordRefused as refused:
            await self._note(key, at=tried_at)
            if refused.code == NO_HISTORY and reply_to:
                return await self._send(channel, card, key, tried_at, "")
            raise
        except Later:
            await self._note(key, at=tried_at)
            raise
        return str(said["id"])

    async def _update(self, channel: str, id: str, card: Card) -> None:
        async def draw(card: Card) -> Drawn:
            return await self._pictures.anew(card, channel, id)

        async def send(drawing: Drawn) -> Mapping[str, Any]:
            path = f"/channels/{channel}/messages/{id}"
            return await self._calls.call("PATCH", path, drawing.body, files=drawing.uploads)

        await self._best(card, draw, send, message=id)

    async def _best(self, card: Card, draw: Draw, send: Send, *, message: str = "") -> Mapping[str, Any]:
        """As rich as Discord takes it: whole, without pictures where they are refused, then in a few words.

        Where another replica may have changed the pictures of the message since, they are looked at before they are given up.
        """
        bare = replace(card, media=())
        least = replace(bare, fields=(), costs=(), notes=card.notes[:1], text=card.text[:500])
        ways = [card] if not card.media else [card, bare]
        if card.media and self._pictures.knows(message):
            ways = [card, *ways]
        for way in (*ways, least):
            try:
                said = await send(await draw(way))
            except DiscordRefused as refused:
                simpler = {INVALID, TOO_LARGE} | (NO_ENTRY if way.media else frozenset())
                if refused.code not in simpler or way is least:
                    raise
                self._refusals.tell("discord.draw", refused)
                self._pictures.forget(message)
            else:
                self._pictures.learn(said)
                return said
        raise AssertionError("the last way returns or raises")

    async def _look_up(self, channel: str, key: str, at: float) -> str:
        """The message that was sent for this key, "" where it is not there."""
        after, wanted = snowflake(at - CLOCKS_APART_SECONDS), (nonce(f"{POST}:{key}"), mark(key))
        for _ in range(MOST_PAGES):
            query = {"after": str(after), "limit": str(PAGE)}
            try:
                page = await self._calls.call("GET", f"/channels/{channel}/messages", query=query)
            except DiscordRefused as refused:
                # Without the right to look, a card shown twice is better than one never shown.
                self._refusals.tell("discord.look_up", refused)
                return ""
            for one in page:
                if one.get("nonce") == wanted[0] or any(
                    part.get("id") == wanted[1] for part in one.get("components") or ()
                ):
                    return str(one["id"])
            if len(page) < PAGE:
                break
            after = max(int(one["id"]) for one in page)
        return ""

    async def _note(self, key: str, *, at: float = 0.0, id: str = "", stale: bool = False, shows: str = "") -> None:
        """`at` is when it was first sent without an answer; `stale` that the message may show an older card than `shows`."""
        await self._sent.put(POST, key, {"at": at, "id": id, "stale": stale, "shows": shows})

    async def _asker(self, card: Card) -> str:
        job = await self._jobs.get(card.job) if card.job else None
        return job.author.id if job is not None else ""


def _again(shown: MessageRef) -> str:
    """The key of the card that takes an old message's place."""
    return f"again:{where(shown.conversation)}:{shown.id}"


def _marked(components: Any, key: str) -> list[Mapping[str, Any]]:
    """The message's first part carries a number by which it is found again, whoever asks and whenever."""
    first, *others = components
    return [{**first, "id": mark(key)}, *others]
