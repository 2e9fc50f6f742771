"""When a price first stood in the chat: a typed yes is only for one that was there to be read."""

from datetime import datetime, timedelta

from bot.domain.job import Job
from bot.ports.house import House

SPARE = timedelta(days=1)


async def note_seen(job: Job, house: House) -> None:
    """The chat shows the job's present price from now on. Kept longer than the price stands."""
    now = house.clock.now()
    kept = timedelta(seconds=house.rules.confirm_seconds) + SPARE
    await house.storage.notes.put(_key(job), now.isoformat(), now + kept)


async def seen_since(job: Job, house: House) -> datetime | None:
    """None while the chat does not show the present price."""
    noted = await house.storage.notes.get(_key(job))
    return datetime.fromisoformat(noted) if noted else None


def _key(job: Job) -> str:
    return f"seen:{job.id}:{job.asked_version}"
