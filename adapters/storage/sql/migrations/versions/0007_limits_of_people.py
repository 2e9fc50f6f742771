"""How many films of one person may be on their way and begin in a minute, with each job that waits for that."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WAITING = "state = 'queued' AND next_step_at IS NULL"
IN_LINE = [
    "line",
    "author_platform",
    "author_workspace",
    "author_id",
    "confirmed_at",
    "number",
    "platform",
    "person",
    "at_once",
    "per_minute",
]
BUSY = "state IN ('queued', 'submitting', 'processing')"
COUNTED = "person <> ''"
ON_THE_WAY = "NOT (state NOT IN ('submitting', 'processing') AND (state <> 'queued' OR next_step_at IS NULL))"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("person", sa.Text(), nullable=False, server_default=sa.text("''")))
    for name in ("at_once", "per_minute"):
        op.add_column("jobs", sa.Column(name, sa.Integer(), nullable=True))
    _again("ix_jobs_waiting", IN_LINE, WAITING)
    _again("ix_jobs_busy", ["line"], ON_THE_WAY)
    _partial("ix_jobs_on_the_way", ["person"], f"{COUNTED} AND {ON_THE_WAY}")
    _partial("ix_jobs_begun", ["submitted_at", "person"], COUNTED)


def downgrade() -> None:
    for name in ("ix_jobs_begun", "ix_jobs_on_the_way"):
        op.drop_index(name, "jobs")
    _again("ix_jobs_busy", ["line"], BUSY)
    _again("ix_jobs_waiting", ["line", "confirmed_at", "number"], WAITING)
    for name in ("per_minute", "at_once", "person"):
        op.drop_column("jobs", name)


def _again(name: str, columns: list[str], where: str) -> None:
    """The same index anew: with all that the order of those who wait is made from, and without them where they are not meant."""
    op.drop_index(name, "jobs")
    _partial(name, columns, where)


def _partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "jobs", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
