"""While events pour in they are saved first, and heard one by one; afterwards as many at once as ever."""

from bot.router.rush import RUSH_EVENTS, RUSH_SECONDS, Rush

USUAL = 32


class Watch:
    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


def rush_of(events, apart):
    watch = Watch()
    rush = Rush(watch)
    for _ in range(events):
        rush.arrived()
        watch.seconds += apart
    return rush, watch


def test_a_rush_leaves_room_for_one():
    rush, _ = rush_of(RUSH_EVENTS, 0.01)
    assert rush.room(USUAL) == 1


def test_few_events_are_no_rush_however_close():
    rush, _ = rush_of(RUSH_EVENTS - 1, 0.0)
    assert rush.room(USUAL) == USUAL


def test_many_events_are_no_rush_where_they_come_slowly():
    rush, _ = rush_of(10 * RUSH_EVENTS, RUSH_SECONDS / RUSH_EVENTS * 1.5)
    assert rush.room(USUAL) == USUAL


def test_a_rush_is_over_when_nothing_comes_any_more():
    rush, watch = rush_of(RUSH_EVENTS, 0.01)
    watch.seconds += RUSH_SECONDS
    assert rush.room(USUAL) == USUAL
