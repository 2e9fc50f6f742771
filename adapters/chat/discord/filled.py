"""What a submitted modal holds. It is read from the raw answer, so that a form opened before a restart still counts after it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.chat.discord.limits import OPTIONS
from adapters.chat.discord.modals import ELSE, LINE, PROMPT, SWITCH, key_of
from adapters.chat.discord.orders import read_order, stamped
from adapters.chat.discord.text import cut
from bot.domain.card import FieldKind, FormField
from bot.domain.errors import BadRequest


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

    `form` is that of the card as it is now, empty where it has none any more. Raises BadRequest for a line of the last part that names
    nothing, for a choice there is not, and for an order that cannot be read.
    """
    given = _ordered(answers(components), form)
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
    known = {field.name for field in form} | {PROMPT}
    return json.dumps({name: value for name, value in given.items() if name in known or not form}, ensure_ascii=False)


def _ordered(given: Mapping[str, str], form: Sequence[FormField]) -> dict[str, str]:
    """The answers by their fields' names, orders read; where the form is gone, nobody knows what their numbers meant."""
    orders = {field.name: field for field in form if field.kind is FieldKind.order}
    plain = {field.name for field in form} - orders.keys()
    told: dict[str, str] = {}
    for name, said in given.items():
        order = stamped(name)
        if name in plain or (order is None and name not in orders):
            told[name] = said
        elif order is not None and order[0] in orders:
            told[order[0]] = read_order(orders[order[0]], said, order[1])
        elif form and order is not None:
            raise BadRequest("This form has changed while it was open, so nothing was done.")
    return told


def _present(name: str, form: Sequence[FormField]) -> str:
    return next((field.value for field in form if field.name == name), "")


def _read(text: str, form: Sequence[FormField]) -> tuple[str, str]:
    found = LINE.fullmatch(text)
    writable = [field for field in form if field.kind is not FieldKind.order]
    named = {_folded(alias): field for field in writable for alias in (field.name, field.label, key_of(field))}
    field = named.get(_folded(found["name"])) if found else None
    if found is None or field is None:
        names = ", ".join(key_of(one) for one in writable if one.name != PROMPT)
        raise BadRequest(
            f"The line {cut(text, 80)!r} under Everything else is not understood. A line begins with one of: {names}."
        )
    return field.name, _value(field, found["value"].strip())


def _value(field: FormField, said: str) -> str:
    options = SWITCH if field.kind is FieldKind.toggle else field.options
    if field.kind in {FieldKind.text, FieldKind.line}:
        return said
    matching = {_folded(word): value for value, label in options for word in (label, value)}
    if not said:
        return field.value
    if _folded(said) not in matching:
        can = ", ".join(label for _, label in options[:OPTIONS])
        raise BadRequest(f"{key_of(field)} cannot be {cut(said, 60)!r}. It can be: {can}.")
    return matching[_folded(said)]


def _folded(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()
