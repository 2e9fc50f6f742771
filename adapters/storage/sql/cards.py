"""Cards: which revision each chat is to show, and which it shows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, case, func, or_, select, update
from sqlmodel import col

from adapters.storage.sql.columns import Instant, Words
from adapters.storage.sql.database import Database
from adapters.storage.sql.leases import NOW, free, lease_first
from adapters.storage.sql.mapping import dump, posting_of, readable, said_card_columns
from adapters.storage.sql.once import put_once
from adapters.storage.sql.places import at_place
from adapters.storage.sql.plain import tabled
from adapters.storage.sql.rows import CardRow
from adapters.storage.sql.written import Written
from bot.domain.card import Card, Posting
from bot.domain.chat import Conversation, MessageRef, Person
from bot.ports.clock import Clock

_CARDS = tabled(CardRow)
_GET = Written(select(_CARDS).where(_CARDS.c.id == bindparam("of")))
_TAKE = Written(
    update(_CARDS)
    .where(
        _CARDS.c.id == bindparam("of"),
        _CARDS.c.shown < _CARDS.c.wanted,
        or_(_CARDS.c.retry_at.is_(None), _CARDS.c.retry_at <= bindparam("put_off", type_=Instant())),
        free(CardRow),
    )
    .values(leased_by=bindparam("by"), leased_until=bindparam("until", type_=Instant()))
    .returning(*_CARDS.c)
)
_RENDER = Written(
    update(_CARDS)
    .where(_CARDS.c.id == bindparam("of"), _CARDS.c.rendered <= bindparam("revision"))
    .values(rendered=bindparam("revision"), card=bindparam("body"))
)
_ENDING = (
    update(_CARDS)
    .where(_CARDS.c.id == bindparam("of"), _CARDS.c.leased_by == bindparam("by"))
    .values(
        leased_by=None, leased_until=None, message=func.coalesce(bindparam("posted", type_=Words()), _CARDS.c.message)
    )
    .returning(_CARDS.c.number)
)
_REVISION = bindparam("revision", type_=Integer())
_SHOWN = Written(
    _ENDING.values(
        retry_at=None,
        shown=case((_CARDS.c.shown < _REVISION, _REVISION), else_=_CARDS.c.shown),
        waiting_since=_CARDS.c.wanted_at,
    )
)
_LATER = bindparam("later", type_=Instant())
_PUT_OFF = Written(_ENDING.values(retry_at=_LATER, waiting_since=_LATER))

_OVERTAKEN = Written(
    update(_CARDS)
    .where(_CARDS.c.id == bindparam("of"), _CARDS.c.shown > _REVISION)
    .values(shown=_REVISION, waiting_since=_CARDS.c.wanted_at, retry_at=None)
)


@cache
def _leasing(platforms: tuple[str, ...]) -> Written:
    """Those that are behind and not put off any longer."""
    due = or_(_CARDS.c.retry_at.is_(None), _CARDS.c.retry_at <= NOW)
    behind = _CARDS.c.shown < _CARDS.c.wanted
    return Written(lease_first(CardRow, platforms, behind, due, order=_CARDS.c.waiting_since).returning(*_CARDS.c))


@dataclass(frozen=True, slots=True)
class SqlCards:
    database: Database
    clock: Clock

    async def say(self, id: str, conversation: Conversation, card: Card, to: Person | None = None) -> None:
        columns = said_card_columns(id, conversation, card, to, self.clock.now())
        await put_once(self.database, CardRow, columns)

    async def behind(
        self, platforms: Collection[str], worker: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[Posting]:
        if not platforms:
            return []
        given = {"by": worker, "now": now, "until": until, "limit": limit}
        rows = await self.database.tell(_leasing(tuple(sorted(platforms))), given)
        return readable(sorted(rows, key=lambda row: (row.waiting_since, row.number)), posting_of)

    async def take(
        self, id: str, worker: str, now: datetime, until: datetime, *, put_off: datetime | None = None
    ) -> Posting | None:
        given = {"of": id, "by": worker, "until": until, "now": now, "put_off": put_off or now}
        rows = await self.database.tell(_TAKE, given)
        return posting_of(rows[0]) if rows else None

    async def revise(self, id: str, card: Card) -> None:
        now = self.clock.now()
        revising = (
            update(CardRow)
            .where(col(CardRow.id) == id, col(CardRow.job).is_(None))
            .values(
                card=dump(card),
                wanted=CardRow.wanted + 1,
                rendered=CardRow.wanted + 1,
                wanted_at=now,
                waiting_since=case((col(CardRow.shown) < CardRow.wanted, CardRow.waiting_since), else_=now),
            )
            .execution_options(synchronize_session=False)
        )
        await self.database.write(lambda session: session.execute(revising), alone=True)

    async def render(self, id: str, revision: int, card: Card) -> None:
        given = {"of": id, "revision": revision, "body": dump(card)}
        await self.database.tell(_RENDER, given)

    async def shown(
        self, id: str, worker: str, revision: int, message: MessageRef | None, retry_at: datetime | None = None
    ) -> None:
        """One that is still behind waits since its newest revision came; one put off waits anew from then.

        What a worker without its lease showed came over what somebody else had shown, so that is shown again.
        """
        given: dict[str, Any] = {"of": id, "by": worker, "posted": dump(message) if message is not None else None}
        given |= {"revision": revision} if retry_at is None else {"later": retry_at}
        ending = _SHOWN if retry_at is None else _PUT_OFF
        if not await self.database.tell(ending, given):
            await self.database.tell(_OVERTAKEN, {"of": id, "revision": revision})

    async def get(self, id: str) -> Posting | None:
        rows = await self.database.ask(_GET, {"of": id})
        return posting_of(rows[0]) if rows else None

    async def revisions(self, conversation: Conversation) -> Mapping[str, int]:
        asking = (
            select(col(CardRow.id), col(CardRow.rendered))
            .where(*at_place(CardRow, conversation))
            .order_by(col(CardRow.number))
        )
        rows = await self.database.read(lambda session: session.execute(asking).all())
        return {row.id: row.rendered for row in rows}
