"""The books as people read them: one line an entry for a spreadsheet, and sums by person, model, channel and day."""

import csv
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from decimal import Decimal
from io import StringIO
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.domain.ledger import EntryKind, LedgerEntry

COLUMNS = (
    *("at", "at_utc", "kind", "credits", "job", "person_id", "person", "channel", "model"),
    *("platform", "workspace"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet may take for the beginning of a formula; the last four are the wide forms of the first."""

K = TypeVar("K")
Numbered = Sequence[tuple[int, LedgerEntry]]


def csv_header() -> str:
    """The line before all others, which names the columns."""
    return _line(COLUMNS)


def csv_lines(entries: Iterable[LedgerEntry], zone: str) -> Iterator[str]:
    """A line an entry as RFC 4180 has it, without the header, so that pages of them follow one another.

    `at` is the time in `zone`, `at_utc` the same instant. What is held or spent has no sign, what comes back a minus: so the sum of the
    column is what is used. No text can be taken for a formula.
    """
    where = ZoneInfo(zone)
    for entry in entries:
        at = entry.at.astimezone(where).isoformat(timespec="seconds")
        utc = entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        person = (harmless(entry.person.id), harmless(entry.person.name))
        film = (harmless(entry.channel), harmless(entry.model))
        place = (harmless(entry.person.platform), harmless(entry.person.workspace))
        yield _line((at, utc, entry.kind.value, f"{signed(entry):f}", harmless(entry.job), *person, *film, *place))


def signed(entry: LedgerEntry) -> Decimal:
    """Less than nothing for what comes back."""
    return -entry.credits if entry.kind in {EntryKind.release, EntryKind.refund} else entry.credits


def harmless(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would take for a formula: names are what people chose to be called."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _line(cells: Sequence[str]) -> str:
    page = StringIO()
    csv.writer(page).writerow(cells)
    return page.getvalue()


async def in_pages(read: Callable[[int], Awaitable[Numbered]]) -> AsyncIterator[Sequence[LedgerEntry]]:
    """Entries a page at a time, so that never all are in memory; `read` gives those past a number, as `Ledger.entries` does."""
    page = await read(0)
    while page:
        yield [entry for _, entry in page]
        page = await read(page[-1][0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Charges less refunds: `people` and `channels` by id, `models` by id, `days` in the calendar of a zone. `names` are the last that people of these ids went by."""

    total: Decimal = Decimal(0)
    people: Mapping[str, Decimal] = field(default_factory=dict)
    channels: Mapping[str, Decimal] = field(default_factory=dict)
    models: Mapping[str, Decimal] = field(default_factory=dict)
    days: Mapping[date, Decimal] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def __add__(self, later: "Spending") -> "Spending":
        return Spending(
            total=self.total + later.total,
            people=_both(self.people, later.people),
            channels=_both(self.channels, later.channels),
            models=_both(self.models, later.models),
            days=_both(self.days, later.days),
            names={**self.names, **later.names},
        )


def spending(entries: Iterable[LedgerEntry], zone: str) -> Spending:
    """Of one page, to be added to that of the pages before it. A refund counts on the day on which it was made."""
    where = ZoneInfo(zone)
    people: dict[str, Decimal] = {}
    channels: dict[str, Decimal] = {}
    models: dict[str, Decimal] = {}
    days: dict[date, Decimal] = {}
    names: dict[str, str] = {}
    for entry in entries:
        if entry.kind not in {EntryKind.charge, EntryKind.refund}:
            continue
        _add(people, entry.person.id, entry)
        _add(channels, entry.channel, entry)
        _add(models, entry.model, entry)
        _add(days, entry.at.astimezone(where).date(), entry)
        if entry.person.name:
            names[entry.person.id] = entry.person.name
    total = sum(days.values(), Decimal(0))
    return Spending(total=total, people=people, channels=channels, models=models, days=days, names=names)


def _add(sums: dict[K, Decimal], key: K, entry: LedgerEntry) -> None:
    sums[key] = sums.get(key, Decimal(0)) + signed(entry)


def _both(one: Mapping[K, Decimal], other: Mapping[K, Decimal]) -> Mapping[K, Decimal]:
    return {**one, **{key: one.get(key, Decimal(0)) + credits for key, credits in other.items()}}
