"""From a film to the next wish: again, varied, continued, extended, or with the film as a reference."""

from bot.domain.chat import Press
from bot.domain.errors import BadRequest
from bot.ports.house import House


async def onward(event: Press, house: House) -> None:
    """A new cost card that names its parent. Raises UserError."""
    raise BadRequest(f"{event.action!r} does nothing yet, with {len(house.platforms)} platforms here.")
