"""Budgets: how much a person, a channel or a workspace may spend in a calendar month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.chat import Conversation, Person
from bot.domain.rules import Rules


class Purse(StrEnum):
    person = "person"
    channel = "channel"
    workspace = "workspace"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose spending is meant: `id` is the person's or the channel's, "" for the whole workspace."""

    purse: Purse
    platform: str
    workspace: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """At most so many credits may be charged since `since`, together with what is reserved now."""

    scope: Scope
    credits: Decimal
    since: datetime


@dataclass(frozen=True, slots=True)
class Balance:
    """Credits `spent` (charges less what was refunded of them) in a time, and those `held` now (reserves of films on their way), whenever they were reserved."""

    spent: Decimal
    held: Decimal

    @property
    def used(self) -> Decimal:
        return self.spent + self.held


@dataclass(frozen=True, slots=True)
class Left:
    """A budget and how it stands."""

    budget: Budget
    balance: Balance

    @property
    def credits(self) -> Decimal:
        """Less than nothing where a film cost more than it was to."""
        return self.budget.credits - self.balance.used


def scopes(person: Person, conversation: Conversation) -> Sequence[Scope]:
    """Everybody whose money a film of this person in this place is: their own, the channel's, the workspace's."""
    place = (conversation.platform, conversation.workspace)
    return (
        Scope(Purse.person, *place, person.id),
        Scope(Purse.channel, *place, conversation.channel),
        Scope(Purse.workspace, *place),
    )


def limit(scope: Scope, rules: Rules) -> Decimal | None:
    """Credits a month, None where there is no budget."""
    match scope.purse:
        case Purse.person:
            return rules.credits_of(scope.id)
        case Purse.channel:
            return rules.channel_credits
        case Purse.workspace:
            return rules.workspace_credits


def budgets(scope: Scope, rules: Rules, now: datetime) -> Sequence[Budget]:
    """Those that hold for it, one or none where everybody counts the same months.

    The operator's limit is counted in the operator's months, whatever an admin decided: who could move them could spend it twice. A stricter one
    that an admin set goes by the months of the workspace, beside it.
    """
    decided = limit(scope, rules)
    operators = limit(scope, rules.operators) if rules.operators else None
    found: list[Budget] = []
    if decided is not None and decided != operators:
        found.append(Budget(scope, decided, month_start(now, rules.zone)))
    if operators is not None and rules.operators is not None:
        found.append(Budget(scope, operators, month_start(now, rules.operators.zone)))
    return found


def month_start(now: datetime, zone: str) -> datetime:
    """The instant at which the calendar month of `now` began in a time zone such as Europe/Berlin."""
    return now.astimezone(ZoneInfo(zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)


def month_end(start: datetime) -> datetime:
    """When the month that began at `start` is over, and the next one begins."""
    return (start + timedelta(days=32)).replace(day=1)
