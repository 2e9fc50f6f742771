"""Card -> blocks and their text, within every limit of a message whatever the card holds. Pure."""

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType

from adapters.chat.slack import parts
from adapters.chat.slack.elements import (
    FULL,
    MOST_ID,
    Json,
    context,
    header,
    numbered,
    plain_button,
    press_button,
    section,
    words,
)
from adapters.chat.slack.moments import timing_plain
from adapters.chat.slack.parts import Measure
from adapters.chat.slack.text import clean, cut, escape, escaped_units, one_line, visible
from bot.domain.card import Card, Tone

MOST_TEXT = 3000
MOST_JSON = 12_000
"""A message is refused as too long somewhere above 13,200 characters of blocks: https://github.com/slackapi/bolt-js/issues/2509."""
MOST_IDS = 1200  # what the names of the facts' own blocks may take of that
MOST_BLOCKS = 50
SHARES = (1.0, 0.5, 0.25, 0.1, 0.02)
MOST_PLAIN = 2800
MOST_LINES = 200
SIGNS: Mapping[Tone, str] = MappingProxyType(
    {Tone.ask: "🎬", Tone.working: "⏳", Tone.done: "✅", Tone.problem: "⚠️", Tone.quiet: "", Tone.plain: ""}
)
WORDS: Mapping[Tone, str] = MappingProxyType(
    {
        Tone.ask: "Waiting for your answer",
        Tone.working: "At work",
        Tone.done: "Done",
        Tone.problem: "Needs attention",
        Tone.quiet: "Closed",
        Tone.plain: "",
    }
)
NO_PICTURES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rendered:
    """`text` is for notifications and screen readers; a message is always sent with both."""

    text: str
    blocks: list[Json]


def message(card: Card, *, pictures: Mapping[str, str] = NO_PICTURES, plain: bool = False) -> Rendered:
    """`pictures` are processed Slack files by Files key; one that is not there is left out.

    `plain` is for a message whose blocks Slack refused: nothing in it but sections of literal text and the buttons.
    """
    ways = (_plain(card, Measure(share)) if plain else _rich(card, pictures, Measure(share)) for share in SHARES)
    named = (numbered(blocks, _name(card)) for blocks in ways)
    fitting = next((blocks for blocks in named if _size(blocks) <= MOST_JSON), None)
    return Rendered(text_of(card), fitting or numbered([header(_title(card))], _name(card)))


def text_of(card: Card) -> str:
    """The whole card in words, escaped, within what a message and its edit take."""
    lines = [line for line in islice(parts.spoken(card), MOST_LINES) if visible(line)]
    labels = ", ".join(one_line(button.label) for button in card.buttons)
    told = "\n".join([*lines, *([f"Buttons: {labels}"] if labels else [])])
    return escape(cut(told, MOST_TEXT, escaped_units)) or "Clapper"


def _rich(card: Card, pictures: Mapping[str, str], measure: Measure) -> list[Json]:
    before = [header(_title(card)), *parts.progress(card), *parts.text(card, measure)]
    before += parts.media(card, pictures, measure)
    after = [*parts.costs(card, measure), *parts.notes(card, measure)]
    facts = parts.facts(card, measure)
    end = [*_actions(card, full=parts.text_cut(card, measure)), *_foot(card)]
    others = [*before, *after, *end]
    rooms = MOST_JSON - _size(numbered(others, _name(card))) - MOST_IDS, MOST_BLOCKS - len(others)
    return [*before, *_fitting(card, facts, measure, *rooms), *after, *end]


def _fitting(card: Card, facts: list[Json], measure: Measure, room: int, most: int) -> list[Json]:
    """As many of the facts as there is room for, and how many were left out."""
    if _size(facts) <= room and len(facts) <= most:
        return facts
    rows = parts.facts_of(card)

    def first(kept: int) -> list[Json]:
        left = context(words(f"{len(rows) - kept} more are not shown here."))
        return [*parts.facts(replace(card, fields=rows[:kept]), measure), left]

    def too_many(kept: int) -> bool:
        shown = first(kept)
        return _size(shown) > room or len(shown) > most

    return first(max(0, bisect_left(range(1, len(rows) + 1), True, key=too_many)))


def _plain(card: Card, measure: Measure) -> list[Json]:
    lines = [line for line in islice(parts.spoken(card), MOST_LINES) if visible(line)]
    when = timing_plain(card.progress) if card.progress is not None else ""
    told = "\n".join([*lines, *([when] if when else [])])
    return [
        section(words(told, measure.of(MOST_PLAIN), lines=True)),
        *_actions(card, full=bool(told) and len(told) > measure.of(MOST_PLAIN)),
    ]


def _actions(card: Card, *, full: bool) -> Iterator[Json]:
    """A button for each action, once: Slack wants every action_id of a block to be its own."""
    by_action = {button.action: button for button in reversed(card.buttons)}
    buttons = [press_button(one, card.job, card.revision) for one in reversed(by_action.values())]
    if full and card.job:
        buttons.append(plain_button(FULL, "Show full text", card.job, card.revision))
    if buttons:
        yield {"type": "actions", "elements": buttons}


def _foot(card: Card) -> Iterator[Json]:
    """The tone in a word, and the job's name for those who ask for it by name."""
    said = " · ".join(filter(None, (WORDS[card.tone], f"job {one_line(card.job)}" if card.job else "")))
    if card.job:
        yield context(words(said[:1].upper() + said[1:], MOST_ID))


def _title(card: Card) -> str:
    return f"{SIGNS[card.tone]} {one_line(card.title) or 'Clapper'}".strip()


def _name(card: Card) -> str:
    return f"{clean(card.job)[:40] or 'card'}:{card.revision}"


def _size(blocks: list[Json]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
