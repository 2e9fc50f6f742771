"""Edits are paced: the chat's budget holds in every minute, nothing that matters waits behind progress, and every card gets its turn."""

import heapq
import random
from collections import Counter

import pytest

from adapters.kit.pace import KEPT_PLACES, MINUTE, Pacer, gap_at
from bot.domain.errors import Later


class Watch:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


def paced(watch: Watch, per_minute: int = 45, reserve: int = 15) -> Pacer:
    return Pacer(per_minute=per_minute, reserve=reserve, now=watch)


def most_in_a_minute(times: list[float]) -> int:
    return max(sum(1 for other in times if at <= other < at + MINUTE) for at in times)


def test_one_card_alone_is_edited_at_once_and_then_every_few_seconds(watch):
    pacer = paced(watch)
    pacer.check("team", "a", urgent=False)
    watch.at += 1
    with pytest.raises(Later) as later:
        pacer.check("team", "a", urgent=False)
    assert later.value.seconds == pytest.approx(2)
    watch.at += 2
    pacer.check("team", "a", urgent=False)


def test_the_gap_grows_with_the_age_of_the_card():
    gaps = [gap_at(age) for age in (0, 59, 61, 400, 4000)]
    assert gaps == [3, 3, 5, 15, 60]


def test_what_matters_does_not_wait_for_a_gap_nor_behind_progress(watch):
    pacer = paced(watch)
    pacer.check("team", "a", urgent=False)
    for number in range(200):
        with pytest.raises(Later):
            pacer.check("team", f"progress-{number}", urgent=False)
    pacer.check("team", "a", urgent=True)


def test_progress_leaves_the_reserve_alone(watch):
    pacer = paced(watch)
    for _ in range(45):
        pacer.check("team", "busy", urgent=True)
    with pytest.raises(Later) as later:
        pacer.check("team", "other", urgent=False)
    assert 0 < later.value.seconds <= MINUTE
    watch.at += later.value.seconds
    pacer.check("team", "other", urgent=False)


def test_a_429_stops_everything_in_that_place_and_nothing_elsewhere(watch):
    pacer = paced(watch)
    pacer.pause("team", 30)
    with pytest.raises(Later) as later:
        pacer.check("team", "a", urgent=True)
    assert later.value.seconds == pytest.approx(30)
    pacer.check("another", "b", urgent=True)
    watch.at += 30
    pacer.check("team", "a", urgent=True)


def run(pacer: Pacer, watch: Watch, cards: dict[str, bool], seconds: float, *, again: bool) -> list[tuple[float, str]]:
    """Every card comes when it is told to; `again` says whether it has something new right after each edit."""
    line = [(watch.at + number / 1000, name) for number, name in enumerate(cards)]
    heapq.heapify(line)
    until, edits = watch.at + seconds, []
    while line and line[0][0] < until:
        watch.at, name = heapq.heappop(line)
        try:
            pacer.check("team", name, urgent=cards[name])
        except Later as later:
            heapq.heappush(line, (watch.at + later.seconds, name))
        else:
            edits.append((watch.at, name))
            if again:
                heapq.heappush(line, (watch.at + 0.01, name))
    return edits


def test_500_cards_share_the_budget_and_each_gets_its_turn(watch):
    cards = dict.fromkeys([f"card-{number}" for number in range(500)], False)
    edits = run(paced(watch), watch, cards, 40 * MINUTE, again=True)
    assert most_in_a_minute([at for at, _ in edits]) <= 45
    counts = Counter(name for _, name in edits)
    assert set(counts) == set(cards)
    assert max(counts.values()) - min(counts.values()) <= 1
    assert len(edits) >= 40 * 29


def test_a_burst_of_endings_is_shown_first_come_first_served_and_fast(watch):
    cards = dict.fromkeys([f"card-{number:03}" for number in range(200)], True)
    edits = run(paced(watch), watch, cards, 10 * MINUTE, again=False)
    assert len(edits) == len(cards)
    assert all(at - edits[0][0] <= int(name[-3:]) // 45 * MINUTE + 1 for at, name in edits)
    assert most_in_a_minute([at for at, _ in edits]) <= 45
    assert edits[-1][0] - edits[0][0] <= 4 * MINUTE + 1


@pytest.mark.parametrize("back", [0, 1])
def test_an_ending_behind_others_that_come_back_late_waits_for_them_and_no_longer(watch, back):
    pacer = paced(watch)
    for number in range(45):
        pacer.check("team", f"first-{number}", urgent=True)
    for number in range(90):
        with pytest.raises(Later):
            pacer.check("team", f"waiting-{number}", urgent=True)
    watch.at += MINUTE + 1
    for number in range(back):
        pacer.check("team", f"waiting-{number}", urgent=True)
    with pytest.raises(Later) as later:
        pacer.check("team", "last", urgent=True)
    assert later.value.seconds == pytest.approx(2 * MINUTE, abs=1)


def test_endings_among_progress_come_within_moments(watch):
    """While 300 cards move, one ends every 3 seconds: none waits."""
    pacer, dice = paced(watch), random.Random(7)
    waiting = dict.fromkeys([f"card-{number}" for number in range(300)], watch.at)
    times = []
    for second in range(600):
        watch.at += 1
        for name in [one for one, at in waiting.items() if at <= watch.at]:
            try:
                pacer.check("team", name, urgent=False)
                times.append(watch.at)
                waiting[name] = watch.at + 1
            except Later as later:
                waiting[name] = watch.at + later.seconds
        if second % 4 == 0:
            pacer.check("team", dice.choice(list(waiting)), urgent=True)
            times.append(watch.at)
    assert most_in_a_minute(times) <= 45


def test_places_where_nothing_happens_are_forgotten_and_a_pause_is_not(watch):
    pacer = paced(watch)
    pacer.pause("paused", 100 * MINUTE)
    for number in range(3 * KEPT_PLACES):
        pacer.check(f"channel-{number}", "a", urgent=True)
        watch.at += 0.1
    assert len(pacer._places) <= KEPT_PLACES
    with pytest.raises(Later):
        pacer.check("paused", "a", urgent=True)


def test_what_a_minute_takes_is_divided_by_the_processes_that_edit_there():
    now = [0.0]
    pacer = Pacer(per_minute=45, reserve=15, now=lambda: now[0])

    def taken() -> int:
        now[0] += 600.0
        for number in range(100):
            try:
                pacer.check("T1", f"{now[0]}:{number}", urgent=True)
            except Later:
                return number
        return 100

    assert taken() == 45
    pacer.share(3)
    assert taken() == 15
    pacer.share(1000)
    assert taken() == 2
    pacer.share(1)
    assert taken() == 45
