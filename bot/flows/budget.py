"""What was spent this month by a person, in their channel and in the workspace, what is reserved, and what is left of each budget."""

from decimal import Decimal

from bot.domain.budget import Balance, Purse, Scope, month_end, month_start, scopes
from bot.domain.card import Card, Field
from bot.domain.chat import Command, Message
from bot.domain.rules import Rules
from bot.domain.units import credits_number, credits_text
from bot.flows.decided import decided
from bot.flows.purses import limit
from bot.flows.second import WHO
from bot.ports.house import House

WHOSE = {Purse.person: "You", Purse.channel: "This channel", Purse.workspace: "This workspace"}
BAR = 10
FULL, EMPTY = "▰", "▱"


async def budget(event: Message | Command, house: House) -> Card:
    """Months are those of the place's time zone."""
    rules = await decided(event.conversation, house.rules, house.storage.policies)
    since = month_start(house.clock.now(), rules.zone)
    found = [
        (scope, await house.storage.ledger.balance(scope, since)) for scope in scopes(event.author, event.conversation)
    ]
    end = month_end(since)
    return Card(
        title=f"You spent {credits_text(found[0][1].spent)} in {since:%B %Y}",
        fields=(
            *(Field(WHOSE[scope.purse], _told(scope, balance, rules)) for scope, balance in found),
            *_second(rules),
            Field("Rate", f"{rules.credits_per_dollar.normalize():f} credits a dollar"),
        ),
        notes=(
            "Credits are reserved when you confirm. When the film is ready they are charged; if it fails they come back.",
            f"The next month begins on {end.day} {end:%B} at midnight, {rules.zone}.",
        ),
    )


def _told(scope: Scope, balance: Balance, rules: Rules) -> str:
    """`▰▰▰▱▱▱▱▱▱▱ 180 left of 500 credits (300 spent, 20 reserved)`."""
    used = f"{credits_number(balance.spent)} spent, {credits_number(balance.held)} reserved"
    most = limit(scope, rules)
    if most is None:
        return f"{used}; no budget is set"
    left = max(most - balance.used, Decimal(0))
    return f"{_bar(balance.used, most)} {credits_number(left)} left of {credits_text(most)} ({used})"


def _bar(used: Decimal, most: Decimal) -> str:
    """Full only where nothing is left."""
    filled = int(min(used / most, Decimal(1)) * BAR) if most else BAR
    return FULL * max(filled, 0) + EMPTY * (BAR - max(filled, 0))


def _second(rules: Rules) -> tuple[Field, ...]:
    if rules.approve_above is None:
        return ()
    return (Field(f"Above {credits_text(rules.approve_above)}", f"a second person must agree: {WHO}"),)
