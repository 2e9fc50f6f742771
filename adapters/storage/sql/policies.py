"""What admins decided, and the audit log of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, exists, insert, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.database import Database
from adapters.storage.sql.mapping import change_columns, change_of, dump, policy_of, readable
from adapters.storage.sql.once import inserting
from adapters.storage.sql.plain import tabled
from adapters.storage.sql.rows import CardRow, ChangeRow, JobRow, PolicyRow
from adapters.storage.sql.written import Written
from bot.domain.chat import Conversation
from bot.domain.errors import Stale
from bot.domain.policy import Change, Policy

_POLICIES = tabled(PolicyRow)
_EVERY = (
    select(_POLICIES)
    .where(_POLICIES.c.platform == bindparam("platform"), _POLICIES.c.workspace == bindparam("workspace"))
    .order_by(_POLICIES.c.channel)
)
_AT = Written(_EVERY.where(or_(_POLICIES.c.channel == "", _POLICIES.c.channel == bindparam("channel"))))
_OF = Written(_EVERY)


@dataclass(frozen=True, slots=True)
class SqlPolicies:
    database: Database

    async def at(self, conversation: Conversation) -> Sequence[Policy]:
        given = {
            "platform": conversation.platform,
            "workspace": conversation.workspace,
            "channel": conversation.channel,
        }
        return readable(await self.database.ask(_AT, given), policy_of)

    async def of(self, place: tuple[str, str]) -> Sequence[Policy]:
        return readable(await self.database.ask(_OF, {"platform": place[0], "workspace": place[1]}), policy_of)

    async def known(self, conversation: Conversation) -> bool:
        asking = select(or_(*(_any(row, conversation) for row in (JobRow, CardRow, PolicyRow))))
        return await self.database.read(lambda session: bool(session.scalar(asking)))

    async def change(self, policy: Policy, changes: Sequence[Change], *, beside: Sequence[Policy] = ()) -> None:
        def work(session: Session) -> None:
            for one in (policy, *beside):
                if not _saved(session, one):
                    raise Stale(f"a policy was changed by someone else before version {one.version} was saved")
            if changes:
                session.execute(insert(ChangeRow), [change_columns(change) for change in changes])

        await self.database.write(work)

    async def changes(self, place: tuple[str, str], limit: int = 50, skip: int = 0) -> Sequence[Change]:
        here = (col(ChangeRow.platform) == place[0], col(ChangeRow.workspace) == place[1])
        asking = select(ChangeRow).where(*here).order_by(col(ChangeRow.number).desc()).limit(limit).offset(skip)
        return [change_of(row) for row in await self.database.read(lambda session: session.scalars(asking).all())]


def _saved(session: Session, policy: Policy) -> bool:
    place = {"platform": policy.platform, "workspace": policy.workspace, "channel": policy.channel}
    values = {"version": policy.version, "body": dump(policy)}
    if policy.version == 1:
        adding = inserting(session)(PolicyRow).values(**place, **values).on_conflict_do_nothing()
        return session.scalar(adding.returning(col(PolicyRow.number))) is not None
    saving = (
        update(PolicyRow)
        .where(
            *_of((policy.platform, policy.workspace)),
            col(PolicyRow.channel) == policy.channel,
            col(PolicyRow.version) == policy.version - 1,
        )
        .values(**values)
        .returning(col(PolicyRow.number))
        .execution_options(synchronize_session=False)
    )
    return session.scalar(saving) is not None


def _any(row: type[JobRow | CardRow | PolicyRow], place: Conversation) -> ColumnElement[bool]:
    there = exists().where(col(row.platform) == place.platform, col(row.workspace) == place.workspace)
    return there.where(col(row.channel) == place.channel) if place.channel else there


def _of(place: tuple[str, str]) -> tuple[ColumnElement[bool], ...]:
    return (col(PolicyRow.platform) == place[0], col(PolicyRow.workspace) == place[1])
