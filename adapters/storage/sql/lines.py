"""Lines: turns are given in one transaction that locks the line, and whom it lets in, so that two replicas never give the same place twice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    TextClause,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.columns import Instant
from adapters.storage.sql.crowd import BEGUN_AT, LONGEST, MINUTE, ON_THE_WAY, counts, crowd, locked
from adapters.storage.sql.database import Database
from adapters.storage.sql.jobs import moved
from adapters.storage.sql.mapping import job_columns, job_of, person_of, readable
from adapters.storage.sql.once import add_once
from adapters.storage.sql.places import on_platforms
from adapters.storage.sql.rows import JobRow, LineRow
from bot.domain.chat import Conversation
from bot.domain.job import Job, Others, State

MOST_AT_ONCE = 200
TOLD = 10  # so many who wait are told their new place when somebody is let in

_AUTHOR = {
    "platform": col(JobRow.author_platform),
    "workspace": col(JobRow.author_workspace),
    "person": col(JobRow.author_id),
}
# Written out, as SQLite takes an index of some rows only where the query says the same words.
_LINED = text("jobs.line <> ''")
_WAITS = text("jobs.state = 'queued' AND jobs.next_step_at IS NULL")
_PAUSED = exists().where(
    col(LineRow.name) == col(JobRow.line), col(LineRow.paused_until) > bindparam("now", type_=Instant())
)
_WAITING = select(col(JobRow.line)).where(_WAITS, ~_PAUSED).distinct()
_TO_A_PROVIDER = col(JobRow.provider) != ""
_PLACE = (col(JobRow.platform), col(JobRow.workspace), col(JobRow.channel))


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
            locking = select(LineRow).where(col(LineRow.name) == line).with_for_update()
            row = session.scalars(locking).one()
            if row.paused_until is not None and row.paused_until > now:
                return []
            room = min(_places(session, line, at_once, now), _calls(session, line, per_minute, now))
            return _let_in(session, line, room, now, on) if room > 0 else []

        return await self.database.write(work)

    async def pause(self, line: str, until: datetime) -> None:
        def work(session: Session) -> None:
            add_once(session, LineRow, {"name": line}, "name")
            later = or_(col(LineRow.paused_until).is_(None), col(LineRow.paused_until) < until)
            session.execute(update(LineRow).where(col(LineRow.name) == line, later).values(paused_until=until))

        await self.database.write(work)

    async def others(self, job: Job, now: datetime) -> Others:
        whose = (job.author.platform, job.author.workspace, job.author.id)
        number = select(col(JobRow.number)).where(col(JobRow.id) == job.id).scalar_subquery()
        same = (column == value for column, value in zip(_AUTHOR.values(), whose, strict=True))
        earlier = or_(
            col(JobRow.confirmed_at) < literal(job.confirmed_at, Instant()),
            and_(col(JobRow.confirmed_at) == literal(job.confirmed_at, Instant()), col(JobRow.number) < number),
        )

        def work(session: Session) -> Others:
            person = person_of(job)
            found = crowd(session, [person], now)
            before = _count(session, col(JobRow.line) == job.line, *same, _WAITS, earlier)
            return Others(on_the_way=found.on_the_way[person], begun=found.begun[person], before=before)

        return await self.database.read(work)

    async def places(self) -> Sequence[tuple[Conversation, int | None, int | None]]:
        limits = (col(JobRow.at_once), col(JobRow.per_minute))
        asking = select(*_PLACE, *limits).where(_WAITS, _TO_A_PROVIDER).distinct()
        rows = await self.database.read(lambda session: session.execute(asking).all())
        return [(Conversation(*row[:3]), row.at_once, row.per_minute) for row in rows]

    async def measure(self, place: Conversation, at_once: int | None, per_minute: int | None) -> None:
        here = zip(_PLACE, (place.platform, place.workspace, place.channel), strict=True)
        author = _AUTHOR["platform"] + "\x1f" + _AUTHOR["workspace"] + "\x1f" + _AUTHOR["person"]
        person = author if at_once is not None or per_minute is not None else literal("")
        measuring = (
            update(JobRow)
            .where(_WAITS, _TO_A_PROVIDER, *(column == value for column, value in here))
            .values(at_once=at_once, per_minute=per_minute, person=person)
            .execution_options(synchronize_session=False)
        )
        await self.database.write(lambda session: session.execute(measuring))


def _let_in(session: Session, line: str, room: int, now: datetime, on: Collection[str] | None) -> Sequence[str]:
    """The first so many are due now; the next ones are told that they moved up."""
    ranked = _ranked(line, counts(now))
    free = select(ranked).where(ranked.c.held == 0).order_by(*_order(ranked)).limit(room + TOLD)
    waiting = session.execute(free if on is None else free.where(ranked.c.platform.in_(sorted(on)))).all()
    # Those who are at a limit of their own by now are only seen once nobody else can let them in.
    people = {row.person for row in waiting[:room]}
    locked(session, people)
    known = crowd(session, people, now)
    chosen = [row for row in waiting[:room] if known.lets_in(row.person, row.at_once, row.per_minute)]
    turn = (
        update(JobRow)
        .where(col(JobRow.number).in_([row.number for row in chosen]), _WAITS)
        .values(next_step_at=now)
        .returning(col(JobRow.number), col(JobRow.id))
        .execution_options(synchronize_session=False)
    )
    begun = {row.number: row.id for row in session.execute(turn)} if chosen else {}
    if begun:
        _tell(session, line, [row.number for row in waiting[room:]], {row.person for row in chosen} - {""}, now)
    return [begun[row.number] for row in chosen if row.number in begun]


def _tell(session: Session, line: str, next_ones: Sequence[int], people: Collection[str], now: datetime) -> None:
    """Their cards are shown anew: of those who come next, and of what else the people let in have waiting."""
    asking = select(JobRow).where(_WAITS, col(JobRow.line) == line)
    rows = list(session.scalars(asking.where(col(JobRow.number).in_(next_ones))).all()) if next_ones else []
    if people:
        theirs = asking.where(col(JobRow.person).in_(sorted(people)), col(JobRow.number).not_in(next_ones))
        rows += session.scalars(theirs.order_by(col(JobRow.confirmed_at), col(JobRow.number)).limit(TOLD)).all()
    for job in readable(rows, job_of):
        after = job.move(job.state, now)
        moved(session, after, job_columns(after))


def _places(session: Session, line: str, at_once: int | None, now: datetime) -> int:
    if at_once is None:
        return MOST_AT_ONCE
    return at_once - _count(session, _of(line), ON_THE_WAY, now - LONGEST < BEGUN_AT)


def _calls(session: Session, line: str, per_minute: int | None, now: datetime) -> int:
    """What is left of this minute's calls; one let in and not sent yet counts as sent, and so does one whose files are on their way."""
    if per_minute is None:
        return MOST_AT_ONCE
    sent = _count(session, _of(line), col(JobRow.submitted_at) > now - MINUTE)
    older = or_(col(JobRow.submitted_at).is_(None), col(JobRow.submitted_at) <= now - MINUTE)
    about_to = col(JobRow.state).in_([State.queued.value, State.submitting.value])
    return per_minute - sent - _count(session, _of(line), ON_THE_WAY, about_to, older)


def _of(line: str) -> ColumnElement[bool]:
    return and_(col(JobRow.line) == line, _LINED)


def _count(session: Session, *where: ColumnElement[bool] | TextClause) -> int:
    return session.scalar(select(func.count()).select_from(JobRow).where(*where)) or 0


def _ranked(line: str, crowds: Any) -> Any:
    """Who waits, each with how many of the same person's films come before it in this line, and whether it is `held` for its person.

    A person's own order is kept: what waits before a job counts against its limits too.
    """
    whose = [column.label(name) for name, column in _AUTHOR.items()]
    busy = (
        select(*whose, func.count().label("films")).where(_of(line), ON_THE_WAY).group_by(*_AUTHOR.values()).subquery()
    )
    same = and_(*(column == busy.c[name] for name, column in _AUTHOR.items()))
    earlier = (col(JobRow.confirmed_at), col(JobRow.number))
    before = func.row_number().over(partition_by=list(_AUTHOR.values()), order_by=earlier)
    full = before + func.coalesce(crowds.c.films, 0) > col(JobRow.at_once)
    quick = before + func.coalesce(crowds.c.begun, 0) > col(JobRow.per_minute)
    columns = (JobRow.number, JobRow.platform, JobRow.person, JobRow.at_once, JobRow.per_minute)
    return (
        select(
            *(col(one) for one in columns),
            col(JobRow.confirmed_at).label("confirmed_at"),
            (before + func.coalesce(busy.c.films, 0)).label("turn"),
            case((and_(col(JobRow.person) != "", or_(full, quick)), 1), else_=0).label("held"),
        )
        .select_from(JobRow)
        .outerjoin(busy, same)
        .outerjoin(crowds, crowds.c.person == col(JobRow.person))
        .where(col(JobRow.line) == line, _WAITS)
        .cte("ranked")
    )


def _order(ranked: Any) -> tuple[Any, ...]:
    """Fair: whoever has the least comes first, among equals who confirmed first."""
    return ranked.c.turn, ranked.c.confirmed_at, ranked.c.number


def place_in_line(session: Session, job: Job) -> int:
    """How many are let in before this one; 0 for one that does not wait. Who has as many films on the way as they may is passed over."""
    ranked = _ranked(job.line, counts(None))
    own = session.scalar(select(col(JobRow.number)).where(col(JobRow.id) == job.id))
    ahead = or_(ranked.c.held == 0, ranked.c.number == own)
    numbers = session.scalars(select(ranked.c.number).where(ahead).order_by(*_order(ranked))).all()
    return numbers.index(own) if own in numbers else 0
