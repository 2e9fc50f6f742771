"""What was spent: a month in sums for the page's plots, and its books line by line for a spreadsheet."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from adapters.chat.web.desk import Desk, visitor
from adapters.chat.web.pages import page
from adapters.chat.web.people import PLACE, PLATFORM, WORKSPACE, own
from adapters.chat.web.refusal import Refusal
from bot.domain.books import Spending, csv_header, csv_lines, in_pages, spending
from bot.domain.budget import Purse, Scope, budgets, month_end, month_start, scopes
from bot.domain.chat import Person
from bot.domain.ledger import LedgerEntry
from bot.domain.rules import Rules

MOST_BARS = 50
LINES_AT_ONCE = 1000
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Books:
    """One month as one person may see it: an admin everybody's, others their own."""

    desk: Desk
    person: Person
    admin: bool
    rules: Rules
    since: datetime
    until: datetime

    async def pages(self) -> AsyncIterator[Sequence[LedgerEntry]]:
        ledger = self.desk.storage.ledger
        place = (PLATFORM, WORKSPACE)
        async for entries in in_pages(
            lambda after: ledger.entries(place, self.since, self.until, after, LINES_AT_ONCE)
        ):
            yield entries if self.admin else [one for one in entries if one.person.id == self.person.id]


async def spend_page(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    person = visitor(request).person
    return HTMLResponse(page("spend.html", login=desk.options.login, person=own(person, ""), name=person.name))


async def show_spending(request: Request) -> Response:
    """Credits are texts, exact; `budgets` are there for the month that runs, as limits may have been others before."""
    books = await _books(request)
    total = Spending()
    async for entries in books.pages():
        total += spending(entries, books.rules.zone)
    desk, running = books.desk, books.until > books.desk.clock.now()
    titles = dict(desk.models())
    balance = await desk.storage.ledger.balance(_scope(books.admin, books.person), books.since)
    return JSONResponse(
        {
            "month": f"{books.since:%Y-%m}",
            "running": running,
            "zone": books.rules.zone,
            "now": desk.clock.now().astimezone(ZoneInfo(books.rules.zone)).isoformat(timespec="minutes"),
            "everybody": books.admin,
            "person": {"id": f"{PLATFORM}:{books.person.id}", "name": books.person.name},
            "rate": _exact(books.rules.credits_per_dollar),
            "total": _exact(total.total),
            "held": _exact(balance.held),
            "people": [{"id": id, "name": total.names.get(id, id), "credits": c} for id, c in _sorted(total.people)],
            "models": [{"id": id, "name": titles.get(id, id), "credits": c} for id, c in _sorted(total.models)],
            "days": _days(books, total),
            "budgets": await _budgets(books, total) if running else [],
        }
    )


async def show_ledger(request: Request) -> Response:
    books = await _books(request)

    async def lines() -> AsyncIterator[str]:
        yield csv_header()
        async for entries in books.pages():
            yield "".join(csv_lines(entries, books.rules.zone))

    saved = f'attachment; filename="clapper-{books.since:%Y-%m}.csv"'
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers={"content-disposition": saved})


async def _books(request: Request) -> Books:
    desk: Desk = request.app.state.desk
    person, rules = visitor(request).person, await desk.rules()
    since = _month(request.query_params.get("month", ""), desk.clock.now(), rules.zone)
    return Books(desk, person, await desk.is_admin(person), rules, since, month_end(since))


def _month(text: str, now: datetime, zone: str) -> datetime:
    """When a month began, the one that runs where none is named. Raises Refusal."""
    running = month_start(now, zone)
    found = _MONTH.fullmatch(text)
    if not text:
        return running
    asked = running.replace(year=int(found[1]), month=int(found[2])) if found else None
    if asked is None or asked > running:
        raise Refusal(400, f"A month is one like {running:%Y-%m}, up to this one, and this one is {text[:20]!r}.")
    return asked


def _sorted(sums: Mapping[str, Decimal]) -> list[tuple[str, str]]:
    """The most first; what is free is no spending."""
    return [(id, _exact(credits)) for id, credits in sorted(sums.items(), key=lambda one: (-one[1], one[0])) if credits]


def _days(books: Books, total: Spending) -> list[dict[str, str]]:
    """Every day of the month, those without a film too."""
    first = books.since.date()
    dates = [first + timedelta(days=number) for number in range((books.until.date() - first).days)]
    return [{"day": day.isoformat(), "credits": _exact(total.days.get(day, Decimal(0)))} for day in dates]


async def _budgets(books: Books, total: Spending) -> list[dict[str, str]]:
    """The person's own and the workspace's, where there are limits; for an admin also those of everybody who spent."""
    known = [(books.person.id, "You")]
    if books.admin:
        known += [(id, total.names.get(id, id)) for id, _ in _sorted(total.people) if id != books.person.id]
    mine, *others = [("person", name, Scope(Purse.person, PLATFORM, WORKSPACE, id)) for id, name in known[:MOST_BARS]]
    whole = ("workspace", "Workspace", _scope(True, books.person))
    now, told = books.desk.clock.now(), []
    for of, name, scope in (("you", *mine[1:]), whole, *others):
        for one in budgets(scope, books.rules, now):
            stands = await books.desk.storage.ledger.balance(scope, one.since)
            zone = str(one.since.tzinfo)
            told.append(
                {
                    "of": of,
                    "name": name if zone == books.rules.zone else f"{name}, {one.since:%B} in {zone}",
                    "credits": _exact(one.credits),
                    "spent": _exact(stands.spent),
                    "held": _exact(stands.held),
                }
            )
    return told


def _exact(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _scope(everybody: bool, person: Person) -> Scope:
    mine, _, workspace = scopes(person, PLACE)
    return workspace if everybody else mine
