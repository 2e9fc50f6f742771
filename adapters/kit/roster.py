"""Which processes do a work together just now, and what each of them has in hand: a note that each renews for itself."""

import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.ports.clock import Clock
from bot.ports.storage import Notes

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Present:
    """Worker -> what it has in hand: of those that are there, and of those that said nothing for too long or whose process is gone."""

    alive: Mapping[str, Mapping[str, Any]]
    gone: Mapping[str, Mapping[str, Any]]


class Roster:
    """`seconds` is for how long one counts as there that says nothing.

    Two who write at once may leave each other out, which is mended the next time: claims decide who does what, and this only who might.
    """

    def __init__(self, notes: Notes, clock: Clock, name: str, worker: str, seconds: float) -> None:
        self._notes, self._clock, self._key = notes, clock, f"roster:{name}"
        self._worker, self._seconds = worker, seconds
        self._seen: dict[str, tuple[float, float]] = {}

    async def look(self) -> Present:
        """Who is there, without being counted."""
        return self._present(await self._told())

    async def tell(self, has: Mapping[str, Any]) -> Present:
        """Says that this process is there, and gives who else is. Those that are gone are struck off: they are told of but once."""
        told = await self._told()
        seen = self._present({worker: one for worker, one in told.items() if worker != self._worker})
        mine = {"at": self._clock.now().timestamp(), "has": dict(has), "pid": os.getpid(), "on": machine()}
        await self._put({**{worker: told[worker] for worker in seen.alive}, self._worker: mine})
        return Present({**seen.alive, self._worker: has}, seen.gone)

    async def leave(self) -> None:
        told = await self._told()
        await self._put({worker: one for worker, one in told.items() if worker != self._worker})

    def _present(self, told: Mapping[str, Mapping[str, Any]]) -> Present:
        now = self._clock.now().timestamp()
        # Whose word is still new is seen by its changing: the clocks of two machines may differ.
        self._seen = {worker: self._when(worker, float(one["at"]), now) for worker, one in told.items()}
        gone = {worker for worker, one in told.items() if now - self._seen[worker][1] >= self._seconds or _over(one)}
        return Present(
            alive={worker: one["has"] for worker, one in told.items() if worker not in gone},
            gone={worker: told[worker]["has"] for worker in gone},
        )

    def _when(self, worker: str, at: float, now: float) -> tuple[float, float]:
        """When it spoke last: by its own clock, and by this one."""
        before = self._seen.get(worker)
        if before is None:
            return at, min(at, now)
        return before if before[0] == at else (at, now)

    async def _told(self) -> dict[str, dict[str, Any]]:
        text = await self._notes.get(self._key)
        return json.loads(text) if text else {}

    async def _put(self, told: Mapping[str, Any]) -> None:
        await self._notes.put(self._key, json.dumps(told), self._clock.now() + KEPT)


def new_worker() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


@cache
def machine() -> str:
    """Where process ids mean the same: this start of this machine and this container of it; empty where that cannot be told."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _over(one: Mapping[str, Any]) -> bool:
    """Whether its process ran here and is no more: nobody needs to wait until it counts as gone."""
    if not one["on"] or one["on"] != machine():
        return False
    try:
        os.kill(int(one["pid"]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
