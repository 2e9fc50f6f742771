"""An `unclear` job: nobody knows whether the paid call started, so a person looks again, submits again, or closes it."""

from bot.domain.chat import Person
from bot.domain.errors import BadRequest, Busy, ProviderError, RateLimited, Unavailable
from bot.domain.job import Charged, Failure, Job, State
from bot.flows.access import check_access
from bot.flows.end import end
from bot.flows.submit import order, started
from bot.ports.house import House


async def look_again(job: Job, person: Person, house: House) -> None:
    """Asks the provider once more whether it has the task."""
    _check(job, person, house)
    provider = house.providers.get(job.choice.provider) if job.choice else None
    if provider is None:
        raise BadRequest("Its provider is not connected here, so it cannot be asked.")
    try:
        task = await provider.find(order(job, house))
    except (RateLimited, Busy, Unavailable) as away:
        raise BadRequest("The provider cannot be reached just now. Try again in a minute.") from away
    except ProviderError as error:
        raise BadRequest("The provider still cannot tell whether it started. Nothing was sent again.") from error
    now = house.clock.now()
    if task is None:
        await house.storage.jobs.save(job.move(State.queued, now, next_step_at=now))
    else:
        await started(job, task, house)


async def submit_again(job: Job, person: Person, house: House) -> None:
    """A new confirmation, by a person who was told that it may be charged twice."""
    _check(job, person, house)
    now = house.clock.now()
    again = job.move(State.queued, now, confirmed_by=person, attempt=job.attempt + 1, next_step_at=now)
    await house.storage.jobs.save(again)


async def close(job: Job, person: Person, house: House) -> None:
    """Gives it up; the cost is counted, since it may have been charged."""
    _check(job, person, house)
    failure = Failure("Closed without knowing whether the provider started it.", Charged.maybe)
    await end(job, failure, house)


def _check(job: Job, person: Person, house: House) -> None:
    check_access(job, person, house.rules)
    if job.state is not State.unclear:
        raise BadRequest(f"Job {job.id} needs no decision any more.")
