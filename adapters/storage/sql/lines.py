"""Lines: turns are given in one transaction that locks the line, and whom it lets in, so that two replicas never give the same place twice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CTE,
    ColumnElement,
    TextClause,
    and_,
    bindparam,
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
from adapters.storage.sql.crowd import BEGUN_AT, LONGEST, MINUTE, ON_THE_WAY, crowd, locked
from adapters.storage.sql.database import Database, Transaction
from adapters.storage.sql.mapping import job_of, person_of, readable
from adapters.storage.sql.moves import moved_up
from adapters.storage.sql.once import add_once
from adapters.storage.sql.places import on_platforms
from adapters.storage.sql.rows import JobRow, LineRow
from adapters.storage.sql.turns import WAITS, first_in_line, go_on, of_people, theirs_ahead
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


def _names() -> CTE:
    """The lines where somebody waits, from each straight to the next: who waits in between is not read."""
    least = select(func.min(col(JobRow.line)).label("line")).where(WAITS)
    names = least.where(col(JobRow.line) > "").cte("names", recursive=True)
    following = least.where(col(JobRow.line) > names.c.line).scalar_subquery()
    return names.union_all(select(following).where(names.c.line.is_not(None)))


_NAMES = _names()
_PAUSED = exists().where(
    col(LineRow.name) == _NAMES.c.line, col(LineRow.paused_until) > bindparam("now", type_=Instant())
)
_QUEUED = and_(col(JobRow.state) == State.queued.value, col(JobRow.next_step_at).is_(None))
_TO_A_PROVIDER = col(JobRow.provider) != ""
_PLACE = (col(JobRow.platform), col(JobRow.workspace), col(JobRow.channel))


@dataclass(frozen=True, slots=True)
class SqlLines:
    database: Database

    async def waiting(self, now: datetime, on: Collection[str] | None = None) -> Sequence[str]:
        whose = [] if on is None else [on_platforms(JobRow, on)]
        asking = select(_NAMES.c.line).where(exists().where(col(JobRow.line) == _NAMES.c.line, WAITS, *whose), ~_PAUSED)
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
        def work(transaction: Transaction) -> Sequence[str]:
            add_once(transaction, LineRow, {"name": line}, "name")
            session = transaction.session
            locking = select(LineRow).where(col(LineRow.name) == line).with_for_update()
            row = session.scalars(locking).one()
            if row.paused_until is not None and row.paused_until > now:
                return []
            room = min(_places(session, line, at_once, now), _calls(session, line, per_minute, now))
            return _let_in(transaction, line, room, now, on) if room > 0 else []

        return await self.database.transact(work)

    async def pause(self, line: str, until: datetime) -> None:
        def work(transaction: Transaction) -> None:
            add_once(transaction, LineRow, {"name": line}, "name")
            later = or_(col(LineRow.paused_until).is_(None), col(LineRow.paused_until) < until)
            transaction.session.execute(
                update(LineRow).where(col(LineRow.name) == line, later).values(paused_until=until)
            )

        await self.database.transact(work)

    async def others(self, job: Job, now: datetime) -> Others:
        def work(session: Session) -> Others:
            person = person_of(job)
            found = crowd(session, [person], now)
            before = theirs_ahead(session, job)
            return Others(on_the_way=found.on_the_way[person], begun=found.begun[person], before=before)

        return await self.database.read(work)

    async def places(self) -> Sequence[tuple[Conversation, int | None, int | None]]:
        limits = (col(JobRow.at_once), col(JobRow.per_minute))
        asking = select(*_PLACE, *limits).where(col(JobRow.line) > "", WAITS, _TO_A_PROVIDER).distinct()
        rows = await self.database.read(lambda session: session.execute(asking).all())
        return [(Conversation(*row[:3]), row.at_once, row.per_minute) for row in rows]

    async def measure(self, place: Conversation, at_once: int | None, per_minute: int | None) -> None:
        here = zip(_PLACE, (place.platform, place.workspace, place.channel), strict=True)
        author = _AUTHOR["platform"] + "\x1f" + _AUTHOR["workspace"] + "\x1f" + _AUTHOR["person"]
        person = author if at_once is not None or per_minute is not None else literal("")
        measuring = (
            update(JobRow)
            .where(_QUEUED, _TO_A_PROVIDER, *(column == value for column, value in here))
            .values(at_once=at_once, per_minute=per_minute, person=person)
            .execution_options(synchronize_session=False)
        )
        await self.database.write(lambda session: session.execute(measuring))


def _let_in(transaction: Transaction, line: str, room: int, now: datetime, on: Collection[str] | None) -> Sequence[str]:
    """The first so many are due now; the next ones are told that they moved up."""
    session = transaction.session
    waiting = first_in_line(session, line, room + TOLD, now, on)
    # Those who are at a limit of their own by now are only seen once nobody else can let them in.
    people = {row.person for row in waiting[:room]}
    locked(session, people)
    known = crowd(session, people, now)
    chosen = [row for row in waiting[:room] if known.lets_in(row.person, row.at_once, row.per_minute)]
    turn = (
        update(JobRow)
        .where(col(JobRow.number).in_([row.number for row in chosen]), WAITS)
        .values(next_step_at=now)
        .returning(col(JobRow.number), col(JobRow.id))
        .execution_options(synchronize_session=False)
    )
    begun = {row.number: row.id for row in session.execute(turn)} if chosen else {}
    if begun:
        go_on(session, line, chosen)
        _tell(transaction, line, [row.number for row in waiting[room:]], {row.person for row in chosen} - {""}, now)
    return [begun[row.number] for row in chosen if row.number in begun]


def _tell(
    transaction: Transaction, line: str, next_ones: Sequence[int], people: Collection[str], now: datetime
) -> None:
    """Their cards are shown anew: of those who come next, and of what else the people let in have waiting."""
    session = transaction.session
    told = {*next_ones, *(of_people(session, line, people, TOLD) if people else ())}
    # Whoever is being changed just now is shown anew by that.
    asking = select(JobRow).where(col(JobRow.number).in_(sorted(told))).with_for_update(skip_locked=True)
    jobs = readable(session.scalars(asking).all(), job_of)
    moved_up(transaction, [job.move(job.state, now) for job in jobs if job.waits])


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
