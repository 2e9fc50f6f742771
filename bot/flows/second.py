"""A price above a threshold needs two people: whoever may decide about the job, and then another, an admin or one who may decide about all jobs."""

from decimal import Decimal

from bot.domain.chat import Person
from bot.domain.errors import NotAllowed
from bot.domain.job import Job
from bot.domain.rules import Rules
from bot.domain.units import credits_number, credits_text
from bot.flows.access import check_access, same_person
from bot.flows.decided import Layers
from bot.flows.purses import check_room
from bot.flows.rights import is_admin
from bot.ports.house import House

NOBODY_YET = (
    "Nobody has said the first yes to this yet: whoever asked for it does, or somebody who may decide for them."
)
FIRST = 2
"""The version in which a wish that nobody changed waits for its second yes."""
WHO = "an admin here, or somebody who may decide about everybody's films"


def above(cost: Decimal, rules: Rules) -> bool:
    """Whether one person's yes is not enough."""
    return rules.approve_above is not None and cost > rules.approve_above


def line(job: Job, cost: Decimal) -> str:
    """What is typed to approve it as it is now: the price alone would not tell an edit that leaves it alike, or a second call of the same price."""
    version = f" v{job.asked_version}" if job.asked_version > FIRST else ""
    return f"approve {job.id} {credits_number(cost)}{version}"


async def check_yes(job: Job, cost: Decimal, person: Person, rules: Rules, house: House) -> None:
    """Whether this person may say the yes that is wanted now, the first or the second. Raises NotAllowed.

    Where the threshold was raised since the first, that person's own yes is enough, and a second one counts as it would have.
    """
    if job.waits_for_second and await may_approve(person, job, rules, house):
        return
    if not job.waits_for_second or not above(cost, rules):
        check_access(job, person, rules)
    elif same_person(job.agreed_by, person):
        raise NotAllowed(
            f"You said yes to {credits_text(cost)} already. Above {credits_text(rules.approve_above or cost)} a second person must agree: {WHO}."
        )
    else:
        raise NotAllowed(f"Only {WHO} can approve job {job.id}.")


async def may_approve(person: Person, job: Job, rules: Rules, house: House) -> bool:
    """Whether this person may say the second yes. Raises BadRequest where the chat cannot say just now."""
    if same_person(job.agreed_by, person):
        return False
    return f"{person.platform}:{person.id}" in rules.approvers or await is_admin(person, job.conversation, house)


def is_first(job: Job, cost: Decimal, rules: Rules) -> bool:
    """Whether a yes now is the first of two."""
    return above(cost, rules) and not job.waits_for_second


async def agree(job: Job, person: Person, house: House, key: str, *, cost: Decimal, found: Layers) -> Job:
    """The first yes is kept, and the card asks for the second. Nothing is reserved yet. Raises OverBudget where that would be in vain, and Stale."""
    await check_room(job, cost, person, found, house)
    now = house.clock.now()
    agreed = job.move(job.state, now, agreed_by=person, agreed_with=key, asked_version=job.version + 1, asked_at=now)
    await house.storage.jobs.save(agreed)
    return agreed
