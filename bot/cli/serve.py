"""`clapper run`: every configured platform, until it is told to stop."""

import asyncio
import gc
import sys

import structlog

from bot import log
from bot.app import opened
from bot.cli.ready import check_drive, misspelt
from config import Settings, load


def serve() -> None:
    """Raises BadSettings or UserError where something is missing or wrong."""
    settings = load()
    log.configure(settings.log_format, settings.log_level, settings.secrets())
    for warning in misspelt():
        structlog.get_logger().warning(warning, action="settings.unknown")
    check_drive(settings)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    async with opened(settings) as app:
        _stay_quick()
        await app.run()


def _stay_quick() -> None:
    """Nothing keeps the event loop waiting for long: what is acknowledged there must be so within milliseconds."""
    # What is loaded by now stays: to look through it for garbage stops everything for a tenth of a second each time.
    gc.collect()
    gc.freeze()
    # The database's threads give the interpreter back to the loop after this, not after Python's 5 ms.
    sys.setswitchinterval(0.001)
