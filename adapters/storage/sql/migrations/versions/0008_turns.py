"""The order of those who wait in a line, as a number with each, so that nothing is sorted when a place is free."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WAITING = "NOT (state <> 'queued' OR next_step_at IS NOT NULL)"
FORMERLY = "state = 'queued' AND next_step_at IS NULL"
AUTHOR = ["author_platform", "author_workspace", "author_id"]
ORDER = ["turn", "confirmed_at", "number"]
LIMITS = ["platform", "person", "at_once", "per_minute"]
FORMER = ["line", *AUTHOR, "confirmed_at", "number", *LIMITS]
# One film each round, as whoever waits now got in line.
TURNS = """
UPDATE jobs SET turn = ranked.turn FROM (
  SELECT number, row_number() OVER (
    PARTITION BY line, author_platform, author_workspace, author_id ORDER BY confirmed_at, number
  ) AS turn FROM jobs WHERE state = 'queued' AND next_step_at IS NULL AND line <> ''
) AS ranked WHERE ranked.number = jobs.number
"""


def upgrade() -> None:
    for table in ("jobs", "lines"):
        op.add_column(table, sa.Column("turn", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.execute(TURNS)
    op.drop_index("ix_jobs_waiting", "jobs")
    _waiting("ix_jobs_waiting", ["line", *AUTHOR, *ORDER])
    _waiting("ix_jobs_turn", ["line", *ORDER, *LIMITS])


def downgrade() -> None:
    for name in ("ix_jobs_turn", "ix_jobs_waiting"):
        op.drop_index(name, "jobs")
    for table in ("lines", "jobs"):
        op.drop_column(table, "turn")
    _waiting("ix_jobs_waiting", FORMER, FORMERLY)


def _waiting(name: str, columns: list[str], where: str = WAITING) -> None:
    op.create_index(name, "jobs", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
