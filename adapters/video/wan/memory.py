"""Which task belongs to which order, across restarts and replicas: the list of tasks that the provider keeps does not say."""

from datetime import timedelta

import structlog

from bot.ports.clock import Clock
from bot.ports.storage import Storage

KEPT = timedelta(hours=25)  # an hour longer than the provider lists a task


class Memory:
    """Kept in the storage's notes; without a storage only as long as this lives."""

    def __init__(self, storage: Storage | None, clock: Clock) -> None:
        self._storage, self._clock = storage, clock
        self._here: dict[str, str] = {}
        self._log = structlog.get_logger()

    @property
    def shared(self) -> bool:
        """Whether other replicas may note tasks too."""
        return self._storage is not None

    async def keep(self, task: str, order: str) -> None:
        """A task that cannot be noted is begun and paid for all the same, so that is no reason to fail."""
        if self._storage is None:
            self._here[task] = order
            return
        try:
            await self._storage.notes.put(_key(task), order, self._clock.now() + KEPT)
        except OSError as error:
            self._log.warning("a task could not be noted", action="wan.unnoted", task=task, why=type(error).__name__)

    async def owner(self, task: str) -> str | None:
        """The key of the order that this task is known to be."""
        if self._storage is None:
            return self._here.get(task)
        return await self._storage.notes.get(_key(task))


def _key(task: str) -> str:
    return f"wan/task/{task}"
