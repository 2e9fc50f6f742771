"""Replicas of different versions on one database: nobody works on tables that it does not know, and what was begun goes on after the upgrade."""

import asyncio

import psycopg
import pytest

from adapters.storage.sql import downgrade
from adapters.storage.sql.migrate import REVISIONS
from tests import databases
from tests.e2e import warm
from tests.e2e.programs import CHECKOUT, Page, Program, TollServer, program, small_film

pytestmark = pytest.mark.xdist_group("postgresql")
WISH = "A fox crosses the frozen lake --model toll-1"


@pytest.fixture
def database():
    url = databases.postgresql(databases._postgresql_template())
    yield url
    databases.drop(url)


@pytest.fixture
async def toll():
    async with TollServer(small_film()).serving() as server:
        yield server


def refused(bot: Program) -> str:
    """What it says where it does not start."""
    with pytest.raises(AssertionError, match="it stopped at once") as said:
        bot.start()
    return str(said.value)


async def test_an_older_replica_stays_out_of_newer_tables_while_what_runs_goes_on(tmp_path, database, toll):
    env = toll.known_to(tmp_path) | {"CLAPPER_DATABASE_URL": database, "CLAPPER_DRIVE": f"file:{tmp_path}/drive"}
    with program(_own(tmp_path, "first"), env) as first, program(_own(tmp_path, "second"), env) as second:
        await asyncio.to_thread(first.start)
        async with Page(first.url) as page:
            toll.running = True
            await page.say(WISH)
            card = await page.card("awaiting_confirmation")
            assert (await page.press(card, "confirm")).status_code == 200
            await page.card("processing")
            # A newer Clapper brings the tables to its own version, in the middle of the first one's work.
            with psycopg.connect(database, autocommit=True) as newer:
                newer.execute("ALTER TABLE jobs ADD COLUMN of_a_newer_clapper text NOT NULL DEFAULT ''")
                newer.execute("UPDATE alembic_version SET version_num = '9999'")
            said = await asyncio.to_thread(refused, second)
            assert "was written by a newer Clapper ('9999'). Install that version, or name another database." in said
            toll.running = False
            await page.card("complete")
            assert len(toll.paid) == 1


async def test_a_newer_replica_waits_for_the_upgrade_and_then_carries_on_what_an_older_one_began(tmp_path, database, toll):  # fmt: skip
    env = toll.known_to(tmp_path) | {"CLAPPER_DATABASE_URL": database, "CLAPPER_DRIVE": f"file:{tmp_path}/drive"}
    with program(_own(tmp_path, "only"), env) as bot:
        await asyncio.to_thread(bot.start)
        async with Page(bot.url) as page:
            toll.running = True
            await page.say(WISH)
            card = await page.card("awaiting_confirmation")
            assert (await page.press(card, "confirm")).status_code == 200
            await page.card("processing")
            await asyncio.to_thread(bot.kill)
            await asyncio.to_thread(downgrade, database, REVISIONS[-2])
            assert "Run `clapper db upgrade`." in await asyncio.to_thread(refused, bot)
            done = await asyncio.to_thread(
                warm.run, ["db", "upgrade"], cwd=CHECKOUT, env=bot._env, stdin="", timeout=60
            )  # fmt: skip
            assert done[0] == 0, done
            toll.running = False
            await asyncio.to_thread(bot.start)
            await page.card("complete")
            assert len(toll.paid) == 1


def _own(folder, name):
    own = folder / name
    own.mkdir()
    return own
