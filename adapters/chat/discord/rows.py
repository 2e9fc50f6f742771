"""The texts of a card: each says how much room it is sure of, and writes itself into the room it is given."""

from collections.abc import Sequence

from adapters.chat.discord.text import Ask, blocks, fact, fit, line, moment, quote, units
from bot.domain.card import Bar, Card, Field, Tone

JOB, PROMPT = "Job", "Prompt"
SHORT, SEVERAL = 42, " · "
"""A value no longer than this shares its line with others, unless it is several facts itself."""

QUOTED = 900
"""A longer wish is shown whole by its button: a price must not be scrolled for."""

MOST_ROWS = 60
TAIL = 24
WORDS = {
    Tone.plain: "",
    Tone.ask: "Waiting for you",
    Tone.working: "At work",
    Tone.done: "Done",
    Tone.problem: "Problem",
    Tone.quiet: "Closed",
}
EXPLAINS = frozenset({"", "error", "unclear"})
"""States of cards whose text is the bot's own; the text of every other is what somebody asked for."""


def texts(card: Card) -> tuple[Ask, Ask, Ask, Ask, Ask, Ask]:
    """Head, progress, facts, costs, notes, and the wish: it comes last, since a button shows it whole."""
    facts, costs, notes = _facts(card.fields), _costs(card.costs), _notes(card)
    return (
        Ask(400, lambda room: _head(card, room)),
        Ask(400, lambda room: _progress(card.progress, card.title, room) if card.progress else ""),
        Ask(700, lambda room: _lines(facts, room)),
        Ask(500, lambda room: _lines(costs, room, last=1)),
        Ask(700, lambda room: _lines(notes, room)),
        Ask(1100, lambda room: _wish(card, room)),
    )


def whole_wish(card: Card) -> str:
    """The card's text as it would be shown if there were room for all of it."""
    text, room = card.text.strip(), 10 * len(card.text) + 10
    return fit(text, room) if card.state in EXPLAINS else quote(text, room)


def _head(card: Card, room: int) -> str:
    """Tone and job in small letters, then the title."""
    own = card.job if card.job.startswith("J-") else ""  # a card of no job names itself, which tells people nothing
    job = next((field.value for field in card.fields if field.name == JOB), own)
    tone = "" if card.tone is Tone.quiet and not job else WORDS[card.tone]  # a note was never open
    small = " · ".join(filter(None, (tone, fit(line(job), 40))))
    title = fit(line(card.title), min(300, room - units(small) - 8))
    return "\n".join(filter(None, (f"-# {small}" if small else "", f"### {title}" if title else ""))) or "### Clapper"


def _wish(card: Card, room: int) -> str:
    """What was asked for, quoted as it was written; or what the bot has to say."""
    text = card.text.strip()
    return fit(text, room) if card.state in EXPLAINS else quote(text, min(room, QUOTED))


def _progress(bar: Bar, title: str, room: int) -> str:
    shown = "" if bar.fraction is None else f"{blocks(bar.fraction)}  **{_percent(bar.fraction)}**"
    said = line(bar.text) if bar.fraction is None else line(bar.text).removesuffix(f", {_percent(bar.fraction)}")
    began = moment(bar.since) if bar.since else ""
    ready = moment(bar.since, bar.eta) if bar.since and bar.eta is not None else ""
    times = " · ".join(filter(None, (f"ready {ready}" if ready else "", f"started {began}" if began else "")))
    small = f"-# {times}" if times else ""
    said = "" if said == line(title) and (shown or small) else fit(said, room - units(shown + small) - 2)
    return "\n".join(filter(None, (shown, said, small)))


def _percent(fraction: float) -> str:
    return f"{min(1.0, max(0.0, fraction)):.0%}"


def _facts(fields: Sequence[Field]) -> list[str]:
    """Short rows share lines, long ones have their own; the job stands in the head."""
    lines: list[str] = []
    short: list[str] = []
    for field in [one for one in fields if one.name != JOB][:MOST_ROWS]:
        if field.name == PROMPT:
            lines.append(quote(field.value, 600))
        elif len(field.value) <= SHORT and SEVERAL not in field.value:
            short.append(fact(field.name, field.value, 200))
        else:
            lines.append(f"**{fit(line(field.name), 120)}** {fit(line(field.value), 400)}".strip())
    return [" · ".join(short), *lines]


def _costs(costs: Sequence[tuple[str, str]]) -> list[str]:
    """A line for each call; the last is the total."""
    rows = [
        f"{fit(line(text), 160)} · {fit(line(credits), 60)}" for text, credits in (*costs[:-1][:MOST_ROWS], *costs[-1:])
    ]
    return [*rows[:-1], *(f"**{row}**" for row in rows[-1:])]


def _notes(card: Card) -> list[str]:
    """In small letters, but where they say what is wrong."""
    mark = "" if card.tone is Tone.problem else "-# "
    fitted = [fit(line(note), 600) for note in card.notes[:MOST_ROWS]]
    return [f"{mark}{note}" for note in fitted if note]


def _lines(lines: Sequence[str], room: int, last: int = 0) -> str:
    """As many whole lines as there is room for, and how many more there are; the `last` ones always stand."""
    wanted = [one for one in lines if one]
    whole = "\n".join(wanted)
    if units(whole) <= room:
        return whole
    end = wanted[len(wanted) - last :]
    kept, left = [], room - TAIL - sum(units(one) + 1 for one in end)
    for one in wanted[: len(wanted) - last]:
        left -= units(one) + 1
        if left < 0:
            break
        kept.append(one)
    missing = len(wanted) - len(kept) - last
    return "\n".join([*kept, f"-# … and {missing} more", *end]) if room >= TAIL else ""
