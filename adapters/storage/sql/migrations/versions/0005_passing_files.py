"""Inputs and contact sheets: when each was last used, and for what it is still needed.

It stands alone: what a job needed by then is written down here, whatever became of that since.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

AT_ONCE = 500
PASSING = (".assets/", ".sheets/")
ENDED = {"complete", "error", "cancelled", "declined", "expired"}
USED = "INSERT INTO passing (key, used_at) VALUES (:key, :now) ON CONFLICT (key) DO NOTHING"
HELD = "INSERT INTO holds (holder, key, of_clip) VALUES (:holder, :key, :of_clip) ON CONFLICT (holder, key) DO NOTHING"


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
    """What is there already counts as used just now; it is not known when it was. What cannot be read needs nothing."""
    used = sa.text(USED).bindparams(sa.bindparam("now", datetime.now(UTC), type_=sa.DateTime(timezone=True)))
    held = sa.text(HELD).bindparams(sa.bindparam("of_clip", type_=sa.Boolean()))
    for jobs in _read(connection, "jobs"):
        _add(connection, used, ({"key": key} for job in jobs for key in _needs(job) if key.startswith(PASSING)))
        _add(connection, held, (hold for job in jobs for hold in _holds(job)))
    for assets in _read(connection, "assets"):
        _add(connection, used, ({"key": asset["key"]} for asset in assets if asset.get("key")))


def _add(connection: sa.Connection, statement: sa.TextClause, rows: Iterable[dict[str, Any]]) -> None:
    if found := list(rows):
        connection.execute(statement, found)


def _needs(job: dict[str, Any]) -> list[str]:
    """The files its wish is made of, its contact sheets, and the films that it joins."""
    references = job.get("request", {}).get("references") or ()
    keys = [one.get("key", "") for one in references]
    keys += [job.get("sheet", ""), (job.get("result") or {}).get("sheet", "")]
    clips = [f"clip:{one['source']['value']}" for one in references if one.get("source", {}).get("kind") == "clip"]
    return sorted({key for key in keys if key.startswith(PASSING)} | set(clips))


def _holds(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A job holds what it needs until it is over; from then on its films do."""
    over = job.get("state") in ENDED
    films = (job.get("result") or {}).get("clips") or ()
    for key in _needs(job):
        if not over:
            yield {"holder": job["id"], "key": key, "of_clip": False}
        elif key.startswith(PASSING):
            yield from ({"holder": film["id"], "key": key, "of_clip": True} for film in films)


def _read(connection: sa.Connection, name: str) -> Iterator[list[dict[str, Any]]]:
    table, done = sa.table(name, sa.column("number"), sa.column("body")), 0
    while rows := connection.execute(
        sa.select(table).where(table.c.number > done).order_by(table.c.number).limit(AT_ONCE)
    ).all():
        yield [found for row in rows if (found := _value(row.body))]
        done = rows[-1].number


def _value(body: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and "id" in found else {}
