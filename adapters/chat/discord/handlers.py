"""What is done with everything Discord sends: it is saved and acknowledged, in well under 3 s, and that is all."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol

import discord
import structlog

from adapters.chat.discord import events
from adapters.chat.discord.buttons import FULL_TEXT, Handle, handle
from adapters.chat.discord.calls import Calls, DiscordRefused
from adapters.chat.discord.cards import full_text, question, view
from adapters.chat.discord.commands import MAKE, Interaction
from adapters.chat.discord.files import Downloads, Found, attached
from adapters.chat.discord.invite import missing, missing_sentence
from adapters.chat.discord.modals import edit_modal, filled
from adapters.chat.discord.pictures import EPHEMERAL, NOBODY, V2
from adapters.chat.discord.places import Places
from adapters.chat.discord.whispers import Open, Whispers
from bot.domain.card import Card, Tone
from bot.domain.chat import ChatEvent, Command, Conversation, MessageRef, Person, Press
from bot.domain.errors import BadRequest, Later
from bot.domain.job import card_id
from bot.ports.chat import Ears
from bot.ports.storage import Storage

log = structlog.get_logger()

SAY, THINK, DEFER_UPDATE, UPDATE, FORM = 4, 5, 6, 7, 9
ANSWERED = 40060  # https://docs.discord.com/developers/topics/opcodes-and-status-codes
SAVE_PAUSES = (0.3, 1.0, 3.0, 10.0, 30.0, 60.0)
MUST = frozenset({"View Channel", "Send Messages", "Send Messages in Threads"})
"""Without these no card can be shown at all."""

LOST = Card(title="Something broke here", text="This could not be taken in. Try it again.", tone=Tone.problem)
ON_IT = Card(title="I am on it", text="The price appears in this channel in a moment.", tone=Tone.quiet)
TAKEN = Card(title="I am on it", tone=Tone.quiet)


class Post(Protocol):
    def __call__(
        self, conversation: Conversation, card: Card, *, key: str, to: Person | None = None
    ) -> Awaitable[MessageRef]: ...


class Handlers:
    """Answers the commands (`Counter`). `post` shows a card, `models` are those that can be chosen, `start` works beside the events."""

    def __init__(
        self, *, ears: Ears, calls: Calls, storage: Storage, whispers: Whispers, downloads: Downloads, places: Places,
        post: Post, models: Callable[[], Sequence[tuple[str, str]]],
        start: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:  # fmt: skip
        self._ears, self._calls, self.storage, self._whispers = ears, calls, storage, whispers
        self._downloads, self._places, self._post, self.models = downloads, places, post, models
        self._start = start
        self._strange: set[str] = set()

    async def message(self, came: discord.Message, me: int) -> None:
        heard = events.message(came, me)
        if heard is None:
            return
        told = heard.message
        if told.addressed:
            self._places.asked(told.conversation.channel, told.author.id)
        if heard.hidden:
            hint = Card(title="I could not read that", text=events.HINT, tone=Tone.quiet)
            self._start(self._hint(told.conversation, hint, f"hint:{told.key}"))
            return
        await self._saved(told)
        if heard.unseen:
            hint = Card(title="I do not see what you replied to", text=events.UNSEEN, tone=Tone.quiet)
            self._start(self._hint(told.conversation, hint, f"hint:{told.key}"))

    async def pressed(self, interaction: Interaction, pressed: Handle) -> None:
        if pressed.action == FULL_TEXT:
            await self._full(interaction, pressed)
            return
        opened = pressed.asks or pressed.needs_form
        card = await self._card(interaction, pressed.job) if opened else None
        if card is not None and pressed.asks and (asked := question(card, pressed.action)) is not None:
            await self._tell(interaction, asked)
        elif card is not None and pressed.needs_form and (form := edit_modal(card)) is not None:
            await self._answer(interaction, FORM, form.to_dict())
        else:
            # Where there is nothing to ask or to change any more, the core says why.
            await self._press(interaction, events.press(interaction, pressed))

    async def interacted(self, interaction: Interaction) -> None:
        """Presses and filled forms; commands find their own way."""
        told: Mapping[str, Any] = interaction.data or {}  # pyright: ignore[reportAssignmentType]
        if interaction.type not in {discord.InteractionType.component, discord.InteractionType.modal_submit}:
            return
        found = handle(str(told.get("custom_id", "")))
        if found is None:
            self._wonder(f"a {interaction.type.name} that is none of ours")
        elif interaction.type is discord.InteractionType.component:
            await self.pressed(interaction, found)
        else:
            await self._submitted(interaction, found, told.get("components"))

    async def used(self, interaction: Interaction, command: Command, files: Sequence[discord.Attachment]) -> None:
        if command.verb == MAKE and (lack := _lacking(interaction)):
            say = f"{missing_sentence(lack)} Then use the command again."
            await self._tell(interaction, view(Card(title="I cannot answer here", text=say, tone=Tone.problem)))
            return
        self._places.asked(command.conversation.channel, command.author.id)
        one = self._whispers.begin(
            command.key, interaction.application_id, interaction.token, thinking=command.verb != MAKE
        )
        found = _found(interaction, command, files)
        if not await self._expected(found) or not await self._saved(command, patient=False):
            await self._tell(interaction, view(LOST))
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
        if command.verb == MAKE:
            await self._answer(interaction, SAY, _alone(view(ON_IT)), one)
        else:
            await self._answer(interaction, THINK, {"flags": EPHEMERAL}, one)

    async def _submitted(self, interaction: Interaction, found: Handle, components: Any) -> None:
        card = await self._card(interaction, found.job)
        try:
            value = filled(components, card.form if card else ())
        except BadRequest as wrong:
            await self._tell(
                interaction, view(Card(title="That was not understood", text=wrong.say, tone=Tone.problem))
            )
            return
        await self._press(interaction, events.press(interaction, found, value))

    async def _press(self, interaction: Interaction, press: Press) -> None:
        one = self._whispers.begin(press.key, interaction.application_id, interaction.token)
        if not await self._saved(press, patient=False):
            await self._tell(interaction, view(LOST))
            return
        if interaction.message is not None and interaction.message.flags.ephemeral:
            await self._answer(interaction, UPDATE, _alone(view(TAKEN)), one)
        else:
            await self._answer(interaction, DEFER_UPDATE, None, one)
        await self._whispers.keep(press.key)

    async def _full(self, interaction: Interaction, pressed: Handle) -> None:
        card = await self._card(interaction, pressed.job)
        pages = full_text(card) if card else ()
        if not pages:
            await self._tell(interaction, view(Card(title="There is no more text", tone=Tone.quiet)))
            return
        if not await self._tell(interaction, pages[0]):
            return
        for page in pages[1:]:
            if not await self._follow(interaction, page):
                return

    async def _follow(self, interaction: Interaction, shown: discord.ui.LayoutView) -> bool:
        """One more message under the answered interaction."""
        hook = f"/webhooks/{interaction.application_id}/{interaction.token}"
        try:
            await self._calls.call("POST", hook, _alone(shown))
        except (DiscordRefused, Later, OSError) as error:
            log.warning("An interaction is not answered whole", action="discord.follow", why=type(error).__name__)
            return False
        return True

    async def _card(self, interaction: Interaction, job: str) -> Card | None:
        """The job's card as it was last shown; None where it belongs elsewhere: an id can be forged."""
        posting = await self.storage.cards.get(card_id(job)) if job else None
        here = events.conversation(interaction.guild_id, interaction.channel_id or 0)
        return posting.card if posting is not None and posting.conversation == here else None

    async def _saved(self, event: ChatEvent, *, patient: bool = True) -> bool:
        """Discord sends nothing twice: while the database is away for a moment, what came is held."""
        for pause in (*(SAVE_PAUSES if patient else ()), None):
            try:
                await self._ears.receive(event)
            except Exception:
                log.exception("An event could not be saved", action="discord.unsaved", kind=type(event).__name__)
                if pause is None:
                    return False
                await asyncio.sleep(pause)
            else:
                return True
        return False

    async def _tell(self, interaction: Interaction, shown: discord.ui.LayoutView) -> bool:
        return await self._answer(interaction, SAY, _alone(shown))

    async def _answer(
        self, interaction: Interaction, kind: int, told: Mapping[str, Any] | None, one: Open | None = None
    ) -> bool:
        went = answered = False
        try:
            await self._calls.answer(interaction.id, interaction.token, kind, told)
            went = answered = True
        except (DiscordRefused, Later, OSError) as error:
            why = f"{type(error).__name__} {error.code}" if isinstance(error, DiscordRefused) else type(error).__name__
            log.warning("An interaction is not answered", action="discord.answer", kind=kind, why=why)
            # Another process with the same token was faster, or only Discord's word was lost that it took the answer.
            answered = isinstance(error, DiscordRefused) and error.code == ANSWERED
        finally:
            if one is not None:
                one.failed = not answered
                one.answered.set()
        return went

    async def _hint(self, conversation: Conversation, hint: Card, key: str) -> None:
        try:
            await self._post(conversation, hint, key=key)
        except (Later, OSError) as away:
            log.warning("A hint is not given", action="discord.hint", why=type(away).__name__)

    def _wonder(self, what: str) -> None:
        """Once for each."""
        if what not in self._strange:
            self._strange.add(what)
            log.warning("Discord sent something unexpected", action="discord.strange", what=what)


def _lacking(interaction: Interaction) -> tuple[str, ...]:
    """What is missing for any answer to be shown there. In direct messages nothing is: Discord leaves most rights out of what it says of those."""
    if interaction.guild_id is None:
        return ()
    lack = missing(interaction.app_permissions, thread=isinstance(interaction.channel, discord.Thread))
    return lack if MUST & set(lack) else ()


def _alone(shown: discord.ui.LayoutView) -> Mapping[str, Any]:
    """A message for one person alone, as an interaction's answer."""
    return {"components": shown.to_components(), "flags": V2 | EPHEMERAL, "allowed_mentions": NOBODY}


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
