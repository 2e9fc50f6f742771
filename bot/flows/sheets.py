"""Numbered contact sheets: drawn once from the same stills, and kept."""

import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from hashlib import sha256
from uuid import uuid4

from bot.domain.errors import BadMedia, Taken
from bot.domain.media import Box
from bot.flows.needed import needed
from bot.ports.house import House

log = logging.getLogger(__name__)


async def contact_sheet(stills: Sequence[tuple[str, str, Box | None]], house: House) -> str:
    """The Files key of a sheet of (key, label, crop to draw), "" where there is nothing to draw or it could not be drawn."""
    if not stills:
        return ""
    name = sha256(repr(list(stills)).encode()).hexdigest()[:32]
    key = f".sheets/{name}.jpg"
    try:
        await needed(key, house)
    except BadMedia:
        return ""
    if await house.files.stat(key):
        return key
    scratch = (
        house.folder / f"{name}.{uuid4().hex}.jpg"
    )  # of this drawing alone: the same sheet may be drawn twice at once
    try:
        async with AsyncExitStack() as stack:
            paths = [await stack.enter_async_context(house.files.local(still)) for still, _, _ in stills]
            drawn = [(path, label, crop) for path, (_, label, crop) in zip(paths, stills, strict=True)]
            await house.media.sheet(drawn, scratch)
            await house.files.keep(scratch, key)
    except Taken:
        return key  # another drew the same sheet at the same moment
    except Exception:
        # The sheet is a courtesy: a wish is not lost for want of it.
        log.exception("the contact sheet could not be drawn", extra={"action": "sheet"})
        return ""
    finally:
        scratch.unlink(missing_ok=True)
    return key
