"""Which edits of cards may go out now: so many a minute in one place, those that matter first, the others each in turn."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.domain.errors import Later

MINUTE = 60.0
A_MOMENT = 0.005  # so that a sum of fractions never comes back just too early
KEPT_MESSAGES = 4096
KEPT_PLACES = 4096
# An edit of mere progress comes the more rarely the longer a card is worked on: (age up to, seconds between two edits).
GAPS = ((60.0, 3.0), (300.0, 5.0), (1800.0, 15.0))
LAST_GAP = 60.0


def gap_at(age: float) -> float:
    """Seconds between two edits of mere progress of a card that was first edited `age` seconds ago."""
    return next((gap for until, gap in GAPS if age < until), LAST_GAP)


@dataclass(slots=True)
class _Place:
    """`recent` are the moments of the last minute's edits; `turns` are promised moments, of progress and of what matters."""

    recent: deque[float] = field(default_factory=deque)
    paused_until: float = 0.0
    next_turn: float = 0.0
    turns: dict[str, float] = field(default_factory=dict)
    hurried: dict[str, float] = field(default_factory=dict)

    def rests(self, now: float) -> bool:
        """Whether nothing of the last minute, and no promise of the next, is known of it."""
        last = max((*self.recent, *self.turns.values(), *self.hurried.values()), default=now - MINUTE)
        return last <= now - MINUTE and self.paused_until <= now and self.next_turn <= now


class Pacer:
    """At most `per_minute` edits in any minute in one place, `reserve` of them kept for edits that matter.

    An edit of mere progress that does not fit gets a turn of its own and is told when to come back, so that many cards share
    fairly what there is; one that matters goes as soon as the minute has room. Times are monotonic seconds.
    """

    def __init__(
        self,
        *,
        per_minute: int,
        reserve: int,
        gap: Callable[[float], float] = gap_at,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._whole, self._gap, self._now = (per_minute, reserve), gap, now
        self._per_minute, self._reserve = per_minute, reserve
        self._places: dict[str, _Place] = {}
        self._edited: dict[str, tuple[float, float]] = {}

    def check(self, place: str, message: str, *, urgent: bool) -> None:
        """Counts one edit of this message. Raises Later where it has to wait."""
        now = self._now()
        here = self._place(place, now)
        while here.recent and here.recent[0] <= now - MINUTE:
            here.recent.popleft()
        if now < here.paused_until:
            raise Later(here.paused_until - now)
        if urgent:
            self._hurry(here, message, now)
        else:
            self._queue(here, message, now)
        here.recent.append(now)
        here.turns.pop(message, None)
        here.hurried.pop(message, None)
        self._remember(message, now)

    def share(self, processes: int) -> None:
        """What one minute takes is divided by so many processes, which edit in the same places; each may make one edit at least."""
        per_minute, reserve = self._whole
        self._per_minute = max(2, per_minute // max(1, processes))
        self._reserve = min(self._per_minute - 1, reserve // max(1, processes))

    def pause(self, place: str, seconds: float) -> None:
        """The chat asked for patience: nothing goes out in this place for so long."""
        here = self._place(place, self._now())
        here.paused_until = max(here.paused_until, self._now() + seconds)

    def _place(self, place: str, now: float) -> _Place:
        if place not in self._places and len(self._places) >= KEPT_PLACES:
            self._places = {name: one for name, one in self._places.items() if not one.rests(now)}
        return self._places.setdefault(place, _Place())

    def _hurry(self, here: _Place, message: str, now: float) -> None:
        """As soon as the minute has room; those that asked first before the others."""
        _drop_missed(here.hurried, now)
        turn = here.hurried.get(message)
        ahead = len(here.hurried) if turn is None else 0
        if len(here.recent) + ahead < self._per_minute:
            return
        if turn is None or turn <= now:
            turn = here.hurried[message] = self._turn(here, ahead, now)
        raise Later(turn - now + A_MOMENT)

    def _turn(self, here: _Place, ahead: int, now: float) -> float:
        """When one that has so many ahead may go: each of the minute's places is taken again a minute after it was taken."""
        taken = list(here.recent)[-self._per_minute :]
        rounds, index = divmod(ahead, self._per_minute)
        free = self._per_minute - len(taken)
        return (now if index < free else taken[index - free] + MINUTE) + MINUTE * rounds

    def _queue(self, here: _Place, message: str, now: float) -> None:
        first, last = self._edited.get(message, (now, float("-inf")))
        if (rest := last + self._gap(now - first) - now) > 0:
            raise Later(rest)
        room = self._per_minute - self._reserve
        if message not in here.turns:
            _drop_missed(here.turns, now)
            here.turns[message] = max(here.next_turn, now)
            here.next_turn = here.turns[message] + MINUTE / room
        if (rest := here.turns[message] - now) > 0:
            raise Later(rest)
        if len(here.recent) >= room:
            raise Later(here.recent[len(here.recent) - room] + MINUTE - now)

    def _remember(self, message: str, now: float) -> None:
        first, _ = self._edited.pop(message, (now, now))
        self._edited[message] = (first, now)
        if len(self._edited) > KEPT_MESSAGES:
            del self._edited[next(iter(self._edited))]


def _drop_missed(turns: dict[str, float], now: float) -> None:
    """Turns nobody came back for: the card went away, or another process shows it."""
    for message in [one for one, turn in turns.items() if turn < now - MINUTE]:
        del turns[message]
