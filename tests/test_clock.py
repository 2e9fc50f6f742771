"""The clock that the bot goes by does not jump with the machine's."""

from datetime import UTC, datetime, timedelta

from bot.app import RealClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()


class Machine:
    """A wall clock that somebody sets, and one that only goes on."""

    def __init__(self) -> None:
        self.wall, self.passed = NOON, 1000.0
        self.clock = RealClock(lambda: self.wall, lambda: self.passed)

    def later(self, seconds: float) -> datetime:
        self.wall += seconds
        self.passed += seconds
        return self.clock.now()


def test_the_clock_shows_the_machines_time():
    assert abs(RealClock().now() - datetime.now(UTC)) < timedelta(seconds=1)
    assert Machine().later(5).timestamp() == NOON + 5


def test_a_machine_that_is_set_an_hour_forward_or_back_is_followed_slowly_and_never_backwards():
    for jump in (3600, -3600):
        machine = Machine()
        machine.wall += jump
        begun = last = machine.clock.now()
        assert begun.timestamp() == NOON
        for _ in range(60):
            assert last < (last := machine.later(1))
        assert abs((last - begun).total_seconds() - 60 - jump / 600) < 0.001, "a tenth of a second each second"
        machine.later(12 * 3600)
        assert machine.later(1).timestamp() == machine.wall, "in the end it is the machine's time again"


def test_a_clock_that_is_asked_often_is_no_faster():
    machine = Machine()
    machine.wall += 3600
    for _ in range(100):
        machine.clock.now()
    assert machine.clock.now().timestamp() == NOON
