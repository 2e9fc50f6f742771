"""`clapper ledger`: a month of the books as sums and as CSV, in the time zone of each workspace."""

import csv
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from adapters.storage.sql import create
from bot.domain.chat import Conversation, Person
from bot.domain.job import State
from bot.domain.ledger import EntryKind, LedgerEntry
from bot.domain.policy import Policy
from bot.ports.parts import Parts
from tests.e2e.shell import Shell
from tests.fakes import SetClock
from tests.stored import a_job

ADA = Person("slack", "T1", "U1", '=HYPERLINK("http://x")')
BOB = Person("discord", "G1", "7", "Bob")
EVENING = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # November already in Berlin


async def spend(folder: Path) -> None:
    """Ada 640 in Berlin's November, and Bob 10 in UTC's October with 5 more in November."""
    store = create(Parts(settings={"url": f"sqlite:///{folder}/data/clapper.db"}, folder=folder, clock=SetClock()))
    zone = Policy(platform="slack", workspace="T1", version=1, zone="Europe/Berlin")
    await store.policies.change(zone, [])
    spent = ((ADA, "640.00", EVENING), (BOB, "10.00", EVENING), (BOB, "5.00", EVENING.replace(month=11, day=9)))
    for number, (who, credits, at) in enumerate(spent):
        place = Conversation(who.platform, who.workspace, "C1")
        job = a_job(f"J-{number}", author=who, conversation=place)
        await store.jobs.add(job)
        entry = LedgerEntry(
            kind=EntryKind.reserve,
            credits=Decimal(credits),
            job=job.id,
            person=who,
            at=at,
            channel="C1",
            model="kling-3",
        )
        kinds = (EntryKind.reserve, EntryKind.release, EntryKind.charge)
        await store.jobs.save(job.move(State.queued, at), [replace(entry, kind=kind) for kind in kinds])
    await store.aclose()


async def test_a_month_of_the_books_is_told_as_sums_and_as_lines(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    await spend(tmp_path)
    told = shell.clapper("ledger", "--month", "2026-11")
    assert told.out.splitlines() == [
        "discord G1\tall together\t5.00",
        "discord G1\tBob (7)\t5.00",
        "discord G1\tmodel kling-3\t5.00",
        "slack T1\tall together\t640.00",
        'slack T1\t=HYPERLINK("http://x") (U1)\t640.00',
        "slack T1\tmodel kling-3\t640.00",
    ]
    document = shell.clapper("ledger", "--month", "2026-11", "--platform", "slack", "--json").document
    assert [place["workspace"] for place in document["places"]] == ["T1"]
    assert document["places"][0] == {
        "platform": "slack",
        "workspace": "T1",
        "zone": "Europe/Berlin",
        "since": "2026-11-01T00:00:00+01:00",
        "until": "2026-12-01T00:00:00+01:00",
        "credits": "640.00",
        "people": [{"id": "U1", "name": ADA.name, "credits": "640.00"}],
        "models": [{"id": "kling-3", "credits": "640.00"}],
        "channels": [{"id": "C1", "credits": "640.00"}],
        "days": [{"day": "2026-11-01", "credits": "640.00"}],
    }
    lines = shell.clapper("ledger", "--month", "2026-11", "--csv", "--workspace", "T1").out
    rows = list(csv.DictReader(lines.splitlines()))
    assert [(row["kind"], row["credits"], row["at"]) for row in rows] == [
        ("reserve", "640.00", "2026-11-01T00:30:00+01:00"),
        ("release", "-640.00", "2026-11-01T00:30:00+01:00"),
        ("charge", "640.00", "2026-11-01T00:30:00+01:00"),
    ]
    assert {row["person"] for row in rows} == {f"'{ADA.name}"}
    october = shell.clapper("ledger", "--month", "2026-10", "--json").document
    assert [place["credits"] for place in october["places"]] == ["10.00"]


def test_a_month_that_is_none_and_a_month_without_entries_are_told(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    wrong = shell.clapper("ledger", "--month", "November")
    assert (wrong.code, "such as 2026-11, not 'November'" in wrong.err) == (1, True)
    assert shell.clapper("ledger", "--month", "9999-12").err == wrong.err.replace("November", "9999-12")
    nowhere = shell.clapper("ledger", "--platform", "slak")
    assert (nowhere.code, "no platform 'slak'. Name one of discord, slack, web, terminal" in nowhere.err) == (1, True)
    assert shell.clapper("ledger", "--month", "2020-01").out == "Nothing was spent in 2020-01.\n"
