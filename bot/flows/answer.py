"""A typed yes, no or stop: which price it means, so that nobody spends what they did not mean to."""

from collections.abc import Sequence
from typing import Any

from bot.domain.card import Card
from bot.domain.chat import Message, Person
from bot.domain.errors import BadRequest
from bot.domain.job import Job, State
from bot.domain.tips import HOW_TO
from bot.flows.access import is_author, may_act
from bot.flows.cancel import cancel_named
from bot.flows.confirm import confirm, decline
from bot.flows.decided import decided
from bot.flows.second import may_approve
from bot.flows.seen import seen_since
from bot.flows.stands import in_channel, under
from bot.ports.house import House

RECENT = 50
STOPS = frozenset({"cancel", "stop", "stop it", "cancel it"})


async def answer(event: Message, house: House, *, yes: bool) -> Card | None:
    """Does it to the one price that it can mean; a typed stop also to the one film that runs. Raises UserError."""
    here = await _recent(house, conversation=event.conversation)
    asked = await _recent(house, author=event.author)
    if any(job.answered(event.key) for job in (*here, *asked)):
        return None  # heard again after a crash: it has its answer
    mine = [job for job in _waiting(asked) if await in_channel(job, event.conversation, house)]
    meant = await _meant(here, mine, event, house)
    if not meant:
        return await _nothing_waits(event, house)
    if len(meant) > 1:
        raise BadRequest(f"{len(meant)} prices are waiting here. Press the button on the one you mean.")
    if yes:
        await _check_seen(meant[0], event, house)
        await confirm(meant[0], event.author, house, event.key)
    else:
        await decline(meant[0], event.author, house, event.key)
    return None


async def _recent(house: House, **where: Any) -> Sequence[Job]:
    """The newest jobs there, and every price that waits there, however many jobs came after it."""
    jobs = house.storage.jobs
    newest = await jobs.find(**where, limit=RECENT)
    waiting = await jobs.find(**where, states=(State.awaiting_confirmation,), limit=RECENT)
    return list({job.id: job for job in (*newest, *waiting)}.values())


async def _meant(here: Sequence[Job], mine: Sequence[Job], event: Message, house: House) -> Sequence[Job]:
    """The prices an answer may be about: the nearest that wait. `mine` are those of its author that wait in this channel.

    Those of its conversation, and its author's under whose card it was written. Where there are none, and it was said to the bot at the
    top of a channel or in a thread without jobs, those of its author in this channel.
    """
    hanging = [job for job in mine if await under(job, event.conversation, house)]
    near = {job.id: job for job in (*_waiting(here), *hanging)}
    if near:
        return await _of(event, list(near.values()), house)
    apart = not here or not event.conversation.thread
    return mine if event.addressed and apart else ()


def _waiting(jobs: Sequence[Job]) -> list[Job]:
    return [job for job in jobs if job.state is State.awaiting_confirmation]


async def _of(event: Message, waiting: Sequence[Job], house: House) -> Sequence[Job]:
    """Those the author of the event may decide about; where there are none, all of them if it was said to the bot, to be told so.

    At the top of a channel people say yes to each other: unless it is said to the bot, such a yes is never for somebody else's price.
    """
    if not event.addressed and not event.conversation.thread:
        return [job for job in waiting if is_author(job, event.author)]
    allowed = [job for job in waiting if await _may_answer(job, event.author, house)]
    return allowed or (waiting[:1] if event.addressed else ())


async def _may_answer(job: Job, person: Person, house: House) -> bool:
    """Whether it is theirs to decide, or waits for a second yes that may be theirs."""
    rules = await decided(job.conversation, house.rules, house.storage.policies)
    return may_act(job, person, rules) or (job.waits_for_second and await may_approve(person, job, rules, house))


async def _nothing_waits(event: Message, house: House) -> Card | None:
    if not event.addressed:
        return None
    if event.text.strip(" .!").lower() in STOPS:
        return await cancel_named("", event, house)
    return Card(title="Nothing is waiting for an answer here", text=HOW_TO)


async def _check_seen(job: Job, event: Message, house: House) -> None:
    """A yes is for a price that stood in the chat before it was written, never for one that came after."""
    seen = await seen_since(job, house)
    if seen is None or (event.at is not None and event.at < seen):
        raise BadRequest("That price came after you wrote your answer. Look at the card, then answer again.")
