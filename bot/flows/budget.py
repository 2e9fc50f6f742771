"""What a person spent this month, and what their running films hold."""

from decimal import Decimal

from bot.domain.budget import month_start, scopes
from bot.domain.card import Card, Field
from bot.domain.chat import Command, Message
from bot.ports.house import House


async def budget(event: Message | Command, house: House) -> Card:
    """Months are counted in UTC."""
    now = house.clock.now()
    mine = scopes(event.author, event.conversation)[0]
    balance = await house.storage.ledger.balance(mine, month_start(now, house.rules.zone))
    spent, held = balance.spent, balance.held
    return Card(
        title=f"You spent {_credits(spent)} in {now:%B %Y}",
        fields=(
            Field("Spent this month", _credits(spent)),
            Field("Reserved now", _credits(held)),
            Field("Together", _credits(spent + held)),
            Field("Rate", f"{house.rules.credits_per_dollar.normalize():f} credits a dollar"),
        ),
        notes=(
            "Credits are reserved when you confirm. When the film is ready they are charged; if it fails they come back.",
            "Months are counted in UTC.",
        ),
    )


def _credits(amount: Decimal) -> str:
    return f"{amount:.2f} credits"
