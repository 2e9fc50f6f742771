"""Answers that hold for a short while, so that nobody is asked the same again and again."""

from datetime import datetime, timedelta

from bot.ports.clock import Clock

MOST = 4096


class Known:
    """`seconds` is for how long an answer holds; the oldest are forgotten first."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock, self._while = clock, timedelta(seconds=seconds)
        self._answers: dict[tuple[str, ...], tuple[bool, datetime]] = {}

    def get(self, *about: str) -> bool | None:
        """None where it is not known, or not known any more."""
        answer, at = self._answers.get(about, (None, self._clock.now()))
        return answer if abs(self._clock.now() - at) < self._while else None

    def put(self, answer: bool, *about: str) -> bool:
        self._answers.pop(about, None)
        self._answers[about] = (answer, self._clock.now())
        if len(self._answers) > MOST:
            del self._answers[next(iter(self._answers))]
        return answer
