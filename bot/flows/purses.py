"""Whose money a film is: the budgets that it must fit in, what is left of them, and who can raise one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.budget import Budget, Left, Purse, limit, month_end, scopes
from bot.domain.budget import budgets as budgets_of
from bot.domain.chat import Person
from bot.domain.errors import OverBudget, Overspent
from bot.domain.job import Job
from bot.domain.ledger import EntryKind, LedgerEntry
from bot.domain.rules import Rules
from bot.domain.units import credits_number, credits_text
from bot.flows.access import is_author
from bot.flows.decided import Decider, Layers, by_whom
from bot.ports.house import House

NOTHING = "Nothing was started and nothing is charged."


@dataclass(frozen=True, slots=True)
class Tightest:
    """The budget of which least is left, and who decided it; `zone` is where its months begin, "" where that is as in the workspace."""

    left: Left
    decider: Decider
    zone: str = ""


def budgets(job: Job, rules: Rules, now: datetime) -> tuple[Budget, ...]:
    """Those that the job must fit in: its author's, its channel's and its workspace's, as far as they are set."""
    return tuple(one for scope in scopes(job.author, job.conversation) for one in budgets_of(scope, rules, now))


async def tightest(job: Job, found: Layers, house: House) -> Tightest | None:
    """None where no budget is set."""
    wanted = budgets(job, found[-1][1], house.clock.now())
    lefts = [Left(one, await house.storage.ledger.balance(one.scope, one.since)) for one in wanted]
    least = min(lefts, key=lambda left: left.credits, default=None)
    return _decided(least, found) if least else None


async def check_room(job: Job, cost: Decimal, person: Person, found: Layers, house: House) -> None:
    """Whether it fits just now, with nothing reserved. Raises OverBudget, to be told to `person`."""
    tight = await tightest(job, found, house) if cost else None
    if tight is not None and cost > tight.left.credits:
        raise OverBudget(f"{too_dear(job, cost, tight, person)} {NOTHING}")


async def save_within(
    job: Job,
    entries: Sequence[LedgerEntry],
    person: Person,
    found: Layers,
    house: House,
    *,
    calls: Sequence[Job] = (),
) -> None:
    """Saves the job with what it reserves, where that fits in every budget.

    Raises OverBudget with nothing saved, to be told to `person`, and Stale.
    """
    within = budgets(job, found[-1][1], house.clock.now())
    try:
        await house.storage.jobs.save(job, entries, calls=calls, within=within)
    except Overspent as over:
        cost = sum((one.credits for one in entries if one.kind is EntryKind.reserve), Decimal(0))
        raise OverBudget(f"{too_dear(job, cost, _decided(over.left, found), person)} {NOTHING}") from over


def too_dear(job: Job, cost: Decimal, tight: Tightest, person: Person) -> str:
    """That it does not fit and who can raise the budget, as `person` is told it."""
    budget, balance = tight.left.budget, tight.left.balance
    count = job.choice.settings.count if job.choice else None
    films = "These films cost" if count is not None and count.value > 1 else "This film costs"
    left = credits_number(max(tight.left.credits, Decimal(0)))
    used = f"{credits_number(balance.spent)} spent, {credits_number(balance.held)} reserved"
    whose = "your" if is_author(job, person) else f"{job.author.name or job.author.id}'s"
    return (
        f"{films} {credits_text(cost)}; {named(tight, whose)} has {left} left of {credits_number(budget.credits)} ({used})."
        f" {_raised_by(tight.decider)}{_or_wait(cost, tight.left)}."
    )


def named(tight: Tightest, yours: str = "your") -> str:
    """`your budget for November 2026`."""
    whose = {Purse.person: yours, Purse.channel: "this channel's", Purse.workspace: "this workspace's"}
    budget = tight.left.budget
    counted = f" (as counted in {tight.zone})" if tight.zone else ""
    return f"{whose[budget.scope.purse]} budget for {budget.since:%B %Y}{counted}"


def _raised_by(decider: Decider) -> str:
    if decider is Decider.operator:
        return "Ask the operator of this bot for more"
    return "Ask an admin of this workspace (they can say “/clapper admin budget …”)"


def _or_wait(cost: Decimal, left: Left) -> str:
    """Where that helps: what is reserved now counts in the next month, too."""
    if cost + left.balance.held > left.budget.credits:
        return ""
    end = month_end(left.budget.since)
    return f" or wait until {end.day} {end:%B}"


def _decided(left: Left, found: Layers) -> Tightest:
    """What is as much as the operator allows is the operator's, in whatever months it is counted."""
    budget, zone = left.budget, str(left.budget.since.tzinfo)
    whose = by_whom(found, lambda rules: limit(budget.scope, rules))
    if budget.credits == limit(budget.scope, found[0][1]):
        whose = Decider.operator
    return Tightest(left, whose, "" if zone == found[-1][1].zone else zone)
