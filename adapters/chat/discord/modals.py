"""The Edit form as a modal. It is read from the raw answer, so that a form opened before a restart still counts after it.

A modal has five parts; where the form has more fields, the last part is a text of `name: value` lines for the rest of them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord
from discord import ui

from adapters.chat.discord.buttons import Handle, handle
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
from bot.domain.card import Action, Card, FieldKind, FormField
from bot.domain.errors import BadRequest

ELSE = "everything_else"
PROMPT = "prompt"
FIRST = (PROMPT, "model", "seconds", "aspect")
"""What people change most has a part of its own."""

MINUTES = 30
SWITCH = (("yes", "On"), ("no", "Off"))
_LINE = re.compile(r"(?P<name>[^:=]+?)\s*[:=]\s*(?P<value>.*)")


class EditModal(ui.Modal):
    """Nothing happens on its submission here: the client reads every modal's answer with `filled`."""


def edit_modal(card: Card) -> EditModal | None:
    """The card's form; None where it has none (any more)."""
    made = Handle(Action.edit, card.job, max(0, card.revision))
    if not card.form or handle(made.custom_id) is None:
        return None
    own, others = _split(card.form)
    modal = EditModal(title=cut("Change this film", MODAL_TITLE), custom_id=made.custom_id, timeout=MINUTES * 60)
    for field in own:
        modal.add_item(_part(field))
    if others or not own:  # a modal without any part is refused
        modal.add_item(_else_part(others))
    return modal


def _split(form: Sequence[FormField]) -> tuple[list[FormField], list[FormField]]:
    """The fields with a part of their own, and those that share the last one."""
    fits = [field for field in form if _fits(field)]
    ranked = sorted(fits, key=lambda field: FIRST.index(field.name) if field.name in FIRST else len(FIRST))
    if len(fits) == len(form) <= MODAL_PARTS:
        return ranked, []
    own = ranked[: MODAL_PARTS - 1]
    return own, [field for field in form if field not in own and field.name != PROMPT]


def _fits(field: FormField) -> bool:
    """A value too long for an input, such as a very long prompt, is left as it is rather than cut."""
    most = INPUT if field.kind is FieldKind.text else OPTION
    return 0 < len(field.name) <= CUSTOM_ID and field.name != ELSE and units(field.value) <= most


def _part(field: FormField) -> ui.Label[Any]:
    options = SWITCH if field.kind is FieldKind.toggle else _offered(field)
    text = cut(field.label, LABEL) or field.name[:LABEL]
    if field.kind is FieldKind.text or not options:
        return ui.Label(text=text, component=_input(field))
    left_out = len(field.options) - len(options) if field.kind is FieldKind.choice else 0
    more = f"{left_out} more can be written below, as {field.name}: …" if left_out > 0 else None
    return ui.Label(text=text, description=more and cut(more, LABEL_DESCRIPTION), component=_select(field, options))


def _input(field: FormField) -> ui.TextInput[Any]:
    style = discord.TextStyle.paragraph if field.name == PROMPT else discord.TextStyle.short
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
        one = f"{_key(field)}: {_words(field)}"
        room -= units(one) + 1
        if room >= 0 and _LINE.fullmatch(one):
            yield one


def _key(field: FormField) -> str:
    """How a field is called in the text: its token for a file, else its label."""
    return field.name if field.name.startswith("@") else " ".join(field.label.split()) or field.name


def _words(field: FormField) -> str:
    if field.kind is FieldKind.toggle:
        return dict(SWITCH).get(field.value, field.value).lower()
    return " ".join(dict(field.options).get(field.value, field.value).split())


def answers(components: Any) -> Mapping[str, str]:
    """What a submitted modal holds, by custom id: its rows, labels and inputs as Discord sends them."""
    found: dict[str, str] = {}
    for part in components if isinstance(components, list) else ():
        if not isinstance(part, dict):
            continue
        found |= answers(part.get("components"))
        inner = part.get("component", part)
        if isinstance(inner, dict) and (name := inner.get("custom_id")):
            values = inner.get("values")
            value = values[0] if isinstance(values, list) and values else inner.get("value")
            if isinstance(value, bool):
                value = "yes" if value else "no"
            if isinstance(value, str):
                found[str(name)] = value
    return found


def filled(components: Any, form: Sequence[FormField]) -> str:
    """The answer as a Press's value: a JSON object of the form's own names.

    `form` is that of the card as it is now. Raises BadRequest for a line of the last part that names nothing, or a choice there is not.
    """
    given = dict(answers(components))
    lines = given.pop(ELSE, "").splitlines()
    flags = []
    for text in filter(None, map(str.strip, lines)):
        if text.startswith("--"):
            flags.append(text)
        elif form:
            name, value = _read(text, form)
            if name not in given or value != _present(name, form):
                given[name] = value
    if flags:
        prompt = given.get(PROMPT, _present(PROMPT, form))
        given[PROMPT] = " ".join([prompt, *flags]).strip()
    return json.dumps(given, ensure_ascii=False)


def _present(name: str, form: Sequence[FormField]) -> str:
    return next((field.value for field in form if field.name == name), "")


def _read(text: str, form: Sequence[FormField]) -> tuple[str, str]:
    found = _LINE.fullmatch(text)
    named = {_folded(alias): field for field in form for alias in (field.name, field.label, _key(field))}
    field = named.get(_folded(found["name"])) if found else None
    if found is None or field is None:
        names = ", ".join(_key(one) for one in form if one.name != PROMPT)
        raise BadRequest(
            f"The line {cut(text, 80)!r} under Everything else is not understood. A line begins with one of: {names}."
        )
    return field.name, _value(field, found["value"].strip())


def _value(field: FormField, said: str) -> str:
    options = SWITCH if field.kind is FieldKind.toggle else field.options
    if field.kind is FieldKind.text:
        return said
    matching = {_folded(word): value for value, label in options for word in (label, value)}
    if not said:
        return field.value
    if _folded(said) not in matching:
        can = ", ".join(label for _, label in options[:OPTIONS])
        raise BadRequest(f"{_key(field)} cannot be {cut(said, 60)!r}. It can be: {can}.")
    return matching[_folded(said)]


def _folded(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()
