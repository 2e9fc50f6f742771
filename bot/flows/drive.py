"""What is done with a film on the Drive: shown, saved to the space, renamed, put in the trash and taken out again."""

from bot.domain.chat import Press
from bot.domain.errors import BadRequest
from bot.ports.house import House


async def drive(event: Press, house: House) -> None:
    """Raises UserError."""
    raise BadRequest(f"{event.action!r} does nothing yet, with {len(house.platforms)} platforms here.")
