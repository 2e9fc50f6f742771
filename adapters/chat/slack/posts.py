"""Cards as messages: each posted once for its key, then edited in step with what the workspace takes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import aiohttp

from adapters.chat.slack.agent import Agent
from adapters.chat.slack.cards import Rendered, versions
from adapters.chat.slack.clients import Clients, SlackRefused
from adapters.chat.slack.pictures import Pictures
from adapters.chat.slack.places import DIRECT, ONLY, WHY, Place, Places, key_of, only, why_of
from adapters.chat.slack.redraws import Redraws
from adapters.chat.slack.refusals import Refusals
from adapters.chat.slack.sent import IN_FLIGHT_SECONDS, Sent
from adapters.chat.slack.whispers import Whispers
from adapters.kit.chores import Chores
from adapters.kit.likeness import likeness
from adapters.kit.pace import Pacer
from bot.domain.card import Card
from bot.domain.chat import Conversation, MessageRef, Person
from bot.domain.errors import Later
from bot.domain.job import card_id
from bot.ports.storage import Cards

# Slack takes about 50 edits a minute in one workspace, all its cards together: https://docs.slack.dev/apis/web-api/rate-limits
EDITS_A_MINUTE = 45
KEPT_FOR_URGENT = 15
LONGEST_PAUSE = 120.0  # a workspace that does not take the token is put off for longer, each card on its own
POST = "post"
EVENT_TYPE = "clapper_card"
CLOCKS_APART_SECONDS = 600.0
PAGE = 200
MOST_PAGES = 25
# A slack_file that is not processed, or was deleted since, is refused as invalid_blocks: https://github.com/slackapi/python-slack-sdk/issues/1521
SIMPLER = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})
GONE = frozenset({"message_not_found", "cant_update_message"})
UNSEEN = "user_not_in_channel"
ONCE_MORE = "This goes on here: Slack does not let me change the message above any more. You can dismiss that one."

Send = Callable[[Rendered], Awaitable[Mapping[str, Any]]]


class Posts:
    def __init__(
        self, *, clients: Clients, places: Places, sent: Sent, pictures: Pictures, cards: Cards, agent: Agent,
        refusals: Refusals, chores: Chores, whispers: Whispers,
    ) -> None:  # fmt: skip
        self._clients, self._places, self._sent, self._pictures = clients, places, sent, pictures
        self._agent, self._refusals, self._whispers = agent, refusals, whispers
        self._pacer = Pacer(per_minute=EDITS_A_MINUTE, reserve=KEPT_FOR_URGENT)
        self._redraws = Redraws(self.update, pictures, cards, chores)

    def share(self, replicas: int) -> None:
        """So many processes edit cards, and the chat counts their edits together."""
        self._pacer.share(replicas)

    async def post(self, conversation: Conversation, card: Card, *, key: str, to: Person | None = None) -> MessageRef:
        workspace = conversation.workspace
        note = await self._sent.get(workspace, POST, key)
        if note.get("ts"):
            there = MessageRef(_place(workspace, note).conversation(conversation), note["ts"])
            if note.get("shows") != likeness(card):
                await self.edit(there, card)
            return there
        lacking = await self._pictures.lacking(workspace, card)
        try:
            if to is not None:
                place, ts = await self._whisper(conversation, card, key, to, note)
            else:
                place, ts = await self._aloud(conversation, card, key, note)
        except SlackRefused as refused:
            self._refusals.tell(workspace, "slack.post", refused)
            raise self._refusals.patience(key) from refused
        self._refusals.forget(key)
        shown = MessageRef(place.conversation(conversation), ts)
        if not ts.startswith(ONLY):
            self._redraws.watch(shown, card, lacking)
            self._agent.tell(shown, card)
        return shown

    async def edit(self, shown: MessageRef, card: Card, *, urgent: bool = True) -> None:
        if shown.id.startswith(ONLY):
            await self._whisper_anew(shown, card)
            return
        lacking = await self._pictures.lacking(shown.conversation.workspace, card)
        async with self._redraws.turn(shown, card):
            await self.update(shown, card, urgent=urgent)
        self._redraws.watch(shown, card, lacking)
        self._agent.tell(shown, card)

    async def update(self, shown: MessageRef, card: Card, *, urgent: bool) -> None:
        """One edit, now, or Later. Both text and blocks always: what is left out is taken away from the message."""
        there = shown.conversation
        name = f"{there.channel}:{shown.id}"
        self._pacer.check(there.workspace, name, urgent=urgent)
        card = await self._explained(there, card)

        async def send(rendered: Rendered) -> Mapping[str, Any]:
            return await self._clients.call(
                there.workspace, "chat_update", channel=there.channel, ts=shown.id, text=rendered.text, blocks=rendered.blocks
            )  # fmt: skip

        try:
            await self._best(there.workspace, card, send)
        except Later as later:
            self._pacer.pause(there.workspace, min(later.seconds, LONGEST_PAUSE))
            raise
        except SlackRefused as refused:
            self._refusals.tell(there.workspace, "slack.edit", refused)
            if refused.code not in GONE:
                raise self._refusals.patience(name) from refused
        self._refusals.forget(name)

    async def _aloud(
        self, conversation: Conversation, card: Card, key: str, note: Mapping[str, Any]
    ) -> tuple[Place, str]:
        if note.get("at"):
            place = _place(conversation.workspace, note)
            if found := await self._look_up(place, key, note):
                await self._note(place, key, ts=found)
                await self.update(MessageRef(place.conversation(conversation), found), card, urgent=True)
                return place, found
        else:
            place = await self._places.of(conversation)
        try:
            return place, await self._send(place, card, key)
        except SlackRefused as refused:
            why = "" if place.why else why_of(refused.code)
            elsewhere = await self._places.of_author(card.job, why) if card.job and why else None
            if elsewhere is None:
                raise
            self._refusals.tell(place.workspace, "slack.post", refused)
            return elsewhere, await self._send(elsewhere, card, key)

    async def _whisper(
        self, conversation: Conversation, card: Card, key: str, to: Person, note: Mapping[str, Any]
    ) -> tuple[Place, str]:
        """Shown to one person alone. Where that cannot be, in their direct message.

        Nobody can look such a message up: after a lost answer it is shown once more rather than never.
        """
        place = await self._places.of(conversation)
        if note.get("at") or place.channel != conversation.channel:
            return await self._aloud(replace(conversation, channel=place.channel), card, key, note)
        try:
            if place.channel.startswith(DIRECT):  # nobody else reads it there, and it stays
                return place, await self._send(place, card, key)
            answer = await self._to_one(place, card, to.id)
        except SlackRefused as refused:
            if refused.code != UNSEEN and not why_of(refused.code):
                raise
            direct = await self._places.direct(place.workspace, to.id)
            return direct, await self._send(direct, card, key)
        ts = only(answer["message_ts"], key)
        await self._note(place, key, ts=ts, shows=likeness(card))
        return place, ts

    async def _to_one(self, place: Place, card: Card, person: str) -> Mapping[str, Any]:
        thread = {"thread_ts": place.thread} if place.thread else {}

        async def send(rendered: Rendered) -> Mapping[str, Any]:
            return await self._clients.call(
                place.workspace, "chat_postEphemeral", channel=place.channel, user=person, text=rendered.text, blocks=rendered.blocks, **thread
            )  # fmt: skip

        # No file can be shown to one person alone in a channel: https://github.com/slackapi/node-slack-sdk/issues/1790
        return await self._best(place.workspace, replace(card, media=()), send)

    async def _whisper_anew(self, shown: MessageRef, card: Card) -> None:
        """In its place as long as Slack takes that, which begins anew with every press on it; else once more, which its words say.

        One on which nobody pressed anything cannot be reached, and nobody waits for it to change.
        """
        there, key = shown.conversation, key_of(shown.id)
        note = await self._whispers.of(there.workspace, key) if key else {}
        if not note:
            return

        async def send(rendered: Rendered) -> Mapping[str, Any]:
            await self._whispers.replace(note["url"], rendered)
            return {}

        try:
            await self._best(there.workspace, replace(card, media=()), send)
        except SlackRefused as refused:
            self._refusals.tell(there.workspace, "slack.replace", refused)
            await self._once_more(there, card, key, note["person"])
        self._refusals.forget(key)

    async def _once_more(self, there: Conversation, card: Card, key: str, person: str) -> None:
        try:
            place = Place(there.workspace, there.channel, there.thread)
            await self._to_one(place, replace(card, notes=(*card.notes, ONCE_MORE)), person)
        except SlackRefused as refused:
            self._refusals.tell(there.workspace, "slack.post", refused)
            raise self._refusals.patience(key) from refused

    async def _send(self, place: Place, card: Card, key: str) -> str:
        """Noted before it is sent, so that an answer that is lost is looked up before anything is sent again."""
        at = self._sent.seconds
        await self._note(place, key, at=at)
        thread = {"thread_ts": place.thread} if place.thread else {}
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}

        async def send(rendered: Rendered) -> Mapping[str, Any]:
            return await self._clients.call(
                place.workspace, "chat_postMessage", channel=place.channel, text=rendered.text, blocks=rendered.blocks,
                metadata=metadata, unfurl_links=False, unfurl_media=False, **thread,
            )  # fmt: skip

        try:
            answer = await self._best(place.workspace, _explain(card, place.why), send)
        except (SlackRefused, Later):
            await self._note(place, key)
            raise
        except OSError as away:
            never_connected = isinstance(away.__cause__, aiohttp.ClientConnectorError)
            await self._note(place, key, at=0 if never_connected else at, over=True)
            raise
        await self._note(place, key, ts=answer["ts"], shows=likeness(card))
        return answer["ts"]

    async def _note(self, place: Place, key: str, **how: str | float) -> None:
        """`at` is when it was sent and no answer is known, `over` that the call itself has ended; `ts` is what was answered.

        With neither `at` nor `ts` it is certainly not there. `shows` is which card was posted, where that is known.
        """
        what = {"channel": place.channel, "thread": place.thread, "why": place.why, "at": 0, "over": False, **how}
        await self._sent.put(place.workspace, POST, key, what)

    async def _look_up(self, place: Place, key: str, note: Mapping[str, Any]) -> str:
        """The `ts` of what was posted for this key, "" where it is certainly not there. Raises Later while it may still arrive."""
        found = await self._found(place, key, note["at"])
        rest = note["at"] + IN_FLIGHT_SECONDS - self._sent.seconds
        if not found and not note["over"] and rest > 0:
            raise Later(rest)
        return found

    async def _found(self, place: Place, key: str, at: float) -> str:
        method, arguments = "conversations_history", {"channel": place.channel}
        if place.thread:
            method, arguments = "conversations_replies", {"channel": place.channel, "ts": place.thread}
        arguments["oldest"] = f"{at - CLOCKS_APART_SECONDS:.6f}"
        for _ in range(MOST_PAGES):
            try:
                page = await self._clients.call(
                    place.workspace, method, include_all_metadata=True, limit=PAGE, **arguments
                )
            except SlackRefused as refused:
                # Without the right to look, a card shown twice is better than one never shown.
                self._refusals.tell(place.workspace, "slack.look_up", refused)
                return ""
            for one in page["messages"]:
                if _key(one) == key:
                    return one["ts"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
            arguments["cursor"] = cursor
        return ""

    async def _best(self, workspace: str, card: Card, send: Send) -> Mapping[str, Any]:
        """Sends the card as rich as Slack takes it."""
        pictures = await self._pictures.ready(workspace, card)
        last: SlackRefused | None = None
        for number, rendered in enumerate(versions(card, pictures)):
            try:
                return await send(rendered)
            except SlackRefused as refused:
                if refused.code not in SIMPLER:
                    raise
                self._refusals.tell(workspace, "slack.blocks", refused)
                if pictures and number == 0:
                    self._pictures.doubt(workspace, pictures)
                last = refused
        assert last is not None
        raise last

    async def _explained(self, there: Conversation, card: Card) -> Card:
        """With the sentence why it is in a direct message, where it was meant for a channel."""
        if not card.job or not there.channel.startswith("D"):
            return card
        note = await self._sent.get(there.workspace, POST, card_id(card.job))
        return _explain(card, note.get("why", ""))


def _explain(card: Card, why: str) -> Card:
    return replace(card, notes=(WHY[why], *card.notes)) if why in WHY else card


def _place(workspace: str, note: Mapping[str, Any]) -> Place:
    return Place(workspace, note["channel"], note["thread"], note["why"])


def _key(one: Mapping[str, Any]) -> str:
    metadata = one.get("metadata") or {}
    return (metadata.get("event_payload") or {}).get("key", "") if metadata.get("event_type") == EVENT_TYPE else ""
