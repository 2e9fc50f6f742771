"""What films are looked for by, and the trash."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from adapters.storage.sql.mapping import UnreadableRow, clip_columns, load
from adapters.storage.sql.search import index
from bot.domain.drive import Clip

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WORDS = ("owner", "owner_name", "channel", "drive_path", "model")
PLACE = ["platform", "workspace"]
TIME = ["made_at", "number"]
COLUMNS = ("body", *WORDS, "shared", "seconds", "bytes")
AT_ONCE = 500


def upgrade() -> None:
    for name in WORDS:
        op.add_column("clips", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("clips", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("clips", sa.Column("seconds", sa.Float(), nullable=False, server_default=sa.text("0")))
    op.add_column("clips", sa.Column("bytes", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("clips", sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.add_column("clips", sa.Column("trashed_at", sa.DateTime(timezone=True)))
    op.drop_index("ix_clips_recent", "clips")
    op.create_index("ix_clips_owner", "clips", [*PLACE, "owner", *TIME])
    op.create_index("ix_clips_channel", "clips", [*PLACE, "channel", *TIME])
    op.create_index("ix_clips_bytes", "clips", [*PLACE, "owner", "shared", "trashed_at", "bytes"])
    op.create_index("ix_clips_shared", "clips", [*PLACE, "shared", *TIME])
    _partial("ix_clips_trashed", ["trashed_at"], "trashed_at IS NOT NULL")
    for statement in _index_of_words():
        op.execute(statement)
    _fill(op.get_bind())


def downgrade() -> None:
    op.execute("DROP TABLE clip_search")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER clips_forgotten")
    for name in ("trashed", "shared", "bytes", "channel", "owner"):
        op.drop_index(f"ix_clips_{name}", "clips")
    op.create_index("ix_clips_recent", "clips", [*PLACE, *TIME])
    for name in ("trashed_at", "version", "bytes", "seconds", "shared", *reversed(WORDS)):
        op.drop_column("clips", name)


def _partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "clips", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _index_of_words() -> Iterator[str]:
    """Beside the clips, and emptied with them."""
    if op.get_bind().dialect.name == "sqlite":
        tokens = "unicode61 remove_diacritics 0 tokenchars '_'"
        yield f"CREATE VIRTUAL TABLE clip_search USING fts5 (scope, words, tokenize = \"{tokens}\", prefix = '2 3')"
        yield (
            "CREATE TRIGGER clips_forgotten AFTER DELETE ON clips BEGIN "
            "DELETE FROM clip_search WHERE rowid = old.number; END"
        )
        return
    yield (
        "CREATE TABLE clip_search (number BIGINT PRIMARY KEY REFERENCES clips (number) ON DELETE CASCADE, "
        "terms TSVECTOR NOT NULL)"
    )
    yield "CREATE INDEX ix_clip_search_terms ON clip_search USING gin (terms)"


def _fill(connection: sa.Connection) -> None:
    """The films that are there already, with what their jobs say of them."""
    clips, jobs = _table("clips", "number", "id", *COLUMNS), _table("jobs", "id", "body")
    done = 0
    while True:
        asking = sa.select(clips).where(clips.c.number > done).order_by(clips.c.number).limit(AT_ONCE)
        rows = connection.execute(asking).all()
        if not rows:
            return
        told = [(row.number, json.loads(row.body)) for row in rows]
        names = {str(body.get("job", "")) for _, body in told}
        found = connection.execute(sa.select(jobs).where(jobs.c.id.in_(names))).all()
        wishes = {row.id: json.loads(row.body) for row in found}
        for number, body in told:
            _renew(connection, clips, number, body | _said(wishes.get(body.get("job"), {})))
        done = rows[-1].number


def _said(job: dict[str, Any]) -> dict[str, str]:
    choice = job.get("choice") or {}
    return {
        "prompt": job.get("request", {}).get("prompt", ""),
        "model": choice.get("model", ""),
        "title": choice.get("title", ""),
        "channel": job.get("conversation", {}).get("channel", ""),
    }


def _renew(connection: sa.Connection, clips: sa.TableClause, number: int, body: dict[str, Any]) -> None:
    try:
        clip = load(Clip, json.dumps(body))
    except UnreadableRow:
        return  # it is left as it is, and logged whenever somebody looks for it
    values = {name: value for name, value in clip_columns(clip).items() if name in COLUMNS}
    connection.execute(sa.update(clips).where(clips.c.number == number).values(values))
    with Session(connection, join_transaction_mode="rollback_only") as session:
        index(session, number, clip)


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns))
