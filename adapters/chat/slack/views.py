"""The modals: the Edit form, a whole text, and the choice of clips to merge. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.chat.slack.elements import PREFIX, Json, context, header, section, words
from adapters.chat.slack.home import Home, home_view
from adapters.chat.slack.merge import merge_command, merge_view
from adapters.chat.slack.parts import prompt_of, prose_of
from adapters.chat.slack.text import clean, cut, one_line, pieces, units, visible
from bot.domain.card import Card, FieldKind, FormField

__all__ = ["EDIT", "Home", "edit_values", "edit_view", "full_text", "home_view", "merge_command", "merge_view"]

EDIT = f"{PREFIX}edit"
FIELD = f"{PREFIX}field"
MOST_INPUT = 3000
MOST_OPTIONS = 100
MOST_OPTION = 75
MOST_OPTION_VALUE = 150
MOST_NAME = 200
MOST_HINT = 300
MOST_FIELDS = 40
MOST_META = 3000
MOST_PIECES = 80
PIECE = 2900
SHORT = 200
LONG_TEXTS = frozenset({"prompt", "negative"})
ON_OFF = (("yes", "On"), ("no", "Off"))


def edit_view(card: Card, channel: str, thread: str) -> Json:
    """The card's form as a modal, and where it was opened. What it cannot hold is left as it is and said, never cut in silence."""
    fields = list({field.name: field for field in reversed(card.form)}.values())[::-1][:MOST_FIELDS]
    blocks = [block for field in fields for block in _asked(field)]
    if len(card.form) > len(fields):
        blocks.append(_note(f"{len(card.form) - len(fields)} more settings do not fit here and stay as they are."))
    asks = any(block["type"] == "input" for block in blocks)
    view = {
        "type": "modal",
        "callback_id": EDIT,
        "title": words("Edit this film", 24),
        "close": words("Back", 24),
        "private_metadata": _meta({"job": card.job, "revision": card.revision, "channel": channel, "thread": thread}),
        "blocks": blocks or [_note("There is nothing to change on this card any more.")],
    }
    return {**view, "submit": words("Show new price", 24)} if asks else view


def edit_values(view: Mapping[str, Any]) -> tuple[str, int, tuple[str, str], str]:
    """A submitted form as the job, the revision it was opened from, its channel and thread, and the `value` of a press of Edit.

    Raises ValueError for a view that is none of ours.
    """
    try:
        meta = json.loads(view["private_metadata"])
        place = str(meta["channel"]), str(meta["thread"])
        job, revision = str(meta["job"]), int(meta["revision"])
        values = dict(_filled(view["state"]["values"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a submission of the Edit form: {sorted(view)}") from error
    return job, revision, place, json.dumps(values)


def full_text(card: Card) -> Json:
    """What a card may show shortened, whole: the prompt, the notes, and every long value."""
    parts = [
        ("", prose_of(card)),
        ("Prompt", prompt_of(card)),
        ("Notes", "\n".join(card.notes)),
        *((field.name, field.value) for field in card.fields if units(field.value) > SHORT and field.name != "Prompt"),
    ]
    blocks = [block for name, text in parts if visible(text) for block in _whole(name, text)]
    if len(blocks) > MOST_PIECES:
        blocks = [*blocks[:MOST_PIECES], _note("There is more than Slack shows at once.")]
    return {
        "type": "modal",
        "title": words("The full text", 24),
        "close": words("Close", 24),
        "blocks": blocks or [_note("There is no text on this card.")],
    }


def _whole(name: str, text: str) -> Iterator[Json]:
    if name:
        yield header(name)
    for piece in pieces(clean(text[: MOST_PIECES * PIECE]), PIECE):
        yield section(words(piece, lines=True))


def _asked(field: FormField) -> Iterator[Json]:
    """A field as an input, and what has to be said about it."""
    if not _sendable(field.name, MOST_NAME):
        return
    match field.kind:
        case FieldKind.text:
            yield from _text(field)
        case FieldKind.choice:
            yield from _choice(field)
        case FieldKind.toggle:
            options = [_option(value, label) for value, label in ON_OFF]
            yield _input(field, {"type": "radio_buttons", "options": options, **_chosen(field, options)})


def _sendable(name: str, most: int) -> bool:
    """Whether it comes back from Slack as it went: names and values are never changed to fit."""
    return visible(name) and units(name) <= most and clean(name) == name


def _text(field: FormField) -> Iterator[Json]:
    value = clean(field.value)
    if units(value) > MOST_INPUT:
        name = one_line(field.label) or field.name
        yield _note(
            f"{cut(name, 60)} has {len(value):,} characters; a form in Slack takes {MOST_INPUT:,}. It stays as it is. "
            "To change it, press Cancel on the card and send the new text as a message."
        )
        return
    element: Json = {"type": "plain_text_input", "max_length": MOST_INPUT, "multiline": field.name in LONG_TEXTS}
    yield _input(field, {**element, "initial_value": value} if value else element)


def _choice(field: FormField) -> Iterator[Json]:
    """The present value is offered whatever else has to go."""
    fitting = {value: label for value, label in field.options if _sendable(value, MOST_OPTION_VALUE)}
    offered = list(fitting)[:MOST_OPTIONS]
    if field.value in fitting and field.value not in offered:
        offered[-1] = field.value
    options = [_option(value, fitting[value]) for value in offered]
    left = len({value for value, _ in field.options}) - len(offered)
    more = f"{left} more do not fit here; name one in a message instead." if left else ""
    if options:
        yield _input(field, {"type": "static_select", "options": options, **_chosen(field, options)}, more)
    elif more:
        yield _note(f"{one_line(field.label) or field.name}: {more}")


def _input(field: FormField, element: Json, hint: str = "") -> Json:
    """Every input may be left empty: what a film needs is for the core to say, in its own words, on the card."""
    block = {
        "type": "input",
        "block_id": field.name,
        "optional": True,
        "label": words(field.label or field.name, 150),
        "element": {**element, "action_id": FIELD},
    }
    return {**block, "hint": words(hint, MOST_HINT)} if hint else block


def _option(value: str, label: str) -> Json:
    return {"text": words(label if visible(label) else value, MOST_OPTION), "value": value}


def _chosen(field: FormField, options: Sequence[Json]) -> Json:
    chosen = next((option for option in options if option["value"] == field.value), None)
    return {"initial_option": chosen} if chosen else {}


def _filled(values: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Names and values exactly the form's; a choice that nobody made is left out, an emptied text is empty."""
    for name, inputs in values.items():
        state = inputs[FIELD]
        if state["type"] == "plain_text_input":
            yield name, state.get("value") or ""
        elif (chosen := state.get("selected_option")) is not None:
            yield name, chosen["value"]


def _note(text: str) -> Json:
    return context(words(text, MOST_HINT))


def _meta(values: Mapping[str, Any]) -> str:
    """Ids of Slack and of ours are short; what is not one is cut rather than refused with the whole form."""
    return json.dumps({name: one[:100] if isinstance(one, str) else one for name, one in values.items()})[:MOST_META]
