"""Card -> what a terminal shows: a rich panel where it can draw, lines of text where it cannot. Pure."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bot.domain.card import Bar, Card, Tone
from bot.domain.media import MediaKind
from bot.domain.plain import plain

COLOURS = {
    Tone.plain: "blue",
    Tone.ask: "yellow",
    Tone.working: "cyan",
    Tone.done: "green",
    Tone.problem: "red",
    Tone.quiet: "bright_black",
}
BAR_WIDTH = 40
MINUTE = 60
HOUR = 3600


def drawn(card: Card, now: datetime) -> RenderableType:
    """The whole card in its frame; everything from people and providers is literal text, never markup."""
    colour = COLOURS[card.tone]
    parts: list[RenderableType] = []
    if card.text:
        parts.append(Text(plain(card.text)))
    if card.fields:
        parts.append(_fields(card))
    if card.costs:
        parts.append(_costs(card))
    parts += [_note(note) for note in card.notes]
    if card.progress:
        parts.append(_progress(card.progress, now, colour))
    parts += [Text(film, style="bold") for film in _results(card)]
    spaced = [parts[0], *(Padding(part, (1, 0, 0, 0)) for part in parts[1:])] if parts else [Text("")]
    return Panel(
        Group(*spaced), title=Text(plain(card.title), style=f"bold {colour}"), title_align="left", border_style=colour
    )


def lines(card: Card) -> Iterator[str]:
    """The same card for a pipe, a log or a screen reader."""
    yield plain(card.title)
    if card.text:
        yield from (f"  {line}" for line in plain(card.text).splitlines())
    yield from (f"  {plain(field.name)}: {plain(field.value)}" for field in card.fields)
    yield from (f"  {plain(text)}: {plain(credits)}" for text, credits in card.costs)
    yield from (f"  - {plain(note)}" for note in card.notes)
    if card.progress:
        yield f"  {plain(card.progress.text)}"
    yield from (f"  {film}" for film in _results(card))


def elapsed(bar: Bar, now: datetime) -> float | None:
    """Seconds since the work began; None where the card does not say."""
    return max(0.0, (now - datetime.fromisoformat(bar.since)).total_seconds()) if bar.since else None


def clock(seconds: float) -> str:
    """As on a player: 0:07, 12:30, 1:02:03."""
    whole = round(seconds)
    minutes = f"{whole // MINUTE % MINUTE:02d}" if whole >= HOUR else str(whole // MINUTE)
    return f"{f'{whole // HOUR}:' if whole >= HOUR else ''}{minutes}:{whole % MINUTE:02d}"


def _fields(card: Card) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for field in card.fields:
        table.add_row(Text(plain(field.name)), Text(plain(field.value)))
    return table


def _costs(card: Card) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, show_edge=False)
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for number, (text, credits) in enumerate(card.costs, start=1):
        style = "bold" if number == len(card.costs) else ""
        table.add_row(Text(plain(text), style=style), Text(plain(credits), style=style))
    return table


def _note(note: str) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_row(Text("•", style="yellow"), Text(plain(note)))
    return table


def _progress(bar: Bar, now: datetime, colour: str) -> Table:
    gone = elapsed(bar, now)
    said = [plain(bar.text)]
    if gone is not None:
        said.append(f"{clock(gone)} so far")
    if bar.eta is not None and bar.eta > (gone or 0.0):
        said.append(f"about {clock(bar.eta - (gone or 0.0))} left")
    moving = ProgressBar(
        total=1.0 if bar.fraction is not None else None,
        completed=min(1.0, bar.fraction or 0.0),
        width=BAR_WIDTH,
        complete_style=colour,
        finished_style=colour,
        animation_time=gone or 0.0,
    )
    table = Table.grid()
    table.add_row(moving)
    table.add_row(Text("  ·  ".join(said), style="dim"))
    return table


def _results(card: Card) -> Iterator[str]:
    """The films by name and size; a picture of what came in says nothing here."""
    for media in card.media:
        if media.kind is MediaKind.video:
            size = f"  {media.width} × {media.height}" if media.width and media.height else ""
            length = f"  {media.seconds:.4g} s" if media.seconds else ""
            yield f"{plain(media.name)}{size}{length}"
