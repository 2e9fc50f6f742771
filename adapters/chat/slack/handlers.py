"""What is done with everything Slack sends, before it is acknowledged: it is saved, and that is all."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from adapters.chat.slack import events
from adapters.chat.slack.clients import Clients, NotInstalled
from adapters.chat.slack.elements import FULL, MERGE, PREFIX
from adapters.chat.slack.events import UNREADABLE, Body
from adapters.chat.slack.screens import Screens
from adapters.chat.slack.views import EDIT
from bot.domain.chat import ChatEvent, Message
from bot.domain.verbs import VERBS
from bot.ports.chat import Ears

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
COMMAND = "/clapper"
MOST_SAVED = 2048
_INTERACTIONS = frozenset({"block_actions", "message_action", "view_submission", "command"})
_SILENT = frozenset({"view_closed", "block_suggestion", "file_shared", "url_verification"})


class Handlers:
    """`take` raises where an event could not be saved: nothing is acknowledged then, and Slack sends it again."""

    def __init__(self, ears: Ears, clients: Clients, screens: Screens) -> None:
        self._ears, self._clients, self._screens = ears, clients, screens
        self._strange: set[str] = set()
        self._saved: dict[str, asyncio.Future[bool]] = {}

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
                    self._screens.home(workspace, at_home)
            case "app_uninstalled" | "tokens_revoked":
                await self._removed(kind, body)
            case "app_mention" | "message" | "agent_session_stopped":
                await self._hear(kind, body)
            case _ if kind in _INTERACTIONS:
                await self._interact(kind, body)
            case _ if kind not in _SILENT:
                self._wonder(kind, "a kind that nobody asked for")
        return {}

    async def _interact(self, kind: str, body: Body) -> None:
        if kind == "block_actions" and await self._opens(body):
            return
        if kind == "command" and self._wants_merge_form(body):
            self._screens.merge(body)
            return
        event = await self._hear(kind, body)
        if event is not None and events.at_home(body):
            self._screens.home_after(event)

    async def _opens(self, body: Body) -> bool:
        """Whether it was a button that opens a form or a text, which changes nothing."""
        try:
            word, *_ = events.pressed(body)
        except UNREADABLE as error:
            self._wonder("block_actions", f"{type(error).__name__} in reading it")
            return True
        match f"{PREFIX}{word}":
            case id if id == MERGE:
                self._screens.merge(body)
            case id if id == FULL:
                await self._screens.full(body)
            case id if id == EDIT:
                if not await self._screens.edit(body):
                    # The card offers nothing to change any more: the core says why, to whoever pressed.
                    await self._ears.receive(events.press(body))
            case _:
                return False
        return True

    def _wants_merge_form(self, body: Body) -> bool:
        return body.get("text", "").strip().lower() == "merge" and "merge" in {verb.name for verb in VERBS}

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
            await self._save(event)
        elif kind in _INTERACTIONS:
            self._wonder(kind, "not of ours")
        return event

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
