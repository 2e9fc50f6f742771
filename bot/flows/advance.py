"""The next step of a due job."""

from bot.domain.job import Job, State
from bot.flows.batch import batch, halt, recount
from bot.flows.cancel import stop, withdraw
from bot.flows.confirm import expire
from bot.flows.finish import finish
from bot.flows.merge.join import join
from bot.flows.poll import poll
from bot.flows.submit import resume, submit
from bot.ports.house import House


async def advance(job: Job, house: House) -> Job | None:
    """Does one step of a job leased to this worker. Raises Stale where someone else moved it meanwhile.

    A job that is claimed in `submitting` was left there by a worker that died in the paid call. Gives the job as it was left where that is
    known: it is over, or still leased to this worker and due, so that its next step can follow at once.
    """
    if job.batch:
        return await _step_of_call(job, house)
    if job.request.join is not None:
        return await _step_of_merge(job, house)
    if job.calls > 1:
        await (halt if job.state is State.cancelled else batch)(job, house)
        return None
    return await _step(job, house)


async def _step_of_call(job: Job, house: House) -> Job | None:
    """A batch is told at once where a call ends or asks something. It is awake while a call moves, so that nothing depends on that."""
    whole, left = await house.storage.jobs.get(job.batch), None
    if whole is not None and whole.state is State.cancelled and job.state is State.queued:
        await withdraw(job, whole.failure.say if whole.failure else "Cancelled.", house)
    else:
        if whole is not None and whole.next_step_at is None:
            await recount(job.batch, house)
        left = await _step(job, house)
    fresh = left or await house.storage.jobs.get(job.id)
    if fresh is not None and (fresh.ended or fresh.state is State.unclear):
        await recount(job.batch, house)
    return left


async def _step_of_merge(job: Job, house: House) -> Job | None:
    """No provider has a part in it."""
    match job.state:
        case State.queued | State.processing:
            return await join(job, house)
        case State.awaiting_confirmation:
            return await expire(job, house)
        case State.finalizing:
            return await finish(job, house)
        case _:
            raise ValueError(f"merge {job.id} is {job.state} and has no next step")


async def _step(job: Job, house: House) -> Job | None:
    match job.state:
        case State.awaiting_confirmation:
            return await expire(job, house)
        case State.queued:
            return await submit(job, house)
        case State.submitting:
            return await resume(job, house)
        case State.processing:
            return await poll(job, house)
        case State.finalizing:
            return await finish(job, house)
        case State.cancelled:
            await stop(job, house)
            return None
        case State.complete | State.error | State.declined | State.expired | State.unclear:
            raise ValueError(f"job {job.id} is {job.state} and has no next step")
