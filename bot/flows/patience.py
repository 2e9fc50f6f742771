"""How long to wait before trying again: pure functions of how often it failed."""

from datetime import timedelta

FIRST_SECONDS = 2.0
MOST_SECONDS = 120.0
GIVE_UP_TRIES = 8
IN_FLIGHT = timedelta(seconds=10)
"""How long a call whose caller is gone may still be on its way: only after that is an order that is not there believed to be nowhere."""
RESULT_LIFETIME = timedelta(hours=24)


def wait(tries: int, retry_after: float | None = None) -> timedelta:
    """Doubling from FIRST_SECONDS to MOST_SECONDS, never less than the provider asks for."""
    doubled = min(FIRST_SECONDS * 2 ** min(tries, 10), MOST_SECONDS)
    return timedelta(seconds=max(doubled, retry_after or 0.0))
