"""Accounts: what was spent, and what the jobs so far tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from sqlalchemy import ColumnElement, func, select, text
from sqlmodel import col

from adapters.storage.sql.database import Database
from adapters.storage.sql.lines import place_in_line
from adapters.storage.sql.mapping import entry_of
from adapters.storage.sql.rows import JobRow, LedgerRow
from bot.domain.chat import Person
from bot.domain.job import Job, State
from bot.domain.ledger import EntryKind, LedgerEntry

TYPICAL_OF = 20
TYPICAL_LEAST = 3


@dataclass(frozen=True, slots=True)
class SqlLedger:
    database: Database

    async def of_job(self, job: str) -> Sequence[LedgerEntry]:
        asking = select(LedgerRow).where(col(LedgerRow.job) == job).order_by(col(LedgerRow.number))
        return [entry_of(row) for row in await self.database.read(lambda session: session.scalars(asking).all())]

    async def spent(self, person: Person, since: datetime) -> Decimal:
        return await self._total(person, EntryKind.charge, EntryKind.refund, col(LedgerRow.at) >= since)

    async def held(self, person: Person) -> Decimal:
        return await self._total(person, EntryKind.reserve, EntryKind.release)

    async def _total(self, person: Person, plus: EntryKind, minus: EntryKind, *where: ColumnElement[bool]) -> Decimal:
        """Summed here, since SQLite would sum money as floats."""
        asking = select(col(LedgerRow.kind), col(LedgerRow.credits)).where(
            col(LedgerRow.platform) == person.platform,
            col(LedgerRow.workspace) == person.workspace,
            col(LedgerRow.person_id) == person.id,
            col(LedgerRow.kind).in_([plus.value, minus.value]),
            *where,
        )
        rows = await self.database.read(lambda session: session.execute(asking).all())
        return sum((row.credits if row.kind == plus.value else -row.credits for row in rows), Decimal(0))


@dataclass(frozen=True, slots=True)
class SqlStatistics:
    database: Database

    async def ahead(self, job: Job) -> int:
        """A job that nobody confirmed yet has the whole line before it."""
        if job.line:
            return await self.database.read(lambda session: place_in_line(session, job))
        asking = select(func.count()).where(
            col(JobRow.state) == State.queued.value,
            col(JobRow.provider) == (job.choice.provider if job.choice else None),
            col(JobRow.id) != job.id,
        )
        if job.confirmed_at is not None:
            asking = asking.where(col(JobRow.confirmed_at) < job.confirmed_at)
        return await self.database.read(lambda session: session.scalar(asking) or 0)

    async def typical_seconds(self, model: str) -> float | None:
        asking = (
            select(col(JobRow.submitted_at), col(JobRow.completed_at))
            .where(
                col(JobRow.model) == model, col(JobRow.completed_at).is_not(None), col(JobRow.submitted_at).is_not(None)
            )
            .order_by(col(JobRow.completed_at).desc())
            .limit(TYPICAL_OF)
        )
        rows = await self.database.read(lambda session: session.execute(asking).all())
        if len(rows) < TYPICAL_LEAST:
            return None
        return median((row.completed_at - row.submitted_at).total_seconds() for row in rows)

    async def counts(self) -> Mapping[State, int]:
        asking = select(col(JobRow.state), func.count()).where(text("jobs.batch = ''")).group_by(col(JobRow.state))
        rows = await self.database.read(lambda session: session.execute(asking).all())
        return {State(state): count for state, count in rows}
