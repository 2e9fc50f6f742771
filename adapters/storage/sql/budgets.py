"""Budgets: what is spent and held, and that nobody reserves more than is left."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, text, union_all, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from adapters.storage.sql.database import Transaction
from adapters.storage.sql.rows import JobRow, LedgerRow
from bot.domain.budget import Balance, Budget, Left, Purse, Scope
from bot.domain.errors import Overspent
from bot.domain.ledger import EntryKind, LedgerEntry, held, spent

_HOLDING = text(
    "jobs.holding"
)  # written out, as SQLite takes an index of some rows only where the query says the same words


def check_room(transaction: Transaction, within: Sequence[Budget], entries: Sequence[LedgerEntry]) -> None:
    """Locks the budgets until the transaction's end, so that two who reserve at once do not take the same credits. Raises Overspent.

    What costs nothing passes, however little is left. What the entries charge and give back for an earlier call counts, too.
    """
    if not within or not any(entry.credits for entry in entries if entry.kind is EntryKind.reserve):
        return
    more, session = held(entries) + spent(entries), transaction.session
    if transaction.dialect == "postgresql":
        for name in sorted(_name(budget.scope) for budget in within):
            session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    for budget in within:
        now = balance(session, budget.scope, budget.since)
        if now.used + more > budget.credits:
            raise Overspent(Left(budget, now))


def holders(entries: Sequence[LedgerEntry]) -> dict[str, bool]:
    """Whether a job holds credits from now on: one that reserved any does, one that only gave back does not."""
    reserved = {entry.job for entry in entries if entry.kind is EntryKind.reserve and entry.credits}
    released = {entry.job for entry in entries if entry.kind is EntryKind.release} - reserved
    return dict.fromkeys(reserved, True) | dict.fromkeys(released, False)


def note_held(transaction: Transaction, found: Mapping[str, bool]) -> None:
    for holding in (True, False):
        if jobs := sorted(job for job, holds in found.items() if holds is holding):
            noting = update(JobRow).where(col(JobRow.id).in_(jobs)).values(holding=holding)
            transaction.session.execute(noting.execution_options(synchronize_session=False))


def balance(session: Session, scope: Scope, since: datetime) -> Balance:
    """In one statement: a film that ends between two would be found in neither, no longer held and not spent yet."""
    whose = _of(scope)
    holding = select(col(JobRow.id)).where(
        col(JobRow.platform) == scope.platform, col(JobRow.workspace) == scope.workspace, _HOLDING
    )
    spending = _alike(EntryKind.charge, EntryKind.refund, *whose, col(LedgerRow.at) >= since, _own(since))
    reserved = _alike(EntryKind.reserve, EntryKind.release, *whose, col(LedgerRow.job).in_(holding))
    of = dict.fromkeys(EntryKind, Decimal(0))
    for kind, credits, count in session.execute(union_all(spending, reserved)).all():
        of[EntryKind(kind)] += credits * count
    return Balance(
        spent=max(of[EntryKind.charge] - of[EntryKind.refund], Decimal(0)),
        held=of[EntryKind.reserve] - of[EntryKind.release],
    )


def _alike(plus: EntryKind, minus: EntryKind, *where: ColumnElement[bool]) -> Select[str, Decimal, int]:
    """Summed here, since SQLite would sum money as floats; equal amounts are counted there, since there are few prices."""
    alike = (col(LedgerRow.kind), col(LedgerRow.credits))
    asking = select(*alike, func.count()).where(col(LedgerRow.kind).in_([plus.value, minus.value]), *where)
    return asking.group_by(*alike)


def _own(since: datetime) -> ColumnElement[bool]:
    """Not a refund of what was charged before: that gives no room in a time in which it took none."""
    charge = aliased(LedgerRow)
    charged = exists().where(
        col(charge.job) == col(LedgerRow.job),
        col(charge.kind) == EntryKind.charge.value,
        col(charge.at) >= since,
    )
    return or_(col(LedgerRow.kind) != EntryKind.refund.value, charged)


def _of(scope: Scope) -> list[ColumnElement[bool]]:
    whose = [col(LedgerRow.platform) == scope.platform, col(LedgerRow.workspace) == scope.workspace]
    match scope.purse:
        case Purse.person:
            whose.append(col(LedgerRow.person_id) == scope.id)
        case Purse.channel:
            whose.append(col(LedgerRow.channel) == scope.id)
        case Purse.workspace:
            pass
    return whose


def _name(scope: Scope) -> str:
    return f"budget\x1f{scope.purse.value}\x1f{scope.platform}\x1f{scope.workspace}\x1f{scope.id}"
