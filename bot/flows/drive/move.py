"""Moves a film to another name, and its bytes with it, so that a crash anywhere leaves them where the film says they are.

The new name is reserved, the bytes are copied there, then the film is changed, and only then the old name is let go of. One film is moved by
one event at a time: its turn is a reserved name for this minute and one for the next, so that a turn which nobody gave back is over by
itself, and no old name is let go of after the turn. What is being done is noted, so that the same move done again ends in the same place.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from bot.domain.drive import Clip, drive_key, numbered
from bot.domain.errors import BadRequest, Stale, Taken
from bot.ports.house import House

MOST_NUMBERS = 1000
NOTED = timedelta(days=7)
MINUTE = 60
SPARE = 30
"""Seconds before the end of a turn in which nothing is deleted any more."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """The key that the last move of a film went to, and those that are to be let go of once it is there."""

    to: str = ""
    leave: tuple[str, ...] = ()


async def moved(clip: Clip, path: str, by: str, house: House, **changes: Any) -> Clip:
    """The film under this safe path, or the first free number after it, with other `changes`. `by` is the key of the event that asks for it.

    Raises Stale where it was changed meanwhile, BadRequest where its file is gone or it is being moved already.
    """
    turn = _Turn(clip, by, house)
    await turn.take()
    try:
        fresh = await house.storage.clips.get(clip.id)
        if fresh is None or fresh.version != clip.version:
            raise Stale(f"clip {clip.id} was changed meanwhile")
        return await _moved(clip, path, turn, house, changes)
    finally:
        await turn.give_back()


class _Turn:
    """The right to move one film; taken again by the same event it is the same."""

    def __init__(self, clip: Clip, by: str, house: House) -> None:
        self._names, self._clock = house.storage.names, house.clock
        minute = int(house.clock.now().timestamp() // MINUTE)
        self._ends = datetime.fromtimestamp((minute + 2) * MINUTE - SPARE, UTC)
        self._holder = f"move:{by}"
        self._keys = [f".moves/{clip.id}/{one}" for one in (minute, minute + 1)]
        self._path = clip.drive_path

    async def take(self) -> None:
        for key in self._keys:
            if not await self._names.reserve(self._holder, key):
                await self.give_back()
                raise BadRequest(f"{self._path} is being moved just now. Try again in a minute or two.")

    async def give_back(self) -> None:
        for key in await self._names.held(self._holder):
            await self._names.release(self._holder, key)

    @property
    def over(self) -> bool:
        return self._clock.now() >= self._ends


async def _moved(clip: Clip, path: str, turn: _Turn, house: House, changes: dict[str, Any]) -> Clip:
    plan, held = await _planned(clip, house), set(await house.storage.names.held(clip.id))
    leave = tuple(dict.fromkeys(key for key in (*plan.leave, plan.to, clip.key) if key))
    for name in islice(numbered(path), MOST_NUMBERS):
        key = drive_key(name, clip.owner)
        if key == clip.key:
            return await _stayed(clip, plan, turn, house, changes)
        if not await _free(clip, key, held, plan, house):
            continue
        await _note(clip, _Plan(key, leave), house)
        if not await house.storage.names.reserve(clip.id, key):
            continue
        if not await _copied(clip, key, house):
            continue
        after = clip.change(drive_path=name, key=key, **changes)
        await house.storage.clips.change(after)
        await _let_go(after, leave, turn, house)
        return after
    raise BadRequest(f"Every name like {path} is used already. Choose another.")


async def _free(clip: Clip, key: str, held: Collection[str], plan: _Plan, house: House) -> bool:
    """Whether the film may go there. Names that differ in capitals alone are one on some disks, where leaving the old would delete the new."""
    if key.casefold() == clip.key.casefold():
        return False
    return key == plan.to if key in held else await house.files.stat(key) is None


async def _stayed(clip: Clip, plan: _Plan, turn: _Turn, house: House, changes: dict[str, Any]) -> Clip:
    """It is there already; a move that brought it there and was cut short is finished."""
    if any(getattr(clip, name) != value for name, value in changes.items()):
        clip = clip.change(**changes)
        await house.storage.clips.change(clip)
    if plan.to == clip.key:
        await _let_go(clip, plan.leave, turn, house)
    return clip


async def _copied(clip: Clip, key: str, house: House) -> bool:
    """False where somebody's bytes are there. The name is given back where it was reserved in vain."""
    try:
        await house.files.copy(clip.key, key)
    except Taken:
        await house.storage.names.release(clip.id, key)
        return False
    except FileNotFoundError:
        fresh = await house.storage.clips.get(clip.id)
        if fresh is not None and fresh.version != clip.version:
            raise Stale(f"clip {clip.id} was moved meanwhile") from None
        await house.storage.names.release(clip.id, key)
        raise BadRequest(f"The file of {clip.drive_path} is not on the Drive any more.") from None
    return True


async def _let_go(clip: Clip, keys: Sequence[str], turn: _Turn, house: House) -> None:
    """The bytes first: a name that is free has nothing under it."""
    held = await house.storage.names.held(clip.id)
    for key in keys:
        if key in held and key != clip.key and not turn.over:
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
