"""Removes temporary films and stray scratch files when their time is over; what is on a Drive stays."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

from bot.ports.house import House

log = logging.getLogger(__name__)

AT_ONCE = 100
SCRATCH_LIFETIME = timedelta(hours=24)


async def sweep(house: House) -> int:
    """How many temporary clips were removed."""
    now = house.clock.now()
    removed = 0
    for clip in await house.storage.clips.expired(now, AT_ONCE):
        try:
            for key in filter(None, (clip.key, clip.poster, clip.last_frame)):
                await house.files.forget(key)
            await house.storage.clips.forget(clip.id)
        except OSError:
            log.exception("a temporary film could not be removed", extra={"action": "sweep", "clip": clip.id})
        else:
            removed += 1
    await house.storage.notes.forget(now)
    oldest = (now - SCRATCH_LIFETIME).timestamp()
    await asyncio.to_thread(_sweep_folder, house.folder, oldest)
    return removed


def _sweep_folder(folder: Path, oldest: float) -> None:
    for path in folder.iterdir():
        if path.is_file() and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
