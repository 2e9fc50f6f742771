"""Jobs: saved by compare-and-set on their version, claimed under leases."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, and_, bindparam, insert, select, text, update
from sqlmodel import col

from adapters.storage.sql.budgets import check_room, holders, note_held
from adapters.storage.sql.columns import Instant
from adapters.storage.sql.database import Database, Transaction
from adapters.storage.sql.leases import NOW, keep, lease_first
from adapters.storage.sql.mapping import (
    job_card_columns,
    job_columns,
    job_of,
    ledger_columns,
    new_job_columns,
    readable,
)
from adapters.storage.sql.moves import Move
from adapters.storage.sql.once import add_once
from adapters.storage.sql.passing import changes_needs, remember
from adapters.storage.sql.places import at_place
from adapters.storage.sql.plain import tabled
from adapters.storage.sql.rows import CardRow, JobRow
from adapters.storage.sql.turns import give_turns
from adapters.storage.sql.written import Written
from bot.domain.budget import Budget
from bot.domain.chat import Conversation, Person
from bot.domain.errors import Stale
from bot.domain.job import ENDED, Job, State
from bot.domain.ledger import LedgerEntry

# Written out, as SQLite takes an index of some rows only where the query says the same words.
_OF_A_BATCH = text("jobs.batch <> ''")


_JOBS = tabled(JobRow)
_VALUE = [_JOBS.c[name] for name in ("id", "number", "next_step_at", "at_once", "per_minute", "body")]
_GET = Written(select(*_VALUE).where(_JOBS.c.id == bindparam("of")))
_REST = Written(
    update(_JOBS)
    .where(_JOBS.c.id == bindparam("of"), _JOBS.c.version == bindparam("as"), _JOBS.c.leased_by == bindparam("by"))
    .values(next_step_at=bindparam("until", type_=Instant()), leased_by=None, leased_until=None)
)


@cache
def _claiming(platforms: tuple[str, ...]) -> Written:
    due = _JOBS.c.next_step_at <= NOW
    return Written(lease_first(JobRow, platforms, due, order=_JOBS.c.next_step_at).returning(*_VALUE))


@dataclass(frozen=True, slots=True)
class SqlJobs:
    database: Database

    async def add(self, job: Job) -> bool:
        columns, card = new_job_columns(job), job_card_columns(job)

        def work(transaction: Transaction) -> bool:
            if not add_once(transaction, JobRow, columns):
                return False
            transaction.session.execute(insert(CardRow).values(**card))
            give_turns(transaction, [job])
            remember(transaction, [job])
            return True

        return await self.database.transact(work)

    async def get(self, id: str) -> Job | None:
        rows = await self.database.ask(_GET, {"of": id})
        return job_of(rows[0]) if rows else None

    async def save(
        self,
        job: Job,
        ledger: Sequence[LedgerEntry] = (),
        *,
        calls: Sequence[Job] = (),
        within: Sequence[Budget] = (),
        hold: bool = False,
    ) -> None:
        """A job about to make a paid call is on the disk before this returns: a power cut must not lead to a second call."""
        columns = job_columns(job)
        held = holders(ledger)
        if job.id in held:
            columns["holding"] = held.pop(job.id)  # most often nobody else does: one statement less
        move = Move(job, columns, [ledger_columns(entry) for entry in ledger], hold=hold)
        begun = [*([job] if changes_needs(job) else []), *calls]
        added = [new_job_columns(call) for call in calls]

        def work(transaction: Transaction) -> bool:
            check_room(transaction, within, ledger)
            if not move.done(transaction):
                return False
            if added:
                transaction.session.execute(insert(JobRow), added)
            give_turns(transaction, [job, *calls])
            move.enter(transaction)
            remember(transaction, begun)
            note_held(transaction, held)
            return True

        if self.database.joins and not (within or held or begun or job.waits):
            saved = await move.at_once(self.database)
        else:
            saved = await self.database.transact(work, lasting=job.state is State.submitting)
        if not saved:
            raise Stale(f"job {job.id} was changed by someone else before version {job.version} was saved")

    async def claim(
        self, platforms: Collection[str], worker: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[Job]:
        if not platforms:
            return []
        given = {"by": worker, "now": now, "until": until, "limit": limit}
        rows = await self.database.tell(_claiming(tuple(sorted(platforms))), given)
        return readable(sorted(rows, key=lambda row: (row.next_step_at, row.number)), job_of)

    async def rest(self, job: Job, worker: str, until: datetime) -> None:
        given = {"of": job.id, "as": job.version, "by": worker, "until": until}
        await self.database.tell(_REST, given)

    async def renew(self, worker: str, ids: Collection[str], until: datetime) -> None:
        if ids:
            keeping = keep(JobRow, worker, until, col(JobRow.id).in_(sorted(ids)))
            await self.database.write(lambda session: session.execute(keeping), alone=True)

    async def find(
        self,
        *,
        conversation: Conversation | None = None,
        workspace: tuple[str, str] | None = None,
        author: Person | None = None,
        states: Collection[State] = (),
        batch: str | None = "",
        limit: int = 50,
    ) -> Sequence[Job]:
        where: list[ColumnElement[bool]] = [] if batch is None else [col(JobRow.batch) == batch]
        if batch:
            where = [and_(*where, _OF_A_BATCH)]
        newest = (col(JobRow.made_at).desc(), col(JobRow.number).desc())
        if conversation is not None:
            where += at_place(JobRow, conversation)
        if workspace is not None:
            where += [col(JobRow.platform) == workspace[0], col(JobRow.workspace) == workspace[1]]
        if author is not None:
            where += _by(author)
        if states:
            where.append(col(JobRow.state).in_(sorted(states)))
        if states and ENDED.isdisjoint(states):
            where = [_few(where)]
        finding = select(JobRow).where(*where).order_by(*newest).limit(limit)
        # Read in that thread, too: a hundred calls of a batch would hold up everything else here.
        return await self.database.read(lambda session: readable(session.scalars(finding).all(), job_of))


def _few(where: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Looked up first, then sorted: going through the index that is in order would pass every finished job on the way."""
    return col(JobRow.number).in_(select(col(JobRow.number)).where(*where))


def _by(author: Person) -> tuple[ColumnElement[bool], ...]:
    return (
        col(JobRow.author_platform) == author.platform,
        col(JobRow.author_workspace) == author.workspace,
        col(JobRow.author_id) == author.id,
    )
