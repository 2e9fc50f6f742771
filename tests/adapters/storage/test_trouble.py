"""Trouble with a database is told in plain sentences, and passes when its cause does."""

import asyncio
import sqlite3
import traceback
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from adapters.storage.sql import create, upgrade
from adapters.storage.sql.address import address
from bot.domain.errors import ClapperError
from bot.domain.job import State
from bot.ports.parts import Parts
from tests.databases import opened, server
from tests.fakes import SetClock
from tests.stored import a_job, a_message, at

HOUSE = "lighthouse"
SQLITE = pytest.mark.parametrize("url", [pytest.param("sqlite", id="sqlite")], indirect=True)
POSTGRESQL = pytest.mark.parametrize(
    "url", [pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))], indirect=True
)


@SQLITE
async def test_a_locked_file_says_so_and_is_written_once_it_is_free(url: str) -> None:
    async with opened(url, wait_seconds="0.1") as storage:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(TimeoutError, match=r"Another program keeps the database file .* locked"):
                await storage.jobs.add(a_job())
            assert await storage.jobs.get("J-1") is None  # reading goes on
            other.execute("ROLLBACK")
        assert await storage.jobs.add(a_job())


@SQLITE
async def test_what_people_wrote_is_in_no_error(url: str) -> None:
    """Errors are logged with all that led to them."""
    async with opened(url, wait_seconds="0.1") as storage:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("ALTER TABLE events RENAME TO gone")
            said = a_message("m-1", f"a {HOUSE} by the sea")
            with pytest.raises(ClapperError) as told:
                await storage.inbox.receive(said, at(0))
    whole = "".join(traceback.format_exception(told.value))
    assert "INSERT INTO events" in whole
    assert HOUSE not in whole


@SQLITE
async def test_a_short_lock_is_waited_out(url: str) -> None:
    async with opened(url) as storage:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            adding = asyncio.ensure_future(storage.jobs.add(a_job()))
            assert await storage.jobs.get("J-1") is None
            other.execute("COMMIT")
            assert await adding


@SQLITE
async def test_a_file_is_set_up_to_be_safe_and_shared(url: str) -> None:
    async with opened(url) as storage:

        def pragmas(session):
            names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            return [session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

        database = storage.database  # pyright: ignore[reportAttributeAccessIssue]
        assert await database.read(pragmas) == ["wal", 1, 1, 10_000]
        assert await database.transact(lambda transaction: pragmas(transaction.session), lasting=True) == [
            "wal",
            2,
            1,
            10_000,
        ]
        assert await database.write(pragmas) == ["wal", 1, 1, 10_000]


async def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'not' / 'yet' / 'clapper.db'}"
    upgrade(url)
    async with opened(url) as storage:
        assert await storage.jobs.add(a_job())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match=r"The folder for the database file .*file/clapper\.db cannot be made"):
        upgrade(f"sqlite:///{tmp_path / 'file' / 'clapper.db'}")


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"^The database file .* cannot be opened"):
        upgrade(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_is_told_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("shopping list\n" * 100)
    with pytest.raises(OSError, match=r"is not a database\. Name another file"):
        upgrade(f"sqlite:///{path}")
    assert path.read_text() == "shopping list\n" * 100


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://u:hunter2@host/db", "in SQLite or PostgreSQL, not in 'mysql'"),
        ("sqlite://", "in memory would forget"),
        ("sqlite:///:memory:", "in memory would forget"),
        ("data/hunter2.db", "cannot be read"),
        ("postgresql://u:hunter2@host:port/db", "cannot be read"),
    ],
)
def test_a_url_that_names_no_database_is_refused_without_repeating_it(url: str, sentence: str) -> None:
    with pytest.raises(ClapperError, match=sentence) as caught:
        address(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgres://h/d", "postgresql://h/d", "postgresql+psycopg://h/d"])
def test_postgresql_is_reached_through_one_driver_however_it_is_written(url: str) -> None:
    assert address(url).drivername == "postgresql+psycopg"


def test_a_wait_that_is_no_number_is_refused(tmp_path: Path) -> None:
    parts = Parts(
        settings={"url": f"sqlite:///{tmp_path}/a.db", "wait_seconds": "long"}, folder=tmp_path, clock=SetClock()
    )
    with pytest.raises(ClapperError, match=r"wait_seconds .* not 'long'"):
        create(parts)


async def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    async with opened("postgresql://clapper:hunter2@127.0.0.1:1/films", wait_seconds="2") as storage:
        with pytest.raises(ConnectionError, match=r"no connection to the database 'films' at 127\.0\.0\.1") as caught:
            await storage.jobs.get("J-1")
    assert "hunter2" not in str(caught.value)


@POSTGRESQL
async def test_a_server_that_restarts_is_used_again_once_it_is_back(url: str) -> None:
    async with opened(url) as storage:
        await storage.jobs.add(a_job())
        await asyncio.to_thread(server().stop)
        with pytest.raises(ConnectionError, match="There is no connection"):
            await storage.jobs.get("J-1")
        await asyncio.to_thread(server().start)
        await storage.jobs.save(a_job().move(State.queued, at(1)))
        assert await storage.statistics.counts() == {State.queued: 1}


@POSTGRESQL
async def test_a_connection_lost_in_the_middle_saves_nothing_and_is_told(url: str) -> None:
    """Another session holds the row, so that the save is certainly under way when its connection is cut."""
    async with opened(url) as storage:
        await storage.jobs.add(a_job())
        with psycopg.connect(url) as other, psycopg.connect(url, autocommit=True) as operator:
            other.execute("SELECT 1 FROM jobs FOR UPDATE")
            saving = asyncio.ensure_future(storage.jobs.save(a_job().move(State.queued, at(1))))
            waiting = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            while not operator.execute(waiting).fetchall():
                await asyncio.sleep(0.001)
            with pytest.raises(ConnectionError, match="There is no connection"):
                await saving
            other.rollback()
        assert await storage.jobs.get("J-1") == a_job()
        await storage.jobs.save(a_job().move(State.queued, at(1)))
