"""`clapper run`: every configured platform, until it is told to stop."""

import asyncio

from bot import log
from bot.app import opened
from config import Settings, load


def serve() -> None:
    """Raises BadSettings or UserError where something is missing or wrong."""
    settings = load()
    log.configure(settings.log_format, settings.log_level, settings.secrets())
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    async with opened(settings) as app:
        await app.run()
