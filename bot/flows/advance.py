"""The next step of a due job."""

from bot.domain.job import Job, State
from bot.flows.cancel import stop
from bot.flows.confirm import expire
from bot.flows.finish import finish
from bot.flows.poll import poll
from bot.flows.submit import resume, submit
from bot.ports.house import House


async def advance(job: Job, house: House) -> None:
    """Does one step of a job leased to this worker. Raises Stale where someone else moved it meanwhile.

    A job that is claimed in `submitting` was left there by a worker that died in the paid call.
    """
    match job.state:
        case State.awaiting_confirmation:
            await expire(job, house)
        case State.queued:
            await submit(job, house)
        case State.submitting:
            await resume(job, house)
        case State.processing:
            await poll(job, house)
        case State.finalizing:
            await finish(job, house)
        case State.cancelled:
            await stop(job, house)
        case State.complete | State.error | State.declined | State.expired | State.unclear:
            raise ValueError(f"job {job.id} is {job.state} and has no next step")
