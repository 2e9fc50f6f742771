"""Inputs and contact sheets: when each was last used, and for what it is still needed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TypeVar

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from adapters.storage.sql.columns import Instant
from adapters.storage.sql.mapping import UnreadableRow, load
from adapters.storage.sql.passing import PassingRow, remember
from bot.domain.drive import Asset
from bot.domain.job import Job

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

AT_ONCE = 500
T = TypeVar("T")


def upgrade() -> None:
    op.create_table(
        "passing",
        _number(),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_passing"),
        sa.UniqueConstraint("key", name="uq_passing_key"),
    )
    op.create_index("ix_passing_used", "passing", ["used_at", "number"])
    op.create_table(
        "holds",
        _number(),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("of_clip", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_holds"),
        sa.UniqueConstraint("holder", "key", name="uq_holds_holder"),
    )
    op.create_index("ix_holds_key", "holds", ["key"])
    _fill(op.get_bind())


def downgrade() -> None:
    op.drop_table("holds")
    op.drop_table("passing")


def _number() -> sa.Column[int]:
    return sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _fill(connection: sa.Connection) -> None:
    """What is there already counts as used just now; it is not known when it was."""
    now = datetime.now(UTC)
    with Session(connection, join_transaction_mode="rollback_only") as session:
        for bodies in _bodies(connection, "jobs"):
            remember(session, [job for body in bodies if (job := _read(Job, body))])
        for bodies in _bodies(connection, "assets"):
            keys = {asset.key for body in bodies if (asset := _read(Asset, body))}
            there = set(session.scalars(sa.select(PassingRow.key).where(sa.column("key").in_(keys))))  # pyright: ignore[reportArgumentType, reportCallIssue]
            rows = [{"key": key, "used_at": now} for key in sorted(keys - there)]
            if rows:
                session.execute(sa.insert(PassingRow), rows)
        session.execute(sa.update(sa.table("passing", sa.column("used_at", Instant()))).values(used_at=now))
        session.flush()


def _bodies(connection: sa.Connection, name: str) -> Iterator[list[str]]:
    table, done = sa.table(name, sa.column("number"), sa.column("body")), 0
    while rows := connection.execute(
        sa.select(table).where(table.c.number > done).order_by(table.c.number).limit(AT_ONCE)
    ).all():
        yield [row.body for row in rows]
        done = rows[-1].number


def _read(kind: type[T], body: str) -> T | None:
    try:
        return load(kind, body)
    except UnreadableRow:
        return None  # it is logged whenever somebody looks for it
