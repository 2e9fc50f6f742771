"""A step that met a bug: it rests and is tried again, the card says so; a bug that stays ends the job honestly."""

from datetime import timedelta

from bot.domain.job import ENDED, Charged, Failure, Job, State
from bot.flows.end import end
from bot.flows.patience import GIVE_UP_TRIES
from bot.flows.settle import stopped
from bot.ports.house import House

REST = timedelta(seconds=30)


async def broken(job: Job, house: House) -> None:
    """`job` as it is now. Raises Stale where someone moved it meanwhile."""
    if job.state in ENDED and not job.stopping:
        return
    outlasts = job.calls > 1  # a batch is there as long as its calls, which would spend money unseen
    if outlasts or job.tries + 1 < GIVE_UP_TRIES:
        now = house.clock.now()
        trouble = f"Something broke here, job {job.id}; it is tried again."
        await house.storage.jobs.save(
            job.move(job.state, now, tries=job.tries + 1, trouble=trouble, next_step_at=now + REST)
        )
        return
    charged = _charged(job)
    if job.state is State.cancelled:
        await stopped(job, charged, house)
    elif job.state is not State.awaiting_confirmation:
        failure = Failure(f"Something broke here, job {job.id}.", charged, "Your operator finds that id in the log.")
        await end(job, failure, house)


def _charged(job: Job) -> Charged:
    if job.result is not None:
        return Charged.yes
    return Charged.maybe if job.submitted_at is not None else Charged.no
