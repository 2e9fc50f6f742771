"""Who writes: the language model where there is one and it keeps the rules in time, else the built-in composer."""

import asyncio
import logging
from dataclasses import dataclass, replace

from bot.domain.cinema import Brief, Scene, rules, told
from bot.domain.errors import InvalidInput, ProviderError
from bot.flows.cinematic.compose import compose
from bot.ports.house import House
from bot.ports.writer import Writer

log = logging.getLogger(__name__)

PATIENCE = 20.0
SILENT = "Written by the built-in composer: the language model did not answer."
STRANGE = "Written by the built-in composer: the language model's answer was not usable."


@dataclass(frozen=True, slots=True)
class Written:
    """`note` says why it was not the language model that wrote, where it should have."""

    text: str
    shots: int
    note: str = ""


async def write(brief: Brief, house: House) -> Written:
    note = ""
    if house.writer is not None:
        scene, note = await _by_model(house.writer, brief)
        if scene is not None:
            return Written(told(scene, brief), len(scene.shots))
    scene, kept_to = compose(brief)
    return Written(told(scene, kept_to), len(scene.shots), note)


async def _by_model(writer: Writer, brief: Brief) -> tuple[Scene | None, str]:
    try:
        async with asyncio.timeout(PATIENCE):
            scene = await writer.scene(brief)
    except InvalidInput:
        why, say = "invalid", STRANGE
    except (ProviderError, TimeoutError) as away:
        why, say = type(away).__name__, SILENT
    else:
        scene = replace(scene, uses=brief.uses)
        if not rules(scene, brief):
            return scene, ""
        why, say = "rules", STRANGE
    log.warning("the language model did not write: %s", why, extra={"action": "writer.scene"})
    return None, say
