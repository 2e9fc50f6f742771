"""The time that the bot goes by: the machine's own, without its jumps."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.base import BaseScheduler

log = logging.getLogger(__name__)

JUMP_SECONDS = 1.0
CATCH_UP = 0.1  # seconds a second
# Goes on while the machine sleeps, where the system has one that does.
_PASSED = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def _passed() -> float:
    return time.clock_gettime(_PASSED)


class RealClock:
    """The machine's time in UTC; where that is set forward or back, it is followed slowly and never backwards.

    Leases, pauses, prices and links are instants by this clock: were it to jump an hour with the machine's, work in hand would look
    abandoned to whoever shares it, and what was to happen in a minute would wait for an hour.
    """

    def __init__(self, wall: Callable[[], float] = time.time, passed: Callable[[], float] = _passed) -> None:
        self._wall, self._passed = wall, passed
        self._at = (wall(), passed())

    def now(self) -> datetime:
        """Aware, in UTC. May be asked from any thread."""
        mine, then = self._at
        passed = self._passed()
        since = max(0.0, passed - then)
        mine += since
        mine += min(max(self._wall() - mine, -since * CATCH_UP), since * CATCH_UP)
        self._at = (mine, passed)
        return datetime.fromtimestamp(mine, UTC)


async def mind_jumps(scheduler: BaseScheduler) -> None:
    """Runs until cancelled. The scheduler plans by the machine's clock: set back an hour, it would look for nothing for an hour (seen with 3.11)."""
    ahead = time.time() - _passed()
    while True:
        await asyncio.sleep(JUMP_SECONDS)
        was, ahead = ahead, time.time() - _passed()
        if abs(ahead - was) > JUMP_SECONDS and scheduler.running:
            log.warning("the machine's clock was set", extra={"action": "clock.set", "seconds": round(ahead - was)})
            for job in scheduler.get_jobs():
                job.modify(next_run_time=datetime.now(UTC))
