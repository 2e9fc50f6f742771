"""Whether more events come in than can be worked on beside saving them."""

import time
from collections import deque
from collections.abc import Callable

RUSH_EVENTS, RUSH_SECONDS = 8, 0.4
AT_ONCE_IN_A_RUSH = 1


class Rush:
    """Whether events pour in. While they do, each is to be saved in time, so that little else is done beside it.

    Hearing a message takes a hundred times as long as saving it, and what is heard at once is heard in turns: 32 at a time kept an
    acknowledgement waiting for 190 ms, one at a time for 30, with 200 mentions a second. What is heard takes as long either way.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._arrivals: deque[float] = deque(maxlen=RUSH_EVENTS)

    def arrived(self) -> None:
        self._arrivals.append(self._now())

    def room(self, usual: int) -> int:
        """How much may be worked on at once now."""
        full = len(self._arrivals) == RUSH_EVENTS
        return AT_ONCE_IN_A_RUSH if full and self._now() - self._arrivals[0] < RUSH_SECONDS else usual
