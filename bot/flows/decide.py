"""An `unclear` job: nobody knows whether the paid call started, so a person looks again, submits again, or closes it."""

from bot.domain.chat import Person
from bot.domain.errors import BadRequest, Busy, ProviderError, RateLimited, Unavailable
from bot.domain.job import Charged, Failure, Job, State
from bot.domain.ledger import EntryKind
from bot.flows.access import check_access
from bot.flows.end import end
from bot.flows.line import in_line
from bot.flows.settle import entry, settle
from bot.flows.submit import order, provider_of, started
from bot.ports.house import House


async def look_again(job: Job, person: Person, house: House) -> None:
    """Asks the provider once more whether it has the task."""
    _check(job, person, house)
    provider = provider_of(job, house)
    if provider is None:
        raise BadRequest("Its provider is not connected here, so it cannot be asked.")
    try:
        task = await provider.find(order(job, house))
    except (RateLimited, Busy, Unavailable) as away:
        raise BadRequest("The provider cannot be reached just now. Try again in a minute.") from away
    except ProviderError as error:
        raise BadRequest("The provider still cannot tell whether it started. Nothing was sent again.") from error
    if task is None:
        now = house.clock.now()
        await house.storage.jobs.save(job.move(State.queued, now, **in_line(job, house, now)))
    else:
        await started(job, task, house)


async def submit_again(job: Job, person: Person, house: House, key: str, revision: int | None = None) -> None:
    """A new confirmation, by a person who was told that it may be charged twice: the first call is counted from now on.

    `key` and `revision` are as for a Confirm: one press is one call, and one seen on an older card does not count.
    """
    if job.answered_with == key:
        return
    _check(job, person, house)
    if revision is not None and revision < job.asked_version:
        raise BadRequest("The job moved on after that card was shown. Look at the card as it is now.")
    assert job.quote is not None
    now = house.clock.now()
    again = job.move(
        State.queued, now, confirmed_by=person, answered_with=key, attempt=job.attempt + 1, **in_line(job, house, now)
    )
    lost = await settle(job, Charged.maybe, now, house)
    await house.storage.jobs.save(again, [*lost, entry(EntryKind.reserve, job.quote.credits, again, now)])


async def close(job: Job, person: Person, house: House) -> None:
    """Gives it up; the cost is counted, since it may have been charged."""
    _check(job, person, house)
    failure = Failure("Closed without knowing whether the provider started it.", Charged.maybe)
    await end(job, failure, house)


def _check(job: Job, person: Person, house: House) -> None:
    check_access(job, person, house.rules)
    if job.state is not State.unclear:
        raise BadRequest(f"Job {job.id} needs no decision any more.")
