"""A button's form as a modal.

A modal has five parts; where the form has more fields, the last part is a text of `name: value` lines for the rest of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from adapters.chat.discord import orders
from adapters.chat.discord.buttons import Handle
from adapters.chat.discord.limits import (
    CUSTOM_ID,
    INPUT,
    LABEL,
    LABEL_DESCRIPTION,
    MODAL_PARTS,
    MODAL_TITLE,
    OPTION,
    OPTIONS,
)
from adapters.chat.discord.text import cut, units
from bot.domain.card import Card, FieldKind, FormField

ELSE = "everything_else"
PROMPT = "prompt"
FIRST = (PROMPT, "model", "seconds", "aspect")
"""What people change most has a part of its own."""

MINUTES = 30
SWITCH = (("yes", "On"), ("no", "Off"))
LINE = re.compile(r"(?P<name>[^:=]+?)\s*[:=]\s*(?P<value>.*)")


class FormModal(ui.Modal):
    """Nothing happens on its submission here: the client reads every modal's answer with `filled`."""


def form_modal(card: Card, pressed: Handle) -> FormModal | None:
    """The form of the button that was pressed; None where it has none (any more).

    It shows the card as it is now, so its answer is about this revision.
    """
    button = next((one for one in card.buttons if pressed.names(one) and one.form), None)
    made = replace(pressed, asks=False, form=True, revision=max(0, card.revision))
    if button is None or not made.holds:
        return None
    own, others = _split(button.form)
    title = cut(button.label, MODAL_TITLE) or made.action
    modal = FormModal(title=title, custom_id=made.custom_id, timeout=MINUTES * 60)
    for field in own:
        for part in _parts(field):
            modal.add_item(part)
    if others or not own:  # a modal without any part is refused
        modal.add_item(_else_part(others))
    return modal


def retyped(modal: Mapping[str, Any], typed: Mapping[str, str]) -> Mapping[str, Any]:
    """The modal with what somebody had filled in before, as far as it has the same inputs."""
    for part in modal["components"]:
        asked = part.get("component") or {}
        said = typed.get(str(asked.get("custom_id")))
        if said is None:
            continue
        if "options" not in asked:
            asked["value"] = said
        elif any(one["value"] == said for one in asked["options"]):
            asked["options"] = [{**one, "default": one["value"] == said} for one in asked["options"]]
    return modal


def _split(form: Sequence[FormField]) -> tuple[list[FormField], list[FormField]]:
    """The fields with parts of their own, and those that share the last one."""
    fits = [field for field in form if _fits(field)]
    ranked = sorted(fits, key=_rank)
    if len(fits) == len(form) and sum(map(_takes, fits)) <= MODAL_PARTS:
        return ranked, []
    own: list[FormField] = []
    room = MODAL_PARTS - 1
    for field in ranked:
        if _takes(field) <= room:
            own.append(field)
            room -= _takes(field)
    return own, [field for field in form if field not in own and field.name != PROMPT]


def _rank(field: FormField) -> int:
    """An order comes first: what its numbers mean has no room in the last part."""
    if field.kind is FieldKind.order:
        return -1
    return FIRST.index(field.name) if field.name in FIRST else len(FIRST)


def _takes(field: FormField) -> int:
    return 2 if field.kind is FieldKind.order and orders.in_a_line(field) is None else 1


def _fits(field: FormField) -> bool:
    """A value too long for an input, such as a very long prompt, is left as it is rather than cut."""
    if field.kind is FieldKind.order:
        return orders.fits(field)
    most = INPUT if field.kind in {FieldKind.text, FieldKind.line} else OPTION
    return 0 < len(field.name) <= CUSTOM_ID and field.name != ELSE and units(field.value) <= most


def _parts(field: FormField) -> Iterator[ui.Item[Any]]:
    if field.kind is not FieldKind.order:
        yield _part(field)
        return
    short = orders.in_a_line(field)
    if short is None:
        yield ui.TextDisplay(orders.listing(field))
    written = ui.TextInput(
        custom_id=orders.input_id(field),
        default=orders.numbers(field) or None,
        placeholder="Numbers in the order you want, such as 3 1 2",
        max_length=INPUT,
    )
    text = cut(field.label, LABEL) or field.name[:LABEL]
    yield ui.Label(text=text, description=short or "The numbers above, in the order you want", component=written)


def _part(field: FormField) -> ui.Label[Any]:
    options = SWITCH if field.kind is FieldKind.toggle else _offered(field)
    text = cut(field.label, LABEL) or field.name[:LABEL]
    if field.kind in {FieldKind.text, FieldKind.line} or not options:
        return ui.Label(text=text, component=_input(field))
    left_out = len(field.options) - len(options) if field.kind is FieldKind.choice else 0
    more = f"{left_out} more can be written below, as {field.name}: …" if left_out > 0 else None
    return ui.Label(text=text, description=more and cut(more, LABEL_DESCRIPTION), component=_select(field, options))


def _input(field: FormField) -> ui.TextInput[Any]:
    style = discord.TextStyle.paragraph if field.kind is FieldKind.text else discord.TextStyle.short
    return ui.TextInput(
        custom_id=field.name, style=style, default=field.value or None, required=False, max_length=INPUT
    )


def _select(field: FormField, options: Sequence[tuple[str, str]]) -> ui.Select[Any]:
    chosen = field.value in dict(options)
    return ui.Select(
        custom_id=field.name,
        required=chosen,
        min_values=int(chosen),
        options=[
            discord.SelectOption(label=cut(label, OPTION) or value, value=value, default=value == field.value)
            for value, label in options
        ],
    )


def _offered(field: FormField) -> list[tuple[str, str]]:
    """Up to 25 options that Discord takes, the present one always among them."""
    able = {value: label for value, label in field.options if value.strip() and units(value) <= OPTION}
    if len(able) > OPTIONS and field.value in able:
        able = {field.value: able.pop(field.value), **able}
    return list(able.items())[:OPTIONS]


def _else_part(others: Sequence[FormField]) -> ui.Label[Any]:
    lines = "\n".join(_kept_lines(others))
    return ui.Label(
        text="Everything else",
        description="One a line, as it stands here; or flags such as --seed 7",
        component=ui.TextInput(
            custom_id=ELSE,
            style=discord.TextStyle.paragraph,
            default=lines or None,
            required=False,
            max_length=INPUT,
        ),
    )


def _kept_lines(others: Sequence[FormField]) -> Iterator[str]:
    room = INPUT
    for field in others:
        if field.kind is FieldKind.order:
            continue  # without its options' names nobody knows what its numbers mean
        one = f"{key_of(field)}: {_words(field)}"
        room -= units(one) + 1
        if room >= 0 and LINE.fullmatch(one):
            yield one


def key_of(field: FormField) -> str:
    """How a field is called in the text: its token for a file, else its label."""
    return field.name if field.name.startswith("@") else " ".join(field.label.split()) or field.name


def _words(field: FormField) -> str:
    if field.kind is FieldKind.toggle:
        return dict(SWITCH).get(field.value, field.value).lower()
    return " ".join(dict(field.options).get(field.value, field.value).split())
