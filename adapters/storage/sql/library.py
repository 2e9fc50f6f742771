"""The library: films on the Drive, the keys they hold, and the files people brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.database import Database
from adapters.storage.sql.mapping import asset_columns, asset_of, clip_columns, clip_of, readable
from adapters.storage.sql.once import add_once
from adapters.storage.sql.rows import AssetRow, ClipRow, KeyRow
from bot.domain.drive import MOST_COUNTED, Asset, Clip, Found, Wanted
from bot.domain.errors import Stale


@dataclass(frozen=True, slots=True)
class SqlClips:
    database: Database

    async def add(self, clip: Clip) -> None:
        columns = clip_columns(clip)
        await self.database.write(lambda session: add_once(session, ClipRow, columns))

    async def get(self, id: str) -> Clip | None:
        asking = select(ClipRow).where(col(ClipRow.id) == id)
        row = await self.database.read(lambda session: session.scalar(asking))
        return clip_of(row) if row else None

    async def at(self, key: str) -> Clip | None:
        if not key:  # a clip without a poster has an empty key there
            return None
        held = or_(col(ClipRow.key) == key, col(ClipRow.poster) == key, col(ClipRow.last_frame) == key)
        asking = select(ClipRow).where(held).order_by(col(ClipRow.number)).limit(1)
        row = await self.database.read(lambda session: session.scalar(asking))
        return clip_of(row) if row else None

    async def find(self, wanted: Wanted, skip: int = 0, limit: int = 10) -> Found:
        asking = (
            select(ClipRow)
            .where(col(ClipRow.platform) == wanted.viewer.platform, col(ClipRow.workspace) == wanted.viewer.workspace)
            .order_by(col(ClipRow.made_at).desc(), col(ClipRow.number).desc())
        )
        clips = readable(await self.database.read(lambda session: session.scalars(asking).all()), clip_of)
        found = tuple(clip for clip in clips if wanted.fits(clip))
        return Found(found[skip : skip + limit], min(len(found), MOST_COUNTED))

    async def change(self, clip: Clip) -> None:
        asking = select(ClipRow).where(col(ClipRow.id) == clip.id).with_for_update()

        def work(session: Session) -> None:
            row = session.scalar(asking)
            if row is None or clip_of(row).version != clip.version - 1:
                raise Stale(f"clip {clip.id} was changed meanwhile")
            for name, value in clip_columns(clip).items():
                setattr(row, name, value)

        await self.database.write(work)

    async def expired(self, now: datetime, limit: int) -> Sequence[Clip]:
        asking = (
            select(ClipRow)
            .where(col(ClipRow.expires_at) <= now)
            .order_by(col(ClipRow.expires_at), col(ClipRow.number))
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
        holder = select(col(KeyRow.clip)).where(col(KeyRow.key) == key)

        def work(session: Session) -> bool:
            return add_once(session, KeyRow, {"key": key, "clip": clip}, "key") or session.scalar(holder) == clip

        return await self.database.write(work)

    async def held(self, clip: str) -> Sequence[str]:
        asking = select(col(KeyRow.key)).where(col(KeyRow.clip) == clip).order_by(col(KeyRow.number))
        return await self.database.read(lambda session: session.scalars(asking).all())

    async def release(self, clip: str, key: str) -> None:
        giving = delete(KeyRow).where(col(KeyRow.clip) == clip, col(KeyRow.key) == key)
        await self.database.write(lambda session: session.execute(giving))

    async def used(self, workspace: tuple[str, str], owner: str | None = None) -> int:
        asking = select(ClipRow).where(col(ClipRow.platform) == workspace[0], col(ClipRow.workspace) == workspace[1])
        clips = readable(await self.database.read(lambda session: session.scalars(asking).all()), clip_of)
        return sum(clip.bytes for clip in clips if owner is None or (clip.owner.id == owner and not clip.shared))


@dataclass(frozen=True, slots=True)
class SqlAssets:
    database: Database

    async def add(self, asset: Asset) -> None:
        columns = asset_columns(asset)
        await self.database.write(lambda session: add_once(session, AssetRow, columns))

    async def get(self, id: str) -> Asset | None:
        asking = select(AssetRow).where(col(AssetRow.id) == id)
        row = await self.database.read(lambda session: session.scalar(asking))
        return asset_of(row) if row else None
