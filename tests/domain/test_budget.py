"""A month begins at its first midnight where the people are, whatever their clocks do that night."""

from datetime import UTC, datetime

import pytest

from bot.domain.budget import month_end, month_start


@pytest.mark.parametrize(
    ("zone", "now", "start", "end"),
    [
        ("UTC", "2026-11-30T23:59:59", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("Asia/Kathmandu", "2026-11-30T18:15:00", "2026-11-30T18:15", "2026-12-31T18:15"),
        # Clocks go back from 01:00 to 00:00 that night: the month begins at the first of its two midnights.
        ("America/Havana", "2026-11-01T04:30:00", "2026-11-01T04:00", "2026-12-01T05:00"),
        ("America/Havana", "2026-11-01T05:30:00", "2026-11-01T04:00", "2026-12-01T05:00"),
        ("Europe/Berlin", "2026-03-31T22:00:00", "2026-03-31T22:00", "2026-04-30T22:00"),
        ("Pacific/Apia", "2026-10-31T11:00:00", "2026-10-31T11:00", "2026-11-30T11:00"),
    ],
)
def test_a_month_begins_at_its_first_midnight(zone: str, now: str, start: str, end: str) -> None:
    began = month_start(datetime.fromisoformat(now).replace(tzinfo=UTC), zone)
    assert began.astimezone(UTC).isoformat(timespec="minutes") == f"{start}+00:00"
    assert month_end(began).astimezone(UTC).isoformat(timespec="minutes") == f"{end}+00:00"
