"""`clapper db`: what is wrong with a database is told in a sentence with what to do, and nothing is lost unasked."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from adapters.storage.sql import check, check_alone, create
from bot.domain.errors import ClapperError
from bot.domain.job import State
from bot.domain.ledger import EntryKind
from bot.ports.parts import Parts
from tests.databases import empty_url, opened, url
from tests.e2e.shell import Shell
from tests.fakes import SetClock
from tests.stored import a_job, an_entry, at

__all__ = ["empty_url", "url"]


@contextmanager
def changed(url: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        yield connection
        connection.commit()


def test_a_whole_database_has_no_problems(url: str) -> None:
    health = check(url)
    assert health.problems == ()
    assert health.has == health.needs


@pytest.mark.parametrize("url", [pytest.param("sqlite", id="sqlite")], indirect=True)
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("DROP INDEX ix_jobs_due", r"no index ix_jobs_due: it is slow without\. Restore"),
        ("DROP TABLE audit", r"no table audit\. Restore it from a backup"),
        ("ALTER TABLE ledger DROP COLUMN model", r"no column ledger\.model"),
        ("INSERT INTO cards (platform, workspace, channel, thread, id, job, wanted, shown, rendered, wanted_at, waiting_since) VALUES ('a', '', '', '', 'C', 'J-none', 1, 0, 0, '', '')", r"a row in cards \(1\) that belongs to nothing in jobs"),
        ("UPDATE alembic_version SET version_num = '0001'", r"older Clapper\. Run `clapper db upgrade`"),
        ("UPDATE alembic_version SET version_num = 'from the future'", r"newer Clapper .* Install that version"),
    ],
)  # fmt: skip
def test_what_is_missing_or_broken_is_told(url: str, harm: str, said: str) -> None:
    with changed(url) as connection:
        connection.execute(harm)
    with pytest.raises(AssertionError, match=said):
        assert check(url).problems == ()


@pytest.mark.parametrize("url", [pytest.param("sqlite", id="sqlite")], indirect=True)
def test_a_damaged_file_is_told(url: str) -> None:
    path = Path(url.removeprefix("sqlite:///"))
    with changed(url) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    held = bytearray(path.read_bytes())
    held[5 * 4096 : 6 * 4096] = b"\x55" * 4096
    path.write_bytes(held)
    try:
        problems = check(url).problems
    except OSError as error:
        problems = (str(error),)
    assert "is damaged" in problems[0]
    assert "Restore it from a backup" in problems[0]


async def test_whoever_has_the_database_open_is_noticed_even_while_it_rests(url: str, tmp_path: Path) -> None:
    check_alone(url)
    async with opened(url) as other:
        await other.jobs.get("J-1")
        with pytest.raises(ClapperError, match=r"Another Clapper has .* open\. Stop each"):
            check_alone(url)
        assert await other.jobs.add(a_job())  # who was noticed goes on unharmed
    check_alone(url)


def test_check_says_which_revision_and_how_to_mend(tmp_path: Path) -> None:
    shell = Shell(tmp_path, bare=True)
    nothing = shell.clapper("db", "check", "--json")
    assert nothing.code == 1
    assert "Run `clapper db upgrade`" in nothing.document["problems"][0]
    assert not (tmp_path / "data" / "clapper.db").exists()  # asking makes nothing
    assert shell.clapper("db", "upgrade").code == 0
    well = shell.clapper("db", "check")
    assert (well.code, "the books balance" in well.out) == (0, True)


async def test_books_that_do_not_balance_are_told(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    store = create(Parts(settings={"url": f"sqlite:///{tmp_path}/data/clapper.db"}, folder=tmp_path, clock=SetClock()))
    job = a_job()
    await store.jobs.add(job)
    await store.jobs.save(job.move(State.queued, at(1)), [an_entry(EntryKind.release, "5.00", job=job.id)])
    await store.aclose()
    said = shell.clapper("db", "check")
    assert said.code == 1
    assert f"The books of job {job.id} do not balance." in said.out


def test_going_back_says_what_is_lost_and_does_it_only_when_told_to(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    has = check(f"sqlite:///{tmp_path}/data/clapper.db").has
    asked = shell.clapper("db", "downgrade", "0005")
    assert asked.code == 1
    assert "what these kept is gone for good:\n- Where and with what credits were spent" in asked.err
    assert check(f"sqlite:///{tmp_path}/data/clapper.db").has == has
    assert "no revision before" in shell.clapper("db", "downgrade", "0077", "--yes").err
    done = shell.clapper("db", "downgrade", "0005", "--yes", "--json")
    assert done.document["revision"] == "0005"
    assert check(f"sqlite:///{tmp_path}/data/clapper.db").has == "0005"


def test_restored_asks_first_and_says_when_there_was_nothing(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    asked = shell.clapper("db", "restored")
    assert asked.code == 1
    assert "Add --yes" in asked.err
    done = shell.clapper("db", "restored", "--yes", "--json")
    assert done.document == {"found": [], "ended": [], "withdrawn": [], "dropped": 0}
