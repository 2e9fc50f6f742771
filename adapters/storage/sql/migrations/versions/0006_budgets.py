"""Where and with what credits were spent, what admins decided, and what only one replica does."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

HOLDING = """
UPDATE jobs SET holding = true WHERE id IN (
  SELECT job FROM ledger WHERE kind IN ('reserve', 'release') AND CAST(credits AS NUMERIC) <> 0 GROUP BY job
  HAVING SUM(CASE kind WHEN 'reserve' THEN 1 ELSE -1 END) > 0
)
"""
SPENT = """
UPDATE ledger SET
  channel = COALESCE((SELECT jobs.channel FROM jobs WHERE jobs.id = ledger.job), ''),
  model = COALESCE((SELECT jobs.model FROM jobs WHERE jobs.id = ledger.job), '')
"""
PLACE = ["platform", "workspace"]


def upgrade() -> None:
    op.add_column("jobs", sa.Column("holding", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ("channel", "model"):
        op.add_column("ledger", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))
    op.execute(HOLDING)
    op.execute(SPENT)
    where = sa.text("holding")
    op.create_index("ix_jobs_holding", "jobs", PLACE, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_ledger_place", "ledger", [*PLACE, "at", "number"])
    op.create_index("ix_ledger_channel", "ledger", [*PLACE, "channel", "at"])
    op.create_table(
        "policies",
        _number(),
        *(_words(name) for name in (*PLACE, "channel")),
        sa.Column("version", sa.Integer(), nullable=False),
        _words("body"),
        sa.PrimaryKeyConstraint("number", name="pk_policies"),
        sa.UniqueConstraint(*PLACE, "channel", name="uq_policies_platform"),
    )
    op.create_table(
        "audit",
        _number(),
        *(_words(name) for name in (*PLACE, "channel", "person_id", "person_name", "what", "was", "now")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    op.create_index("ix_audit_place", "audit", [*PLACE, "number"])
    op.create_table(
        "claims",
        _number(),
        *(_words(name) for name in ("name", "worker")),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_claims"),
        sa.UniqueConstraint("name", name="uq_claims_name"),
    )


def downgrade() -> None:
    for name in ("claims", "audit", "policies"):
        op.drop_table(name)
    for name in ("ix_ledger_channel", "ix_ledger_place"):
        op.drop_index(name, "ledger")
    op.drop_index("ix_jobs_holding", "jobs")
    for name in ("model", "channel"):
        op.drop_column("ledger", name)
    op.drop_column("jobs", "holding")


def _number() -> sa.Column[int]:
    return sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
