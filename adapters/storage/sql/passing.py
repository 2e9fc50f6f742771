"""Which inputs and contact sheets lie in Files, when each was last used, and for what it is still needed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Index,
    SQLColumnExpression,
    UniqueConstraint,
    bindparam,
    delete,
    exists,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import Field, col

from adapters.storage.sql.columns import Instant, Words
from adapters.storage.sql.database import Database, Transaction
from adapters.storage.sql.once import inserting
from adapters.storage.sql.plain import tabled
from adapters.storage.sql.rows import ClipRow, Row
from bot.domain.job import Job, State
from bot.domain.passing import passes
from bot.domain.request import SourceKind

LOOKS = 1000
CLIP = "clip:"  # before a clip's id: what a job holds that names the clip itself


class PassingRow(Row, table=True):
    """A file that passes. While `claimed_until` is ahead, `claimed_by` is deleting it."""

    __tablename__ = "passing"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_passing_used", "used_at", "number"),)
    key: str = Field(sa_type=Words, unique=True)
    used_at: datetime = Field(sa_type=Instant)
    claimed_by: str | None = Field(default=None, sa_type=Words)
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)


class HoldRow(Row, table=True):
    """`holder` needs `key`: a job that is not over, or `of_clip` a clip for as long as it exists, whose wish it was."""

    __tablename__ = "holds"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (UniqueConstraint("holder", "key"), Index("ix_holds_key", "key"))
    holder: str = Field(sa_type=Words)
    key: str = Field(sa_type=Words)
    of_clip: bool = Field(default=False)


_HOLDS = tabled(HoldRow)


@dataclass(frozen=True, slots=True)
class SqlPassing:
    database: Database

    async def use(self, key: str, now: datetime) -> bool:
        free = or_(col(PassingRow.claimed_until).is_(None), col(PassingRow.claimed_until) <= now)
        values = {"used_at": now, "claimed_by": None, "claimed_until": None}

        def work(session: Session) -> bool:
            insert = inserting(session)(PassingRow).values(key=key, **values)
            using = insert.on_conflict_do_update(index_elements=["key"], set_=values, where=free)
            return session.scalar(using.returning(col(PassingRow.number))) is not None

        return await self.database.write(work)

    async def claim(
        self, worker: str, unused_since: datetime, now: datetime, until: datetime, limit: int
    ) -> Sequence[str]:
        unclaimed = or_(col(PassingRow.claimed_until).is_(None), col(PassingRow.claimed_until) <= now)
        looking = (
            select(col(PassingRow.key))
            .where(col(PassingRow.used_at) <= unused_since, unclaimed)
            .order_by(col(PassingRow.used_at), col(PassingRow.number))
            .limit(LOOKS)
            .with_for_update(skip_locked=True)
        )

        def work(session: Session) -> Sequence[str]:
            # Whoever begins to need one of these saves it under the same lock: before this, or after the claim is to be seen.
            old = session.scalars(looking).all()
            held = set(session.scalars(select(col(HoldRow.key)).where(col(HoldRow.key).in_(old), _still())).all())
            _set(session, held, used_at=now)
            free = [key for key in old if key not in held][:limit]
            _set(session, free, claimed_by=worker, claimed_until=until)
            return free

        return await self.database.write(work)

    async def gone(self, worker: str, key: str) -> None:
        forgetting = delete(PassingRow).where(col(PassingRow.key) == key, col(PassingRow.claimed_by) == worker)
        past = delete(HoldRow).where(col(HoldRow.key) == key, ~_still())

        def work(session: Session) -> None:
            session.execute(forgetting)
            session.execute(past.execution_options(synchronize_session=False))

        await self.database.write(work)


def remember(transaction: Transaction, jobs: Sequence[Job]) -> None:
    """Keeps what these jobs need as their wishes are now; to be called where a job is saved whose wish may have changed, and at its end.

    What an ended job needed is held by its films from then on, as each can be asked for again; it holds nothing itself since `forget`.
    """
    kept = [(job, needs(job)) for job in jobs]
    used = {key: job.changed_at for job, its in kept for key in its if passes(key)}
    holds = [hold for job, its in kept for hold in _holds(job, its)]
    for job, its in kept:
        if job.version > 1 and not job.ended:
            others = (col(HoldRow.holder) == job.id, col(HoldRow.key).not_in(its))
            transaction.session.execute(delete(HoldRow).where(*others))
    if used:
        using = inserting(transaction.session)(PassingRow)
        later = {"used_at": using.excluded.used_at}
        older = col(PassingRow.used_at) < using.excluded.used_at
        # In one order everywhere, so that no two wait for each other.
        rows = [{"key": key, "used_at": at} for key, at in sorted(used.items())]
        transaction.session.execute(using.on_conflict_do_update(index_elements=["key"], set_=later, where=older), rows)
    if holds:
        holding = inserting(transaction.session)(HoldRow).on_conflict_do_nothing(index_elements=["holder", "key"])
        rows = [{"holder": holder, "key": key, "of_clip": of_clip} for holder, key, of_clip in sorted(holds)]
        transaction.session.execute(holding, rows)


def forget() -> Delete:
    """What the holder `of` held."""
    return delete(_HOLDS).where(_HOLDS.c.holder == bindparam("of"))


def changes_needs(job: Job) -> bool:
    """Whether `remember` is to look at the job when it is saved: while its wish may be edited, and at its end for its films' sake."""
    return job.state is State.awaiting_confirmation or (job.ended and bool(needs(job)))


def named_by_a_job(clip: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """A condition: that the wish of a job which is not over names the clip of this id, as one that joins films does."""
    return exists().where(col(HoldRow.key) == literal(CLIP) + clip, ~col(HoldRow.of_clip))


def needs(job: Job) -> Collection[str]:
    """What lies in Files for it, and the clips that it names."""
    references = job.request.references
    keys = {reference.key for reference in references} | {job.sheet, job.result.sheet if job.result else ""}
    clips = {CLIP + one.source.value for one in references if one.source.kind is SourceKind.clip}
    return {key for key in keys if passes(key)} | clips


def _holds(job: Job, its: Collection[str]) -> Iterable[tuple[str, str, bool]]:
    if not job.ended:
        return [(job.id, key, False) for key in its]
    clips = job.result.clips if job.result else ()
    return [(clip.id, key, True) for clip in clips for key in its if passes(key)]


def _still() -> ColumnElement[bool]:
    there = exists().where(col(ClipRow.id) == col(HoldRow.holder)).correlate(HoldRow)
    return or_(~col(HoldRow.of_clip), there)


def _set(session: Session, keys: Collection[str], **values: Any) -> None:
    if keys:
        changing = update(PassingRow).where(col(PassingRow.key).in_(sorted(keys))).values(**values)
        session.execute(changing.execution_options(synchronize_session=False))
