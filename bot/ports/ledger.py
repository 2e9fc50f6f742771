"""The books: what was reserved, charged and given back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.budget import Balance, Scope
from bot.domain.ledger import LedgerEntry


class Ledger(Protocol):
    async def of_job(self, job: str) -> Sequence[LedgerEntry]:
        """In the order they were made."""
        ...

    async def balance(self, scope: Scope, since: datetime) -> Balance: ...

    async def entries(
        self, place: tuple[str, str], since: datetime, until: datetime, after: int = 0, limit: int = 1000
    ) -> Sequence[tuple[int, LedgerEntry]]:
        """Those of (platform, workspace) from `since` to before `until`, each with its number, in the order of their time; those past number `after`."""
        ...

    async def places(self, since: datetime, until: datetime) -> Sequence[tuple[str, str]]:
        """Every (platform, workspace) that has entries from `since` to before `until`."""
        ...

    async def unbalanced(self, limit: int = 100) -> Sequence[str]:
        """Jobs whose books are wrong: over and still holding credits, on their way and holding none, or released, charged or refunded more than they may be."""
        ...
