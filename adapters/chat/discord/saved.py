"""What came in is saved before anything else is done with it."""

import asyncio

import structlog

from bot.domain.card import Card, Tone
from bot.domain.chat import ChatEvent
from bot.ports.chat import Ears

log = structlog.get_logger()

PAUSES = (0.3, 1.0, 3.0, 10.0, 30.0, 60.0)
LOST = Card(title="Something broke here", text="This could not be taken in. Try it again.", tone=Tone.problem)


async def saved(ears: Ears, event: ChatEvent, *, patient: bool = True) -> bool:
    """Discord sends nothing twice: while the database is away for a moment, what came is held."""
    for pause in (*(PAUSES if patient else ()), None):
        try:
            await ears.receive(event)
        except Exception:
            log.exception("An event could not be saved", action="discord.unsaved", kind=type(event).__name__)
            if pause is None:
                return False
            await asyncio.sleep(pause)
        else:
            return True
    return False
