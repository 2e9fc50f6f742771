"""A file that passes begins to be needed: from here on it stays, as `bot.ports.passing.Passing` promises."""

import asyncio

from bot.domain.errors import BadMedia
from bot.domain.passing import passes
from bot.ports.house import House

LOOKS = 50
EVERY_SECONDS = 0.1


async def needed(key: str, house: House) -> None:
    """To be awaited before its bytes are kept or relied upon. Raises BadMedia where it is being deleted just now, which takes a moment."""
    if not passes(key):
        return
    for look in range(LOOKS):
        if look:
            await asyncio.sleep(EVERY_SECONDS)
        if await house.storage.passing.use(key, house.clock.now()):
            return
    raise BadMedia("An old copy of this file is being cleaned away just now. Send it again in ten minutes.")
