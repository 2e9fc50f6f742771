"""What Discord takes as a modal: at most five parts, each a labelled input or a text."""

from collections.abc import Mapping
from typing import Any

from tests.adapters.chat.discord.validator_components import (
    ROW,
    SELECT_KEYS,
    STRING_SELECT,
    TEXT,
    TEXT_INPUT,
    Tally,
    custom_id_flaws,
    options_flaws,
    select_flaws,
)
from tests.adapters.chat.discord.validator_flaws import Flaw, Flaws, key_flaws, list_flaws, number_flaws, text_flaws

LABEL, UPLOAD, RADIO, CHECKS, CHECK = 18, 19, 21, 22, 23
RANGE = {"min_values", "max_values", "required"}
INPUTS: Mapping[int, tuple[set[str], set[str]]] = {
    TEXT_INPUT: ({"style"}, {"label", "min_length", "max_length", "required", "value", "placeholder"}),
    STRING_SELECT: ({"options"}, SELECT_KEYS),
    **dict.fromkeys((5, 6, 7, 8), (set(), SELECT_KEYS)),
    UPLOAD: (set(), RANGE),
    RADIO: ({"options"}, {"required"}),
    CHECKS: ({"options"}, RANGE),
    CHECK: (set(), {"default"}),
}


def modal_flaws(data: Any) -> Flaws:
    """`data` of an interaction answer of type 9."""
    yield from key_flaws((), data, {"custom_id", "title", "components"}, set())
    if not isinstance(data, dict) or {"custom_id", "title", "components"} - data.keys():
        return
    yield from text_flaws(("custom_id",), data["custom_id"], 1, 100)
    yield from text_flaws(("title",), data["title"], 1, 45)
    yield from list_flaws(("components",), data["components"], 1, 5)
    tally = Tally(frozenset())
    for place, part in enumerate(data["components"] if isinstance(data["components"], list) else []):
        yield from _part(("components", place), part, tally)
    for value, times in tally.custom_ids.items():
        if times > 1:
            yield Flaw(("components",), "COMPONENT_CUSTOM_ID_DUPLICATED", f"{value!r} stands {times} times")


def _part(at: tuple[str | int, ...], part: Any, tally: Tally) -> Flaws:
    match part.get("type") if isinstance(part, dict) else None:
        case 18:
            yield from key_flaws(at, part, {"type", "label", "component"}, {"description", "id"})
            yield from text_flaws((*at, "label"), part.get("label"), 1, 45)
            if part.get("description") is not None:
                yield from text_flaws((*at, "description"), part["description"], 1, 100)
            yield from _input((*at, "component"), part.get("component"), tally, labelled=True)
        case 10:
            yield from key_flaws(at, part, {"type", "content"}, {"id"})
            yield from text_flaws((*at, "content"), part.get("content"), 1, 4000)
        case 1:
            yield from key_flaws(at, part, {"type", "components"}, {"id"})
            yield from list_flaws((*at, "components"), part.get("components"), 1, 1)
            for inside in (part.get("components") or [])[:1]:
                yield from _input((*at, "components", 0), inside, tally, labelled=False)
        case other:
            choices = [ROW, TEXT, LABEL]
            yield Flaw(
                (*at, "type"), "UNION_TYPE_CHOICES", f"Value of field 'type' must be one of {choices}, is {other!r}"
            )


def _input(at: tuple[str | int, ...], part: Any, tally: Tally, *, labelled: bool) -> Flaws:
    kind: Any = part.get("type") if isinstance(part, dict) else None
    if kind not in (INPUTS if labelled else {TEXT_INPUT}):
        yield Flaw((*at, "type"), "UNION_TYPE_CHOICES", f"no input has the type {kind!r} here")
        return
    needed, more = INPUTS[kind]
    yield from key_flaws(at, part, {"type", "custom_id"} | needed, more | {"id"})
    if ({"custom_id"} | needed) - part.keys():
        return
    match kind:
        case 4:
            yield from _text_input(at, part, tally, labelled=labelled)
        case 3 | 5 | 6 | 7 | 8:
            yield from select_flaws(at, part, tally)
        case 19:
            yield from custom_id_flaws(at, part, tally)
            yield from _range(at, part, 10)
        case 21 | 22:
            yield from custom_id_flaws(at, part, tally)
            yield from options_flaws((*at, "options"), part["options"], 2 if kind == RADIO else 1, 10)
            yield from _range(at, part, 10)
        case _:
            yield from custom_id_flaws(at, part, tally)


def _range(at: tuple[str | int, ...], part: Mapping[str, Any], most: int) -> Flaws:
    yield from number_flaws((*at, "min_values"), part.get("min_values", 1), 0, most)
    yield from number_flaws((*at, "max_values"), part.get("max_values", 1), 1, most)


def _text_input(at: tuple[str | int, ...], part: Mapping[str, Any], tally: Tally, *, labelled: bool) -> Flaws:
    yield from custom_id_flaws(at, part, tally)
    yield from number_flaws((*at, "style"), part["style"], 1, 2)
    if labelled and part.get("label") is not None:
        yield Flaw((*at, "label"), "LABEL_TWICE", "inside a label component the input has no label of its own")
    if not labelled:
        yield from text_flaws((*at, "label"), part.get("label"), 1, 45)
    low, high = part.get("min_length", 0), part.get("max_length", 4000)
    yield from number_flaws((*at, "min_length"), low, 0, 4000)
    yield from number_flaws((*at, "max_length"), high, 1, 4000)
    if part.get("placeholder") is not None:
        yield from text_flaws((*at, "placeholder"), part["placeholder"], 0, 100)
    if part.get("value"):
        yield from text_flaws((*at, "value"), part["value"], low, high)
