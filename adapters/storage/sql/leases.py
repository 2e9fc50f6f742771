"""Taking work so that no two take the same: one statement, skipping what another transaction is just taking."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Update, or_, select, update
from sqlmodel import col

from adapters.storage.sql.rows import CardRow, EventRow, JobRow

R = TypeVar("R", EventRow, JobRow, CardRow)


def free(row: type[EventRow] | type[JobRow] | type[CardRow], now: datetime) -> ColumnElement[bool]:
    """Not leased, or by a lease that ran out."""
    return or_(col(row.leased_until).is_(None), col(row.leased_until) <= now)


def lease(row: type[R], worker: str, until: datetime, *where: ColumnElement[bool], **also: Any) -> Update:
    """Leases the rows of these conditions."""
    return (
        update(row)
        .where(*where)
        .values(leased_by=worker, leased_until=until, **also)
        .execution_options(synchronize_session=False)
    )


def lease_first(
    row: type[R],
    worker: str,
    until: datetime,
    where: Sequence[ColumnElement[bool]],
    *,
    order: Any,
    limit: int,
    **also: Any,
) -> Update:
    """Leases the first `limit` rows of these conditions in this order. SQLite leaves the row locks out: it has one writer."""
    first = (
        select(col(row.number))
        .where(*where)
        .order_by(order, col(row.number))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("first")
    )
    return lease(row, worker, until, col(row.number).in_(select(first.c.number)), **also)


def keep(row: type[R], worker: str, until: datetime, *where: ColumnElement[bool]) -> Update:
    """Prolongs leases that this worker still holds."""
    return (
        update(row)
        .where(col(row.leased_by) == worker, *where)
        .values(leased_until=until)
        .execution_options(synchronize_session=False)
    )
