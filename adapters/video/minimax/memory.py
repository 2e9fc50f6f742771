"""Which of MiniMax's tasks are whose: so that a task found in its list is not given to the wrong order."""

from datetime import timedelta

import structlog

from adapters.video.minimax.wire.listing import EARLY, LATE, window
from bot.domain.job import Charged, Job, State
from bot.ports.clock import Clock
from bot.ports.storage import Storage
from bot.ports.video import Order

KEPT = timedelta(days=8)  # a day longer than MiniMax lists its tasks
MOST_JOBS = 1000
LOST = (State.submitting, State.unclear, State.cancelled, State.error)
"""The states a job may be in while nobody knows its task; of those that ended, if they may have been charged."""


class Memory:
    """Without a storage nothing is known of other orders, and so no task can be told to be anyone's."""

    def __init__(self, storage: Storage | None, clock: Clock) -> None:
        self._storage, self._clock = storage, clock
        self._log = structlog.get_logger()

    @property
    def there(self) -> bool:
        return self._storage is not None

    async def took(self, order: Order, task: str) -> None:
        """Notes whose task it is. A note that cannot be made is no reason to lose a task that is paid for."""
        if self._storage is None:
            return
        try:
            await self._storage.notes.put(_key(task), order.key, self._clock.now() + KEPT)
        except OSError as error:
            self._log.warning(
                "a task could not be noted", action="minimax.unnoted", task=task, why=type(error).__name__
            )

    async def owner(self, task: str) -> str | None:
        """The key of the order a task was made for, None where that is not known."""
        return await self._storage.notes.get(_key(task)) if self._storage else None

    async def rivals(self, order: Order) -> list[Job]:
        """Other jobs whose answers are not there either and whose tasks would look just the same."""
        if self._storage is None:
            return []
        jobs = await self._storage.jobs.find(states=LOST, batch=None, limit=MOST_JOBS)
        return [job for job in jobs if _looks_alike(job, order)]


def _key(task: str) -> str:
    return f"minimax/{task}"


def _looks_alike(job: Job, order: Order) -> bool:
    if job.id == order.job or job.provider_task is not None or job.choice is None or job.submitted_at is None:
        return False
    if job.failure is not None and job.failure.charged is Charged.no:
        return False
    earliest, latest = window(order)
    mine, other = order.request.settings, job.choice.settings
    return (
        job.choice.model == order.model.id
        and earliest - LATE <= job.submitted_at <= latest + EARLY  # its task may be as early or late as this one's
        and (mine.seconds and mine.seconds.value) == (other.seconds and other.seconds.value)
        and (mine.resolution and mine.resolution.value) == (other.resolution and other.resolution.value)
    )
