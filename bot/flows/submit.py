"""The one paid step. `submitting` is saved before the call, so that a crash in it is seen; a lost answer is never answered by sending again."""

import logging
from dataclasses import replace

from bot.domain.errors import Busy, ProviderError, RateLimited, Stale, Unavailable, Unclear
from bot.domain.job import Charged, Failure, Job, ProviderTask, State
from bot.flows.end import end, failure
from bot.flows.patience import GIVE_UP_TRIES, wait
from bot.ports.house import House
from bot.ports.video import Order, VideoProvider

log = logging.getLogger(__name__)


async def submit(job: Job, house: House) -> None:
    """queued -> submitting -> processing; back to queued where the provider certainly did not start; unclear where nobody knows."""
    provider = _provider(job, house)
    if provider is None:
        await end(job, _gone(job), house)
        return
    now = house.clock.now()
    sending = job.move(State.submitting, now, submitted_at=now, next_step_at=now, tries=job.tries)
    await house.storage.jobs.save(sending, hold=True)
    try:
        task = await provider.submit(order(sending, house))
    except (RateLimited, Busy, Unavailable) as refused:
        await _back_in_line(sending, refused, house)
    except Unclear:
        await resume(sending, house)
    except ProviderError as error:
        await end(sending, failure(error, Charged.no, title(sending)), house)
    except Exception:
        # A bug of ours may strike after the call went out: the order is looked up, never assumed unsent.
        log.exception("submitting broke", extra={"job": job.id})
        await resume(sending, house)
    else:
        await started(sending, task, house)


async def resume(job: Job, house: House) -> None:
    """A `submitting` job whose answer was lost: find its task, or know that there is none, or ask a person."""
    provider = _provider(job, house)
    if provider is None:
        await _unclear(job, house)
        return
    try:
        task = await provider.find(order(job, house))
    except (RateLimited, Busy, Unavailable) as away:
        await _look_later(job, away, house)
    except ProviderError:
        await _unclear(job, house)
    else:
        if task is None:
            now = house.clock.now()
            await house.storage.jobs.save(job.move(State.queued, now, next_step_at=now))
        else:
            await started(job, task, house)


async def started(job: Job, task: ProviderTask, house: House) -> None:
    """Saves the task's id, whatever happened to the job meanwhile: a task that is paid for is never forgotten."""
    while True:
        now = house.clock.now()
        match job.state:
            case State.submitting | State.unclear | State.queued:
                after = job.move(State.processing, now, provider_task=task, next_step_at=now, progress=None)
            case State.cancelled:
                after = job.move(job.state, now, provider_task=task, stopping=True, next_step_at=now)
            case _:
                log.error("a task came for a job that has one or is over", extra={"job": job.id, "task": task.id})
                return
        try:
            await house.storage.jobs.save(after)
        except Stale:
            fresh = await house.storage.jobs.get(job.id)
            if fresh is None or fresh.provider_task == task:
                return
            job = fresh
        else:
            return


def order(job: Job, house: House) -> Order:
    """The paid call for the job's present attempt."""
    assert job.choice is not None
    model = house.catalogue.get(job.choice.model)
    assert model is not None
    return Order(key=job.order_key, job=job.id, model=model, request=replace(job.request, settings=job.choice.settings))


def title(job: Job) -> str:
    return job.choice.title if job.choice else "The provider"


async def _back_in_line(job: Job, refused: ProviderError, house: House) -> None:
    if isinstance(refused, Unavailable) and job.tries + 1 >= GIVE_UP_TRIES:
        await end(job, failure(refused, Charged.no, title(job)), house)
        return
    now = house.clock.now()
    pause = wait(job.tries, refused.retry_after if isinstance(refused, RateLimited) else None)
    back = job.move(State.queued, now, next_step_at=now + pause, tries=job.tries + 1)
    await house.storage.jobs.save(back)


async def _look_later(job: Job, away: ProviderError, house: House) -> None:
    if job.tries + 1 >= GIVE_UP_TRIES:
        await _unclear(job, house)
        return
    now = house.clock.now()
    pause = wait(job.tries, away.retry_after if isinstance(away, RateLimited) else None)
    await house.storage.jobs.save(job.move(job.state, now, tries=job.tries + 1, next_step_at=now + pause))


async def _unclear(job: Job, house: House) -> None:
    await house.storage.jobs.save(job.move(State.unclear, house.clock.now(), next_step_at=None))


def _provider(job: Job, house: House) -> VideoProvider | None:
    if job.choice is None or house.catalogue.get(job.choice.model) is None:
        return None
    return house.providers.get(job.choice.provider)


def _gone(job: Job) -> Failure:
    return Failure(f"{title(job)} is not connected here any more.", Charged.no, "Ask again with another model.")
