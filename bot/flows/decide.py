"""An `unclear` job: nobody knows whether the paid call started, so a person looks again, submits again, or closes it."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.card import Action
from bot.domain.chat import Person, Press
from bot.domain.errors import BadRequest, Busy, ProviderError, RateLimited, Unavailable
from bot.domain.job import Charged, Failure, Job, State
from bot.domain.ledger import EntryKind
from bot.domain.rules import Rules
from bot.flows.access import check_access
from bot.flows.allowed import allowed
from bot.flows.batch import EVERY, calls_of, recount
from bot.flows.decided import decided
from bot.flows.end import end
from bot.flows.line import in_line
from bot.flows.patience import landed
from bot.flows.settle import entry, settle
from bot.flows.submit import order, provider_of, started
from bot.ports.house import House

MOVED_ON = "The job moved on after that card was shown. Look at the card as it is now."


async def decide(job: Job, event: Press, house: House) -> None:
    """What was pressed on a card that asks. Raises NotAllowed, BadRequest or Stale.

    A batch's card asks about one of its calls: that one alone is meant, and only as it was when the card asked.
    """
    if job.calls == 1:
        await _act(job, event, house)
        return
    check_access(job, event.author, await decided(job.conversation, house.rules, house.storage.policies))
    calls = await calls_of(job, house)
    if any(call.answered_with == event.key for call in calls):
        return
    if event.revision is not None and event.revision < job.asked_version:
        raise BadRequest(MOVED_ON)
    call = _asked_about(job, calls)
    if job.next_step_at is None:  # awake before its call moves, so that whatever happens in between it goes on counting
        now = house.clock.now()
        await house.storage.jobs.save(job.move(job.state, now, next_step_at=now + EVERY))
    await _act(call, replace(event, revision=None), house)
    await recount(job.id, house)


def _asked_about(job: Job, calls: Sequence[Job]) -> Job:
    """The call that the batch's card asks about, if it is as unclear as it was then."""
    tally = job.tally
    found = next((call for call in calls if tally and call.id == tally.asking), None)
    if found is None or tally is None or found.state is not State.unclear or found.asked_version != tally.asked:
        raise BadRequest(f"Job {job.id} needs no decision any more.")
    return found


async def _act(job: Job, event: Press, house: House) -> None:
    match event.action:
        case Action.look_again:
            await look_again(job, event.author, house)
        case Action.submit_again:
            await submit_again(job, event.author, house, event.key, event.revision)
        case _:
            await close(job, event.author, house)


async def look_again(job: Job, person: Person, house: House) -> None:
    """Asks the provider once more whether it has the task."""
    await _check(job, person, house)
    provider = provider_of(job, house)
    if provider is None:
        raise BadRequest("Its provider is not connected here, so it cannot be asked.")
    try:
        task = await provider.find(order(job, house))
    except (RateLimited, Busy, Unavailable) as away:
        raise BadRequest("The provider cannot be reached just now. Try again in a minute.") from away
    except ProviderError as error:
        raise BadRequest("The provider still cannot tell whether it started. Nothing was sent again.") from error
    now = house.clock.now()
    if task is None and now < landed(job, provider):
        raise BadRequest(
            "It is not there yet, and may still be on its way. Look again in two minutes; nothing was sent again."
        )
    if task is None:
        await house.storage.jobs.save(job.move(State.queued, now, **in_line(job, house, now)))
    else:
        await started(job, task, house)


async def submit_again(job: Job, person: Person, house: House, key: str, revision: int | None = None) -> None:
    """A new confirmation, by a person who was told that it may be charged twice: the first call is counted from now on.

    `key` and `revision` are as for a Confirm: one press is one call, and one seen on an older card does not count.
    """
    if job.answered_with == key:
        return
    allowed(job, await _check(job, person, house))
    if revision is not None and revision < job.asked_version:
        raise BadRequest(MOVED_ON)
    assert job.quote is not None
    now = house.clock.now()
    again = job.move(
        State.queued, now, confirmed_by=person, answered_with=key, attempt=job.attempt + 1, **in_line(job, house, now)
    )
    lost = await settle(job, Charged.maybe, now, house)
    await house.storage.jobs.save(again, [*lost, entry(EntryKind.reserve, job.quote.credits, again, now)])


async def close(job: Job, person: Person, house: House) -> None:
    """Gives it up; the cost is counted, since it may have been charged."""
    await _check(job, person, house)
    failure = Failure("Closed without knowing whether the provider started it.", Charged.maybe)
    await end(job, failure, house)


async def _check(job: Job, person: Person, house: House) -> Rules:
    """The rules of the job's place. Raises NotAllowed or BadRequest where there is nothing for this person to decide."""
    rules = await decided(job.conversation, house.rules, house.storage.policies)
    check_access(job, person, rules)
    if job.state is not State.unclear:
        raise BadRequest(f"Job {job.id} needs no decision any more.")
    return rules
