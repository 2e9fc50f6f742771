"""Lines: turns are given in one transaction that locks the line, so that two replicas never give the same place twice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.columns import Instant
from adapters.storage.sql.database import Database
from adapters.storage.sql.jobs import moved
from adapters.storage.sql.mapping import job_columns, job_of, readable
from adapters.storage.sql.once import add_once
from adapters.storage.sql.places import on_platforms
from adapters.storage.sql.rows import JobRow, LineRow
from bot.domain.job import Job, State

MINUTE = timedelta(minutes=1)
LONGEST = timedelta(days=1)  # after which nothing is on its way any more, though nobody may be there to see it end
MOST_AT_ONCE = 200
TOLD = 10  # so many who wait are told their new place when somebody is let in

_QUEUED = col(JobRow.state) == State.queued.value
_AUTHOR = {
    "platform": col(JobRow.author_platform),
    "workspace": col(JobRow.author_workspace),
    "person": col(JobRow.author_id),
}
# Written out, as SQLite takes an index of some rows only where the query says the same words.
_LINED = text("jobs.line <> ''")
_WAITS = text("jobs.state = 'queued' AND jobs.next_step_at IS NULL")
_BUSY = and_(
    text("jobs.state IN ('queued', 'submitting', 'processing')"),
    or_(col(JobRow.state) != State.queued.value, col(JobRow.next_step_at).is_not(None)),
)
_PAUSED = exists().where(
    col(LineRow.name) == col(JobRow.line), col(LineRow.paused_until) > bindparam("now", type_=Instant())
)
_WAITING = select(col(JobRow.line)).where(_WAITS, ~_PAUSED).distinct()


@dataclass(frozen=True, slots=True)
class SqlLines:
    database: Database

    async def waiting(self, now: datetime, on: Collection[str] | None = None) -> Sequence[str]:
        asking = _WAITING if on is None else _WAITING.where(on_platforms(JobRow, on))
        return await self.database.read(lambda session: session.scalars(asking, {"now": now}).all())

    async def admit(
        self,
        line: str,
        now: datetime,
        *,
        at_once: int | None,
        per_minute: int | None,
        on: Collection[str] | None = None,
    ) -> Sequence[str]:
        def work(session: Session) -> Sequence[str]:
            add_once(session, LineRow, {"name": line}, "name")
            locked = select(LineRow).where(col(LineRow.name) == line).with_for_update()
            row = session.scalars(locked).one()
            if row.paused_until is not None and row.paused_until > now:
                return []
            room = min(_places(session, line, at_once, now), _calls(session, line, per_minute, now))
            if room <= 0:
                return []
            first = session.scalars(_in_order(line, on).limit(room + TOLD)).all()
            return _let_in(session, readable(first, job_of), room, now)

        return await self.database.write(work)

    async def pause(self, line: str, until: datetime) -> None:
        def work(session: Session) -> None:
            add_once(session, LineRow, {"name": line}, "name")
            later = or_(col(LineRow.paused_until).is_(None), col(LineRow.paused_until) < until)
            session.execute(update(LineRow).where(col(LineRow.name) == line, later).values(paused_until=until))

        await self.database.write(work)


def _let_in(session: Session, waiting: Sequence[Job], room: int, now: datetime) -> Sequence[str]:
    """The first so many are due now; the next ones are told that they moved up."""
    let_in: list[str] = []
    for job in waiting:
        turn = len(let_in) < room
        after = job.move(job.state, now, next_step_at=now if turn else None)
        if moved(session, after, job_columns(after)) and turn:
            let_in.append(job.id)
    return let_in


def _places(session: Session, line: str, at_once: int | None, now: datetime) -> int:
    if at_once is None:
        return MOST_AT_ONCE
    begun = case((col(JobRow.state) == State.queued.value, JobRow.next_step_at), else_=JobRow.submitted_at)
    return at_once - _count(session, _of(line), _BUSY, begun > now - LONGEST)


def _calls(session: Session, line: str, per_minute: int | None, now: datetime) -> int:
    """What is left of this minute's calls; one let in and not sent yet counts as sent."""
    if per_minute is None:
        return MOST_AT_ONCE
    sent = _count(session, _of(line), col(JobRow.submitted_at) > now - MINUTE)
    older = or_(col(JobRow.submitted_at).is_(None), col(JobRow.submitted_at) <= now - MINUTE)
    about_to = _count(session, _of(line), _QUEUED, col(JobRow.next_step_at).is_not(None), older)
    return per_minute - sent - about_to


def _of(line: str) -> ColumnElement[bool]:
    return and_(col(JobRow.line) == line, _LINED)


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(JobRow).where(*where)) or 0


def _ranked(line: str) -> Any:
    """Who waits, each with how many of the same person's films come before it, on their way or waiting."""
    whose = [column.label(name) for name, column in _AUTHOR.items()]
    busy = select(*whose, func.count().label("films")).where(_of(line), _BUSY).group_by(*_AUTHOR.values()).subquery()
    same = and_(*(column == busy.c[name] for name, column in _AUTHOR.items()))
    earlier = (col(JobRow.confirmed_at), col(JobRow.number))
    before = func.row_number().over(partition_by=list(_AUTHOR.values()), order_by=earlier)
    return (
        select(
            col(JobRow.number).label("number"),
            col(JobRow.id).label("id"),
            col(JobRow.confirmed_at).label("confirmed_at"),
            (before + func.coalesce(busy.c.films, 0)).label("turn"),
        )
        .select_from(JobRow)
        .outerjoin(busy, same)
        .where(col(JobRow.line) == line, _WAITS)
        .cte("ranked")
    )


def _in_order(line: str, on: Collection[str] | None) -> Select[JobRow]:
    """Fair: whoever has the least comes first, among equals who confirmed first."""
    ranked = _ranked(line)
    order = (ranked.c.turn, ranked.c.confirmed_at, ranked.c.number)
    waiting = select(JobRow).join(ranked, ranked.c.number == col(JobRow.number)).order_by(*order)
    return waiting if on is None else waiting.where(on_platforms(JobRow, on))


def place_in_line(session: Session, job: Job) -> int:
    """How many are let in before this one; 0 for one that does not wait."""
    ranked = _ranked(job.line)
    order = (ranked.c.turn, ranked.c.confirmed_at, ranked.c.number)
    ids = session.scalars(select(ranked.c.id).order_by(*order)).all()
    return ids.index(job.id) if job.id in ids else 0
