"""The order in a line: a job's turn is a number that it gets with its place in line, and whoever has the lowest is let in first.

Turns go round: everybody who waits has one film let in before anybody has another. So nothing is sorted when a place is free.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    TextClause,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from adapters.storage.sql.columns import Instant, Words
from adapters.storage.sql.crowd import ON_THE_WAY, Crowd, counts, crowd
from adapters.storage.sql.database import Transaction
from adapters.storage.sql.plain import tabled
from adapters.storage.sql.rows import JobRow, LineRow
from bot.domain.job import MANY_AHEAD, Job

AT_A_TIME = 1_000  # so many are looked at further on, where the first are at limits of their own

# Written out, as SQLite takes an index of some rows only where the query says the same words. Turned round, as it would else look up all that is queued.
WAITS = text("NOT (jobs.state <> 'queued' OR jobs.next_step_at IS NOT NULL)")

# Written once: putting a statement together takes longer than running it.
_JOBS, _LINES = tabled(JobRow), tabled(LineRow)
_ORDER = (_JOBS.c.turn, _JOBS.c.confirmed_at, _JOBS.c.number)
_IN_LINE = (_JOBS.c.line == bindparam("line", type_=Words()), WAITS)
_AUTHOR = ("author_platform", "author_workspace", "author_id")
_BY = tuple(_JOBS.c[name] == bindparam(name, type_=Words()) for name in _AUTHOR)
_PLACE = tuple_(bindparam("turn"), bindparam("confirmed_at", type_=Instant()), bindparam("number"))
_EARLIER, _LATER = tuple_(*_ORDER) < _PLACE, tuple_(*_ORDER) > _PLACE

_ITS_PLACE = select(*_ORDER).where(_JOBS.c.id == bindparam("of"), WAITS)
# All with the same are at a limit, or none of them is.
_MAY_HAVE = _JOBS.c.person + "\x1f" + func.coalesce(cast(_JOBS.c.at_once, Text), "")
_WHOSE = _MAY_HAVE + "\x1f" + func.coalesce(cast(_JOBS.c.per_minute, Text), "")
_FIRST = (
    select(*_ORDER, _JOBS.c.person, _JOBS.c.at_once, _JOBS.c.per_minute, _WHOSE.label("whose"))
    .where(*_IN_LINE)
    .order_by(*_ORDER)
)
_TAKE = (
    update(_JOBS)
    .where(_JOBS.c.id == bindparam("of"), or_(_JOBS.c.turn == 0, _JOBS.c.turn > bindparam("next")))
    .values(turn=bindparam("next"))
)
_BEYOND = select(*_ORDER).where(*_IN_LINE, _JOBS.c.turn > bindparam("turn")).order_by(*_ORDER).limit(1)
_GO_ON = (
    update(_LINES)
    .where(_LINES.c.name == bindparam("of", type_=Words()), _LINES.c.turn < bindparam("to"))
    .values(turn=bindparam("to"))
)


def _next() -> Select[int]:
    """What an author puts in line now comes after what they have waiting there, in the present round or, with films on their way, in the next."""
    theirs = select(_JOBS.c.turn + 1).where(*_IN_LINE, *_BY, _JOBS.c.id != bindparam("of"))
    busy = exists().where(_JOBS.c.line == bindparam("line", type_=Words()), *_BY, ON_THE_WAY)
    present = select(_LINES.c.turn + case((busy, 1), else_=0)).where(_LINES.c.name == bindparam("line", type_=Words()))
    last = theirs.order_by(_JOBS.c.turn.desc()).limit(1).subquery()
    turns = union_all(select(literal(1).label("turn")), select(last), present).subquery()
    return select(func.max(turns.c.turn))


def _up_to_many(*earlier: ColumnElement[bool] | TextClause) -> Select[int]:
    """In order, as PostgreSQL would else read what is not in line, too, where most is."""
    some = select(_JOBS.c.number).where(*earlier).order_by(*_ORDER).limit(MANY_AHEAD)
    return select(func.count()).select_from(some.subquery())


_NEXT, _BUSY = _next(), select(counts(None))
_THEIRS_AHEAD = _up_to_many(*_IN_LINE, _EARLIER, *_BY)
_AHEAD = _up_to_many(*_IN_LINE, _EARLIER, _MAY_HAVE.not_in(bindparam("full", expanding=True)))


def give_turns(transaction: Transaction, jobs: Iterable[Job]) -> None:
    """Each of those that wait is given its turn, the next of the same author one more each.

    Who had one keeps it, and comes first when it is back in line. Two that get in line at once may get the same: who confirmed first comes first.
    """
    for _, some in groupby((job for job in jobs if job.waits), lambda job: (job.line, job.author)):
        waiting = list(some)
        session = transaction.session
        first = session.connection().execute(_NEXT, {"of": waiting[0].id, **_line_of(waiting[0])}).scalar_one()
        taken = [{"of": job.id, "next": first + number} for number, job in enumerate(waiting)]
        session.connection().execute(_TAKE, taken)


def go_on(session: Session, line: str, let_in: Sequence[Any]) -> None:
    """The round that was let in is the present one; the next one is, once somebody of it who waits for longer was overtaken.

    Else people who come for the first time could keep everybody's second film waiting for good.
    """
    last = max(let_in, key=lambda row: (row.turn, row.confirmed_at))
    beyond = session.connection().execute(_BEYOND, {"line": line, "turn": last.turn}).first()
    to = beyond.turn if beyond and beyond.confirmed_at < last.confirmed_at else last.turn
    session.connection().execute(_GO_ON, {"of": line, "to": to})


def ahead_in_line(session: Session, job: Job) -> int:
    """How many are let in before this one, MANY_AHEAD for so many or more; 0 for one that does not wait."""
    busy = session.connection().execute(_BUSY)
    full = [f"{row.person}\x1f{at_once}" for row in busy for at_once in range(row.films + 1)]
    return _counted(session, _AHEAD, job, full=full)


def theirs_ahead(session: Session, job: Job) -> int:
    """How many of its author's wait before it in its line, MANY_AHEAD for so many or more."""
    return _counted(session, _THEIRS_AHEAD, job)


def _counted(session: Session, asking: Select[int], job: Job, **given: Sequence[str]) -> int:
    place = session.connection().execute(_ITS_PLACE, {"of": job.id}).mappings().first()
    return session.connection().execute(asking, {**place, **_line_of(job), **given}).scalar_one() if place else 0


def first_in_line(
    session: Session, line: str, count: int, now: datetime, on: Collection[str] | None
) -> Sequence[Row[Any]]:
    """The first so many who are at no limit of their own, as it is before their people are locked."""
    every = _FIRST if on is None else _FIRST.where(_served(on))
    asking, given, size = every, {"line": line}, count
    found, full, known, people = [], set[str](), Crowd(), set[str]()
    while True:
        rows = session.connection().execute(asking.limit(size), given).all()
        known.add(crowd(session, {row.person for row in rows} - people, now))
        people |= {row.person for row in rows}
        for row in rows:
            if known.lets_in(row.person, row.at_once, row.per_minute):
                found.append(row)
            else:
                full.add(row.whose)
        if len(found) >= count or len(rows) < size:
            return found[:count]
        asking, size = every.where(_LATER, _WHOSE.not_in(sorted(full))), AT_A_TIME
        given = {"line": line, **{column.name: getattr(rows[-1], column.name) for column in _ORDER}}


def _served(on: Collection[str]) -> ColumnElement[bool]:
    """Said so that PostgreSQL expects it of most: where it expected few it would sort all who wait. And SQLite does not look up a platform's every job."""
    return case((_JOBS.c.platform.in_(sorted(on)), 1), else_=0) != 0


def of_people(session: Session, line: str, people: Collection[str], count: int) -> Sequence[int]:
    """The numbers of the first so many that wait there for these people's own limits."""
    asking = select(_JOBS.c.number).where(*_IN_LINE, _JOBS.c.person.in_(sorted(people))).order_by(*_ORDER).limit(count)
    return session.connection().execute(asking, {"line": line}).scalars().all()


def _line_of(job: Job) -> dict[str, str]:
    of = job.author
    return {"line": job.line, **dict(zip(_AUTHOR, (of.platform, of.workspace, of.id), strict=True))}
