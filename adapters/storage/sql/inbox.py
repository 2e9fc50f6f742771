"""Events as they came."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.database import Database
from adapters.storage.sql.leases import free, keep, lease_first
from adapters.storage.sql.mapping import event_columns, event_of, readable
from adapters.storage.sql.once import put_once
from adapters.storage.sql.places import at_place, on_platforms
from adapters.storage.sql.rows import EventRow
from bot.domain.chat import ChatEvent, Conversation, Message


def _open() -> ColumnElement[bool]:
    return col(EventRow.done_at).is_(None)


@dataclass(frozen=True, slots=True)
class SqlInbox:
    database: Database

    async def receive(self, event: ChatEvent, at: datetime) -> bool:
        columns = event_columns(event, at)
        return await put_once(self.database, EventRow, columns, "key")

    async def claim(
        self, platforms: Collection[str], worker: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[tuple[ChatEvent, int]]:
        if not platforms:
            return []
        where = (_open(), free(EventRow, now), on_platforms(EventRow, platforms))
        claiming = lease_first(
            EventRow, worker, until, where, order=col(EventRow.received_at), limit=limit, claims=EventRow.claims + 1
        ).returning(EventRow)

        def work(session: Session) -> Sequence[EventRow]:
            return session.scalars(claiming).all()

        rows = sorted(await self.database.write(work), key=lambda row: (row.received_at, row.number))
        return readable(rows, lambda row: (event_of(row), row.claims - 1))

    async def done(self, key: str, at: datetime) -> None:
        ending = (
            update(EventRow)
            .where(col(EventRow.key) == key, _open())
            .values(done_at=at, leased_by=None, leased_until=None)
            .execution_options(synchronize_session=False)
        )
        await self.database.write(lambda session: session.execute(ending))

    async def renew(self, worker: str, keys: Collection[str], until: datetime) -> None:
        if keys:
            keeping = keep(EventRow, worker, until, col(EventRow.key).in_(sorted(keys)), _open())
            await self.database.write(lambda session: session.execute(keeping))

    async def messages(self, conversation: Conversation, skip: int = 0) -> Sequence[tuple[datetime, Message]]:
        written = (
            select(EventRow)
            .where(*at_place(EventRow, conversation), col(EventRow.kind) == "message")
            .order_by(col(EventRow.received_at), col(EventRow.number))
            .offset(skip)
        )
        rows = await self.database.read(lambda session: session.scalars(written).all())
        events = readable(rows, lambda row: (row.received_at, event_of(row)))
        return [(at, event) for at, event in events if isinstance(event, Message)]
