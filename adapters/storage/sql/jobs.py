"""Jobs: saved by compare-and-set on their version, claimed under leases."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, bindparam, case, func, insert, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.budgets import check_room, holders, note_held
from adapters.storage.sql.columns import Instant
from adapters.storage.sql.database import Database
from adapters.storage.sql.leases import free, keep, lease_first
from adapters.storage.sql.mapping import (
    dump,
    job_card_columns,
    job_columns,
    job_of,
    ledger_columns,
    new_job_columns,
    readable,
)
from adapters.storage.sql.once import add_once
from adapters.storage.sql.passing import changes_needs, remember
from adapters.storage.sql.places import at_place, on_platforms
from adapters.storage.sql.plain import tabled
from adapters.storage.sql.rows import CardRow, JobRow, LedgerRow
from adapters.storage.sql.turns import give_turns
from bot.domain.budget import Budget
from bot.domain.chat import Conversation, Person
from bot.domain.errors import Stale
from bot.domain.job import ENDED, Job, State
from bot.domain.ledger import LedgerEntry

# Written out, as SQLite takes an index of some rows only where the query says the same words.
_OF_A_BATCH = text("jobs.batch <> ''")


# Written once: every look and every poll asks these, and putting a statement together takes as long as asking it.
_JOBS = tabled(JobRow)
_ENTER = insert(tabled(LedgerRow))
_VALUE = [_JOBS.c[name] for name in ("id", "number", "next_step_at", "at_once", "per_minute", "body")]
_GET = select(*_VALUE).where(_JOBS.c.id == bindparam("of"))
_REST = (
    update(_JOBS)
    .where(_JOBS.c.id == bindparam("of"), _JOBS.c.version == bindparam("as"), _JOBS.c.leased_by == bindparam("by"))
    .values(next_step_at=bindparam("until", type_=Instant()), leased_by=None, leased_until=None)
)


def _wanting(*, anew: bool) -> Update:
    """A card that waits already keeps its place in line, and its put-off while only the progress moves."""
    rows, at = tabled(CardRow), bindparam("at", type_=Instant())
    waits = rows.c.shown < rows.c.wanted
    changes: dict[str, Any] = {"wanted": bindparam("version"), "wanted_at": at}
    if anew:
        waits &= rows.c.waiting_since <= at
        changes["retry_at"] = None
    changes["waiting_since"] = case((waits, rows.c.waiting_since), else_=at)
    return update(rows).where(rows.c.id == bindparam("of")).values(changes)


_ANEW = (
    update(_JOBS)
    .where(_JOBS.c.id == bindparam("of"), _JOBS.c.version == bindparam("before"))
    .values(version=bindparam("as"), body=bindparam("now"))
)
_WANT, _WANT_ANEW = _wanting(anew=False), _wanting(anew=True)


def _due(now: datetime) -> ColumnElement[bool]:
    return col(JobRow.next_step_at) <= now


@dataclass(frozen=True, slots=True)
class SqlJobs:
    database: Database

    async def add(self, job: Job) -> bool:
        columns, card = new_job_columns(job), job_card_columns(job)

        def work(session: Session) -> bool:
            if not add_once(session, JobRow, columns):
                return False
            session.execute(insert(CardRow).values(**card))
            give_turns(session, [job])
            remember(session, [job])
            return True

        return await self.database.write(work)

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
        columns, entries = job_columns(job), [ledger_columns(entry) for entry in ledger]
        held = holders(ledger)
        if job.id in held:
            columns["holding"] = held.pop(job.id)  # most often nobody else does: one statement less
        added = [new_job_columns(call) for call in calls]

        def work(session: Session) -> None:
            if within:
                check_room(session, within, ledger)
            if not moved(session, job, columns, hold=hold):
                raise Stale(f"job {job.id} was changed by someone else before version {job.version} was saved")
            if added:
                session.execute(insert(JobRow), added)
            give_turns(session, [job, *calls])
            if begun := [*([job] if changes_needs(job) else []), *calls]:
                remember(session, begun)
            if entries:
                session.connection().execute(_ENTER, entries)
                note_held(session, held)

        await self.database.write(work, lasting=job.state is State.submitting)

    async def claim(
        self, platforms: Collection[str], worker: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[Job]:
        if not platforms:
            return []
        where = (_due(now), free(JobRow, now), on_platforms(JobRow, platforms))
        claiming = lease_first(JobRow, worker, until, where, order=col(JobRow.next_step_at), limit=limit)
        rows = await self.database.tell(claiming.returning(*_VALUE))
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


def moved(session: Session, job: Job, columns: dict[str, Any], *, hold: bool = False) -> bool:
    """Saves a job after one move and wants its card shown anew; False where someone else moved it first."""
    given = {f"new_{name}": value for name, value in columns.items()}
    given |= {"of": job.id, "before": job.version - 1, "now": job.changed_at}
    saving = _moving(tuple(columns), hold=hold, completes=job.state is State.complete)
    if session.connection().execute(saving, given).first() is None:
        return False
    if not job.batch:
        anew = job.version in {job.state_version, job.asked_version}
        wanted = {"of": job.card_id, "version": job.version, "at": job.changed_at}
        session.connection().execute(_WANT_ANEW if anew else _WANT, wanted)
    return True


def moved_up(session: Session, jobs: Sequence[Job]) -> None:
    """Saves jobs of which only the card is to be shown anew, and leaves out any that is not at its version any more."""
    if not jobs:
        return
    saving = [{"of": job.id, "before": job.version - 1, "as": job.version, "now": dump(job)} for job in jobs]
    session.connection().execute(_ANEW, saving)
    if wanted := [{"of": job.card_id, "version": job.version, "at": job.changed_at} for job in jobs if not job.batch]:
        session.connection().execute(_WANT, wanted)


@cache
def _moving(names: tuple[str, ...], *, hold: bool, completes: bool) -> Update:
    """Written once for all jobs alike: putting it together takes longer than running it."""
    rows = tabled(JobRow)
    changes: dict[str, Any] = {name: bindparam(f"new_{name}", type_=rows.c[name].type) for name in names}
    if completes:
        changes["completed_at"] = func.coalesce(rows.c.completed_at, bindparam("now", type_=Instant()))
    if not hold:
        changes |= {"leased_by": None, "leased_until": None}
    at_its_version = (rows.c.id == bindparam("of"), rows.c.version == bindparam("before"))
    return update(rows).where(*at_its_version).values(changes).returning(rows.c.number)


def _few(where: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Looked up first, then sorted: going through the index that is in order would pass every finished job on the way."""
    return col(JobRow.number).in_(select(col(JobRow.number)).where(*where))


def _by(author: Person) -> tuple[ColumnElement[bool], ...]:
    return (
        col(JobRow.author_platform) == author.platform,
        col(JobRow.author_workspace) == author.workspace,
        col(JobRow.author_id) == author.id,
    )
