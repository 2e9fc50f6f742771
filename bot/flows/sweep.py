"""Removes what nobody needs any more: films whose time is over, old inputs and contact sheets, stray scratch files. What is on a Drive stays.

Each run does a bounded part and the next goes on; several replicas that sweep together do no harm.
"""

import asyncio
import logging
import shutil
from datetime import timedelta
from pathlib import Path

from bot.domain.drive import Clip
from bot.domain.errors import Stale
from bot.ports.house import House

log = logging.getLogger(__name__)

FILMS = 100
FILES, ROUNDS = 50, 20
CLAIM = timedelta(minutes=10)
SCRATCH_LIFETIME = timedelta(hours=24)


async def sweep(house: House) -> int:
    """How many films were removed."""
    films = await _films(house)
    files = await _files(house)
    await house.storage.notes.forget(house.clock.now())
    oldest = (house.clock.now() - SCRATCH_LIFETIME).timestamp()
    scratch = await asyncio.to_thread(_sweep_folder, house.folder, oldest)
    if films or files or scratch:
        log.info("swept", extra={"action": "sweep", "films": films, "files": files, "scratch": scratch})
    return films


async def _films(house: House) -> int:
    removed = 0
    for clip in await house.storage.clips.expired(house.clock.now(), FILMS):
        try:
            await _remove(clip, house)
        except Stale:
            continue  # it was restored, moved or removed meanwhile
        except OSError:
            log.exception("a film could not be removed", extra={"action": "sweep", "clip": clip.id})
        else:
            removed += 1
    return removed


async def _remove(clip: Clip, house: House) -> None:
    """First nobody may see it any more, so that nobody can restore or move it; then its bytes go, and the clip with its names last.

    Whoever had it in hand to move it finds it changed, and its old name empty; what was copied by then lies under a name that the clip
    holds. A name may also be held in vain, with another's bytes under it: those are not of the film's size, and stay.
    Raises Stale where somebody was faster.
    """
    await house.storage.clips.change(clip.change(expires_at=house.clock.now()))
    for key in filter(None, (clip.key, clip.poster, clip.last_frame)):
        await house.files.forget(key)
    for key in await house.storage.names.held(clip.id):
        there = await house.files.stat(key)
        if there is not None and there.bytes == clip.bytes:
            await house.files.forget(key)
    await house.storage.clips.forget(clip.id)


async def _files(house: House) -> int:
    """Inputs and contact sheets that nothing has needed for a while, a few at a time: whoever sends one again waits only for these."""
    removed = 0
    for _ in range(ROUNDS):
        claimed, gone = await _some_files(house)
        removed += gone
        if claimed < FILES or not gone:
            break
    return removed


async def _some_files(house: House) -> tuple[int, int]:
    """How many were claimed, and how many of them removed."""
    now = house.clock.now()
    until, removed = now + CLAIM, 0
    unused_since = now - timedelta(seconds=house.rules.temporary_seconds)
    claimed = await house.storage.passing.claim(house.worker, unused_since, now, until, FILES)
    for key in claimed:
        if house.clock.now() >= until - CLAIM / 2:
            break  # too near to when others may use the rest again
        try:
            await house.files.forget(key)
        except OSError:
            log.exception("an old input could not be removed", extra={"action": "sweep"})
        else:
            await house.storage.passing.gone(house.worker, key)
            removed += 1
    return len(claimed), removed


def _sweep_folder(folder: Path, oldest: float) -> int:
    """Another process may be sweeping the same folder: what is gone meanwhile is no trouble."""
    removed = 0
    for path in folder.iterdir():
        try:
            if _newest(path) >= oldest:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
            removed += 1
        except FileNotFoundError:
            continue
        except OSError:
            log.exception("a scratch file could not be removed", extra={"action": "sweep"})
    return removed


def _newest(path: Path) -> float:
    """When it, or anything in it, was last written."""
    inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else ()
    return max(one.lstat().st_mtime for one in (path, *inside))
