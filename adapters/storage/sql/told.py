"""Jobs whose moves are told: to the log, a line each, and to whoever watches."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.storage.sql.jobs import SqlJobs
from bot.domain.budget import Budget
from bot.domain.errors import Overspent, Stale
from bot.domain.job import Job, State
from bot.domain.ledger import LedgerEntry
from bot.ports.watch import Unwatched, Watch

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ToldJobs(SqlJobs):
    """What is told is saved."""

    watch: Watch = field(default_factory=Unwatched)

    async def add(self, job: Job) -> bool:
        added = await super().add(job)
        if added:
            self._moved(job)
        return added

    async def save(
        self,
        job: Job,
        ledger: Sequence[LedgerEntry] = (),
        *,
        calls: Sequence[Job] = (),
        within: Sequence[Budget] = (),
        hold: bool = False,
    ) -> None:
        try:
            await super().save(job, ledger, calls=calls, within=within, hold=hold)
        except Stale:
            self.watch.count("races", what="job")
            raise
        except Overspent:
            self.watch.count("over_budget", provider=_provider(job))
            raise
        for one in (job, *calls):
            if one.version == one.state_version:
                self._moved(one)
        for entry in ledger:
            self.watch.count("credits", float(entry.credits), kind=entry.kind.value, provider=_provider(job))

    async def claim(
        self, platforms: Collection[str], worker: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[Job]:
        """A job that is found in `submitting` was left there by somebody who died in the paid call."""
        claimed = await super().claim(platforms, worker, now, until, limit)
        if left := sum(job.state is State.submitting and job.version == job.state_version for job in claimed):
            self.watch.count("taken_over", left, what="job")
        return claimed

    def _moved(self, job: Job) -> None:
        log.info("a job moved", extra={"action": "job.moved", "job": job.id, "state": job.state.value})
        self.watch.moved(job)


def _provider(job: Job) -> str:
    return job.choice.provider if job.choice else ""
