"""What the limits of one person count, over all lines: their films on the way, and those that began within the last minute."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, CompoundSelect, Subquery, Text, and_, case, func, literal, or_, select, text, union_all
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.rows import JobRow
from bot.domain.job import State

MINUTE = timedelta(minutes=1)
LONGEST = timedelta(days=1)  # after which nothing is on its way any more, though nobody may be there to see it end

# Written out, as SQLite takes an index of some rows only where the query says the same words.
COUNTED = and_(
    text("jobs.person <> ''"), col(JobRow.person) > ""
)  # once more as a range, so that it goes through that index
# Turned round, as SQLite would else look up each state by itself, and those who wait with them.
_NOT = "(jobs.state NOT IN ('submitting', 'processing') AND (jobs.state <> 'queued' OR jobs.next_step_at IS NULL))"
ON_THE_WAY, NOT_ON_THE_WAY = text(f"NOT {_NOT}"), text(_NOT)
BEGUN_AT = case((col(JobRow.state) == State.queued.value, JobRow.next_step_at), else_=JobRow.submitted_at)


@dataclass(slots=True)
class Crowd:
    """How many films of each person are on their way and have begun, as more are let in."""

    on_the_way: Counter[str] = field(default_factory=Counter)
    begun: Counter[str] = field(default_factory=Counter)

    def lets_in(self, person: str, at_once: int | None, per_minute: int | None) -> bool:
        """Whether one more is within these limits; it is counted then."""
        if not person:
            return True
        if at_once is not None and self.on_the_way[person] >= at_once:
            return False
        if per_minute is not None and self.begun[person] >= per_minute:
            return False
        self.on_the_way[person] += 1
        self.begun[person] += 1
        return True

    def add(self, others: "Crowd") -> None:
        """What was found of other people."""
        self.on_the_way.update(others.on_the_way)
        self.begun.update(others.begun)


def locked(session: Session, people: Iterable[str]) -> None:
    """Nobody else lets in a film of these people before this transaction's end. SQLite has one writer anyway."""
    names = sorted({person for person in people if person})
    if not names or session.get_bind().dialect.name != "postgresql":
        return
    each = func.unnest(literal([f"person\x1f{name}" for name in names], ARRAY(Text))).column_valued("name")
    # In one order everywhere, so that no two wait for each other.
    keys = select(func.hashtextextended(each, 0).label("key")).order_by("key").subquery()
    session.execute(select(func.pg_advisory_xact_lock(keys.c.key)).select_from(keys))


def crowd(session: Session, people: Collection[str], now: datetime) -> Crowd:
    found = Crowd()
    if people := sorted(filter(None, people)):
        counted = counts(now, people)
        for row in session.execute(select(counted)):
            found.on_the_way[row.person], found.begun[row.person] = row.films, row.begun
    return found


def counts(now: datetime | None, people: Sequence[str] = ()) -> Subquery:
    """By `person`: how many `films` are on their way, and how many have `begun`; of these people, or of all. Without a time none has begun."""
    if now is None:
        person = col(JobRow.person)
        counted = select(person.label("person"), func.count().label("films"), literal(0).label("begun"))
        return counted.where(COUNTED, ON_THE_WAY).group_by(person).subquery()
    both = _both(now, [col(JobRow.person).in_(people)] if people else []).subquery()
    summed = select(both.c.person, func.sum(both.c.films).label("films"), func.sum(both.c.begun).label("begun"))
    return summed.group_by(both.c.person).subquery()


def _both(now: datetime, whose: list[Any]) -> CompoundSelect[str, int, int]:
    """One that is let in and not sent yet counts as begun; so does one that is being sent, however long its files take."""
    about_to = col(JobRow.state).in_([State.queued.value, State.submitting.value])
    recent = col(JobRow.submitted_at) > now - MINUTE
    on_the_way = select(
        col(JobRow.person).label("person"),
        case((now - LONGEST < BEGUN_AT, 1), else_=0).label("films"),
        case((or_(about_to, recent), 1), else_=0).label("begun"),
    ).where(COUNTED, ON_THE_WAY, *whose)
    over = select(col(JobRow.person), literal(0), literal(1)).where(COUNTED, recent, NOT_ON_THE_WAY, *whose)
    return union_all(on_the_way, over)
