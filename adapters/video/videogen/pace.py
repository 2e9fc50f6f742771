"""How often to ask: VideoGen answers five thousand looks at executions an hour for one key."""

from datetime import datetime, timedelta

from bot.ports.clock import Clock

LEAST = 5.0
EACH = 0.8
"""Seconds between any two looks: 4,500 an hour, the rest being left to cancels and to a second program."""
FORGOTTEN = timedelta(hours=2)


class Pace:
    """Counts the executions this program asks about; one that is not asked about any more drops out by itself."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked: dict[str, datetime] = {}

    def pause(self, task: str) -> float:
        """Seconds until this one may be asked about again, when all others are too."""
        now = self._clock.now()
        self._asked.pop(task, None)
        self._asked[task] = now
        while now - self._asked[oldest := next(iter(self._asked))] > FORGOTTEN:
            del self._asked[oldest]
        return max(LEAST, EACH * len(self._asked))

    def over(self, task: str) -> None:
        self._asked.pop(task, None)
