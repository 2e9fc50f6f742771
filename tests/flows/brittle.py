"""A storage that the process may die in."""

from tests.fakes import Crash


class Brittle:
    """Jobs that the process may die before or after saving, or whose database is away for a moment, once `spared` saves are through."""

    def __init__(self, jobs):
        self._jobs = jobs
        self.dies: str | None = None
        self.spared = 0

    def __getattr__(self, name):
        return getattr(self._jobs, name)

    async def save(self, job, ledger=(), **how):
        if self.spared:
            self.spared -= 1
            await self._jobs.save(job, ledger, **how)
            return
        dies, self.dies = self.dies, None
        if dies == "before":
            raise Crash
        if dies == "away":
            raise TimeoutError("the database is locked")
        await self._jobs.save(job, ledger, **how)
        if dies == "after":
            raise Crash
        if dies == "deaf":
            raise ConnectionError("the answer of the database was lost")


class With:
    """A storage whose jobs are brittle."""

    def __init__(self, storage, jobs):
        self._storage = storage
        self.jobs = jobs

    def __getattr__(self, name):
        return getattr(self._storage, name)
