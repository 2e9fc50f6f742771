"""How long to wait before trying again: pure functions of how often it failed."""

from datetime import datetime, timedelta

from bot.domain.job import Job
from bot.ports.video import VideoProvider

FIRST_SECONDS = 2.0
MOST_SECONDS = 120.0
GIVE_UP_TRIES = 8
LOOK_AGAIN = timedelta(seconds=10)
"""How often an order that may still be on its way is looked for."""
RESULT_LIFETIME = timedelta(hours=24)
AT_ONCE = timedelta(seconds=2)
"""Within which what was just seen or saved is not looked at again."""


def wait(tries: int, retry_after: float | None = None) -> timedelta:
    """Doubling from FIRST_SECONDS to MOST_SECONDS, never less than the provider asks for."""
    doubled = min(FIRST_SECONDS * 2 ** min(tries, 10), MOST_SECONDS)
    return timedelta(seconds=max(doubled, retry_after or 0.0))


def landed(job: Job, provider: VideoProvider) -> datetime:
    """When a call whose caller is gone must have arrived: only from then on is an order that is not there believed to be nowhere."""
    return (job.submitted_at or job.changed_at) + timedelta(seconds=provider.in_flight)
