"""The library: films on the Drive, the keys they hold, and the files people brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as on_conflict
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.database import Database, Transaction
from adapters.storage.sql.mapping import asset_columns, asset_of, clip_columns, clip_of, readable
from adapters.storage.sql.once import added, put_once
from adapters.storage.sql.passing import named_by_a_job
from adapters.storage.sql.plain import tabled
from adapters.storage.sql.rows import AssetRow, ClipRow, KeyRow
from adapters.storage.sql.search import index, knowing, numbers, terms
from adapters.storage.sql.written import Written
from bot.domain.drive import MOST_COUNTED, TRASH_LIFETIME, Asset, Clip, Found, Wanted
from bot.domain.errors import Stale

_CLIPS, _KEYS = tabled(ClipRow), tabled(KeyRow)
_CLIP = Written(select(_CLIPS.c.id, _CLIPS.c.body).where(_CLIPS.c.id == bindparam("of")))


_HOLDER = Written(select(_KEYS.c.clip).where(_KEYS.c.key == bindparam("of")))


@cache
def _joined(names: tuple[str, ...]) -> Written:
    """A clip and its words in one statement."""
    values = {name: bindparam(f"new_{name}", type_=_CLIPS.c[name].type) for name in names}
    adding = on_conflict(_CLIPS).values(values).on_conflict_do_nothing(index_elements=["id"])
    return Written(knowing(adding.returning(_CLIPS.c.number).cte("added")))


@dataclass(frozen=True, slots=True)
class SqlClips:
    database: Database

    async def add(self, clip: Clip) -> None:
        columns = clip_columns(clip)
        if self.database.joins:
            given = {f"new_{name}": value for name, value in columns.items()}
            await self.database.tell(_joined(tuple(columns)), {**given, "terms": terms(clip)})
            return

        def work(transaction: Transaction) -> None:
            if (number := added(transaction, ClipRow, columns)) is not None:
                index(transaction, number, clip)

        await self.database.transact(work)

    async def get(self, id: str) -> Clip | None:
        rows = await self.database.ask(_CLIP, {"of": id})
        return clip_of(rows[0]) if rows else None

    async def at(self, key: str) -> Clip | None:
        if not key:  # a clip without a poster has an empty key there
            return None
        held = or_(col(ClipRow.key) == key, col(ClipRow.poster) == key, col(ClipRow.last_frame) == key)
        asking = select(ClipRow).where(held).order_by(col(ClipRow.number)).limit(1)
        row = await self.database.read(lambda session: session.scalar(asking))
        return clip_of(row) if row else None

    async def find(self, wanted: Wanted, skip: int = 0, limit: int = 10) -> Found:
        def work(session: Session) -> tuple[Sequence[ClipRow], int]:
            found = numbers(session, wanted, max(MOST_COUNTED, skip + limit))
            page = found[skip : skip + limit]
            rows = session.scalars(select(ClipRow).where(col(ClipRow.number).in_(page))).all()
            return sorted(rows, key=lambda row: page.index(row.number or 0)), min(len(found), MOST_COUNTED)

        rows, total = await self.database.read(work)
        return Found(tuple(readable(rows, clip_of)), total)

    async def change(self, clip: Clip) -> None:
        before = (col(ClipRow.id) == clip.id, col(ClipRow.version) == clip.version - 1)
        changing = update(ClipRow).where(*before).values(**clip_columns(clip)).returning(col(ClipRow.number))

        def work(transaction: Transaction) -> None:
            number = transaction.session.scalar(changing.execution_options(synchronize_session=False))
            if number is None:
                raise Stale(f"clip {clip.id} was changed meanwhile")
            index(transaction, number, clip)

        await self.database.transact(work)

    async def expired(self, now: datetime, limit: int) -> Sequence[Clip]:
        over = or_(col(ClipRow.expires_at) <= now, col(ClipRow.trashed_at) <= now - TRASH_LIFETIME)
        asking = (
            select(ClipRow)
            .where(over, ~named_by_a_job(col(ClipRow.id)))
            .order_by(func.coalesce(col(ClipRow.expires_at), col(ClipRow.trashed_at)), col(ClipRow.number))
            .limit(limit)
        )
        return readable(await self.database.read(lambda session: session.scalars(asking).all()), clip_of)

    async def forget(self, id: str) -> None:
        def work(session: Session) -> None:
            session.execute(delete(ClipRow).where(col(ClipRow.id) == id))
            session.execute(delete(KeyRow).where(col(KeyRow.clip) == id))

        await self.database.write(work)


@dataclass(frozen=True, slots=True)
class SqlNames:
    database: Database

    async def reserve(self, clip: str, key: str) -> bool:
        if await put_once(self.database, KeyRow, {"key": key, "clip": clip}, "key"):
            return True
        rows = await self.database.ask(_HOLDER, {"of": key})
        return bool(rows) and rows[0].clip == clip

    async def held(self, clip: str) -> Sequence[str]:
        asking = select(col(KeyRow.key)).where(col(KeyRow.clip) == clip).order_by(col(KeyRow.number))
        return await self.database.read(lambda session: session.scalars(asking).all())

    async def release(self, clip: str, key: str) -> None:
        giving = delete(KeyRow).where(col(KeyRow.clip) == clip, col(KeyRow.key) == key)
        await self.database.write(lambda session: session.execute(giving))

    async def used(self, workspace: tuple[str, str], owner: str | None = None) -> int:
        there = (col(ClipRow.platform) == workspace[0], col(ClipRow.workspace) == workspace[1])
        asking = select(func.coalesce(func.sum(col(ClipRow.bytes)), 0)).where(*there, col(ClipRow.trashed_at).is_(None))
        if owner is not None:
            asking = asking.where(col(ClipRow.owner) == owner, ~col(ClipRow.shared))
        return int(await self.database.read(lambda session: session.scalar(asking)) or 0)


@dataclass(frozen=True, slots=True)
class SqlAssets:
    database: Database

    async def add(self, asset: Asset) -> None:
        columns = asset_columns(asset)
        await put_once(self.database, AssetRow, columns)

    async def get(self, id: str) -> Asset | None:
        asking = select(AssetRow).where(col(AssetRow.id) == id)
        row = await self.database.read(lambda session: session.scalar(asking))
        return asset_of(row) if row else None
