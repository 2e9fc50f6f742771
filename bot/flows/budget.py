"""What was spent this month by a person, in their channel and in the workspace, what is reserved, and what is left of each budget."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bot.domain.budget import Balance, Budget, Left, Purse, Scope, budgets, month_end, month_start, scopes
from bot.domain.card import Card, Field
from bot.domain.chat import Command, Message
from bot.domain.rules import Rules
from bot.domain.units import credits_number, credits_text
from bot.flows.decided import decided
from bot.flows.second import WHO
from bot.ports.house import House
from bot.ports.ledger import Ledger

WHOSE = {Purse.person: "You", Purse.channel: "This channel", Purse.workspace: "This workspace"}
BAR = 10
FULL, EMPTY = "▰", "▱"


async def budget(event: Message | Command, house: House) -> Card:
    """Months are those of the place's time zone, and for the operator's limits those of the operator's."""
    rules = await decided(event.conversation, house.rules, house.storage.policies)
    now, ledger = house.clock.now(), house.storage.ledger
    since = month_start(now, rules.zone)
    found = scopes(event.author, event.conversation)
    fields = [
        Field(WHOSE[scope.purse], await _told(scope, since, budgets(scope, rules, now), ledger)) for scope in found
    ]
    mine = await ledger.balance(found[0], since)
    end = month_end(since)
    return Card(
        title=f"You spent {credits_text(mine.spent)} in {since:%B %Y}",
        fields=(
            *fields,
            *_second(rules),
            Field("Rate", f"{rules.credits_per_dollar.normalize():f} credits a dollar"),
        ),
        notes=(
            "Credits are reserved when you confirm. When the film is ready they are charged; if it fails they come back.",
            f"The next month begins on {end.day} {end:%B} at midnight, {rules.zone}.",
        ),
    )


async def _told(scope: Scope, since: datetime, within: Sequence[Budget], ledger: Ledger) -> str:
    """`▰▰▰▱▱▱▱▱▱▱ 180 left of 500 credits (300 spent, 20 reserved)`, of the budget of which least is left."""
    if not within:
        return f"{_used(await ledger.balance(scope, since))}; no budget is set"
    lefts = [Left(one, await ledger.balance(scope, one.since)) for one in within]
    least = min(lefts, key=lambda left: left.credits)
    most, balance, counted = least.budget.credits, least.balance, least.budget.since
    left = credits_number(max(least.credits, Decimal(0)))
    when = "" if counted == since else f" in {counted:%B}, as counted in {counted.tzinfo}"
    return f"{_bar(balance.used, most)} {left} left of {credits_text(most)}{when} ({_used(balance)})"


def _used(balance: Balance) -> str:
    return f"{credits_number(balance.spent)} spent, {credits_number(balance.held)} reserved"


def _bar(used: Decimal, most: Decimal) -> str:
    """Full only where nothing is left."""
    filled = int(min(used / most, Decimal(1)) * BAR) if most else BAR
    return FULL * max(filled, 0) + EMPTY * (BAR - max(filled, 0))


def _second(rules: Rules) -> tuple[Field, ...]:
    if rules.approve_above is None:
        return ()
    return (Field(f"Above {credits_text(rules.approve_above)}", f"a second person must agree: {WHO}"),)
