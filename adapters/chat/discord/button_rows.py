"""A card's buttons in rows: those that belong to one thing stay together, and what there is no room for is a list to choose from."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import discord
from discord import ui

from adapters.chat.discord.buttons import FULL_TEXT, PICK, Handle, PressButton, press_button
from adapters.chat.discord.limits import OPTION, OPTIONS, ROW_BUTTONS, ROWS
from adapters.chat.discord.text import cut
from bot.domain.card import Card

MOST_BUTTONS = ROWS * ROW_BUTTONS
BESIDE_A_LIST = (ROWS - 1) * ROW_BUTTONS

Row = list[PressButton]


def button_rows(card: Card, *, is_cut: bool) -> Iterator[ui.ActionRow]:
    """The rows; `is_cut` is where a button shows the card's text whole."""
    buttons = list(_buttons(card))
    more = Handle(FULL_TEXT, card.job, max(0, card.revision))
    if is_cut and card.job and more.holds:
        buttons.append(PressButton(more, "Show full text", discord.ButtonStyle.secondary))
    shown, spare = _parted(buttons)
    for row in _rows(shown):
        yield row_of(row)
    if spare:
        yield ui.ActionRow(_listed(spare, Handle(PICK, card.job, max(0, card.revision))))


def row_of(buttons: Sequence[PressButton]) -> ui.ActionRow:
    row = ui.ActionRow()
    for button in buttons:
        row.add_item(button)
    return row


def _buttons(card: Card) -> Iterator[PressButton]:
    """Each that can be told from the others: two of one message must not have the same id."""
    seen: set[tuple[str, str]] = set()
    for button in card.buttons:
        made = press_button(button, card.job, card.revision)
        if made is not None and (button.action, button.item) not in seen:
            seen.add((button.action, button.item))
            yield made


def _parted(buttons: Sequence[PressButton]) -> tuple[Row, Row]:
    """What is shown, and what is listed: the last of those that there are most of, such as the films of a large batch."""
    if len(buttons) <= MOST_BUTTONS:
        return list(buttons), []
    ((most, _),) = Counter(button.handle.action for button in buttons).most_common(1)
    ranked = sorted(buttons, key=lambda button: button.handle.action == most)
    kept = {button.handle for button in ranked[:BESIDE_A_LIST]}
    spare = [button for button in buttons if button.handle not in kept]
    return [button for button in buttons if button.handle in kept], spare[:OPTIONS]


def _rows(buttons: Sequence[PressButton]) -> list[Row]:
    """Buttons about one thing share a row where there are rows enough."""
    rows: list[Row] = [[]]
    for _, alike in groupby(buttons, key=lambda button: button.handle.item):
        group = list(alike)
        for start in range(0, len(group), ROW_BUTTONS):
            piece = group[start : start + ROW_BUTTONS]
            if len(rows[-1]) + len(piece) > ROW_BUTTONS:
                rows.append([])
            rows[-1] += piece
    if len(rows) > ROWS:
        rows = [list(buttons[start : start + ROW_BUTTONS]) for start in range(0, len(buttons), ROW_BUTTONS)]
    return [row for row in rows if row]


def _listed(spare: Sequence[PressButton], list_: Handle) -> ui.Select:
    kinds = {(button.label or "").partition(" ")[0] for button in spare}
    return ui.Select(
        custom_id=list_.custom_id,
        placeholder=f"{kinds.pop()}…" if len(kinds) == 1 else "More…",
        options=[
            discord.SelectOption(label=cut(button.label or "", OPTION), value=button.handle.custom_id)
            for button in spare
        ],
    )
