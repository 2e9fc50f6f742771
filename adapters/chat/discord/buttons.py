"""Buttons that outlive the program: what a press means stands in the button itself, so any process can answer it.

The client that listens is the hook: its `pressed` is told every press. It registers `PressButton` once
(`client.add_dynamic_items(PressButton)`); cards need not be kept in memory.
"""

import re
from dataclasses import dataclass
from typing import Any, Protocol

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
    return _handle(found) if found else None


def _handle(found: re.Match[str]) -> Handle:
    return Handle(found["action"], found["job"], int(found["revision"]), bool(found["asks"]))


class Hook(Protocol):
    """The client a press comes to."""

    async def pressed(self, interaction: discord.Interaction, handle: Handle) -> None: ...


class PressButton(discord.ui.DynamicItem[discord.ui.Button], template=_TEMPLATE):
    """One button. Raises ValueError for a handle that no custom id can hold."""

    def __init__(self, handle: Handle, label: str, style: discord.ButtonStyle) -> None:
        if not _TEMPLATE.fullmatch(handle.custom_id):
            raise ValueError(f"a button cannot hold {handle!r}")
        shown = cut(label, BUTTON_LABEL) or handle.action
        super().__init__(discord.ui.Button(label=shown, style=style, custom_id=handle.custom_id))
        self.handle = handle

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "PressButton":
        del interaction
        shown = item if isinstance(item, discord.ui.Button) else None
        style = shown.style if shown else discord.ButtonStyle.secondary
        return cls(_handle(match), (shown.label if shown else "") or "", style)

    async def callback(self, interaction: discord.Interaction) -> None:
        hook: Any = interaction.client
        await hook.pressed(interaction, self.handle)


def press_button(button: Button, job: str, revision: int) -> PressButton | None:
    """A card's button; None where its job's id is none of ours, and no press could be told from another."""
    made = Handle(button.action, job, max(0, revision), asks=bool(button.confirm))
    if handle(made.custom_id) is None:
        return None
    return PressButton(made, button.label, _STYLES[button.style])
