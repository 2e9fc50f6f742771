"""Races with a job's own progress: what a person asks for is tried again on the job as it is now."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.domain.errors import BadRequest, Stale

T = TypeVar("T")

MOST_RACES = 5


async def settled(step: Callable[[], Awaitable[T]]) -> T:
    """Runs a step that reads the job, decides and saves, until it is not overtaken. Raises BadRequest where it always is."""
    for _ in range(MOST_RACES):
        try:
            return await step()
        except Stale:
            continue
    raise BadRequest("The job is changing faster than it can be told. Try once more.")
