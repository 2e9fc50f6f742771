"""Card -> blocks and their text, within every limit of a message whatever the card holds. Pure."""

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from zlib import crc32

from adapters.chat.slack import parts
from adapters.chat.slack.elements import MOST_ID, Json, context, header, numbered, section, words
from adapters.chat.slack.moments import timing_plain
from adapters.chat.slack.parts import Measure
from adapters.chat.slack.rows import rows
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
SHORT_TEXT = 500
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
    return Rendered(text_of(card), fitting or numbered([header(_title(card)), *rows(card)], _name(card)))


def versions(card: Card, pictures: Mapping[str, str]) -> Iterator[Rendered]:
    """The same card, each version simpler than the one before."""
    if pictures:
        yield message(card, pictures=pictures)
    yield message(card)
    yield message(card, plain=True)
    short = message(
        replace(card, text=card.text[:SHORT_TEXT], fields=card.fields[:10], notes=card.notes[:2]), plain=True
    )
    yield replace(short, text=short.text[:SHORT_TEXT])


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
    end = [*rows(card, full=parts.text_cut(card, measure)), *_foot(card)]
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
        *rows(card, full=bool(told) and len(told) > measure.of(MOST_PLAIN)),
    ]


def _foot(card: Card) -> Iterator[Json]:
    """The tone in a word, and the job's name for those who ask for it by name."""
    if parts.of_job(card):
        said = " · ".join(filter(None, (WORDS[card.tone], f"job {one_line(card.job)}")))
        yield context(words(said[:1].upper() + said[1:], MOST_ID))


def _title(card: Card) -> str:
    return f"{SIGNS[card.tone]} {one_line(card.title) or 'Clapper'}".strip()


def _name(card: Card) -> str:
    """A card of no job has no revision: its words stand for one."""
    turn = card.revision if parts.of_job(card) else f"{crc32(repr(card).encode(errors='replace')):x}"
    return f"{clean(card.job)[:40] or 'card'}:{turn}"


def _size(blocks: list[Json]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
