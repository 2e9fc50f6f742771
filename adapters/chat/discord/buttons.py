"""Buttons that outlive the program: what a press means stands in the button's id, so any process can answer it.

The id alone counts. discord.py's own DynamicItem answers only where the message pressed on still has that button, and a card may change
in the moment of the press: who pressed then is told why it does not apply, and is not left without an answer.
"""

import re
from dataclasses import dataclass
from typing import Any

import discord

from adapters.chat.discord.limits import BUTTON_LABEL, CUSTOM_ID
from adapters.chat.discord.text import cut
from bot.domain.card import Action, Button, Style

FULL_TEXT = "full_text"
"""Shows the presser alone what a card had to cut."""

PICK = "pick"
"""The list of those buttons that a message has no room for: what is chosen in it is a button's id."""

_STYLES = {
    Style.plain: discord.ButtonStyle.secondary,
    Style.primary: discord.ButtonStyle.primary,
    Style.danger: discord.ButtonStyle.danger,
}
_TEMPLATE = re.compile(
    r"clapper:(?P<action>[a-z_]{1,30})(?P<asks>\??)(?P<form>=?)(?P<alone>!?)"
    r":(?P<job>[A-Za-z0-9_.-]{0,45}):(?P<revision>[0-9]{1,10})(?::(?P<item>[ -~]{1,32}))?"
)


@dataclass(frozen=True, slots=True)
class Handle:
    """What a button says when pressed. `asks` is True where a question comes first and only its Yes is the press, `form` where a form does.

    `alone` is a button of a message that is there for this press alone, and over with it. `item` is plain ASCII.
    It is visible to people and can be forged: who may press, and whether it still applies, is checked where the press is done.
    """

    action: str
    job: str
    revision: int
    asks: bool = False
    form: bool = False
    alone: bool = False
    item: str = ""

    @property
    def custom_id(self) -> str:
        how = f"{'?' * self.asks}{'=' * self.form}{'!' * self.alone}"
        return f"clapper:{self.action}{how}:{self.job}:{self.revision}{f':{self.item}' if self.item else ''}"

    @property
    def needs_form(self) -> bool:
        """Whether a form opens instead of a press: Edit's buttons of older messages do not say so themselves."""
        return self.form or self.action == Action.edit

    @property
    def holds(self) -> bool:
        """Whether it is read back from its custom id as it is."""
        return handle(self.custom_id) == self

    def names(self, button: Button) -> bool:
        return (self.action, self.item) == (button.action, button.item)


def handle(custom_id: str) -> Handle | None:
    """The handle a custom id is; None for what is not ours."""
    found = _TEMPLATE.fullmatch(custom_id) if len(custom_id) <= CUSTOM_ID else None
    if found is None:
        return None
    asks, form, alone = (bool(found[name]) for name in ("asks", "form", "alone"))
    return Handle(found["action"], found["job"], int(found["revision"]), asks, form, alone, found["item"] or "")


class PressButton(discord.ui.Button):
    """One button. Raises ValueError for a handle that no custom id can hold."""

    def __init__(self, handle: Handle, label: str, style: discord.ButtonStyle) -> None:
        if not handle.holds:
            raise ValueError(f"a button cannot hold {handle!r}")
        super().__init__(label=cut(label, BUTTON_LABEL) or handle.action, style=style, custom_id=handle.custom_id)
        self.handle = handle


def press_button(button: Button, job: str, revision: int) -> PressButton | None:
    """A card's button; None where its job's id or its item is none of ours, and no press could be told from another."""
    made = Handle(
        button.action, job, max(0, revision), asks=bool(button.confirm), form=bool(button.form), item=button.item
    )
    return PressButton(made, button.label, _STYLES[button.style]) if made.holds else None


def picked(values: Any) -> Handle | None:
    """The handle that was chosen among the buttons which a message has no room for; None for what is not ours."""
    one = values[0] if isinstance(values, list) and values else None
    return handle(one) if isinstance(one, str) else None
