"""What is done with everything Slack sends, before it is acknowledged: it is saved, and that is all."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog

from adapters.chat.slack import events
from adapters.chat.slack.clients import Clients, NotInstalled, SlackRefused
from adapters.chat.slack.elements import FULL, MERGE, PAGE_TURN, PREFIX, SEARCH
from adapters.chat.slack.events import UNREADABLE, Body
from adapters.chat.slack.home import look_for
from adapters.chat.slack.homes import Admin, Decided, Homes, nobody, plain
from adapters.chat.slack.pictures import Pictures
from adapters.chat.slack.places import Places
from adapters.chat.slack.screens import Screens
from adapters.chat.slack.sent import Sent
from adapters.chat.slack.views import search_words
from adapters.chat.slack.whispers import Whispers
from bot.domain.chat import ChatEvent, Message, Person
from bot.domain.errors import Later
from bot.ports.chat import Ears
from bot.ports.clock import Clock
from bot.ports.storage import Storage

log = structlog.get_logger()

EVENTS = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
)
"""What the app subscribes to; the first only where it is an agent."""
MOST_SAVED = 2048
DIRECT_SECONDS = 1.5  # of the three in which to acknowledge
_INTERACTIONS = frozenset({"block_actions", "message_action", "view_submission", "command"})
_SILENT = frozenset({"view_closed", "file_shared", "url_verification"})


class Handlers:
    """`take` raises where an event could not be saved: nothing is acknowledged then, and Slack sends it again."""

    def __init__(
        self, ears: Ears, clients: Clients, storage: Storage, clock: Clock, pictures: Pictures | None = None,
        *, decided: Decided = plain, admin: Admin = nobody,
    ) -> None:  # fmt: skip
        self._ears, self._clients = ears, clients
        self._screens = Screens(clients, storage, clock.now)
        self._homes = Homes(clients, storage, clock.now, pictures, decided=decided, admin=admin)
        self._places = Places(clients, storage)
        self._whispers = Whispers(clients, Sent(storage.notes, clock))
        self._strange: set[str] = set()
        self._saved: dict[str, asyncio.Future[bool]] = {}

    async def aclose(self) -> None:
        """Finishes what is being opened and drawn."""
        await asyncio.gather(self._screens.aclose(), self._homes.aclose())

    async def take(self, body: Body) -> Mapping[str, Any]:
        """What to acknowledge with: an empty answer closes a form and says nothing to a command."""
        try:
            kind, workspace, organisation = events.kind(body), events.workspace(body), events.organisation(body)
            at_home = body["event"]["user"] if kind == "app_home_opened" and body["event"].get("tab") == "home" else ""
        except UNREADABLE as error:
            self._wonder("a payload", f"{type(error).__name__} in reading it")
            return {}
        if organisation:
            await self._clients.learn(workspace, organisation)
        match kind:
            case "app_home_opened":
                if at_home:
                    self._homes.show(Person(events.PLATFORM, workspace, at_home))
            case "app_uninstalled" | "tokens_revoked":
                await self._removed(kind, body)
            case "app_mention" | "message" | "agent_session_stopped":
                await self._hear(kind, body)
            case "block_suggestion":
                return await self._suggest(body)
            case _ if kind in _INTERACTIONS:
                return await self._interact(kind, body)
            case _ if kind not in _SILENT:
                self._wonder(kind, "a kind that nobody asked for")
        return {}

    async def _interact(self, kind: str, body: Body) -> Mapping[str, Any]:
        try:
            if kind == "view_submission" and body["view"].get("callback_id") == SEARCH:
                self._homes.show(events.person(body), look_for(search_words(body["view"])))
                return {}
            word = events.pressed(body)[0] if kind == "block_actions" else ""
            await self._whispers.note(body)
        except UNREADABLE as error:
            self._wonder(kind, f"{type(error).__name__} in reading it")
            return {}
        if not word or not await self._opens(f"{PREFIX}{word}", body):
            await self._told(kind, body)
        return {}

    async def _told(self, kind: str, body: Body) -> None:
        """Something for the core to do; on Home it is seen when it is done."""
        if kind == "block_actions" and events.at_home(body):
            before = await self._homes.mark(body)
            if await self._hear(kind, body) is not None:
                self._homes.show_after(body, before)
        else:
            await self._hear(kind, body)

    async def _opens(self, id: str, body: Body) -> bool:
        """Whether it was a button that opens a form or a text or turns a page, which changes nothing."""
        match id:
            case _ if id == MERGE:
                self._screens.merge(body)
            case _ if id == SEARCH:
                self._screens.search(body)
            case _ if id == PAGE_TURN:
                if events.at_home(body):
                    self._homes.turn(body)
            case _ if id == FULL:
                await self._screens.full(body)
            case _ if events.asks(body):
                if not await self._screens.form(body):
                    # The card offers nothing to fill in any more: the core says why, to whoever pressed.
                    await self._save(await self._here(events.press(body)))
            case _:
                return False
        return True

    async def _suggest(self, body: Body) -> Mapping[str, Any]:
        try:
            return {"options": await self._screens.suggest(body)}
        except UNREADABLE as error:
            self._wonder("block_suggestion", f"{type(error).__name__} in reading it")
            return {"options": []}

    async def _hear(self, kind: str, body: Body) -> ChatEvent | None:
        try:
            me = await self._me(kind, body)
        except NotInstalled:
            return None  # a last message of a workspace that has just removed the app
        try:
            event = events.read(body, me)
        except UNREADABLE as error:
            self._wonder(kind, f"{type(error).__name__} in reading it")
            return None
        if event is not None:
            await self._save(await self._here(event))
        elif kind in _INTERACTIONS:
            self._wonder(kind, "not of ours")
        return event

    async def _here(self, event: ChatEvent) -> ChatEvent:
        """With the direct message of whoever did something where there is no channel, such as on Home: the answer comes there."""
        there, author = event.conversation, event.author
        if there.channel != author.id or not author.id:
            return event
        try:
            async with asyncio.timeout(DIRECT_SECONDS):
                direct = await self._places.direct(there.workspace, author.id)
        except (Later, OSError, SlackRefused):
            return event  # it is asked for again when something is to be posted there
        return replace(event, conversation=replace(there, channel=direct.channel))

    async def _save(self, event: ChatEvent) -> None:
        """What was saved just now is not saved again: a mention comes as two events, often at once."""
        if isinstance(event, Message) and not event.addressed:
            await self._ears.receive(event)  # may be dropped, and heard after all once a mention is written into it
            return
        saving = self._saved.get(event.key)
        if saving is None:
            saving = self._saved[event.key] = asyncio.ensure_future(self._ears.receive(event))
            saving.add_done_callback(lambda done: self._ended(event.key, done))
            if len(self._saved) > MOST_SAVED:
                del self._saved[next(iter(self._saved))]
        await asyncio.shield(saving)

    def _ended(self, key: str, saving: asyncio.Future[bool]) -> None:
        if saving.cancelled() or saving.exception() is not None:
            self._saved.pop(key, None)

    async def _me(self, kind: str, body: Body) -> str:
        """Only what people write can name the bot."""
        if kind in {"app_mention", "message", "message_action"}:
            return await self._clients.me(events.workspace(body))
        return ""

    async def _removed(self, kind: str, body: Body) -> None:
        tokens = body["event"].get("tokens") or {}
        if kind == "tokens_revoked" and not tokens.get("bot"):
            return  # a person's own token, and the bot has none of those
        workspace, organisation = body.get("team_id") or "", body.get("enterprise_id") or ""
        whole = bool(events.organisation(body)) or not workspace
        await self._clients.removed(workspace, organisation, whole=whole)
        log.warning("The app was removed from a workspace", action="slack.removed", workspace=workspace, kind=kind)

    def _wonder(self, kind: str, why: str) -> None:
        """Once for each: it is no message, and none is lost with it."""
        if f"{kind}:{why}" not in self._strange:
            self._strange.add(f"{kind}:{why}")
            log.warning("Slack sent something unexpected", action="slack.strange", kind=kind, why=why)
