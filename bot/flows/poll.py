"""Asks the provider how far it is, and takes what it says."""

import logging
from datetime import timedelta
from decimal import Decimal

from bot.domain import pricing
from bot.domain.errors import Expired, ProviderError, RateLimited, Unavailable
from bot.domain.job import Charged, Failure, Job, Result, State
from bot.flows.end import MAX_NOTE, end, failure, plain
from bot.flows.patience import RESULT_LIFETIME, wait
from bot.flows.submit import title
from bot.ports.house import House
from bot.ports.video import Failed, Finished, Progress, Running

log = logging.getLogger(__name__)

MOST_TIMES = 10
"""So many times the quote, or a dollar where that is more, a film may be reported to cost; what is beyond it is no price but a mistake."""
LEAST_REST = timedelta(seconds=2)  # so often at most is a task asked after for a hint's sake


async def poll(job: Job, house: House) -> Job | None:
    """processing -> processing, finalizing or error. A provider that is away is asked again until its results would be gone."""
    assert job.choice is not None
    assert job.provider_task is not None
    provider = house.providers.get(job.choice.provider)
    if provider is None:
        await ask_later(job, Unavailable(f"{title(job)} is not connected here"), house)
        return None
    try:
        progress = await provider.poll(job.provider_task)
    except Expired as gone:
        return await end(job, failure(gone, Charged.maybe, title(job)), house)
    except ProviderError as away:
        # Nothing else that a question is refused with says anything about the task itself: it may be finished and paid for.
        await ask_later(job, away, house)
        return None
    return await _take(progress, job, house)


async def _take(progress: Progress, job: Job, house: House) -> Job | None:
    now = house.clock.now()
    match progress:
        case Running() if job.submitted_at is not None and now - job.submitted_at > RESULT_LIFETIME:
            never = Failure(
                f"{title(job)} did not finish within a day.", Charged.maybe, "Ask again, and tell your operator."
            )
            return await end(job, never, house)
        case Running(ask_again_in=pause):
            again, fraction, eta = now + timedelta(seconds=pause), _share(progress.fraction), _eta(progress.eta)
            if (job.progress, job.eta, job.tries, job.trouble) == (fraction, eta, 0, ""):
                await house.storage.jobs.rest(job, house.worker, again)
                return None
            after = job.move(job.state, now, progress=fraction, eta=eta, tries=0, trouble="", next_step_at=again)
            await house.storage.jobs.save(after)
            return None
        case Finished(files=files, usd=usd, seed=seed, details=details):
            result = Result(
                files=files,
                credits=_reported(usd, job, house),
                seed=seed,
                notes=tuple(filter(None, [plain(details.get("note", ""), MAX_NOTE)])),
            )
            made = job.move(State.finalizing, now, result=result, progress=1.0, eta=None, next_step_at=now)
            await house.storage.jobs.save(made, hold=True)
            return made
        case Failed(error=error, charged=charged):
            return await end(job, failure(error, charged, title(job)), house)


def _reported(usd: Decimal | None, job: Job, house: House) -> Decimal | None:
    """In credits; None, so that the quote stands, where nothing is reported or what no film can cost."""
    if usd is None:
        return None
    quoted, per_dollar = job.quote.credits if job.quote else Decimal(0), house.rules.credits_per_dollar
    if not usd.is_finite() or not 0 <= usd <= MOST_TIMES * max(quoted / per_dollar, Decimal(1)):
        log.error(
            "a provider reports an impossible cost", extra={"action": "job.cost", "job": job.id, "usd": f"{usd:.3g}"}
        )
        return None
    return pricing.credits(usd, per_dollar)


def _share(fraction: float | None) -> float | None:
    """From 0 to 1; None for what is no number."""
    return None if fraction is None or fraction != fraction else min(max(fraction, 0.0), 1.0)  # noqa: PLR0124 - a NaN differs from itself


def _eta(seconds: float | None) -> float | None:
    """None for what is no time a film takes."""
    return seconds if seconds is not None and 0 <= seconds <= RESULT_LIFETIME.total_seconds() else None


async def hint(id: str, house: House) -> bool:
    """Somebody says that this job's task changed: it is asked after now, whatever they say. False where that is no news to us."""
    job, now = await house.storage.jobs.get(id), house.clock.now()
    if job is None or job.state is not State.processing or job.provider_task is None:
        return False
    if job.next_step_at is None or job.next_step_at <= now or now - job.changed_at < LEAST_REST:
        return False
    left = None if job.eta is None else max(0.0, job.eta - (now - job.changed_at).total_seconds())
    await house.storage.jobs.save(job.move(job.state, now, next_step_at=now, eta=left))
    return True


async def ask_later(job: Job, away: ProviderError, house: House, trouble: str = "") -> None:
    """Tries the same step again after a pause; gives up when the provider has surely dropped the result. `trouble` is what the card says meanwhile, where it is our own."""
    now = house.clock.now()
    if job.submitted_at is not None and now - job.submitted_at > RESULT_LIFETIME:
        await end(job, failure(away, Charged.maybe, title(job)), house)
        return
    pause = wait(job.tries, away.retry_after if isinstance(away, RateLimited) else None)
    await house.storage.jobs.save(
        job.move(job.state, now, tries=job.tries + 1, trouble=trouble, next_step_at=now + pause)
    )
