"""What is done with everything Discord sends: it is saved and acknowledged, in well under 3 s, and that is all."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol

import discord
import structlog

from adapters.chat.discord import events
from adapters.chat.discord.calls import Calls
from adapters.chat.discord.cards import view
from adapters.chat.discord.commands import MAKE
from adapters.chat.discord.files import Downloads, Found, attached
from adapters.chat.discord.invite import missing, missing_sentence
from adapters.chat.discord.pictures import EPHEMERAL
from adapters.chat.discord.places import Places
from adapters.chat.discord.presses import NOT_DIRECT, Presses
from adapters.chat.discord.replies import SAY, THINK, Interaction, Replies, alone
from adapters.chat.discord.rights import Rights
from adapters.chat.discord.saved import LOST, saved
from adapters.chat.discord.sent import Sent
from adapters.chat.discord.threads import is_direct, where
from adapters.chat.discord.typed import MERGE
from adapters.chat.discord.whispers import Open, Whispers
from bot.domain.card import Card, Tone
from bot.domain.chat import Command, Conversation, MessageRef, Person
from bot.domain.errors import Later
from bot.ports.chat import Ears
from bot.ports.storage import Storage

log = structlog.get_logger()

MUST = frozenset({"View Channel", "Send Messages", "Send Messages in Threads"})
"""Without these no card can be shown at all."""

COMING: Mapping[str, str] = {
    MAKE: "The price appears in this channel in a moment.",
    MERGE: "Its card appears in this channel in a moment.",
}
"""Verbs whose answer everybody in the channel sees; those of the others are for who asked alone."""


class Post(Protocol):
    def __call__(
        self, conversation: Conversation, card: Card, *, key: str, to: Person | None = None
    ) -> Awaitable[MessageRef]: ...


class Handlers:
    """Answers the commands (`Counter`). `direct` is whether films may be asked for in direct messages. `post` shows a card, `models` are those that can be chosen, `start` works beside the events."""

    def __init__(
        self, *, ears: Ears, calls: Calls, storage: Storage, whispers: Whispers, downloads: Downloads, places: Places,
        sent: Sent, post: Post, models: Callable[[], Sequence[tuple[str, str]]], rights: Rights, direct: bool,
        start: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:  # fmt: skip
        self._ears, self.storage, self._whispers = ears, storage, whispers
        self._downloads, self._places, self._post, self.models = downloads, places, post, models
        self._start, self._replies, self._direct = start, Replies(calls), direct
        presses = Presses(
            ears=ears, replies=self._replies, storage=storage, whispers=whispers, sent=sent, direct=direct
        )
        self._presses, self._rights = presses, rights

    async def interacted(self, interaction: Interaction) -> None:
        self._rights.noted(interaction)
        await self._presses.interacted(interaction)

    async def message(self, came: discord.Message, me: int) -> None:
        heard = events.message(came, me)
        if heard is None:
            return
        told = heard.message
        if told.addressed:
            self._places.asked(where(told.conversation), told.author.id)
        if not self._direct and is_direct(told.conversation):
            self._start(self._hint(told.conversation, NOT_DIRECT, f"hint:{told.key}"))
            return
        if heard.hidden:
            hint = Card(title="I could not read that", text=events.HINT, tone=Tone.quiet)
            self._start(self._hint(told.conversation, hint, f"hint:{told.key}"))
            return
        await saved(self._ears, told)
        if heard.unseen:
            hint = Card(title="I do not see what you replied to", text=events.UNSEEN, tone=Tone.quiet)
            self._start(self._hint(told.conversation, hint, f"hint:{told.key}"))

    async def used(self, interaction: Interaction, command: Command, files: Sequence[discord.Attachment]) -> None:
        self._rights.noted(interaction)
        if not self._direct and is_direct(command.conversation):
            await self._replies.tell(interaction, view(NOT_DIRECT))
            return
        if command.verb in COMING and (lack := _lacking(interaction)):
            say = f"{missing_sentence(lack)} Then use the command again."
            await self._replies.tell(interaction, view(Card(title="I cannot answer here", text=say, tone=Tone.problem)))
            return
        self._places.asked(where(command.conversation), command.author.id)
        one = self._whispers.begin(
            command.key, interaction.application_id, interaction.token, thinking=command.verb not in COMING
        )
        found = _found(interaction, command, files)
        if not await self._expected(found) or not await saved(self._ears, command, patient=False):
            await self._replies.tell(interaction, view(LOST))
            return
        await self._acknowledge(interaction, one, command)
        await self._whispers.keep(command.key)
        await self._downloads.bring(found)

    async def _expected(self, found: Sequence[Found]) -> bool:
        """Their addresses end, and a file may take long: who hears the command waits for them, and nobody for an answer."""
        try:
            await self._downloads.expect(found)
        except Exception:
            log.exception("Files cannot be waited for", action="discord.unsaved", kind="Command")
            return False
        return True

    async def _acknowledge(self, interaction: Interaction, one: Open, command: Command) -> None:
        if (say := COMING.get(command.verb)) is not None:
            on_it = Card(title="I am on it", text=say, tone=Tone.quiet)
            await self._replies.answer(interaction, SAY, alone(view(on_it)), one)
        else:
            await self._replies.answer(interaction, THINK, {"flags": EPHEMERAL}, one)

    async def _hint(self, conversation: Conversation, hint: Card, key: str) -> None:
        try:
            await self._post(conversation, hint, key=key)
        except (Later, OSError) as away:
            log.warning("A hint is not given", action="discord.hint", why=type(away).__name__)


def _lacking(interaction: Interaction) -> tuple[str, ...]:
    """What is missing for any answer to be shown there. In direct messages nothing is: Discord leaves most rights out of what it says of those."""
    if interaction.guild_id is None:
        return ()
    lack = missing(interaction.app_permissions, thread=isinstance(interaction.channel, discord.Thread))
    return lack if MUST & set(lack) else ()


def _found(interaction: Interaction, command: Command, files: Sequence[discord.Attachment]) -> list[Found]:
    """The command's files with the addresses that came with it, those of the message it is about included."""
    urls = {str(file.id): file.url for file in files}
    told: Mapping[str, Any] = interaction.data or {}  # pyright: ignore[reportAssignmentType]
    for message in ((told.get("resolved") or {}).get("messages") or {}).values():
        urls |= {str(one.get("id")): str(one.get("url") or "") for one in attached(message)}
    return [
        Found(one.id, urls[id], one.name or "The file", one.bytes)
        for one in command.attachments
        if (id := one.id.rpartition("/")[2]) in urls
    ]
