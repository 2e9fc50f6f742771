"""Jobs whose books are wrong, found by one statement that reads the ledger a job at a time, in the order of its index."""

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    text,
    union,
)
from sqlalchemy.orm import aliased
from sqlalchemy.types import Numeric
from sqlmodel import col

from adapters.storage.sql.rows import JobRow, LedgerRow
from bot.domain.job import ENDED, RUNNING, State
from bot.domain.join import MERGED
from bot.domain.ledger import EntryKind

DIGITS = 6  # SQLite sums as floats; a hundredth of a credit is the least there is

_kind = col(LedgerRow.kind)
_CREDITS = cast(col(LedgerRow.credits), Numeric)
_OVER = and_(col(JobRow.state).in_(sorted(ENDED)), col(JobRow.next_step_at).is_(None))
"""One that was cancelled holds its credits until the provider has been asked to stop, and has a next step until then."""
_ON_ITS_WAY = col(JobRow.state).in_(sorted((*RUNNING, State.unclear)))


def wrong_jobs(limit: int) -> Select[str]:
    """Their ids, as `Ledger.unbalanced` promises."""
    both = union(_by_their_entries(), _without_entries()).subquery()
    return select(both.c.id).order_by(both.c.id).limit(limit)


def _by_their_entries() -> Select[str]:
    reserved = case((_kind == EntryKind.reserve.value, _CREDITS), else_=0)
    book = (
        select(
            col(LedgerRow.job).label("job"),
            _sum(EntryKind.reserve, EntryKind.release).label("held"),
            _sum(EntryKind.charge, EntryKind.refund).label("spent"),
            func.max(reserved).label("dearest"),
            _count(EntryKind.reserve).label("reserves"),
            (_count(EntryKind.charge) - _count(EntryKind.refund)).label("charges"),
        )
        .group_by(col(LedgerRow.job))
        .subquery("book")
    )
    its = book.c
    wrong = or_(
        its.held < 0,
        its.spent < 0,
        not_(its.charges.between(0, its.reserves)),  # each confirmation reserves once, and allows one charge
        col(JobRow.holding) != (its.held > 0),
        and_(_OVER, its.held > 0),
        and_(_ON_ITS_WAY, or_(its.reserves == 0, and_(its.dearest > 0, its.held <= 0))),
    )
    return select(col(JobRow.id).label("id")).join(book, its.job == col(JobRow.id)).where(wrong)


def _without_entries() -> Select[str]:
    """On their way, or said to hold credits, and the ledger has never heard of them. A batch is paid for by its calls; joining films costs nothing."""
    call = aliased(JobRow)
    written = exists().where(col(LedgerRow.job) == col(JobRow.id))
    calls = exists().where(col(call.batch) == col(JobRow.id), col(call.batch) != literal_column("''"))
    started = and_(_ON_ITS_WAY, not_(calls), col(JobRow.model) != MERGED)
    return select(col(JobRow.id).label("id")).where(or_(started, text("jobs.holding")), not_(written))


def _sum(plus: EntryKind, minus: EntryKind) -> ColumnElement[float]:
    signed = case((_kind == plus.value, _CREDITS), (_kind == minus.value, -_CREDITS), else_=0)
    return func.round(func.sum(signed), DIGITS)


def _count(kind: EntryKind) -> ColumnElement[int]:
    return func.sum(case((_kind == kind.value, 1), else_=0))
