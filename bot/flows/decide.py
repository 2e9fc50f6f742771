"""An `unclear` job: nobody knows whether the paid call started, so a person looks again, submits again, or closes it."""

from collections.abc import Sequence

from bot.domain.card import Action
from bot.domain.chat import Person, Press
from bot.domain.errors import BadRequest, Busy, ProviderError, RateLimited, Unavailable
from bot.domain.job import Charged, Failure, Job, State
from bot.domain.ledger import EntryKind
from bot.flows.access import check_access
from bot.flows.allowed import allowed
from bot.flows.batch import EVERY, calls_of, recount
from bot.flows.decided import Layers, layers
from bot.flows.end import end
from bot.flows.line import in_line
from bot.flows.patience import landed
from bot.flows.purses import save_within
from bot.flows.second import NOBODY_YET, agree, check_yes, is_first
from bot.flows.settle import entry, settle
from bot.flows.submit import order, provider_of, started
from bot.ports.house import House

YES = frozenset({Action.submit_again, Action.approve})
MOVED_ON = "The job moved on after that card was shown. Look at the card as it is now."


async def decide(job: Job, event: Press, house: House) -> None:
    """What was pressed on a card that asks. Raises NotAllowed, BadRequest, OverBudget or Stale.

    A batch's card asks about one of its calls: that one alone is meant, and only as it was when the card asked. One press is one call.
    """
    calls = await calls_of(job, house) if job.calls > 1 else (job,)
    if any(one.answered(event.key) for one in (job, *calls)):
        return
    found = await layers(job.conversation, house.rules, house.storage.policies)
    yes = event.action in YES
    if not yes:
        check_access(job, event.author, found[-1][1])
    if event.revision is not None and event.revision < job.asked_version and (yes or job.calls > 1):
        raise BadRequest(MOVED_ON)
    call = _asked_about(job, calls)
    if yes and not await _enough(job, call, event, found, house):
        return
    if job.calls > 1 and job.next_step_at is None:
        # Awake before its call moves, so that whatever happens in between it goes on counting.
        now = house.clock.now()
        await house.storage.jobs.save(job.move(job.state, now, next_step_at=now + EVERY))
    await _act(call, event, found, house)
    if job.calls > 1:
        await recount(job.id, house)


def _asked_about(job: Job, calls: Sequence[Job]) -> Job:
    """The job, or the call that the batch's card asks about, if it is as unclear as it was then. Raises BadRequest."""
    tally = job.tally
    if tally is None:
        found = job if job.state is State.unclear else None
    else:
        found = next((call for call in calls if call.id == tally.asking and call.asked_version == tally.asked), None)
    if found is None or found.state is not State.unclear:
        raise BadRequest(f"Job {job.id} needs no decision any more.")
    return found


async def _enough(job: Job, call: Job, event: Press, found: Layers, house: House) -> bool:
    """Whether this yes makes the call again; where it is the first of two, the card asks for the other."""
    assert call.quote is not None
    rules, cost = found[-1][1], call.quote.credits
    if event.action == Action.approve and not job.waits_for_second:
        raise BadRequest(NOBODY_YET)
    await check_yes(job, cost, event.author, rules, house)
    allowed(call, rules)
    if not is_first(job, cost, rules):
        return True
    await agree(job, event.author, house, event.key, cost=cost, found=found)
    return False


async def _act(call: Job, event: Press, found: Layers, house: House) -> None:
    match event.action:
        case Action.look_again:
            await _look_again(call, house)
        case Action.submit_again | Action.approve:
            await _submit_again(call, event.author, event.key, found, house)
        case _:
            await _close(call, house)


async def _look_again(job: Job, house: House) -> None:
    """Asks the provider once more whether it has the task."""
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


async def _submit_again(job: Job, person: Person, key: str, found: Layers, house: House) -> None:
    """A new confirmation, by people who were told that it may be charged twice: the first call is counted from now on."""
    assert job.quote is not None
    now = house.clock.now()
    again = job.move(
        State.queued, now, confirmed_by=person, answered_with=key, attempt=job.attempt + 1, **in_line(job, house, now)
    )
    lost = await settle(job, Charged.maybe, now, house)
    reserve = entry(EntryKind.reserve, job.quote.credits, again, now)
    await save_within(again, [*lost, reserve], person, found, house)


async def _close(job: Job, house: House) -> None:
    """Gives it up; the cost is counted, since it may have been charged."""
    failure = Failure("Closed without knowing whether the provider started it.", Charged.maybe)
    await end(job, failure, house)
