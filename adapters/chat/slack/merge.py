"""The modal that picks clips to join, and what was picked as a command. Pure."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from adapters.chat.slack.elements import MERGE, PREFIX, Json, context, words
from adapters.chat.slack.text import cut, one_line, units, visible
from bot.domain.drive import Clip

FEWEST = 2
MOST = 5
MOST_CLIPS = 100
MOST_ID = 150
PLACES = ("First", "Second", "Third", "Fourth", "Fifth")
PICK = f"{PREFIX}pick"
FORMAT = f"{PREFIX}format"
AUTO = "auto"
FORMATS = (
    (AUTO, "Auto (match inputs)"),
    ("landscape", "Landscape 16:9"),
    ("portrait", "Portrait 9:16"),
    ("square", "Square HD"),
    ("landscape-4-3", "Landscape 4:3"),
    ("portrait-3-4", "Portrait 3:4"),
)


def merge_view(clips: Sequence[Clip], chosen: Sequence[str] = ()) -> Json:
    """`clips` newest first; `chosen` are ids that stand in their places already, in that order."""
    named = {clip.id: clip for clip in clips if visible(clip.id) and units(clip.id) <= MOST_ID and " " not in clip.id}
    options = [_option(clip) for clip in list(named.values())[:MOST_CLIPS]]
    view = {"type": "modal", "callback_id": MERGE, "title": words("Merge clips", 24), "close": words("Close", 24)}
    if len(options) < FEWEST:
        return {**view, "blocks": [context(words("A merge needs at least two films, and fewer are in the library."))]}
    by_id = {option["value"]: option for option in options}
    first = [by_id[id] for id in chosen if id in by_id][:MOST]
    blocks = [_slot(number, options, first[number] if number < len(first) else None) for number in range(MOST)]
    left = [context(words(f"{len(clips) - len(options)} older films are not listed here."))]
    return {
        **view,
        "submit": words("Merge", 24),
        "blocks": [
            context(words("Two to five films, joined in the order of their places.")),
            *blocks,
            _format(),
            *(left if len(clips) > len(options) else []),
        ],
    }


def merge_command(view: Mapping[str, Any]) -> str:
    """A submitted modal as the words after `merge`: `A B C as portrait`. Raises ValueError for a view that is none of ours."""
    try:
        values = view["state"]["values"]
        picked = [values[_place(number)][PICK].get("selected_option") for number in range(MOST)]
        chosen = values[FORMAT][FORMAT].get("selected_option")
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a submission of the merge form: {sorted(view)}") from error
    ids = " ".join(option["value"] for option in picked if option)
    return f"{ids} as {chosen['value'] if chosen else AUTO}"


def title(clip: Clip) -> str:
    return one_line(clip.drive_path.rsplit("/", 1)[-1]) or one_line(clip.id)


def length(clip: Clip) -> str:
    return f"{clip.seconds:.3g} s" if math.isfinite(clip.seconds) else ""


def size(clip: Clip) -> str:
    return f"{clip.width} × {clip.height}"


def _slot(number: int, options: Sequence[Json], first: Json | None) -> Json:
    element = {
        "type": "static_select",
        "action_id": PICK,
        "options": list(options),
        "placeholder": words("Pick a film"),
    }
    return {
        "type": "input",
        "block_id": _place(number),
        "label": words(PLACES[number]),
        "optional": number >= FEWEST,
        "element": {**element, "initial_option": first} if first else element,
    }


def _place(number: int) -> str:
    return f"place:{number + 1}"


def _format() -> Json:
    options = [{"text": words(label), "value": value} for value, label in FORMATS]
    return {
        "type": "input",
        "block_id": FORMAT,
        "label": words("Format"),
        "optional": True,
        "element": {"type": "static_select", "action_id": FORMAT, "options": options, "initial_option": options[0]},
    }


def _option(clip: Clip) -> Json:
    facts = " · ".join(filter(None, (length(clip), size(clip), f"{clip.made_at.astimezone(UTC):%d %b}")))
    return {"text": words(f"{cut(title(clip), 72 - units(facts))} · {facts}", 75), "value": clip.id}
