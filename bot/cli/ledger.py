"""`clapper ledger`: what was spent in a month, by person and model, or every entry of the books."""

import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import opened
from bot.cli import out
from bot.cli.interrupts import run
from bot.cli.ready import platform_named, ready
from bot.domain.books import Spending, csv_header, csv_lines, in_pages, spending
from bot.domain.budget import month_end, month_start
from bot.domain.chat import Conversation
from bot.domain.errors import BadRequest
from bot.domain.ledger import LedgerEntry
from bot.domain.plain import plain
from bot.flows.decided import decided
from bot.ports.house import House
from config import Settings

DAY = timedelta(days=1)
_MONTH = re.compile(r"(?P<year>[12][0-9]{3})-(?P<month>0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Book:
    """The books of one workspace for one month of its time zone."""

    platform: str
    workspace: str
    zone: str
    since: datetime
    until: datetime

    def pages(self, house: House) -> AsyncIterator[Sequence[LedgerEntry]]:
        place = (self.platform, self.workspace)
        return in_pages(lambda after: house.storage.ledger.entries(place, self.since, self.until, after))


def ledger(month: str | None, platform: str | None, workspace: str | None, *, csv: bool, json: bool) -> int:
    """Raises BadRequest for a month or a platform that is none."""
    if csv and json:
        raise BadRequest("The books are printed as CSV or as JSON, not as both: leave out --csv or --json.")
    at = _instant(month)
    platform = platform_named(platform) if platform else None
    settings = ready(working=True)
    if csv:
        run(_printed(settings, at, platform, workspace))
        return 0
    sums = run(_summed(settings, at, platform, workspace))
    if json:
        out.document({"month": _named(at), "places": [_document(book, sum_) for book, sum_ in sums]})
    elif sums:
        out.table(("Where", "Who or what", "Credits"), [row for book, sum_ in sums for row in _rows(book, sum_)])
    else:
        out.say(f"Nothing was spent in {_named(at)}.")
    return 0


def _instant(month: str | None) -> datetime:
    """An instant that is in this month in every time zone."""
    if month is None:
        return datetime.now(UTC)
    found = _MONTH.fullmatch(month.strip())
    if found is None:
        raise BadRequest(f"A month is its year and its number, such as 2026-11, not {month!r}.")
    return datetime(int(found["year"]), int(found["month"]), 15, tzinfo=UTC)


def _named(at: datetime) -> str:
    return f"{at:%Y-%m}"


async def _books(house: House, at: datetime, platform: str | None, workspace: str | None) -> Sequence[Book]:
    """One for each place that has entries then and is not left out."""
    start = month_start(at, "UTC")
    around = await house.storage.ledger.places(start - DAY, month_end(start) + DAY)
    wanted = [(on, here) for on, here in around if platform in {None, on} and workspace in {None, here}]
    found: list[Book] = []
    for on, here in wanted:
        rules = await decided(Conversation(on, here, ""), house.rules, house.storage.policies)
        since = month_start(at, rules.zone)
        found.append(Book(on, here, rules.zone, since, month_end(since)))
    return found


async def _printed(settings: Settings, at: datetime, platform: str | None, workspace: str | None) -> None:
    """A page at a time, so that books of any length need little memory."""
    watched = sys.stdout.isatty()
    async with opened(settings, platforms=[]) as app:
        sys.stdout.write(csv_header())
        for book in await _books(app.house, at, platform, workspace):
            async for page in book.pages(app.house):
                for line in csv_lines(page, book.zone):
                    sys.stdout.write(plain(line) if watched else line)


async def _summed(
    settings: Settings, at: datetime, platform: str | None, workspace: str | None
) -> Sequence[tuple[Book, Spending]]:
    async with opened(settings, platforms=[]) as app:
        sums: list[tuple[Book, Spending]] = []
        for book in await _books(app.house, at, platform, workspace):
            so_far = Spending()
            async for page in book.pages(app.house):
                so_far += spending(page, book.zone)
            if so_far.days:
                sums.append((book, so_far))
        return sums


def _rows(book: Book, spent: Spending) -> Sequence[tuple[str, str, str]]:
    where = f"{book.platform} {book.workspace}"
    people = [(f"{spent.names.get(id) or id} ({id})", credits) for id, credits in _dearest(spent.people)]
    models = [(f"model {id}", credits) for id, credits in _dearest(spent.models)]
    return [(where, what, f"{credits:.2f}") for what, credits in (("all together", spent.total), *people, *models)]


def _dearest(sums: Mapping[str, Decimal]) -> Sequence[tuple[str, Decimal]]:
    return sorted(sums.items(), key=lambda one: (-one[1], one[0]))


def _document(book: Book, spent: Spending) -> dict[str, Any]:
    zone = ZoneInfo(book.zone)
    return {
        "platform": book.platform,
        "workspace": book.workspace,
        "zone": book.zone,
        "since": book.since.astimezone(zone).isoformat(),
        "until": book.until.astimezone(zone).isoformat(),
        "credits": spent.total,
        "people": [{"id": id, "name": spent.names.get(id, ""), "credits": one} for id, one in _dearest(spent.people)],
        "models": [{"id": id, "credits": one} for id, one in _dearest(spent.models)],
        "channels": [{"id": id, "credits": one} for id, one in _dearest(spent.channels)],
        "days": [{"day": day.isoformat(), "credits": one} for day, one in sorted(spent.days.items())],
    }
