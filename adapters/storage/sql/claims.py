"""Who of several replicas does what only one may do."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.database import Database
from adapters.storage.sql.once import inserting
from adapters.storage.sql.rows import ClaimRow


@dataclass(frozen=True, slots=True)
class SqlClaims:
    database: Database

    async def take(self, name: str, worker: str, now: datetime, until: datetime) -> bool:
        mine = {"worker": worker, "until": until}
        free = or_(col(ClaimRow.worker) == worker, col(ClaimRow.until) <= now)

        def work(session: Session) -> bool:
            taking = inserting(session)(ClaimRow).values(name=name, **mine)
            taking = taking.on_conflict_do_update(index_elements=["name"], set_=mine, where=free)
            return session.scalar(taking.returning(col(ClaimRow.number))) is not None

        return await self.database.write(work)

    async def drop(self, name: str, worker: str) -> None:
        dropping = delete(ClaimRow).where(col(ClaimRow.name) == name, col(ClaimRow.worker) == worker)
        await self.database.write(lambda session: session.execute(dropping))
