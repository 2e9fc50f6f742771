"""What a Home says of money: spent in this month, by whom, and of which budget."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.budget import Left, Scope, budgets, month_start
from bot.domain.rules import Rules
from bot.ports.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Spent:
    """`spent` and the `budget` it counts against, where one is set, are in credits; `month` names the month in words."""

    spent: Decimal
    month: str
    budget: Decimal | None = None

    def told(self, whose: str) -> str:
        """`12.00 credits spent in November 2026 of your budget of 500.00`."""
        unit = "credit" if self.spent == 1 else "credits"
        of = "" if self.budget is None else f" of {whose} budget of {self.budget:,.2f}"
        return f"{self.spent:,.2f} {unit} spent in {self.month}{of}"


async def spent(scope: Scope, rules: Rules, ledger: Ledger, now: datetime) -> Spent:
    """By the budget of which least is left."""
    lefts = [Left(one, await ledger.balance(scope, one.since)) for one in budgets(scope, rules, now)]
    if not lefts:
        since = month_start(now, rules.zone)
        return Spent((await ledger.balance(scope, since)).spent, _named(since, rules))
    least = min(lefts, key=lambda left: left.credits)
    return Spent(least.balance.spent, _named(least.budget.since, rules), least.budget.credits)


def _named(since: datetime, rules: Rules) -> str:
    zone = str(since.tzinfo)
    return f"{since:%B %Y}" if zone == rules.zone else f"{since:%B %Y} (as counted in {zone})"
