"""Settings that a request says in words the grammar does not know, read by the language model where there is one. The grammar judges them."""

import asyncio
import logging
import re
from collections.abc import Iterator
from dataclasses import replace

from bot.domain.chat import Command, Message
from bot.domain.errors import ProviderError
from bot.domain.job import job_id
from bot.domain.request import Origin, Parsed, Setting
from bot.flows.parse import parse
from bot.ports.house import House

log = logging.getLogger(__name__)

PATIENCE = 5.0
READ = frozenset({"model", "seconds", "aspect", "resolution", "audio", "count", "watermark", "last_frame", "temporary"})
"""What may be read; words, paths and seeds are a person's own to say."""


async def read_freely(parsed: Parsed, event: Message | Command, house: House) -> Parsed:
    """The wish with what was read; as it is where nobody reads, nobody answers in time, or the wish was heard before."""
    if house.writer is None or not parsed.prompt.strip():
        return parsed
    if await house.storage.jobs.get(job_id(event.key)) is not None:
        return parsed
    try:
        async with asyncio.timeout(PATIENCE):
            flags = await house.writer.settings(parsed.prompt)
    except (ProviderError, TimeoutError) as away:
        log.warning("a request was not read: %s", type(away).__name__, extra={"action": "writer.settings"})
        return parsed
    fresh = dict(_judged(flags, parsed, house))
    return replace(parsed, settings=replace(parsed.settings, **fresh)) if fresh else parsed


def _judged(flags: str, parsed: Parsed, house: House) -> Iterator[tuple[str, Setting[object]]]:
    """Each setting that nobody said, from a flag that the grammar reads whole."""
    names = house.catalogue.names()
    for flag in re.split(r"\s+(?=--)", flags.strip()):
        found = parse(flag, names=names) if flag.startswith("--") else None
        if found is None or found.verb or found.prompt or found.references or found.problems:
            continue
        for name, setting in found.settings.items():
            unknown = name == "model" and house.catalogue.get(str(setting.value)) is None
            if name in READ and not unknown and getattr(parsed.settings, name) is None:
                yield name, Setting(setting.value, Origin.read)
