"""500 films rendering in one workspace: who is edited when, on a clock of the test's own, in the budget Slack gives."""

import heapq
from collections import defaultdict
from itertools import count

from adapters.chat.slack.posts import EDITS_A_MINUTE, KEPT_FOR_URGENT
from adapters.kit.pace import Pacer
from bot.domain.errors import Later

JOBS = 500
HOURS = 2
SLACKS_OWN = 50  # edits a minute in one workspace
CHANGES_A_MINUTE = 20  # new states: what 500 films of 25 minutes each make of it
STATE_SECONDS = 120.0
AT_ONCE, AT = 40, 5400.0  # and so many more at one moment, as when a provider comes back
FAIR = 2.0  # the longest a card waits for progress, compared with what there were if nothing else was edited
WARM_UP = 3600.0


class Cards:
    """As the core shows them: each card is edited, or comes back when it is told to; a new state asks at once."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pacer = Pacer(per_minute=EDITS_A_MINUTE, reserve=KEPT_FOR_URGENT, now=lambda: self.now)
        self.edits: list[float] = []
        self.changed: dict[str, float] = {}
        self.late: list[float] = []
        self.shown: dict[str, list[float]] = defaultdict(list)
        self._due: list[tuple[float, int, str]] = []
        self._order = count()

    def look(self, at: float, card: str) -> None:
        heapq.heappush(self._due, (at, next(self._order), card))

    def change(self, at: float, card: str) -> None:
        """`card` is that of a job that enters another state."""
        self.look(at, f"!{card}")

    def run(self, until: float) -> None:
        while self._due and self._due[0][0] < until:
            self.now, _, name = heapq.heappop(self._due)
            card = name.removeprefix("!")
            if name != card:
                self.changed.setdefault(card, self.now)
            self._show(card)

    def _show(self, card: str) -> None:
        urgent = card in self.changed
        try:
            self.pacer.check("T1", card, urgent=urgent)
        except Later as later:
            self.look(self.now + later.seconds, card)
            return
        self.edits.append(self.now)
        self.shown[card].append(self.now)
        if urgent:
            self.late.append(self.now - self.changed.pop(card))
        self.look(self.now + 1.0, card)  # it renders on: there is something new to show every second


def busiest_minute(times: list[float]) -> int:
    first, most = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - 60:
            first += 1
        most = max(most, last - first + 1)
    return most


def test_500_films_stay_in_the_budget_and_every_new_state_shows_within_2_minutes():
    """500 cards every 2 minutes would be 250 edits a minute, and Slack takes 50. So new states come first, within 2 minutes; mere
    progress takes turns, and a card is true meanwhile: it tells when it will be done as an instant, not as time left."""
    cards = Cards()
    for number in range(JOBS):
        cards.look(number * 0.01, f"C{number}")
    for number in range(HOURS * 60 * CHANGES_A_MINUTE):
        cards.change(number * 60 / CHANGES_A_MINUTE, f"C{number * 7 % JOBS}")
    for number in range(AT_ONCE):
        cards.change(AT, f"C{number}")
    cards.run(HOURS * 3600)
    ends = HOURS * 3600
    gaps = [
        later - earlier
        for times in cards.shown.values()
        for earlier, later in zip(times, [*times[1:], ends], strict=True)
        if later > WARM_UP
    ]
    most, latest, behind = busiest_minute(cards.edits), max(cards.late), max(gaps)
    share = JOBS / (EDITS_A_MINUTE - KEPT_FOR_URGENT) * 60
    print(
        f"\n{JOBS} films, {CHANGES_A_MINUTE} new states a minute and {AT_ONCE} at once: at most {most} edits in a minute, Slack takes {SLACKS_OWN}"
    )
    print(
        f"  a new state shows after {latest:.1f} s at most; progress after {behind / 60:.1f} min at most, {share / 60:.1f} if it had the share to itself"
    )
    assert most <= EDITS_A_MINUTE < SLACKS_OWN
    assert cards.changed == {}
    assert latest < STATE_SECONDS
    assert len(cards.shown) == JOBS
    assert behind < FAIR * share
