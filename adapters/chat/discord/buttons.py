"""Buttons that outlive the program: what a press means stands in the button's id, so any process can answer it.

The id alone counts. discord.py's own DynamicItem answers only where the message pressed on still has that button, and a card may change
in the moment of the press: who pressed then is told why it does not apply, and is not left without an answer.
"""

import re
from dataclasses import dataclass

import discord

from adapters.chat.discord.limits import BUTTON_LABEL
from adapters.chat.discord.text import cut
from bot.domain.card import Action, Button, Style

FULL_TEXT = "full_text"
"""Shows the presser alone what a card had to cut."""

_STYLES = {
    Style.plain: discord.ButtonStyle.secondary,
    Style.primary: discord.ButtonStyle.primary,
    Style.danger: discord.ButtonStyle.danger,
}
_TEMPLATE = re.compile(
    r"clapper:(?P<action>[a-z_]{1,30})(?P<asks>\??):(?P<job>[A-Za-z0-9_.-]{0,45}):(?P<revision>[0-9]{1,10})"
)


@dataclass(frozen=True, slots=True)
class Handle:
    """What a button says when pressed. `asks` is True where a question comes first and only its Yes is the press.

    It is visible to people and can be forged: who may press, and whether it still applies, is checked where the press is done.
    """

    action: str
    job: str
    revision: int
    asks: bool = False

    @property
    def custom_id(self) -> str:
        return f"clapper:{self.action}{'?' if self.asks else ''}:{self.job}:{self.revision}"

    @property
    def needs_form(self) -> bool:
        """Whether a form opens instead of a press."""
        return self.action == Action.edit


def handle(custom_id: str) -> Handle | None:
    """The handle a custom id is; None for what is not ours."""
    found = _TEMPLATE.fullmatch(custom_id)
    if found is None:
        return None
    return Handle(found["action"], found["job"], int(found["revision"]), bool(found["asks"]))


class PressButton(discord.ui.Button):
    """One button. Raises ValueError for a handle that no custom id can hold."""

    def __init__(self, handle: Handle, label: str, style: discord.ButtonStyle) -> None:
        if not _TEMPLATE.fullmatch(handle.custom_id):
            raise ValueError(f"a button cannot hold {handle!r}")
        super().__init__(label=cut(label, BUTTON_LABEL) or handle.action, style=style, custom_id=handle.custom_id)
        self.handle = handle


def press_button(button: Button, job: str, revision: int) -> PressButton | None:
    """A card's button; None where its job's id is none of ours, and no press could be told from another."""
    made = Handle(button.action, job, max(0, revision), asks=bool(button.confirm))
    if handle(made.custom_id) is None:
        return None
    return PressButton(made, button.label, _STYLES[button.style])
