"""Lines in which jobs wait for a provider's places, and jobs that are calls of a batch."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WAITING = "state = 'queued' AND next_step_at IS NULL"


def upgrade() -> None:
    for name in ("line", "batch"):
        op.add_column("jobs", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))
    _by_state("state", "provider", "confirmed_at", "batch")
    _partial("ix_jobs_waiting", ["line", "confirmed_at", "number"], WAITING)
    _partial("ix_jobs_line", ["line", "submitted_at"], "line <> ''")
    _partial("ix_jobs_busy", ["line"], "state IN ('queued', 'submitting', 'processing')")
    _partial("ix_jobs_batch", ["batch", "number"], "batch <> ''")
    op.create_table(
        "lines",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_lines"),
        sa.UniqueConstraint("name", name="uq_lines_name"),
    )


def downgrade() -> None:
    op.drop_table("lines")
    for name in ("ix_jobs_batch", "ix_jobs_busy", "ix_jobs_line", "ix_jobs_waiting"):
        op.drop_index(name, "jobs")
    _by_state("state", "provider", "confirmed_at")
    for name in ("batch", "line"):
        op.drop_column("jobs", name)


def _by_state(*columns: str) -> None:
    """The same index anew, with what tells the calls of a batch from the jobs that people see."""
    op.drop_index("ix_jobs_state", "jobs")
    op.create_index("ix_jobs_state", "jobs", list(columns))


def _partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "jobs", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
