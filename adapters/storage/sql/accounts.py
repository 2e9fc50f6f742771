"""Accounts: what was spent, and what the jobs so far tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import bindparam, func, select, tuple_
from sqlmodel import col

from adapters.storage.sql.balances import wrong_jobs
from adapters.storage.sql.budgets import balance
from adapters.storage.sql.columns import Instant, Words
from adapters.storage.sql.database import Database
from adapters.storage.sql.mapping import entry_of
from adapters.storage.sql.plain import tabled
from adapters.storage.sql.rows import JobRow, LedgerRow
from adapters.storage.sql.standing import jobs, standing
from adapters.storage.sql.turns import ahead_in_line
from adapters.storage.sql.written import Written
from bot.domain.budget import Balance, Scope
from bot.domain.job import MANY_AHEAD, Job, State
from bot.domain.ledger import LedgerEntry
from bot.domain.standing import Standing

TYPICAL_OF = 20
TYPICAL_LEAST = 3


_LEDGER, _JOBS = tabled(LedgerRow), tabled(JobRow)
_OF_JOB = Written(select(_LEDGER).where(_LEDGER.c.job == bindparam("of")).order_by(_LEDGER.c.number))
_ENTERED = Written(select(_LEDGER.c.at).where(_LEDGER.c.number == bindparam("number")))
_ENTRIES = Written(
    select(_LEDGER)
    .where(
        _LEDGER.c.platform == bindparam("platform", type_=Words()),
        _LEDGER.c.workspace == bindparam("workspace", type_=Words()),
        tuple_(_LEDGER.c.at, _LEDGER.c.number) > tuple_(bindparam("from", type_=Instant()), bindparam("after")),
        _LEDGER.c.at < bindparam("until", type_=Instant()),
    )
    .order_by(_LEDGER.c.at, _LEDGER.c.number)
    .limit(bindparam("limit"))
)
_LAST = Written(
    select(_JOBS.c.submitted_at, _JOBS.c.completed_at)
    .where(_JOBS.c.model == bindparam("of"), _JOBS.c.completed_at.is_not(None), _JOBS.c.submitted_at.is_not(None))
    .order_by(_JOBS.c.completed_at.desc())
    .limit(TYPICAL_OF)
)
_WAITS = select(func.count()).where(
    _JOBS.c.state == State.queued.value,
    _JOBS.c.provider == bindparam("provider", type_=Words()),
    _JOBS.c.id != bindparam("id"),
)
_QUEUED = Written(_WAITS)
_EARLIER = Written(_WAITS.where(_JOBS.c.confirmed_at < bindparam("at", type_=Instant())))


@dataclass(frozen=True, slots=True)
class SqlLedger:
    database: Database

    async def of_job(self, job: str) -> Sequence[LedgerEntry]:
        return [entry_of(row) for row in await self.database.ask(_OF_JOB, {"of": job})]

    async def balance(self, scope: Scope, since: datetime) -> Balance:
        return await self.database.read(lambda session: balance(session, scope, since))

    async def entries(
        self, place: tuple[str, str], since: datetime, until: datetime, after: int = 0, limit: int = 1000
    ) -> Sequence[tuple[int, LedgerEntry]]:
        """Each page goes on in the index where the one before ended: to find its end by its number alone would read the whole month for each."""
        last = await self.database.ask(_ENTERED, {"number": after}) if after else ()
        place_and_time = {
            "platform": place[0],
            "workspace": place[1],
            "from": last[0].at if last else since,
            "until": until,
        }
        rows = await self.database.ask(_ENTRIES, {**place_and_time, "after": after, "limit": limit})
        return [(row.number, entry_of(row)) for row in rows]

    async def places(self, since: datetime, until: datetime) -> Sequence[tuple[str, str]]:
        place = (col(LedgerRow.platform), col(LedgerRow.workspace))
        asking = select(*place).where(col(LedgerRow.at) >= since, col(LedgerRow.at) < until).distinct().order_by(*place)
        rows = await self.database.read(lambda session: session.execute(asking).all())
        return [(row.platform, row.workspace) for row in rows]

    async def unbalanced(self, limit: int = 100) -> Sequence[str]:
        asking = wrong_jobs(limit)
        return await self.database.read(lambda session: session.scalars(asking).all())


@dataclass(frozen=True, slots=True)
class SqlStatistics:
    database: Database

    async def ahead(self, job: Job) -> int:
        """A job that nobody confirmed yet has the whole line before it."""
        if job.line:
            return await self.database.read(lambda session: ahead_in_line(session, job))
        given = {"id": job.id, "provider": job.choice.provider if job.choice else None}
        if job.confirmed_at is None:
            rows = await self.database.ask(_QUEUED, given)
        else:
            rows = await self.database.ask(_EARLIER, {**given, "at": job.confirmed_at})
        return min(rows[0][0], MANY_AHEAD)

    async def typical_seconds(self, model: str) -> float | None:
        rows = await self.database.ask(_LAST, {"of": model})
        if len(rows) < TYPICAL_LEAST:
            return None
        return median((row.completed_at - row.submitted_at).total_seconds() for row in rows)

    async def counts(self) -> Mapping[State, int]:
        return await self.database.read(jobs)

    async def standing(self, now: datetime) -> Standing:
        return await self.database.read(lambda session: standing(session, now))
