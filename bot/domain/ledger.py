"""Who spent what: credits are reserved at confirmation, and at a job's end released and, where earned, charged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.chat import Person


class EntryKind(StrEnum):
    reserve = "reserve"
    release = "release"
    charge = "charge"
    refund = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """`credits` is never negative; `channel` and `model` are where and with what it was spent. What a job still holds is its reserves less its releases; what it spent is its charges less its refunds."""

    kind: EntryKind
    credits: Decimal
    job: str
    person: Person
    at: datetime
    channel: str = ""
    model: str = ""


def held(entries: Iterable[LedgerEntry]) -> Decimal:
    """Credits reserved and not yet released."""
    return _total(entries, EntryKind.reserve, EntryKind.release)


def spent(entries: Iterable[LedgerEntry]) -> Decimal:
    """Credits charged and not refunded."""
    return _total(entries, EntryKind.charge, EntryKind.refund)


def _total(entries: Iterable[LedgerEntry], plus: EntryKind, minus: EntryKind) -> Decimal:
    total = Decimal(0)
    for entry in entries:
        if entry.kind is plus:
            total += entry.credits
        elif entry.kind is minus:
            total -= entry.credits
    return total
