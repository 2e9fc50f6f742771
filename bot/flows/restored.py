"""After a restore: what the lost hours may have done already is not done again unless somebody asks for it anew.

A backup knows nothing of what came after it. A job that it shows in line may have been made and paid for since, a price may have been
confirmed, and a press that nobody had heard was heard. What an adapter noted in those hours is gone too, so that "not there" from a
look-up proves nothing; only a task that is found does.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.errors import ProviderError
from bot.domain.job import Charged, Failure, Job, ProviderTask, State
from bot.flows.batch import recount
from bot.flows.end import end
from bot.flows.submit import order, provider_of, started, title
from bot.ports.house import House

log = logging.getLogger(__name__)

UNSURE = (State.queued, State.submitting, State.unclear)
EVERY = 1_000_000
AT_ONCE = 500
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Restored:
    """Ids of jobs whose task was found at the provider, of those that were ended, and of those whose price was withdrawn; events dropped."""

    found: tuple[str, ...]
    ended: tuple[str, ...]
    withdrawn: tuple[str, ...]
    dropped: int


async def restored(house: House, platforms: Collection[str]) -> Restored:
    """To be called once, before anything else works on the database. Called again it finds nothing more to do."""
    dropped = await _drop_events(house, platforms)
    open_prices = await _paid(house, State.awaiting_confirmation)
    for job in open_prices:
        await _withdraw(job, house)
    found: list[str] = []
    ended: list[str] = []
    for job in await _paid(house, *UNSURE):
        if job.calls > 1:
            continue  # its calls are asked after one by one, and it counts them
        task = await _look_up(job, house)
        if task is not None:
            await started(job, task, house)
        else:
            await end(job, _unknown(job), house)
        (ended if task is None else found).append(job.id)
        if job.batch:
            await recount(job.batch, house)
    return Restored(tuple(found), tuple(ended), tuple(job.id for job in open_prices), dropped)


async def _paid(house: House, *states: State) -> list[Job]:
    """Joining films costs nothing and is simply done again."""
    jobs = await house.storage.jobs.find(states=states, batch=None, limit=EVERY)
    return [job for job in jobs if job.request.join is None]


async def _drop_events(house: House, platforms: Collection[str]) -> int:
    """What nobody had heard then was heard in the hours that are lost: a Confirm heard again would pay again."""
    dropped = 0
    while True:
        now = house.clock.now()
        later = now + A_DAY  # by when every lease of those who are gone has run out
        events = await house.storage.inbox.claim(platforms, house.worker, later, later + A_DAY, AT_ONCE)
        for event, _ in events:
            await house.storage.inbox.done(event.key, now)
        dropped += len(events)
        if not events:
            return dropped


async def _withdraw(job: Job, house: House) -> None:
    """A price may have been confirmed since: an answer to it counts no more."""
    say = "The bot was restored from a backup made while this price was open, so it holds no more."
    lost = Failure(say, Charged.maybe, "If the film is not here yet and you still want it, send your request again.")
    now = house.clock.now()
    await house.storage.jobs.save(job.move(State.expired, now, next_step_at=None, failure=lost))


async def _look_up(job: Job, house: House) -> ProviderTask | None:
    provider = provider_of(job, house)
    if provider is None:
        return None
    try:
        return await provider.find(order(job, house))
    except ProviderError as unknown:
        log.warning("an order could not be looked up: %s", type(unknown).__name__, extra={"job": job.id})
        return None


def _unknown(job: Job) -> Failure:
    say = f"The bot was restored from a backup, and nobody can tell whether {title(job)} has made this film since."
    return Failure(say, Charged.maybe, "Look whether the film is in the chat already; if not, ask again.")
