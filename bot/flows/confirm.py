"""A person says yes or no to a price. Nothing is spent before, and two yeses start one job."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bot.domain.chat import Person
from bot.domain.errors import BadRequest
from bot.domain.job import ENDED, Job, State, Tally
from bot.domain.ledger import EntryKind, LedgerEntry
from bot.flows.access import check_access, may_act
from bot.flows.allowed import allowed
from bot.flows.decided import Layers, decided, layers
from bot.flows.line import in_line
from bot.flows.merge.wish import started
from bot.flows.purses import save_within
from bot.flows.room import full, in_space
from bot.flows.second import agree, check_yes, is_first, may_approve
from bot.flows.settle import entry
from bot.flows.split import films_of, split
from bot.ports.house import House


async def confirm(job: Job, person: Person, house: House, key: str, revision: int | None = None) -> Job:
    """Reserves the quoted credits and puts the job in line, or each call of a batch; the first of two yeses is only kept.

    `key` is the answering event's, heard twice without harm; `revision` is that of the card the person saw.
    Raises NotAllowed, BadRequest or OverBudget, and Stale where someone was faster.
    """
    if job.answered(key):
        return job
    found = await layers(job.conversation, house.rules, house.storage.policies)
    rules, quote = found[-1][1], job.quote
    cost = quote.credits if quote else Decimal(0)
    await check_yes(job, cost, person, rules, house)
    now = house.clock.now()
    _check_open(job, now)
    allowed(job, rules)
    if job.problems or quote is None:
        raise BadRequest("This cannot be made as it is: " + " ".join(job.problems) + " Press Edit to mend it.")
    if revision is not None and revision < job.asked_version:
        raise BadRequest("The request changed after that card was shown. Look at the new price, then confirm.")
    if say := await full(job.author, house, in_space(job.request)):
        raise BadRequest(f"{say} Nothing was started and nothing is charged.")
    if job.request.join is not None:
        begun = started(job, person, key, house)
        await house.storage.jobs.save(begun)
        return begun
    job = replace(job, at_once=rules.at_once, per_minute=rules.per_minute)
    if is_first(job, cost, rules):
        return await agree(job, person, house, key, cost=cost, found=found)
    if quote.calls:
        return await _confirm_calls(job, person, house, key, found)
    queued = replace(_queued(job, person, house, now), answered_with=key)
    await save_within(queued, [_reserved(queued, now)], person, found, house)
    return queued


async def _confirm_calls(job: Job, person: Person, house: House, key: str, found: Layers) -> Job:
    """The calls of a batch get in line, each with its own reserve; the job that people see only counts them from now on."""
    now = house.clock.now()
    calls = [_queued(call, person, house, now) for call in split(job, now)]
    films = films_of(job, len(calls)).stop - 1
    begun = job.move(
        State.processing,
        now,
        confirmed_by=person,
        confirmed_at=now,
        answered_with=key,
        calls=len(calls),
        tally=Tally(films=films, in_line=films),
        next_step_at=now,
    )
    await save_within(begun, [_reserved(call, now) for call in calls], person, found, house, calls=calls)
    return begun


def _queued(job: Job, person: Person, house: House, now: datetime) -> Job:
    return job.move(State.queued, now, confirmed_by=person, confirmed_at=now, attempt=1, **in_line(job, house, now))


def _reserved(job: Job, now: datetime) -> LedgerEntry:
    assert job.quote is not None
    return entry(EntryKind.reserve, job.quote.credits, job, now)


async def decline(job: Job, person: Person, house: House, key: str = "") -> Job:
    """The person says no, who may also be one who is asked for a second yes: nothing is made, nothing is charged. `key` is that of a typed no, which heard again declines no other."""
    rules = await decided(job.conversation, house.rules, house.storage.policies)
    if not may_act(job, person, rules) and not (job.waits_for_second and await may_approve(person, job, rules, house)):
        check_access(job, person, rules)
    now = house.clock.now()
    _check_open(job, now)
    declined = job.move(State.declined, now, next_step_at=None, answered_with=key or job.answered_with)
    await house.storage.jobs.save(declined)
    return declined


async def expire(job: Job, house: House) -> Job:
    """Nobody answered in time."""
    expired = job.move(State.expired, house.clock.now(), next_step_at=None)
    await house.storage.jobs.save(expired)
    return expired


def _check_open(job: Job, now: datetime) -> None:
    if job.state is State.awaiting_confirmation:
        if job.quote is not None and now >= job.quote.valid_until:
            raise BadRequest("This price has expired. Send the request again for a new one.")
        return
    if job.state in ENDED:
        raise BadRequest(f"Job {job.id} is over ({job.state.value}); nothing more can be done with it.")
    raise BadRequest(f"Job {job.id} was confirmed already and is on its way; nothing is charged twice.")
