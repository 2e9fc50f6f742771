"""A job's move: its row, what its card is to show, and its entries in the books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Update,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal_column,
    select,
    union_all,
    update,
)

from adapters.storage.sql.columns import Instant
from adapters.storage.sql.database import Database, Transaction
from adapters.storage.sql.mapping import dump
from adapters.storage.sql.passing import forget
from adapters.storage.sql.plain import tabled
from adapters.storage.sql.rows import CardRow, JobRow, LedgerRow
from adapters.storage.sql.written import Written
from bot.domain.job import Job, State

_JOBS, _CARDS, _LEDGER = tabled(JobRow), tabled(CardRow), tabled(LedgerRow)
_ENTRY = tuple(name for name in _LEDGER.c.keys() if name != "number")  # noqa: SIM118 - a collection of columns gives its columns
_ENTER = Written(insert(_LEDGER), _ENTRY)


@dataclass(frozen=True, slots=True)
class Move:
    """`columns` are what changes of the job's row; `hold` says that its worker goes on with it."""

    job: Job
    columns: Mapping[str, Any]
    entries: Sequence[Mapping[str, Any]] = ()
    hold: bool = False

    def done(self, transaction: Transaction) -> bool:
        """False, with nothing changed, where someone else moved it first."""
        if not transaction.run(_moving(self._shape), self._given()):
            return False
        if not self.job.batch:
            transaction.run(_WANT_ANEW if self._anew else _WANT, self._given())
        if self.job.ended:
            transaction.run(_FORGET, self._given())
        return True

    def enter(self, transaction: Transaction) -> None:
        """Once the jobs are there that the entries are of."""
        for entry in self.entries:
            transaction.run(_ENTER, entry)

    async def at_once(self, database: Database) -> bool:
        """The same in one statement, which only PostgreSQL takes: one way there and back where there were five. What an ended job held, it holds no more."""
        wants = None if self.job.batch else self._anew
        every = {f"{name}_{at}": value for at, entry in enumerate(self.entries) for name, value in entry.items()}
        return bool(
            await database.tell(_joined(self._shape, wants, len(self.entries), self.job.ended), self._given() | every)
        )

    @property
    def _shape(self) -> tuple[tuple[str, ...], bool, bool]:
        return tuple(self.columns), self.hold, self.job.state is State.complete

    @property
    def _anew(self) -> bool:
        return self.job.version in {self.job.state_version, self.job.asked_version}

    def _given(self) -> dict[str, Any]:
        job = self.job
        given = {f"new_{name}": value for name, value in self.columns.items()}
        return given | {
            "of": job.id,
            "before": job.version - 1,
            "now": job.changed_at,
            "card": job.card_id,
            "wanted": job.version,
        }


def moved_up(transaction: Transaction, jobs: Sequence[Job]) -> None:
    """Saves jobs of which only the card is to be shown anew, and leaves out any that is not at its version any more."""
    for job in jobs:
        given = {"of": job.id, "before": job.version - 1, "wanted": job.version, "now_body": dump(job)}
        transaction.run(_ANEW, given)
        if not job.batch:
            transaction.run(_WANT, {"card": job.card_id, "wanted": job.version, "now": job.changed_at})


def _update_of_job(names: tuple[str, ...], hold: bool, completes: bool) -> Update:
    changes: dict[str, Any] = {name: bindparam(f"new_{name}", type_=_JOBS.c[name].type) for name in names}
    if completes:
        changes["completed_at"] = func.coalesce(_JOBS.c.completed_at, bindparam("now", type_=Instant()))
    if not hold:
        changes |= {"leased_by": None, "leased_until": None}
    at_its_version = (_JOBS.c.id == bindparam("of"), _JOBS.c.version == bindparam("before"))
    return update(_JOBS).where(*at_its_version).values(changes).returning(_JOBS.c.number)


def _update_of_card(anew: bool, *where: ColumnElement[bool]) -> Update:
    """A card that waits already keeps its place in line, and its put-off while only the progress moves."""
    at = bindparam("now", type_=Instant())
    waits = _CARDS.c.shown < _CARDS.c.wanted
    changes: dict[str, Any] = {"wanted": bindparam("wanted"), "wanted_at": at}
    if anew:
        waits &= _CARDS.c.waiting_since <= at
        changes["retry_at"] = None
    changes["waiting_since"] = case((waits, _CARDS.c.waiting_since), else_=at)
    return update(_CARDS).where(_CARDS.c.id == bindparam("card"), *where).values(changes)


@cache
def _moving(shape: tuple[tuple[str, ...], bool, bool]) -> Written:
    return Written(_update_of_job(*shape))


@cache
def _joined(shape: tuple[tuple[str, ...], bool, bool], wants: bool | None, entries: int, ends: bool) -> Written:
    moved = _update_of_job(*shape).cte("moved")
    first = exists(select(literal_column("1")).select_from(moved))
    parts: list[Any] = [] if wants is None else [_update_of_card(wants, first).cte("wanted_card")]
    if entries:
        rows = [
            select(*(bindparam(f"{name}_{at}", type_=_LEDGER.c[name].type) for name in _ENTRY)).where(first)
            for at in range(entries)
        ]
        parts.append(insert(_LEDGER).from_select(_ENTRY, union_all(*rows)).cte("entered"))
    if ends:
        parts.append(forget().where(first).cte("forgotten"))
    return Written(select(moved.c.number).add_cte(*parts))


_ANEW = Written(
    update(_JOBS)
    .where(_JOBS.c.id == bindparam("of"), _JOBS.c.version == bindparam("before"))
    .values(version=bindparam("wanted"), body=bindparam("now_body"))
)
_FORGET = Written(forget())
_WANT, _WANT_ANEW = Written(_update_of_card(False)), Written(_update_of_card(True))
