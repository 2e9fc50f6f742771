"""What a delivery left out: the author's name, the message it answers, files from earlier in its thread. All best effort."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog

from adapters.chat.discord.calls import Calls, DiscordRefused
from adapters.chat.discord.files import attached
from adapters.chat.discord.refusals import Refusals
from adapters.chat.discord.threads import adrift, is_direct, settled, where
from bot.domain.chat import Attachment, Command, Conversation, Message
from bot.domain.errors import Later

log = structlog.get_logger()

MOST_MESSAGES = 48
MOST_FILES = 20
MOST_KNOWN = 4096
_KEY = re.compile(r"discord:(?P<channel>\d+):(?P<message>\d+)")


class Fill:
    def __init__(self, calls: Calls, refusals: Refusals) -> None:
        self._calls, self._refusals = calls, refusals
        self._settled: dict[str, Conversation] = {}
        self._names: dict[tuple[str, str], str] = {}

    async def fill(self, event: Message | Command) -> Message | Command:
        """Raises Later or OSError where Discord does not say what channel a thread belongs to: whose rules hold there is not guessed."""
        event = await self._named(replace(event, conversation=await self._placed(event.conversation)))
        if isinstance(event, Command) or not event.addressed or event.attachments or event.earlier:
            return event
        return await self._with_earlier(event)

    async def _named(self, event: Message | Command) -> Message | Command:
        author = event.author
        if author.name or not author.id.isdigit():
            return event
        known = (author.workspace, author.id)
        if known not in self._names:
            said = await self._ask(f"/users/{author.id}")
            self._names[known] = str(said.get("global_name") or said.get("username") or "") if said else ""
            if len(self._names) > MOST_KNOWN:
                del self._names[next(iter(self._names))]
        return replace(event, author=replace(author, name=self._names[known]))

    async def _with_earlier(self, event: Message) -> Message:
        """Files of the message it answers; in a thread or a direct message, of those before it."""
        found = _KEY.fullmatch(event.key)
        if found is None or found["channel"] != where(event.conversation):
            return event
        channel, message = found["channel"], found["message"]
        if not event.conversation.thread and not is_direct(event.conversation):
            return event
        query = {"before": message, "limit": str(MOST_MESSAGES)}
        before = await self._ask(f"/channels/{channel}/messages", query)
        files = [one for each in before or () for one in _counting(each, channel)]
        return replace(event, earlier=tuple({one.id: one for one in files[:MOST_FILES]}.values()))

    async def _placed(self, there: Conversation) -> Conversation:
        if not adrift(there):
            return there
        if there.channel not in self._settled:
            try:
                said = await self._calls.call("GET", f"/channels/{there.channel}")
            except DiscordRefused as refused:
                self._refusals.tell("discord.fill", refused)
                raise ConnectionError(f"Discord does not say where a thread belongs: {refused.code}") from refused
            self._settled[there.channel] = settled(there, said)
            if len(self._settled) > MOST_KNOWN:
                del self._settled[next(iter(self._settled))]
        return self._settled[there.channel]

    async def _ask(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """One look-up's answer; None where it is not to be had soon: the event goes on with what is there."""
        try:
            return await self._calls.call("GET", path, query=query)
        except DiscordRefused as refused:
            self._refusals.tell("discord.fill", refused)
        except (Later, OSError) as away:
            log.warning("A look-up is left out", action="discord.fill", why=type(away).__name__)
        return None


def _counting(message: Mapping[str, Any], channel: str) -> Sequence[Attachment]:
    """Its files; of a bot's message the films alone, since its pictures are those of cards."""
    mine = bool((message.get("author") or {}).get("bot"))
    files = [
        Attachment(
            id=f"{channel}/{message['id']}/{one['id']}",
            name=str(one.get("filename") or ""),
            mime=str(one.get("content_type") or "").partition(";")[0].strip(),
            bytes=one.get("size"),
        )
        for one in attached(message)
    ]
    return [one for one in files if not mine or one.mime.startswith("video/")]
