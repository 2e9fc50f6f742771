"""A form's fields as inputs of a modal, and what was filled in as their values. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.chat.slack.elements import PREFIX, Json, context, words
from adapters.chat.slack.text import clean, cut, one_line, units, visible
from bot.domain.card import FieldKind, FormField
from bot.domain.drive import words_of

FIELD = f"{PREFIX}field"
PLACE = f"{PREFIX}place"
PLACES = ("First", "Second", "Third", "Fourth", "Fifth")
FEWEST_IN_ORDER = 2
MOST_INPUT = 3000
MOST_OPTIONS = 100
MOST_OPTION = 75
MOST_OPTION_VALUE = 150
MOST_NAME = 200
MOST_LABEL = 150
MOST_HINT = 300
MOST_BLOCKS = 60
ON_OFF = (("yes", "On"), ("no", "Off"))


def inputs(form: Sequence[FormField]) -> list[Json]:
    """What a form cannot hold is left as it is and said, never cut in silence."""
    fields = list({field.name: field for field in reversed(form)}.values())[::-1]
    blocks: list[Json] = []
    for number, field in enumerate(fields):
        asked = list(_asked(field))
        if len(blocks) + len(asked) > MOST_BLOCKS:
            blocks.append(note(f"{len(fields) - number} more settings do not fit here and stay as they are."))
            break
        blocks += asked
    return blocks


def values(view: Mapping[str, Any]) -> dict[str, str]:
    """Names and values exactly the form's: a choice that nobody made is left out, an emptied text is empty.

    Raises ValueError, KeyError, TypeError or AttributeError for a view that is none of ours.
    """
    filled: dict[str, str] = {}
    for block, held in view["state"]["values"].items():
        if (place := held.get(PLACE)) is not None:
            name = _of_place(block)
            filled[name] = f"{filled.get(name, '')} {_picked(place) or ''}".strip()
        elif (value := _value(held[FIELD])) is not None:
            filled[block] = value
    return filled


def suggested(form: Sequence[FormField], block: str, action: str, typed: str) -> list[Json]:
    """The options of a long menu in which every word that was typed begins one."""
    name = _of_place(block) if action == PLACE else block
    field = next((one for one in form if one.name == name), None)
    wanted = words_of(typed)
    fitting = _fitting(field) if field is not None else {}
    named = ((value, label) for value, label in fitting.items() if _has(f"{value} {label}", wanted))
    return [option(value, label) for (value, label), _ in zip(named, range(MOST_OPTIONS), strict=False)]


def note(text: str) -> Json:
    return context(words(text, MOST_HINT))


def option(value: str, label: str) -> Json:
    return {"text": words(label if visible(label) else value, MOST_OPTION), "value": value}


def _asked(field: FormField) -> Iterator[Json]:
    """A field as inputs, and what has to be said about it."""
    if not _sendable(field.name, MOST_NAME):
        return
    match field.kind:
        case FieldKind.text | FieldKind.line:
            yield _text(field)
        case FieldKind.choice:
            yield from _choice(field)
        case FieldKind.toggle:
            options = [option(value, label) for value, label in ON_OFF]
            chosen = next((one for one in options if one["value"] == field.value), None)
            yield _input(field, {"type": "radio_buttons", "options": options, **_first(chosen)})
        case FieldKind.order:
            yield from _order(field)


def _sendable(name: str, most: int) -> bool:
    """Whether it comes back from Slack as it went: names and values are never changed to fit."""
    return visible(name) and units(name) <= most and clean(name) == name


def _text(field: FormField) -> Json:
    value = clean(field.value)
    if units(value) > MOST_INPUT:
        name = one_line(field.label) or field.name
        return note(
            f"{cut(name, 60)} has {len(value):,} characters; a form in Slack takes {MOST_INPUT:,}. "
            "It stays as it is; send the new text as a message instead."
        )
    several = field.kind is FieldKind.text
    element: Json = {"type": "plain_text_input", "max_length": MOST_INPUT, "multiline": several}
    first = value if several else one_line(value)
    return _input(field, {**element, "initial_value": first} if first else element)


def _choice(field: FormField) -> Iterator[Json]:
    fitting = _fitting(field)
    left = len({value for value, _ in field.options if value}) - len(fitting)
    more = f"{left} more do not fit here; name one in a message instead." if left else ""
    if fitting:
        yield _input(field, {**_menu(fitting, field.value), **_placeholder(field)}, hint=more)
    elif more:
        yield note(f"{one_line(field.label) or field.name}: {more}")


def _order(field: FormField) -> Iterator[Json]:
    """A menu for each place; the first two have to be filled."""
    fitting, name = _fitting(field), cut(one_line(field.label) or field.name, 60)
    if len(fitting) < FEWEST_IN_ORDER:
        yield note(f"{name}: at least two are needed, and fewer are here.")
        return
    yield note(f"{name}: choose one for each place; the same film may stand in several.")
    chosen = [value for value in field.value.split() if value in fitting]  # a film may be in it twice
    for number, place in enumerate(PLACES):
        menu = _menu(fitting, chosen[number] if number < len(chosen) else "")
        block = _input(field, {**menu, "action_id": PLACE}, place, optional=number >= FEWEST_IN_ORDER)
        yield {**block, "block_id": f"{number + 1}:{field.name}"}


def _of_place(block: str) -> str:
    return block.partition(":")[2]


def _fitting(field: FormField) -> dict[str, str]:
    """The options that come back from Slack as they went, as value to label; an order's values have no spaces in them."""
    joined = field.kind is FieldKind.order
    fits = (one for one in field.options if _sendable(one[0], MOST_OPTION_VALUE))
    return {value: label for value, label in fits if not (joined and " " in value)}


def _menu(fitting: Mapping[str, str], value: str) -> Json:
    """More options than a menu holds are looked up while somebody types."""
    first = _first(option(value, fitting[value]) if value in fitting else None)
    if len(fitting) > MOST_OPTIONS:
        return {"type": "external_select", "min_query_length": 0, **first}
    return {"type": "static_select", "options": [option(*one) for one in fitting.items()], **first}


def _placeholder(field: FormField) -> Json:
    """What no choice means stands where nothing is chosen: no option of Slack's has an empty value."""
    nothing = dict(field.options).get("", "")
    return {"placeholder": words(nothing, MOST_LABEL)} if visible(nothing) else {}


def _input(field: FormField, element: Json, label: str = "", *, hint: str = "", optional: bool = True) -> Json:
    """Nearly every input may be left empty: what a film needs is for the core to say, in its own words, on the card."""
    block = {
        "type": "input",
        "block_id": field.name,
        "optional": optional,
        "label": words(label or field.label or field.name, MOST_LABEL),
        "element": {"action_id": FIELD, **element},
    }
    return {**block, "hint": words(hint, MOST_HINT)} if hint else block


def _first(chosen: Json | None) -> Json:
    return {"initial_option": chosen} if chosen else {}


def _value(state: Mapping[str, Any]) -> str | None:
    return state.get("value") or "" if state["type"] == "plain_text_input" else _picked(state)


def _picked(state: Mapping[str, Any]) -> str | None:
    chosen = state.get("selected_option")
    return None if chosen is None else str(chosen["value"])


def _has(text: str, wanted: Sequence[str]) -> bool:
    told = words_of(text)
    return all(any(one.startswith(word) for one in told) for word in wanted)
