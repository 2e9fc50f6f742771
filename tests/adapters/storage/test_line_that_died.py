"""A PostgreSQL that went without a word is noticed in half a minute, unless the operator's address says otherwise."""

import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from adapters.storage.sql.database import Database, open_engine
from tests import databases


def test_a_line_that_died_is_noticed_in_half_a_minute_unless_the_address_says_otherwise():
    theirs = open_engine(make_url("postgresql+psycopg://clapper@db.example/clapper?tcp_user_timeout=5000")).url.query
    assert theirs["tcp_user_timeout"] == "5000"
    usual = open_engine(make_url("postgresql+psycopg://clapper@db.example/clapper")).url.query
    assert int(str(usual["tcp_user_timeout"])) == 30_000
    assert (
        int(str(usual["keepalives_idle"]))
        + int(str(usual["keepalives_interval"])) * int(str(usual["keepalives_count"]))
        == 30
    )


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    url = databases.postgresql()
    database = Database(make_url(url).set(drivername="postgresql+psycopg"))
    yield database
    await database.aclose()
    databases.drop(url)


@pytest.mark.xdist_group("postgresql")
async def test_a_program_that_stands_still_in_a_transaction_does_not_keep_its_locks_for_good(database: Database):
    """PostgreSQL by itself waits as long as the program's machine is there, and two hours where it is not."""
    asking = text("SHOW idle_in_transaction_session_timeout")
    assert await database.read(lambda session: session.scalar(asking)) == "30s"

    def stand_still(session: Session) -> None:
        session.execute(text("SET idle_in_transaction_session_timeout = '20ms'"))
        session.execute(text("CREATE TABLE half_done (number int)"))
        time.sleep(0.2)  # which is what is tested
        session.execute(text("SELECT 1"))

    with pytest.raises(ConnectionError):
        await database.write(stand_still)
    assert await database.read(lambda session: session.scalar(text("SELECT to_regclass('half_done')"))) is None


@pytest.mark.xdist_group("postgresql")
async def test_a_database_that_takes_no_changes_for_now_is_away_and_asked_again(database: Database):
    """As after a failover, before the other one is in its place: what is paid for is saved as soon as it is."""

    def change(session: Session) -> None:
        session.execute(text("SET TRANSACTION READ ONLY"))
        session.execute(text("CREATE TABLE late (number int)"))

    with pytest.raises(ConnectionError):
        await database.write(change)
