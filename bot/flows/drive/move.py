"""Moves a film to another name, and its bytes with it, so that a crash anywhere leaves them where the film says they are.

The new name is reserved, the bytes are copied there, then the film is changed, and only then the old name is let go of. Only a mover whose
own change went through lets go of names, and a name that a film still holds from before is not taken again until it is free: so nobody
ever deletes what somebody else just made current. What is being done is noted, so that the same move done again ends in the same place.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from bot.domain.drive import Clip, drive_key, numbered
from bot.domain.errors import BadRequest, Stale, Taken
from bot.ports.house import House

MOST_NUMBERS = 1000
NOTED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The key that the last move of a film went to, and those that are to be let go of once it is there."""

    to: str = ""
    leave: tuple[str, ...] = ()


async def moved(clip: Clip, path: str, house: House, **changes: Any) -> Clip:
    """The film under this safe path, or the first free number after it, with other `changes`.

    Raises Stale where it was changed meanwhile, BadRequest where its file is gone.
    """
    plan, held = await _planned(clip, house), set(await house.storage.names.held(clip.id))
    leave = tuple(dict.fromkeys(key for key in (*plan.leave, plan.to, clip.key) if key))
    for name in islice(numbered(path), MOST_NUMBERS):
        key = drive_key(name, clip.owner)
        if key == clip.key:
            return await _stayed(clip, plan, house, changes)
        # Names that differ in capitals alone are one on some disks, where leaving the old would delete the new.
        if key.casefold() == clip.key.casefold() or (key in held and key != plan.to):
            continue
        if key not in held and await house.files.stat(key) is not None:
            continue
        await _note(clip, _Plan(key, leave), house)
        if not await house.storage.names.reserve(clip.id, key):
            continue
        if not await _copied(clip, key, house):
            await house.storage.names.release(clip.id, key)
            continue
        after = clip.change(drive_path=name, key=key, **changes)
        await house.storage.clips.change(after)
        await _let_go(after, leave, house)
        return after
    raise BadRequest(f"Every name like {path} is used already. Choose another.")


async def _stayed(clip: Clip, plan: _Plan, house: House, changes: dict[str, Any]) -> Clip:
    """It is there already; a move that brought it there and was cut short is finished."""
    if any(getattr(clip, name) != value for name, value in changes.items()):
        clip = clip.change(**changes)
        await house.storage.clips.change(clip)
    if plan.to == clip.key:
        await _let_go(clip, plan.leave, house)
    return clip


async def _copied(clip: Clip, key: str, house: House) -> bool:
    """False where somebody's bytes are there."""
    try:
        await house.files.copy(clip.key, key)
    except Taken:
        return False
    except FileNotFoundError:
        fresh = await house.storage.clips.get(clip.id)
        if fresh is not None and fresh.version != clip.version:
            raise Stale(f"clip {clip.id} was moved meanwhile") from None
        raise BadRequest(f"The file of {clip.drive_path} is not on the Drive any more.") from None
    return True


async def _let_go(clip: Clip, keys: Sequence[str], house: House) -> None:
    """The bytes first: a name that is free has nothing under it."""
    for key in keys:
        fresh = await house.storage.clips.get(clip.id)
        if fresh is None or key == fresh.key or key not in await house.storage.names.held(clip.id):
            continue
        await house.files.forget(key)
        await house.storage.names.release(clip.id, key)


async def _planned(clip: Clip, house: House) -> _Plan:
    note = await house.storage.notes.get(_key(clip))
    if note is None:
        return _Plan()
    noted = json.loads(note)
    return _Plan(noted["to"], tuple(noted["leave"]))


async def _note(clip: Clip, plan: _Plan, house: House) -> None:
    text = json.dumps({"to": plan.to, "leave": plan.leave})
    await house.storage.notes.put(_key(clip), text, house.clock.now() + NOTED)


def _key(clip: Clip) -> str:
    return f"move:{clip.id}"
