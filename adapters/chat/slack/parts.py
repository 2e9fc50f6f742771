"""The parts of a card as blocks, each as large as its measure allows. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from adapters.chat.slack.elements import (
    Json,
    bullets,
    context,
    cut_escaped,
    is_said,
    marked,
    named,
    paragraph,
    picture,
    quotation,
    rich,
    run,
    said,
    section,
    words,
)
from adapters.chat.slack.moments import beyond, doing, drawn, share, timing
from adapters.chat.slack.text import clean, escape, formats, one_line, pieces, units, visible
from bot.domain.card import Card, CardMedia, Field, Tone
from bot.domain.media import MediaKind

PROMPT = "Prompt"
JOB = "Job"
MOST_PROMPT = 700
MOST_QUIET = 200
MOST_PROSE = 6000
MOST_NOTE = 400
MOST_NOTES = 10
MOST_COSTS = 8
MOST_COST = 160
MOST_PICTURES = 8
MOST_ALT = 300
GRID = 10
MOST_GRID = 20
CHUNK = 2800
SAYS_NOTHING = frozenset({"The film", "The last frame"})


@dataclass(frozen=True, slots=True)
class Measure:
    """How large the parts may be: 1 as a rule, less where a card would be longer than a message may be."""

    share: float = 1.0

    def of(self, most: int) -> int:
        return max(1, int(most * self.share))


def of_job(card: Card) -> bool:
    """Whether the card is a job's; one that was only said may name itself instead."""
    return bool(card.job) and not is_said(card.job)


def prompt_of(card: Card) -> str:
    """What was wished for: the text of a job's card, or where that says something else, the field of that name."""
    asked = next((field.value for field in card.fields if field.name == PROMPT), None)
    return (card.text if of_job(card) else "") if asked is None else asked


def prose_of(card: Card) -> str:
    """What the bot itself says on the card."""
    return "" if of_job(card) and prompt_of(card) == card.text else card.text


def facts_of(card: Card) -> tuple[Field, ...]:
    """The fields that are shown as such: the prompt is quoted instead, and a job's name stands at the end."""
    return tuple(field for field in card.fields if field.name != PROMPT and (field.name != JOB or not of_job(card)))


def text(card: Card, measure: Measure) -> Iterator[Json]:
    """What the bot says in paragraphs, then the prompt as a quotation."""
    prose, prompt = prose_of(card), prompt_of(card)
    if visible(prose):
        for piece in pieces(said(prose, measure.of(MOST_PROSE), lines=True), CHUNK):
            yield rich(paragraph(run(piece)))
    if visible(prompt):
        yield rich(quotation(said(prompt, _most_prompt(card, measure), lines=True)))


def _most_prompt(card: Card, measure: Measure) -> int:
    """A card that is over and done with takes little room."""
    return measure.of(MOST_QUIET if card.tone is Tone.quiet else MOST_PROMPT)


def text_cut(card: Card, measure: Measure) -> bool:
    """Whether anything on the card is shorter than it was written."""
    return (
        len(card.notes) > MOST_NOTES
        or _longer(prose_of(card), measure.of(MOST_PROSE))
        or _longer(prompt_of(card), _most_prompt(card, measure))
        or any(_longer(note, measure.of(MOST_NOTE)) for note in card.notes)
        or any(_longer(field.value, measure.of(MOST_NOTE)) for field in facts_of(card))
    )


def _longer(text: str, most: int) -> bool:
    return units(text) > most and units(clean(text[: 4 * most])) > most


def progress(card: Card) -> Iterator[Json]:
    """The bar with its per cent, what is done where the title does not say it, and when it will be ready."""
    bar = card.progress
    if bar is None:
        return
    cells, more = drawn(bar.fraction), beyond(card.title, bar)
    runs = [run(f"{cells}  "), run(share(bar.fraction), bold=True)] if cells else []
    if not cells or more:
        line = said(more or bar.text, 300)
        runs.append(run(f"\n{line}" if cells else line))
    yield rich(paragraph(*runs))
    if when := timing(bar):
        yield context(marked(when))


def costs(card: Card, measure: Measure) -> Iterator[Json]:
    """A line per call, and the total in bold."""
    if not card.costs:
        return
    *calls, total = card.costs
    runs: list[Json] = []
    for name, amount in calls[:MOST_COSTS]:
        runs.append(run(f"{said(name, measure.of(MOST_COST))} · {said(amount, 60)}\n"))
    if len(calls) > MOST_COSTS:
        runs.append(run(f"and {len(calls) - MOST_COSTS} more calls\n"))
    yield rich(paragraph(*runs, run(f"{said(total[0], 60)}: {said(total[1], 60)}", bold=True)))


def facts(card: Card, measure: Measure) -> list[Json]:
    """The settings of a film in two columns; a longer list, or one that answers a question, as lines."""
    rows = facts_of(card)
    if of_job(card) and len(rows) <= MOST_GRID:
        return _grid(rows, measure.of(MOST_NOTE))
    return lines(rows, measure.of(MOST_NOTE))


def _grid(rows: Sequence[Field], most: int) -> list[Json]:
    cells = [named(field.name, said(field.value, most, lines=True)) for field in rows]
    return [{"type": "section", "fields": cells[start : start + GRID]} for start in range(0, len(cells), GRID)]


def lines(rows: Sequence[Field], most: int) -> list[Json]:
    """Rows of a bold name and what is said of it, as few blocks as hold them. What would be read as formatting stands in plain text."""
    blocks: list[Json] = []
    told = [(said(field.name, 100), said(field.value, most)) for field in rows]
    for literal, group in groupby(told, key=lambda row: formats(row[0]) or formats(row[1])):
        write, block = (_literal_line, _literal) if literal else (_marked_line, marked)
        blocks += [section(block(chunk)) for chunk in _chunks([write(name, value) for name, value in group])]
    return blocks


def _literal(chunk: str) -> Json:
    return words(chunk, lines=True)


def _literal_line(name: str, value: str) -> str:
    return f"{name}\n{value}"


def _marked_line(name: str, value: str) -> str:
    return f"*{escape(name)}*\n{cut_escaped(value, CHUNK - 700)}"


def _chunks(texts: Sequence[str]) -> Iterator[str]:
    chunk = ""
    for one in texts:
        if chunk and units(chunk) + units(one) + 1 > CHUNK:
            yield chunk
            chunk = ""
        chunk = f"{chunk}\n{one}" if chunk else one
    if chunk:
        yield chunk


def notes(card: Card, measure: Measure) -> Iterator[Json]:
    """What is wrong stands in full size; what is only good to know, small."""
    told = [said(note, measure.of(MOST_NOTE), lines=True) for note in card.notes[:MOST_NOTES] if visible(note)]
    if len(card.notes) > MOST_NOTES:
        told.append(f"and {len(card.notes) - MOST_NOTES} more")
    if not told:
        return
    if card.tone is Tone.problem:
        yield rich(bullets(told))
        return
    for chunk in _small(told):
        yield context(words(chunk, lines=True))


def _small(told: Sequence[str]) -> Iterator[str]:
    dotted = told if len(told) == 1 else [f"• {note}" for note in told]
    yield from _chunks(list(dotted))


def media(card: Card, pictures: Mapping[str, str], measure: Measure) -> Iterator[Json]:
    """The pictures there are; where one is missing, its words, if they say something that the card does not."""
    drawn_ones = [(one, pictures[key]) for one in card.media if (key := _key(one)) in pictures]
    several = len(drawn_ones) > 1
    for one, file in drawn_ones[:MOST_PICTURES]:
        title = one.name if one.kind is MediaKind.video else (one.alt if several else "")
        yield picture(file, one.alt, measure.of(MOST_ALT), title)
    if len(drawn_ones) > MOST_PICTURES:
        yield context(words(f"{len(drawn_ones) - MOST_PICTURES} more pictures are not shown here."))
    missing = [one for one in card.media if _key(one) not in pictures and _says_something(one, card)]
    for one in missing[:MOST_PICTURES]:
        yield context(words(one.alt, measure.of(MOST_ALT)))


def _key(one: CardMedia) -> str:
    return one.key if one.kind is MediaKind.image else one.poster


def _says_something(one: CardMedia, card: Card) -> bool:
    return visible(one.alt) and one.alt not in SAYS_NOTHING and one.alt not in {prompt_of(card), card.text}


def spoken(card: Card) -> Iterator[str]:
    """The card in lines, as a notification begins and a screen reader reads it."""
    yield brief(card.title)
    yield from (brief(part) for part in (prose_of(card), prompt_of(card)))
    if card.progress is not None:
        yield doing(card.progress)
    yield from (f"{brief(field.name)}: {brief(field.value)}" for field in facts_of(card))
    yield from (f"{brief(name)}: {brief(amount)}" for name, amount in card.costs)
    yield from (brief(note) for note in card.notes)


def brief(text: str) -> str:
    return one_line(text[:CHUNK])
