"""The one paid step. `submitting` is saved before the call, so that a crash in it is seen; a lost answer is never answered by sending again."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.errors import Busy, ProviderError, RateLimited, Stale, Unavailable, Unclear
from bot.domain.job import Charged, Failure, Job, ProviderTask, State
from bot.flows.end import end, failure
from bot.flows.line import PEOPLE, hold_up, in_line
from bot.flows.patience import AT_ONCE, GIVE_UP_TRIES, LOOK_AGAIN, landed, wait
from bot.flows.settle import stopped
from bot.ports.house import House
from bot.ports.paying import looking
from bot.ports.video import Order, VideoProvider

log = logging.getLogger(__name__)

SAVES = 40
FIRST_PAUSE, MOST_PAUSE = 0.05, 5.0
NO_ANSWER = "No answer came to the order. The provider is asked whether it took it; nothing is sent again meanwhile."


async def submit(job: Job, house: House) -> Job | None:
    """queued -> submitting -> processing; back to queued where the provider certainly did not start; unclear where nobody knows."""
    provider = provider_of(job, house)
    if provider is None:
        return await end(job, _gone(job), house)
    now = house.clock.now()
    call = _Call(job.move(State.submitting, now, submitted_at=now, next_step_at=now, tries=job.tries), house)
    await house.storage.jobs.save(call.job, hold=True)
    try:
        with looking(call.still_ours):
            task = await provider.submit(order(call.job, house))
    except (RateLimited, Busy, Unavailable) as refused:
        await _not_started(call.job, refused, house)
    except Stale:
        await _not_started(call.job, Unavailable("it was taken over before it was sent"), house)
    except Unclear:
        return await resume(call.job, house)
    except ProviderError as error:
        await _not_started(call.job, error, house)
    except Exception:
        # A bug of ours may strike after the call went out: the order is looked up, never assumed unsent.
        log.exception("submitting broke", extra={"action": "job.submit", "job": job.id})
        return await resume(call.job, house)
    else:
        return await started(call.job, task, house)
    return None


@dataclass(slots=True)
class _Call:
    """A paid call that is being made ready: its files may take long to bring, and we may be asleep meanwhile."""

    job: Job
    house: House

    async def still_ours(self) -> None:
        """Counts the order as sent from now on. Raises Stale where somebody else moved the job, Unavailable where that cannot be known."""
        now = self.house.clock.now()
        if self.job.submitted_at is not None and now - self.job.submitted_at < AT_ONCE:
            return  # nobody else can have taken the job for one whose caller is gone
        sending = self.job.move(self.job.state, now, submitted_at=now, next_step_at=now)
        try:
            await self.house.storage.jobs.save(sending, hold=True)
        except OSError as away:
            raise Unavailable("the database could not be asked whether to send it") from away
        self.job = sending


async def resume(job: Job, house: House) -> Job | None:
    """A `submitting` job whose answer was lost: find its task, or know that there is none, or ask a person."""
    provider = provider_of(job, house)
    if provider is None:
        await _unclear(job, house)
        return None
    try:
        task = await provider.find(order(job, house))
    except (RateLimited, Busy, Unavailable) as away:
        await _look_later(job, away, house)
    except ProviderError:
        await _unclear(job, house)
    else:
        now, sure = house.clock.now(), landed(job, provider)
        if task is None and now < sure:
            again = min(sure, now + LOOK_AGAIN)
            await house.storage.jobs.save(job.move(job.state, now, trouble=NO_ANSWER, next_step_at=again))
        elif task is None:
            await _not_started(job, Unavailable("its order does not arrive"), house)
        else:
            return await started(job, task, house)
    return None


async def started(job: Job, task: ProviderTask, house: House) -> Job | None:
    """Saves the task's id, whatever happened to the job or the database meanwhile: a task that is paid for is never forgotten.

    Gives the job back where its worker can go on with it.
    """
    log.info("the provider took an order", extra={"action": "job.started", "job": job.id, "task": task.id})
    pause, ordered, ours = FIRST_PAUSE, job.attempt, True
    for save in range(SAVES):
        try:
            return await _save_started(job, task, ordered, house, ours=ours)
        except Stale:
            fresh = await house.storage.jobs.get(job.id)
            if fresh is None or fresh.provider_task == task:
                await _let_go(fresh, house)
                return None
            job, ours = fresh, False
        except OSError as away:
            facts = {"action": "job.unsaved", "job": job.id, "task": task.id}
            log.error("a paid task could not be saved yet: %s", type(away).__name__, extra=facts)  # noqa: TRY400 - told each time, without a trace each time
            if save + 1 == SAVES:
                raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, MOST_PAUSE)
    return None


async def _let_go(job: Job | None, house: House) -> None:
    """Its task was saved and the answer to that was lost: where it is still this worker's, anybody may go on with it."""
    if job is not None and job.next_step_at is not None:
        await house.storage.jobs.rest(job, house.worker, job.next_step_at)


async def _save_started(job: Job, task: ProviderTask, ordered: int, house: House, *, ours: bool) -> Job | None:
    """`ordered` is the attempt that the task is of. A later one that was not sent yet is not needed any more, nor paid for."""
    now = house.clock.now()
    match job.state:
        case State.submitting | State.unclear | State.queued:
            attempt = ordered if job.state is State.queued else job.attempt
            after = job.move(
                State.processing, now, provider_task=task, next_step_at=now, progress=None, attempt=attempt
            )
        case State.cancelled:
            after = job.move(job.state, now, provider_task=task, stopping=True, next_step_at=now)
        case _:
            log.error("a task came for a job that has one or is over", extra={"job": job.id, "task": task.id})
            return None
    goes_on = ours and job.state is State.submitting
    await house.storage.jobs.save(after, hold=goes_on)
    return after if goes_on else None


def order(job: Job, house: House) -> Order:
    """The paid call that the job's last confirmation allows; the model is there (`provider_of`)."""
    assert job.choice is not None
    model = house.catalogue.get(job.choice.model)
    assert model is not None
    request = replace(job.request, settings=job.choice.settings)
    sent = job.submitted_at or job.changed_at
    return Order(
        key=job.order_key, job=job.id, model=model, request=request, sent_at=sent, callback=house.callback(job.id)
    )


def provider_of(job: Job, house: House) -> VideoProvider | None:
    """The provider that can be given the job's order; None where it or the model is not here any more."""
    if job.choice is None or house.catalogue.get(job.choice.model) is None:
        return None
    return house.providers.get(job.choice.provider)


def title(job: Job) -> str:
    return job.choice.title if job.choice else "The provider"


async def _not_started(job: Job, error: ProviderError, house: House) -> None:
    """The call certainly cost nothing: the job waits in line again or ends; one that was cancelled meanwhile is done."""
    try:
        await _again_or_end(job, error, house)
    except Stale:
        fresh = await house.storage.jobs.get(job.id)
        if fresh is None or fresh.state is not State.cancelled or not fresh.stopping or fresh.provider_task:
            raise
        if fresh.submitted_at != job.submitted_at:
            raise  # another worker's call is out
        await stopped(fresh, Charged.no, house)


async def _again_or_end(job: Job, error: ProviderError, house: House) -> None:
    for_good = not isinstance(error, (RateLimited, Busy, Unavailable))
    if for_good or (isinstance(error, Unavailable) and job.tries + 1 >= GIVE_UP_TRIES):
        await end(job, failure(error, Charged.no, title(job)), house)
        return
    now = house.clock.now()
    pause = wait(job.tries, error.retry_after if isinstance(error, RateLimited) else None)
    step: Mapping[str, Any] = {"next_step_at": now + pause}
    if isinstance(error, (RateLimited, Busy)):
        await hold_up(job, pause, house)
        step = step if job.line in {"", PEOPLE.line} else in_line(job, house, now)
    await house.storage.jobs.save(job.move(State.queued, now, **step, tries=job.tries + 1))


async def _look_later(job: Job, away: ProviderError, house: House) -> None:
    if job.tries + 1 >= GIVE_UP_TRIES:
        await _unclear(job, house)
        return
    now = house.clock.now()
    pause = wait(job.tries, away.retry_after if isinstance(away, RateLimited) else None)
    await house.storage.jobs.save(
        job.move(job.state, now, tries=job.tries + 1, trouble=NO_ANSWER, next_step_at=now + pause)
    )


async def _unclear(job: Job, house: House) -> None:
    now = house.clock.now()
    asking = job.move(
        State.unclear, now, next_step_at=None, asked_version=job.version + 1, asked_at=now, agreed_by=None
    )
    await house.storage.jobs.save(asking)


def _gone(job: Job) -> Failure:
    return Failure(f"{title(job)} is not connected here any more.", Charged.no, "Ask again with another model.")
