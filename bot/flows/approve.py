"""The second yes to a price that one person's is not enough for: by the card's button, or by a line that names the job and the price."""

import re
from decimal import Decimal

from bot.domain.card import Action, Card, Field, Tone
from bot.domain.chat import Command, Message, Press
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.job import Job, State, call_number
from bot.domain.units import credits_text
from bot.flows.confirm import confirm
from bot.flows.decide import decide
from bot.flows.decided import decided
from bot.flows.second import FIRST, NOBODY_YET, line, may_approve
from bot.flows.show.fields import settings
from bot.flows.split import call_credits
from bot.flows.status import may_read
from bot.ports.house import House

MOST = 200
_SAID = re.compile(
    r"(?P<job>j-[a-z0-9]+)(?:\s+(?P<price>[0-9]{1,12}(?:[.,][0-9]{1,6})?)(?:\s+credits?)?(?:\s+v(?P<version>[0-9]{1,9}))?)?",
    re.IGNORECASE,
)


async def approve(job: Job, event: Press, house: House) -> None:
    """Raises NotAllowed, BadRequest or OverBudget, and Stale where someone was faster."""
    if job.state is not State.awaiting_confirmation:
        await decide(job, event, house)
        return
    if not job.waits_for_second and not job.answered(event.key):
        raise BadRequest(NOBODY_YET)
    await confirm(job, event.author, house, event.key, event.revision)


async def approve_named(said: str, event: Message | Command, house: House) -> Card:
    """`J-… 640` approves it at that price, as `J-… 640 v5` where it was asked about before, `J-…` tells what it is about, and nothing lists what waits for this person. Raises UserError."""
    if said.strip().lower() in {"", "please", "list"}:
        return await _list(event, house)
    found = _SAID.fullmatch(said.strip().rstrip(".!"))
    if found is None:
        raise BadRequest("To approve a price, name the job and the price, such as “approve J-ABCDEFGHIJ 640”.")
    job = await _waiting(found["job"].upper(), event, house)
    if job.answered(event.key):
        return Card(title=f"Job {job.id} is approved", tone=Tone.quiet)
    cost = _cost(job)
    if found["price"] is None:
        return _facts(job, cost, event)
    if Decimal(found["price"].replace(",", ".")) != cost:
        raise BadRequest(f"Job {job.id} costs {credits_text(cost)}, not {found['price']}. {_line(job, cost)}")
    seen = int(found["version"] or FIRST)
    if seen != job.asked_version:
        return _facts(
            job, cost, event, "It is another question than the one your line is about, so nothing was approved."
        )
    press = Press(event.key, job.conversation, event.author, Action.approve, job.id, revision=seen)
    await approve(job, press, house)
    return Card(title=f"Job {job.id} is approved: {credits_text(cost)}", tone=Tone.quiet)


async def _waiting(id: str, event: Message | Command, house: House) -> Job:
    """The job of this workspace that waits for this person's yes. Raises BadRequest, or NotAllowed for what is not theirs to see."""
    job = await house.storage.jobs.get(id)
    here = (event.conversation.platform, event.conversation.workspace)
    if job is None or job.batch or (job.conversation.platform, job.conversation.workspace) != here:
        raise BadRequest(f"There is no job {id} here that waits for a second person.")
    if job.answered(event.key):
        return job
    rules = await decided(job.conversation, house.rules, house.storage.policies)
    if not await may_approve(event.author, job, rules, house):
        raise NotAllowed(f"Job {id} does not wait for your yes. “approve” lists what does.")
    if not job.waits_for_second:
        raise BadRequest(f"Job {id} does not wait for a second person.")
    return job


def _cost(job: Job) -> Decimal:
    """Of the whole, or of the call that is to be made again."""
    if job.tally is not None and job.tally.asking:
        return call_credits(job, call_number(job.tally.asking))
    return job.quote.credits if job.quote else Decimal(0)


def _facts(job: Job, cost: Decimal, event: Message | Command, *notes: str) -> Card:
    """Its prompt only where nobody else reads along who may not."""
    private = isinstance(event, Command) or may_read(job, event)
    return Card(
        title=f"{_who(job)} said yes to {credits_text(cost)}",
        text=job.request.prompt if private else "",
        fields=(Field("Asked for by", job.author.name or job.author.id), *settings(job)),
        costs=(*_costs(job), ("Total", credits_text(cost))),
        notes=(*notes, _line(job, cost)),
        tone=Tone.ask,
    )


def _costs(job: Job) -> tuple[tuple[str, str], ...]:
    if job.state is not State.awaiting_confirmation or job.quote is None:
        return (("Submitted again; the call before may be charged, too", ""),)
    return tuple((line.text, credits_text(line.credits)) for line in job.quote.lines)


def _line(job: Job, cost: Decimal) -> str:
    return f"To approve it, say “{line(job, cost)}”."


def _who(job: Job) -> str:
    return (job.agreed_by.name or job.agreed_by.id) if job.agreed_by else "Somebody"


async def _list(event: Message | Command, house: House) -> Card:
    """Everything in this workspace that waits for this person's yes."""
    place = (event.conversation.platform, event.conversation.workspace)
    states = (State.awaiting_confirmation, State.processing, State.unclear)
    open_ones = await house.storage.jobs.find(workspace=place, states=states, limit=MOST)
    fields: list[Field] = []
    for job in filter(lambda one: one.waits_for_second, open_ones):
        rules = await decided(job.conversation, house.rules, house.storage.policies)
        if await may_approve(event.author, job, rules, house):
            fields.append(Field(job.id, f"{credits_text(_cost(job))} · {_who(job)} said yes"))
    if not fields:
        return Card(
            title="Nothing waits for your yes",
            text="A price above the threshold of a channel asks for a second person here.",
        )
    return Card(
        title=f"{len(fields)} {'price waits' if len(fields) == 1 else 'prices wait'} for a second person",
        fields=tuple(fields),
        notes=("Say “approve” and a job's id to see what it is about.",),
    )
