"""Taking work so that no two take the same: one statement, skipping what another transaction is just taking."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Update, bindparam, or_, select, update
from sqlmodel import col

from adapters.storage.sql.columns import Instant
from adapters.storage.sql.places import on_platforms
from adapters.storage.sql.plain import tabled
from adapters.storage.sql.rows import CardRow, EventRow, JobRow

NOW = bindparam("now", type_=Instant())


def free(row: type[EventRow] | type[JobRow] | type[CardRow], now: Any = NOW) -> ColumnElement[bool]:
    """Not leased, or by a lease that ran out."""
    return or_(col(row.leased_until).is_(None), col(row.leased_until) <= now)


def lease_first(
    row: type[EventRow] | type[JobRow] | type[CardRow],
    platforms: Sequence[str],
    *where: ColumnElement[bool],
    order: ColumnElement[Any],
    **also: Any,
) -> Update:
    """Leases the first `limit` free rows of these conditions to `by` until `until`, in this order. SQLite leaves the row locks out: it has one writer."""
    rows = tabled(row)
    first = (
        select(rows.c.number)
        .where(*where, free(row), on_platforms(row, platforms))
        .order_by(order, rows.c.number)
        .limit(bindparam("limit", type_=Integer()))
        .with_for_update(skip_locked=True)
        .cte("first")
    )
    lease = {"leased_by": bindparam("by"), "leased_until": bindparam("until", type_=Instant())}
    return update(rows).where(rows.c.number.in_(select(first.c.number))).values(**lease, **also)


def keep(row: type[EventRow] | type[JobRow], worker: str, until: datetime, *where: ColumnElement[bool]) -> Update:
    """Prolongs leases that this worker still holds."""
    return (
        update(row)
        .where(col(row.leased_by) == worker, *where)
        .values(leased_until=until)
        .execution_options(synchronize_session=False)
    )
