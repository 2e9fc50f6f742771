"""A person says yes or no to a price. Nothing is spent before, and two yeses start one job."""

from datetime import datetime

from bot.domain.chat import Person
from bot.domain.errors import BadRequest
from bot.domain.job import ENDED, Job, State
from bot.domain.ledger import EntryKind
from bot.flows.access import check_access
from bot.flows.line import in_line
from bot.flows.settle import entry
from bot.ports.house import House


async def confirm(job: Job, person: Person, house: House, key: str, revision: int | None = None) -> Job:
    """Reserves the quoted credits and puts the job in line.

    `key` is the answering event's, heard twice without harm; `revision` is that of the card the person saw.
    Raises NotAllowed or BadRequest, and Stale where someone was faster.
    """
    check_access(job, person, house.rules)
    if job.answered_with == key:
        return job
    now = house.clock.now()
    _check_open(job, now)
    if job.problems or job.quote is None:
        raise BadRequest("This cannot be made as it is: " + " ".join(job.problems) + " Press Edit to mend it.")
    if revision is not None and revision < job.asked_version:
        raise BadRequest("The request changed after that card was shown. Look at the new price, then confirm.")
    queued = job.move(
        State.queued,
        now,
        confirmed_by=person,
        confirmed_at=now,
        answered_with=key,
        attempt=1,
        **in_line(job, house, now),
    )
    await house.storage.jobs.save(queued, [entry(EntryKind.reserve, job.quote.credits, queued, now)])
    return queued


async def decline(job: Job, person: Person, house: House, key: str = "") -> Job:
    """The person says no: nothing is made, nothing is charged. `key` is that of a typed no, which heard again declines no other."""
    check_access(job, person, house.rules)
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
