"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MONEY = sa.Numeric().with_variant(sa.Text(), "sqlite")
WORDS = sa.Text()


def upgrade() -> None:
    _events()
    _jobs()
    _cards()
    _clips()
    _ledger()


def downgrade() -> None:
    for table in ("ledger", "assets", "clip_keys", "clips", "cards", "jobs", "events"):
        op.drop_table(table)


def _needed(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def _number(table: str) -> tuple[sa.Column, sa.PrimaryKeyConstraint]:
    return _needed("number", NUMBER), sa.PrimaryKeyConstraint("number", name=f"pk_{table}")


def _place() -> list[sa.Column]:
    return [_needed(name, WORDS) for name in ("platform", "workspace", "channel", "thread")]


def _lease() -> list[sa.Column]:
    return [sa.Column("leased_by", WORDS), sa.Column("leased_until", INSTANT)]


def _unique(table: str, name: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(name, name=f"uq_{table}_{name}")


def _job_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=f"fk_{table}_job")


def _index(table: str, name: str, *columns: str, where: str | None = None) -> None:
    only = sa.text(where) if where else None
    op.create_index(name, table, list(columns), sqlite_where=only, postgresql_where=only)


def _events() -> None:
    op.create_table(
        "events",
        *_number("events"),
        *_place(),
        _needed("key", WORDS),
        _needed("kind", WORDS),
        _needed("body", WORDS),
        _needed("received_at", INSTANT),
        sa.Column("done_at", INSTANT),
        _needed("claims", sa.Integer()),
        *_lease(),
        _unique("events", "key"),
    )
    _index("events", "ix_events_open", "received_at", "number", where="done_at IS NULL")
    _index("events", "ix_events_conversation", "platform", "workspace", "channel", "thread", "received_at", "number")


def _jobs() -> None:
    op.create_table(
        "jobs",
        *_number("jobs"),
        *_place(),
        _needed("id", WORDS),
        _needed("author_platform", WORDS),
        _needed("author_workspace", WORDS),
        _needed("author_id", WORDS),
        _needed("state", WORDS),
        _needed("version", sa.Integer()),
        sa.Column("provider", WORDS),
        sa.Column("model", WORDS),
        _needed("made_at", INSTANT),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("submitted_at", INSTANT),
        sa.Column("completed_at", INSTANT),
        sa.Column("next_step_at", INSTANT),
        *_lease(),
        _needed("body", WORDS),
        _unique("jobs", "id"),
    )
    _index("jobs", "ix_jobs_due", "next_step_at", "number", where="next_step_at IS NOT NULL")
    _index("jobs", "ix_jobs_conversation", "platform", "workspace", "channel", "thread", "made_at", "number")
    _index("jobs", "ix_jobs_workspace", "platform", "workspace", "made_at", "number")
    _index("jobs", "ix_jobs_workspace_state", "platform", "workspace", "state")
    _index("jobs", "ix_jobs_author", "author_platform", "author_workspace", "author_id", "made_at", "number")
    _index("jobs", "ix_jobs_state", "state", "provider", "confirmed_at")
    _index("jobs", "ix_jobs_completed", "model", "completed_at", where="completed_at IS NOT NULL")


def _cards() -> None:
    op.create_table(
        "cards",
        *_number("cards"),
        *_place(),
        _needed("id", WORDS),
        sa.Column("job", WORDS),
        *(_needed(name, sa.Integer()) for name in ("wanted", "shown", "rendered")),
        *(sa.Column(name, WORDS) for name in ("card", "message", "recipient")),
        _needed("wanted_at", INSTANT),
        _needed("waiting_since", INSTANT),
        sa.Column("retry_at", INSTANT),
        *_lease(),
        _unique("cards", "id"),
        _job_key("cards"),
    )
    _index("cards", "ix_cards_behind", "waiting_since", "number", where="shown < wanted")
    _index("cards", "ix_cards_conversation", "platform", "workspace", "channel", "thread", "number")


def _clips() -> None:
    op.create_table(
        "clips",
        *_number("clips"),
        *(_needed(name, WORDS) for name in ("id", "platform", "workspace", "key", "poster", "last_frame")),
        _needed("made_at", INSTANT),
        sa.Column("expires_at", INSTANT),
        _needed("body", WORDS),
        _unique("clips", "id"),
    )
    _index("clips", "ix_clips_recent", "platform", "workspace", "made_at", "number")
    _index("clips", "ix_clips_expiring", "expires_at", where="expires_at IS NOT NULL")
    for name in ("key", "poster", "last_frame"):
        _index("clips", f"ix_clips_{name}", name)
    op.create_table(
        "clip_keys",
        *_number("clip_keys"),
        _needed("key", WORDS),
        _needed("clip", WORDS),
        _unique("clip_keys", "key"),
    )
    _index("clip_keys", "ix_clip_keys_clip", "clip")
    op.create_table("assets", *_number("assets"), _needed("id", WORDS), _needed("body", WORDS), _unique("assets", "id"))


def _ledger() -> None:
    op.create_table(
        "ledger",
        *_number("ledger"),
        _needed("kind", WORDS),
        _needed("credits", MONEY),
        *(_needed(name, WORDS) for name in ("job", "platform", "workspace", "person_id", "person_name")),
        _needed("at", INSTANT),
        _job_key("ledger"),
    )
    _index("ledger", "ix_ledger_job", "job", "number")
    _index("ledger", "ix_ledger_person", "platform", "workspace", "person_id", "at")
