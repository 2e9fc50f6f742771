"""How much waits and for how long: asked through the indexes of what waits, so that it costs the same however much is finished."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.leases import free
from adapters.storage.sql.rows import CardRow, EventRow, JobRow
from bot.domain.job import State
from bot.domain.standing import Backlog, Queue, Standing


def standing(session: Session, now: datetime) -> Standing:
    due = (col(JobRow.next_step_at) <= now, free(JobRow, now))
    return Standing(
        jobs=jobs(session),
        queues=tuple(Queue(provider or "", line, backlog) for (provider, line), backlog in _queues(session, now)),
        due=next((backlog for _, backlog in _grouped(session, now, (), col(JobRow.next_step_at), *due)), Backlog()),
        events={key[0]: one for key, one in _by_platform(session, now, EventRow, "received_at", "done_at IS NULL")},
        cards={key[0]: one for key, one in _by_platform(session, now, CardRow, "waiting_since", "shown < wanted")},
    )


def jobs(session: Session) -> dict[State, int]:
    """By state; the calls of a batch are not counted beside it."""
    asking = select(col(JobRow.state), func.count()).where(text("jobs.batch = ''")).group_by(col(JobRow.state))
    return {State(state): count for state, count in session.execute(asking).all()}


def _queues(session: Session, now: datetime) -> Any:
    """The calls of a batch wait each for itself; their whole is not queued."""
    queued = col(JobRow.state) == State.queued.value
    return _grouped(session, now, (col(JobRow.provider), col(JobRow.line)), col(JobRow.confirmed_at), queued)


def _by_platform(session: Session, now: datetime, row: Any, since: str, waiting: str) -> Any:
    return _grouped(session, now, (col(row.platform),), col(getattr(row, since)), text(waiting))


def _grouped(
    session: Session, now: datetime, by: tuple[Any, ...], since: Any, *where: ColumnElement[bool] | Any
) -> Sequence[tuple[tuple[Any, ...], Backlog]]:
    asking = select(*by, func.count(), func.min(since)).where(*where).group_by(*by)
    return [(tuple(key), _backlog(count, oldest, now)) for *key, count, oldest in session.execute(asking).all()]


def _backlog(waiting: int, oldest: datetime | None, now: datetime) -> Backlog:
    return Backlog(waiting, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
