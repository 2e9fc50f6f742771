"""Presses: each asks its question or opens its form first where it has one, then is saved and acknowledged."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
import structlog

from adapters.chat.discord import events
from adapters.chat.discord.buttons import FULL_TEXT, PICK, Handle, handle, picked
from adapters.chat.discord.cards import full_text, one_button, question, view
from adapters.chat.discord.filled import answers, filled
from adapters.chat.discord.modals import form_modal, retyped
from adapters.chat.discord.replies import DEFER_UPDATE, FORM, UPDATE, Interaction, Replies, alone
from adapters.chat.discord.saved import LOST, saved
from adapters.chat.discord.sent import Sent
from adapters.chat.discord.text import escape
from adapters.chat.discord.threads import is_direct, same
from adapters.chat.discord.whispers import Whispers
from bot.domain.card import Action, Card, FormField, Tone
from bot.domain.chat import Press
from bot.domain.errors import BadRequest
from bot.domain.job import card_id
from bot.ports.chat import Ears
from bot.ports.storage import Storage

log = structlog.get_logger()

TYPED = "typed"
TYPED_KEPT = timedelta(minutes=15)
EMPTY_FORM = "{}"
TAKEN = Card(title="I am on it", tone=Tone.quiet)
NO_MORE = Card(title="There is no more text", tone=Tone.quiet)
NOT_DIRECT = Card(
    title="I make no films in direct messages here",
    text="Ask me in a channel of your server. Nothing was started.",
    tone=Tone.quiet,
)
STARTS_NOTHING = frozenset(
    {
        Action.cancel,
        Action.decline,
        Action.close,
        Action.page,
        Action.film,
        Action.save,
        Action.rename,
        Action.delete,
        Action.restore,
    }
)
"""What may be done about films of before in direct messages that are closed to new ones."""


class Presses:
    def __init__(
        self, *, ears: Ears, replies: Replies, storage: Storage, whispers: Whispers, sent: Sent, direct: bool = True
    ) -> None:  # fmt: skip
        self._ears, self._replies, self._storage = ears, replies, storage
        self._whispers, self._sent, self._direct = whispers, sent, direct
        self._strange: set[str] = set()

    async def interacted(self, interaction: Interaction) -> None:
        """Presses and filled forms; commands find their own way."""
        told: Mapping[str, Any] = interaction.data or {}  # pyright: ignore[reportAssignmentType]
        if interaction.type not in {discord.InteractionType.component, discord.InteractionType.modal_submit}:
            return
        found = handle(str(told.get("custom_id", "")))
        if found is not None and found.action == PICK:
            found = picked(told.get("values"))
        if found is None:
            self._wonder(f"a {interaction.type.name} that is none of ours")
        elif interaction.type is discord.InteractionType.component:
            await self._pressed(interaction, found)
        else:
            await self._submitted(interaction, found, told.get("components"))

    async def _pressed(self, interaction: Interaction, pressed: Handle) -> None:
        if pressed.action == FULL_TEXT:
            await self._full(interaction, pressed)
            return
        wanted = pressed.asks or pressed.needs_form
        card = await self._card(interaction, pressed.job) if wanted else None
        if card is not None and pressed.asks and (asked := question(card, pressed)) is not None:
            await self._replies.tell(interaction, asked)
        elif card is not None and pressed.needs_form and (form := form_modal(card, pressed)) is not None:
            typed = await self._sent.get(TYPED, _typist(interaction, pressed)) if pressed.alone else {}
            await self._replies.answer(interaction, FORM, retyped(form.to_dict(), typed))
        else:
            # Where there is nothing to ask or to fill in any more, the core says why; an empty form changes nothing.
            value = EMPTY_FORM if pressed.needs_form else ""
            await self._press(interaction, events.press(interaction, pressed, value), pressed)

    async def _submitted(self, interaction: Interaction, found: Handle, components: Any) -> None:
        card = await self._card(interaction, found.job)
        try:
            value = filled(components, _form(card, found))
        except BadRequest as wrong:
            await self._again(interaction, found, wrong.say, components)
            return
        await self._press(interaction, events.press(interaction, found, value), found)

    async def _again(self, interaction: Interaction, found: Handle, say: str, components: Any) -> None:
        """What is wrong, and the way back to the form as it was filled: a form cannot open another."""
        await self._sent.put(TYPED, _typist(interaction, found), answers(components), kept=TYPED_KEPT)
        back = replace(found, asks=False, form=True, alone=True)
        text = f"### That was not understood\n{escape(say)}"
        style = discord.ButtonStyle.primary
        await self._replies.tell(interaction, one_button(text, back, "Open the form again", style))

    async def _press(self, interaction: Interaction, press: Press, pressed: Handle) -> None:
        if not self._direct and is_direct(press.conversation) and press.action not in STARTS_NOTHING:
            await self._replies.tell(interaction, view(NOT_DIRECT))
            return
        one = self._whispers.begin(press.key, interaction.application_id, interaction.token)
        message = interaction.message
        private = message is not None and message.flags.ephemeral
        known = await self._noted(press, message.id) if private and message else True
        if not known or not await saved(self._ears, press, patient=False):
            await self._replies.tell(interaction, view(LOST))
            return
        if private and pressed.alone:
            await self._replies.answer(interaction, UPDATE, alone(view(TAKEN)), one)
        else:
            await self._replies.answer(interaction, DEFER_UPDATE, None, one)
        await self._whispers.keep(press.key)

    async def _noted(self, press: Press, message: int) -> bool:
        try:
            await self._whispers.pressed(press, message)
        except Exception:
            log.exception("A press could not be noted", action="discord.unsaved", kind="Press")
            return False
        return True

    async def _full(self, interaction: Interaction, pressed: Handle) -> None:
        card = await self._card(interaction, pressed.job)
        pages = full_text(card) if card else ()
        if not await self._replies.tell(interaction, pages[0] if pages else view(NO_MORE)):
            return
        for page in pages[1:]:
            if not await self._replies.follow(interaction, page):
                return

    async def _card(self, interaction: Interaction, job: str) -> Card | None:
        """The card as it was last shown; None where it belongs elsewhere or to somebody else: an id can be forged."""
        posting = await self._storage.cards.get(card_id(job) if job.startswith("J-") else job) if job else None
        here = events.here(interaction)
        if posting is None or not same(posting.conversation, here):
            return None
        return posting.card if posting.to is None or posting.to.id == str(interaction.user.id) else None

    def _wonder(self, what: str) -> None:
        """Once for each."""
        if what not in self._strange:
            self._strange.add(what)
            log.warning("Discord sent something unexpected", action="discord.strange", what=what)


def _form(card: Card | None, pressed: Handle) -> Sequence[FormField]:
    return next((one.form for one in card.buttons if pressed.names(one)), ()) if card else ()


def _typist(interaction: Interaction, pressed: Handle) -> str:
    """Whose answers to which form."""
    return f"{interaction.user.id}:{pressed.action}:{pressed.job}:{pressed.item}"
