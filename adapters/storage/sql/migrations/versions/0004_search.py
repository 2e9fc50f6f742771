"""What films are looked for by, and the trash.

It stands alone: how films were looked for by then is written down here, whatever became of that since.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WORDS = ("owner", "owner_name", "channel", "drive_path", "model")
PLACE = ["platform", "workspace"]
TIME = ["made_at", "number"]
COLUMNS = ("body", *WORDS, "shared", "seconds", "bytes", "version", "trashed_at")
AT_ONCE = 500
SPACE = "/space/"
LONGEST_WORD, MOST_WORDS = 1000, 400
_SIGNS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


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
    """The films that are there already, with what their jobs say of them. One that cannot be read is left as it is."""
    clips, jobs = _table("clips", "number", "platform", *COLUMNS), _table("jobs", "id", "body")
    done = 0
    while True:
        asking = sa.select(clips).where(clips.c.number > done).order_by(clips.c.number).limit(AT_ONCE)
        rows = connection.execute(asking).all()
        if not rows:
            return
        films = [(row.number, row.platform, film) for row in rows if _is_film(film := _read(row.body))]
        names = {film["job"] for _, _, film in films}
        found = connection.execute(sa.select(jobs).where(jobs.c.id.in_(names))).all()
        wishes = {row.id: _read(row.body) for row in found}
        for number, platform, film in films:
            _renew(connection, clips, number, platform, film | _said(wishes.get(film["job"], {})))
        done = rows[-1].number


def _read(body: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_film(film: dict[str, Any]) -> bool:
    words = (film.get(name) for name in ("workspace", "job", "drive_path"))
    owner = film.get("owner")
    return all(isinstance(word, str) for word in words) and isinstance(owner, dict) and {"id", "name"} <= owner.keys()


def _said(job: dict[str, Any]) -> dict[str, str]:
    choice = job.get("choice") or {}
    return {
        "prompt": job.get("request", {}).get("prompt", ""),
        "model": choice.get("model", ""),
        "title": choice.get("title", ""),
        "channel": job.get("conversation", {}).get("channel", ""),
    }


def _renew(connection: sa.Connection, clips: sa.TableClause, number: int, platform: str, film: dict[str, Any]) -> None:
    values = {
        "owner": _storable(film["owner"]["id"]),
        "owner_name": _storable(film["owner"]["name"].lower()),
        "channel": _storable(film["channel"]),
        "drive_path": _storable(film["drive_path"]),
        "model": _storable(film["model"]),
        "shared": film["drive_path"].startswith(SPACE),
        "seconds": float(film.get("seconds", 0)),
        "bytes": int(film.get("bytes", 0)),
        # One that this revision was taken from and is given again has these already.
        "version": int(film.get("version", 1)),
        "trashed_at": datetime.fromisoformat(film["trashed_at"]) if film.get("trashed_at") else None,
        "body": _storable(json.dumps(film, ensure_ascii=False, separators=(",", ":"))),
    }
    connection.execute(sa.update(clips).where(clips.c.number == number).values(values))
    scopes, words = _scopes(platform, film), list(dict.fromkeys(map(_plain, _words(film))))
    if connection.dialect.name == "sqlite":
        search = _table("clip_search", "rowid", "scope", "words")
        row: dict[str, Any] = {"rowid": number, "scope": " ".join(scopes), "words": " ".join(words)}
    else:
        search = _table("clip_search", "number", "terms")
        terms = sa.cast([*scopes, *(f"w{word}" for word in words)], ARRAY(sa.Text))
        row = {"number": number, "terms": sa.func.array_to_tsvector(terms)}
    connection.execute(sa.insert(search).values(row))


def _words(film: dict[str, Any]) -> list[str]:
    texts = (film["drive_path"], film["title"], film["model"], film["owner"]["name"], film["job"], film["prompt"])
    return _WORD.findall(unicodedata.normalize("NFKC", " ".join(texts)).casefold())[:MOST_WORDS]


def _plain(word: str) -> str:
    return "".join(one if one.isascii() else f"_{ord(one):06x}" for one in word[:LONGEST_WORD])[:LONGEST_WORD]


def _scopes(platform: str, film: dict[str, Any]) -> list[str]:
    """Who finds it: its owner, and unless it is temporary or in the trash everybody in its space and its channel; and by its folders."""
    here, path, lasting = (platform, film["workspace"]), film["drive_path"], not film.get("expires_at")
    trashed = bool(film.get("trashed_at"))
    shared = path.startswith(SPACE)
    ends = [at + 1 for at, sign in enumerate(path) if sign == "/" and at >= (len(SPACE) if shared else 0)]
    found = [_scope("t" if trashed else "o", *here, film["owner"]["id"])]
    found += [_scope("s", *here)] if shared and lasting and not trashed else []
    found += [_scope("c", *here, film["channel"])] if film["channel"] and lasting and not trashed else []
    return found + [_scope("f", path[:end]) for end in ends]


def _scope(kind: str, *names: str) -> str:
    return kind + hashlib.sha256(repr(names).encode()).hexdigest()[:24]


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def _table(name: str, *columns: str) -> sa.TableClause:
    kinds = {"trashed_at": sa.DateTime(timezone=True)}
    return sa.table(name, *(sa.column(one, kinds.get(one)) for one in columns))
