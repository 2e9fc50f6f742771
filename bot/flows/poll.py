"""Asks the provider how far it is, and takes what it says."""

from datetime import timedelta

from bot.domain import pricing
from bot.domain.errors import (
    BadCredentials,
    Busy,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged, Failure, Job, Result, State
from bot.flows.end import end, failure
from bot.flows.patience import RESULT_LIFETIME, wait
from bot.flows.submit import title
from bot.ports.house import House
from bot.ports.video import Failed, Finished, Running

LEAST_REST = timedelta(seconds=2)  # so often at most is a task asked after for a hint's sake


async def poll(job: Job, house: House) -> None:
    """processing -> processing, finalizing or error. A provider that is away is asked again until its results would be gone."""
    assert job.choice is not None
    assert job.provider_task is not None
    provider = house.providers.get(job.choice.provider)
    if provider is None:
        await ask_later(job, Unavailable(f"{title(job)} is not connected here"), house)
        return
    try:
        progress = await provider.poll(job.provider_task)
    except (RateLimited, Busy, Unavailable, Unclear, BadCredentials, OutOfCredit) as away:
        # None of these says anything about the task itself: it may be finished and paid for.
        await ask_later(job, away, house)
        return
    except ProviderError as error:
        await end(job, failure(error, Charged.maybe, title(job)), house)
        return
    now = house.clock.now()
    match progress:
        case Running() if job.submitted_at is not None and now - job.submitted_at > RESULT_LIFETIME:
            never = Failure(
                f"{title(job)} did not finish within a day.", Charged.maybe, "Ask again, and tell your operator."
            )
            await end(job, never, house)
        case Running(fraction=fraction, eta=eta, ask_again_in=pause):
            again = now + timedelta(seconds=pause)
            if (job.progress, job.eta, job.tries, job.trouble) == (fraction, eta, 0, ""):
                await house.storage.jobs.rest(job, house.worker, again)
                return
            after = job.move(job.state, now, progress=fraction, eta=eta, tries=0, trouble="", next_step_at=again)
            await house.storage.jobs.save(after)
        case Finished(files=files, usd=usd, seed=seed, details=details):
            result = Result(
                files=files,
                credits=None if usd is None else pricing.credits(usd, house.rules.credits_per_dollar),
                seed=seed,
                notes=tuple(filter(None, [details.get("note")])),
            )
            await house.storage.jobs.save(
                job.move(State.finalizing, now, result=result, progress=1.0, eta=None, next_step_at=now)
            )
        case Failed(error=error, charged=charged):
            await end(job, failure(error, charged, title(job)), house)


async def hint(id: str, house: House) -> bool:
    """Somebody says that this job's task changed: it is asked after now, whatever they say. False where that is no news to us."""
    job, now = await house.storage.jobs.get(id), house.clock.now()
    if job is None or job.state is not State.processing or job.provider_task is None:
        return False
    if job.next_step_at is None or job.next_step_at <= now or now - job.changed_at < LEAST_REST:
        return False
    await house.storage.jobs.save(job.move(job.state, now, next_step_at=now))
    return True


async def ask_later(job: Job, away: ProviderError, house: House) -> None:
    """Tries the same step again after a pause; gives up when the provider has surely dropped the result."""
    now = house.clock.now()
    if job.submitted_at is not None and now - job.submitted_at > RESULT_LIFETIME:
        await end(job, failure(away, Charged.maybe, title(job)), house)
        return
    pause = wait(job.tries, away.retry_after if isinstance(away, RateLimited) else None)
    await house.storage.jobs.save(job.move(job.state, now, tries=job.tries + 1, trouble="", next_step_at=now + pause))
