"""Cancel is a state of ours: it flips at once and stops all our work; the provider is asked afterwards, as best it can."""

import re
from collections.abc import Sequence
from typing import Any

from bot.domain.card import Card, Tone
from bot.domain.chat import Command, Message, Person
from bot.domain.errors import BadRequest, Busy, NotCancellable, ProviderError, RateLimited, Unavailable
from bot.domain.job import RUNNING, Charged, Failure, Job, ProviderTask, State
from bot.flows.access import check_access, may_act
from bot.flows.confirm import decline
from bot.flows.decided import decided
from bot.flows.end import end
from bot.flows.patience import GIVE_UP_TRIES, LOOK_AGAIN, landed, wait
from bot.flows.settle import settle, stopped
from bot.flows.stands import in_channel, under
from bot.flows.submit import order, provider_of
from bot.ports.house import House
from bot.ports.video import Failed, VideoProvider

CANCELLABLE = (State.awaiting_confirmation, *sorted(RUNNING), State.unclear)
_JOB_ID = re.compile(r"J-[A-Z0-9]+")


async def cancel_named(wanted: str, event: Message | Command, house: House) -> Card:
    """Cancels the jobs named, all of mine in this channel with `all` or in this thread with `here`, or the only one there is. Raises UserError."""
    ids = sorted(set(_JOB_ID.findall(wanted.upper())))
    if ids:
        jobs = await _by_id(ids, event, house)
    elif wanted.strip().lower() in {"all", "everything", "mine"}:
        jobs = await _mine(event, house)
    elif wanted.strip().lower() in {"here", "thread"}:
        jobs = await _mine_in_thread(event, house)
    else:
        jobs = await _only(event, house)
    if not jobs:
        which = " and ".join(ids) or "job of yours"
        raise BadRequest(f"No running {which} was found here. “status” lists what runs.")
    done = [await cancel(job, event.author, house) for job in jobs]
    ends = {State.declined: "withdrawn"}
    return Card(
        title="; ".join(f"Job {job.id} is {ends.get(job.state, job.state.value)}" for job in done), tone=Tone.quiet
    )


async def _by_id(ids: Sequence[str], event: Message | Command, house: House) -> Sequence[Job]:
    """Wherever in this workspace they are: a command is given in the channel, its job lives in a thread."""
    space = (event.conversation.platform, event.conversation.workspace)
    found = [job for id in ids if (job := await house.storage.jobs.get(id)) is not None]
    here = [job for job in found if (job.conversation.platform, job.conversation.workspace) == space]
    return [job for job in here if job.state in CANCELLABLE and not _asks(job)]


async def _found(house: House, **where: Any) -> Sequence[Job]:
    return [job for job in await house.storage.jobs.find(states=CANCELLABLE, **where) if not _asks(job)]


def _asks(job: Job) -> bool:
    """Whether its card asks what is to become of it, and has Close for that; the card of a batch that asks has Cancel beside."""
    return job.state is State.unclear and job.calls == 1


async def _mine(event: Message | Command, house: House) -> Sequence[Job]:
    mine = await _found(house, author=event.author)
    return [job for job in mine if await in_channel(job, event.conversation, house)]


async def _mine_in_thread(event: Message | Command, house: House) -> Sequence[Job]:
    """Those asked for in it, and the one on whose card it hangs."""
    here, mine = event.conversation, await _found(house, author=event.author)
    return [job for job in mine if job.conversation == here or await under(job, here, house)]


async def _only(event: Message | Command, house: House) -> Sequence[Job]:
    """The one of this conversation, or else mine in this channel. Raises BadRequest where there are several."""
    here = await _found(house, conversation=event.conversation)
    rules = await decided(event.conversation, house.rules, house.storage.policies)
    jobs = [job for job in here if may_act(job, event.author, rules)] or here or await _mine(event, house)
    if len(jobs) > 1:
        several = ", ".join(job.id for job in jobs)
        raise BadRequest(
            f"{len(jobs)} jobs are running here: {several}. Say “cancel” and the one you mean, or “cancel all”."
        )
    return jobs


async def cancel(job: Job, person: Person, house: House) -> Job:
    """Raises NotAllowed or BadRequest, and Stale where someone was faster."""
    if job.state is State.awaiting_confirmation and not job.batch:
        return await decline(job, person, house)
    check_access(job, person, await decided(job.conversation, house.rules, house.storage.policies))
    if job.batch:
        raise BadRequest(f"Job {job.id} is one call of job {job.batch}; cancel that one.")
    if job.state not in CANCELLABLE or _asks(job):
        raise BadRequest(f"Job {job.id} is {_in_words(job.state)}; there is nothing left to cancel.")
    return await withdraw(job, f"Cancelled by {person.name or 'you'}.", house)


async def withdraw(job: Job, said: str, house: House) -> Job:
    """Ends a job that has not ended, at once; what it costs is learnt afterwards. Raises Stale.

    Of a batch this is the flip alone: its calls follow with its next step, and none of them is sent any more.
    """
    now = house.clock.now()
    if job.state is State.unclear and job.calls == 1:
        return await end(
            job, Failure(f"{said} Nobody knows whether the provider had started it.", Charged.maybe), house
        )
    here = job.request.join is not None  # nobody has to be asked: whoever joins it sees that it is cancelled
    if here or (job.state is State.queued and job.provider_task is None):
        cancelled = job.move(State.cancelled, now, failure=Failure(said, Charged.no), next_step_at=None, eta=None)
        await house.storage.jobs.save(cancelled, await settle(cancelled, Charged.no, now, house))
        return cancelled
    failure = Failure(said, Charged.maybe)
    cancelled = job.move(State.cancelled, now, failure=failure, stopping=True, next_step_at=now, eta=None)
    # While the paid call is out, its caller keeps the lease: it alone will know what became of it.
    await house.storage.jobs.save(cancelled, hold=job.state is State.submitting)
    return cancelled


async def stop(job: Job, house: House) -> None:
    """The rest of a cancel: asks the provider to stop, learns whether it costs anything, closes the books."""
    charged = await _ask(job, house)
    if charged is not None:
        await stopped(job, charged, house)
        return
    now = house.clock.now()
    again = now + (wait(job.tries) if job.provider_task else max(LOOK_AGAIN, wait(job.tries)))
    await house.storage.jobs.save(job.move(job.state, now, tries=job.tries + 1, next_step_at=again))


async def _ask(job: Job, house: House) -> Charged | None:
    """What the cancelled task costs all the same; None where the provider is to be asked again."""
    if job.result is not None:
        return Charged.yes
    provider = house.providers.get(job.choice.provider) if job.choice else None
    if provider is None or (job.provider_task is None and provider_of(job, house) is None):
        return Charged.maybe
    try:
        task = job.provider_task or await provider.find(order(job, house))
        return _unless_on_its_way(job, provider, house) if task is None else await _cancelled(task, provider)
    except (RateLimited, Busy, Unavailable):
        return None if job.tries + 1 < GIVE_UP_TRIES else Charged.maybe
    except ProviderError:
        return Charged.maybe


async def _cancelled(task: ProviderTask, provider: VideoProvider) -> Charged:
    """What cannot be stopped is charged, unless it failed by itself before."""
    try:
        return await provider.cancel(task)
    except NotCancellable:
        progress = await provider.poll(task)
        return progress.charged if isinstance(progress, Failed) else Charged.yes


def _unless_on_its_way(job: Job, provider: VideoProvider, house: House) -> Charged | None:
    """Nothing is there; that counts once a call whose caller died would have arrived."""
    return Charged.no if job.submitted_at is None or house.clock.now() >= landed(job, provider) else None


def _in_words(state: State) -> str:
    return {
        State.complete: "finished",
        State.error: "over",
        State.cancelled: "cancelled already",
        State.declined: "declined",
        State.expired: "expired",
        State.unclear: "waiting for a decision",
    }.get(state, state.value)
