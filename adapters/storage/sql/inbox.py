"""Events as they came."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlmodel import col

from adapters.storage.sql.columns import Instant
from adapters.storage.sql.database import Database
from adapters.storage.sql.leases import keep, lease_first
from adapters.storage.sql.mapping import event_columns, event_of, readable
from adapters.storage.sql.once import put_once
from adapters.storage.sql.places import at_place
from adapters.storage.sql.plain import tabled
from adapters.storage.sql.rows import EventRow
from adapters.storage.sql.written import Written
from bot.domain.chat import ChatEvent, Conversation, Message


def _open() -> ColumnElement[bool]:
    return col(EventRow.done_at).is_(None)


_EVENTS = tabled(EventRow)
_DONE = Written(
    update(_EVENTS)
    .where(_EVENTS.c.key == bindparam("of"), _open())
    .values(done_at=bindparam("at", type_=Instant()), leased_by=None, leased_until=None)
)


@cache
def _claiming(platforms: tuple[str, ...]) -> Written:
    again = {"claims": _EVENTS.c.claims + 1}
    claiming = lease_first(EventRow, platforms, _open(), order=_EVENTS.c.received_at, **again)
    return Written(claiming.returning(*_EVENTS.c))


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
        given = {"by": worker, "now": now, "until": until, "limit": limit}
        rows = await self.database.tell(_claiming(tuple(sorted(platforms))), given)
        return readable(
            sorted(rows, key=lambda row: (row.received_at, row.number)), lambda row: (event_of(row), row.claims - 1)
        )

    async def done(self, key: str, at: datetime) -> None:
        await self.database.tell(_DONE, {"of": key, "at": at})

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
