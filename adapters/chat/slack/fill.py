"""What a delivery left out: who wrote it, files it did not carry, files from earlier in its thread. All best effort."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from adapters.chat.slack.clients import Clients, SlackRefused
from adapters.chat.slack.events import attachments
from adapters.chat.slack.refusals import Refusals
from adapters.chat.slack.sent import Sent
from bot.domain.chat import Attachment, Command, Message
from bot.domain.errors import Later

log = structlog.get_logger()

NAME = "name"
NAME_KEPT = timedelta(days=7)
MOST_NAMES = 4096
MOST_MESSAGES = 48
MOST_FILES = 20
MOST_PAGES = 5
PAGE = 200
PATIENCE_SECONDS = 2.0
GONE = frozenset({"tombstone", "hidden_by_limit"})
_TS = re.compile(r"\d+\.\d+")


class Fill:
    def __init__(self, clients: Clients, sent: Sent, refusals: Refusals) -> None:
        self._clients, self._sent, self._refusals = clients, sent, refusals
        self._names: dict[tuple[str, str], str] = {}

    async def fill(self, event: Message | Command) -> Message | Command:
        event = await self._named(event)
        if isinstance(event, Message) and not event.addressed:
            return event
        event = replace(event, attachments=await self._resolved(event.attachments))
        return event if isinstance(event, Command) or event.attachments else await self._with_thread(event)

    async def _named(self, event: Message | Command) -> Message | Command:
        author = event.author
        if author.name or not author.id:
            return event
        return replace(event, author=replace(author, name=await self._name(author.workspace, author.id)))

    async def _name(self, workspace: str, person: str) -> str:
        """As people there call them; "" where Slack does not say."""
        if known := self._names.get((workspace, person)):
            return known
        name = (await self._sent.get(workspace, NAME, person)).get("name", "")
        if not name:
            said = await self._ask(workspace, "users_info", user=person)
            name = _called(said.get("user") or {})
            if not name:
                return ""
            await self._sent.put(workspace, NAME, person, {"name": name}, kept=NAME_KEPT)
        self._names[workspace, person] = name
        if len(self._names) > MOST_NAMES:
            del self._names[next(iter(self._names))]
        return name

    async def _with_thread(self, event: Message) -> Message:
        """A mention's delivery may lack its files: the message itself is read again, and its thread with it.

        Mentions came without the files that their messages have: https://github.com/PrefectHQ/marvin/pull/1368
        """
        here, ts = event.conversation, event.key.rpartition(":")[2]
        if event.key != f"slack:{here.workspace}:{here.channel}:{ts}" or not _TS.fullmatch(ts):
            return event
        begins = here.thread in {"", ts}
        if begins and here.channel.startswith("D"):
            return event  # a direct message is delivered with its files
        told = await (self._alone(event, ts) if begins else self._thread(event, ts))
        own = next((one for one in told if one.get("ts") == ts), {})
        if files := attachments(own, here.workspace):
            return replace(event, attachments=await self._resolved(files))
        before = sorted((one for one in told if float(one["ts"]) < float(ts)), key=_when, reverse=True)
        return replace(event, earlier=await self._earlier(here.workspace, before[:MOST_MESSAGES]))

    async def _alone(self, event: Message, ts: str) -> Sequence[Mapping[str, Any]]:
        here = event.conversation
        said = await self._ask(
            here.workspace, "conversations_history", channel=here.channel, oldest=ts, latest=ts, inclusive=True, limit=1
        )
        return said.get("messages", ())

    async def _thread(self, event: Message, ts: str) -> Sequence[Mapping[str, Any]]:
        """The thread up to this message; a long one only as far as a few pages go."""
        here, told = event.conversation, list[Mapping[str, Any]]()
        more: dict[str, Any] = {}
        for _ in range(MOST_PAGES):
            said = await self._ask(
                here.workspace, "conversations_replies",
                channel=here.channel, ts=here.thread, latest=ts, inclusive=True, limit=PAGE, **more,
            )  # fmt: skip
            told += said.get("messages", ())
            cursor = (said.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
            more = {"cursor": cursor}
        return told

    async def _earlier(self, workspace: str, messages: Sequence[Mapping[str, Any]]) -> tuple[Attachment, ...]:
        """Their files, those of the newest message first; of the bot's own messages the films alone."""
        if not any(attachments(one, workspace) for one in messages):
            return ()
        me = await self._me(workspace)
        found = [one for each in messages for one in _counting(each, workspace, mine=each.get("user") == me)]
        return await self._resolved(tuple({one.id: one for one in found[:MOST_FILES]}.values()))

    async def _me(self, workspace: str) -> str:
        try:
            return await self._clients.me(workspace)
        except (Later, OSError, SlackRefused):
            return ""

    async def _resolved(self, attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
        # A file of another organisation comes as an id alone: https://docs.slack.dev/reference/objects/file-object/#slack_connect_files
        return tuple([one if one.name or one.mime else await self._known(one) for one in attachments])

    async def _known(self, stub: Attachment) -> Attachment:
        workspace, _, id = stub.id.partition("/")
        file = (await self._ask(workspace, "files_info", file=id)).get("file") or {}
        return next(iter(attachments({"files": [{**file, "id": id}]}, workspace)), stub)

    async def _ask(self, workspace: str, method: str, **arguments: Any) -> Mapping[str, Any]:
        """One look-up's answer; empty where it is not to be had soon: the event goes on with what is there."""
        for last in (False, True):
            try:
                return await self._clients.call(workspace, method, **arguments)
            except SlackRefused as refused:
                self._refusals.tell(workspace, f"slack.{method}", refused)
                return {}
            except (Later, OSError) as away:
                wait = away.seconds if isinstance(away, Later) else 0.5
                if last or wait > PATIENCE_SECONDS:
                    why = type(away).__name__
                    log.warning("A look-up is left out", action=f"slack.{method}", workspace=workspace, why=why)
                    return {}
                await asyncio.sleep(wait)
        raise AssertionError("the last try returns")


def _called(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or {}
    return profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name") or ""


def _when(one: Mapping[str, Any]) -> float:
    return float(one["ts"])


def _counting(message: Mapping[str, Any], workspace: str, *, mine: bool) -> tuple[Attachment, ...]:
    """Its files that are still there; of the bot's own message the films alone."""
    gone = {file.get("id") for file in message.get("files") or () if file.get("mode") in GONE}
    there = (one for one in attachments(message, workspace) if one.id.partition("/")[2] not in gone)
    return tuple(one for one in there if not mine or one.mime.startswith("video/"))
