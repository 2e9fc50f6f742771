"""Looking for films: an index of words beside the clips, FTS5 on SQLite and a GIN index of tsvector on PostgreSQL.

Who may see a clip is a word of it too, so that one step finds what is both seen and named.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Insert,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    or_,
    select,
    table,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.database import Transaction
from adapters.storage.sql.rows import ClipRow
from adapters.storage.sql.written import Written
from bot.domain.drive import SPACE, Clip, Wanted, words_of

WIDE = (None, "", SPACE)  # where so much lies that it is not looked for as a word
LONGEST_WORD = 1000  # PostgreSQL takes 2046 bytes; a longer one has said what it is
MOST_WORDS = 400  # a text of that length has said what it is about
_SQLITE = table("clip_search", column("rowid"), column("scope"), column("words"), column("clip_search"))
_POSTGRESQL = table("clip_search", column("number"), column("terms"))


_TERMS = func.array_to_tsvector(bindparam("terms", type_=ARRAY(Text)))
_FORGET = Written(delete(_POSTGRESQL).where(_POSTGRESQL.c.number == bindparam("of", type_=BigInteger)))
_KNOW = Written(insert(_POSTGRESQL).values(number=bindparam("of", type_=BigInteger), terms=_TERMS))


def index(transaction: Transaction, number: int, clip: Clip) -> None:
    """Makes the clip found by its words as they are now."""
    if transaction.dialect == "sqlite":
        session, scope, words = transaction.session, " ".join(_scopes(clip)), " ".join(_distinct(clip))
        session.execute(delete(_SQLITE).where(_SQLITE.c.rowid == number))
        session.execute(insert(_SQLITE).values(rowid=number, scope=scope, words=words))
    else:
        transaction.run(_FORGET, {"of": number})
        transaction.run(_KNOW, {"of": number, "terms": terms(clip)})


def knowing(added: CTE) -> Insert:
    """Makes the clips of these numbers found by `terms`, on PostgreSQL."""
    return insert(_POSTGRESQL).from_select(["number", "terms"], select(added.c.number, _TERMS))


def terms(clip: Clip) -> Sequence[str]:
    """What PostgreSQL finds the clip by."""
    return [*_scopes(clip), *(f"w{word}" for word in _distinct(clip))]


def _distinct(clip: Clip) -> Sequence[str]:
    return list(dict.fromkeys(map(_plain, _words(clip))))


def numbers(session: Session, wanted: Wanted, most: int) -> list[int]:
    """The rows of the newest `most` clips that fit, newest first."""
    words = words_of(*wanted.words)
    few = words or wanted.folder not in WIDE
    asking = _named(session, wanted, words, most) if few else _newest(wanted, most)
    found = session.execute(asking).all()
    return [row.number for row in sorted(found, key=lambda row: (row.made_at, row.number), reverse=True)]


def _newest(wanted: Wanted, most: int) -> Select[Any]:
    """The newest of each place that the viewer sees, each through its own index."""
    latest = (col(ClipRow.made_at).desc(), col(ClipRow.number).desc())
    parts = [_clips(wanted, seen).order_by(*latest).limit(most).subquery() for seen in _seen(wanted)]
    every = union(*(select(part) for part in parts)).subquery()
    return select(every).order_by(every.c.made_at.desc(), every.c.number.desc()).limit(most)


def _named(session: Session, wanted: Wanted, words: Sequence[str], most: int) -> Select[Any]:
    scopes, starts = _wanted_scopes(wanted), list(map(_plain, words))
    folder = [] if wanted.folder in WIDE else [_scope("f", wanted.folder or "")]
    if _is_sqlite(session):
        named = [*(f"scope : {one}" for one in folder), *(f"words : {start} *" for start in starts)]
        asked = f"scope : ({' OR '.join(scopes)}) AND {' AND '.join(named)}"
        words_of_clips, number = _SQLITE, _SQLITE.c.rowid
        matches = _SQLITE.c.clip_search.op("MATCH")(asked)
    else:
        named = [*folder, *(f"w{start}:*" for start in starts)]
        asked = f"({' | '.join(scopes)}) & {' & '.join(named)}"
        words_of_clips, number = _POSTGRESQL, _POSTGRESQL.c.number
        matches = _POSTGRESQL.c.terms.op("@@")(cast(asked, TSQUERY))
    asking = _clips(wanted, or_(*_seen(wanted))).join_from(ClipRow, words_of_clips, number == col(ClipRow.number))
    return asking.where(matches).order_by(number.desc()).limit(most)


def _clips(wanted: Wanted, seen: ColumnElement[bool]) -> Select[Any]:
    found: Select[Any] = select(col(ClipRow.number), col(ClipRow.made_at))  # pyright: ignore[reportAssignmentType] - of whatever columns
    return found.where(_here(wanted), seen, *_limits(wanted))


def _here(wanted: Wanted) -> ColumnElement[bool]:
    viewer = wanted.viewer
    return and_(col(ClipRow.platform) == viewer.platform, col(ClipRow.workspace) == viewer.workspace)


def _seen(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    """As `Clip.seen_by`, one condition for each index."""
    expires, trashed = col(ClipRow.expires_at), col(ClipRow.trashed_at)
    own = col(ClipRow.owner) == wanted.viewer.id
    if wanted.trashed:
        return [and_(own, trashed.is_not(None), or_(expires.is_(None), expires > wanted.now))]
    lasting = and_(trashed.is_(None), expires.is_(None))
    seen = [
        and_(own, trashed.is_(None), or_(expires.is_(None), expires > wanted.now)),
        and_(col(ClipRow.shared), lasting),
    ]
    if wanted.channel:
        seen.append(and_(col(ClipRow.channel) == wanted.channel, lasting))
    return seen


def _limits(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.folder is not None:
        path = col(ClipRow.drive_path)
        own = and_(col(ClipRow.owner) == wanted.viewer.id, ~col(ClipRow.shared))
        there = col(ClipRow.shared) if wanted.folder.startswith(SPACE) else own
        found += [func.substr(path, 1, len(wanted.folder)) == wanted.folder, there]
    if wanted.model:
        found.append(col(ClipRow.model) == wanted.model)
    if wanted.by:
        found.append(or_(col(ClipRow.owner) == wanted.by, col(ClipRow.owner_name) == wanted.by))
    if wanted.since is not None:
        found.append(col(ClipRow.made_at) >= wanted.since)
    if wanted.before is not None:
        found.append(col(ClipRow.made_at) < wanted.before)
    if wanted.min_seconds is not None:
        found.append(col(ClipRow.seconds) >= wanted.min_seconds)
    if wanted.max_seconds is not None:
        found.append(col(ClipRow.seconds) <= wanted.max_seconds)
    return found


def _words(clip: Clip) -> Sequence[str]:
    return clip.words[:MOST_WORDS]


def _plain(word: str) -> str:
    """A word in plain signs that begins as the word begins: no database reads it in its own way. No word has an underscore."""
    return "".join(one if one.isascii() else f"_{ord(one):06x}" for one in word[:LONGEST_WORD])[:LONGEST_WORD]


def _scopes(clip: Clip) -> Sequence[str]:
    owner, here = clip.owner, (clip.owner.platform, clip.workspace)
    folders = [_scope("f", folder) for folder in clip.folders]
    if clip.trashed_at is not None:
        return [_scope("t", *here, owner.id), *folders]
    lasting = clip.expires_at is None
    space = [_scope("s", *here)] if clip.shared and lasting else []
    channel = [_scope("c", *here, clip.channel)] if clip.channel and lasting else []
    return [_scope("o", *here, owner.id), *space, *channel, *folders]


def _wanted_scopes(wanted: Wanted) -> Sequence[str]:
    here = (wanted.viewer.platform, wanted.viewer.workspace)
    if wanted.trashed:
        return [_scope("t", *here, wanted.viewer.id)]
    channel = [_scope("c", *here, wanted.channel)] if wanted.channel else []
    return [_scope("o", *here, wanted.viewer.id), _scope("s", *here), *channel]


def _scope(kind: str, *names: str) -> str:
    """One word for a place: of fixed length, so that it is never the beginning of another."""
    return kind + hashlib.sha256(repr(names).encode()).hexdigest()[:24]


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
