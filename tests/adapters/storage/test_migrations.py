"""Migrations make exactly the tables the program works with, once, and only where there is something to do."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, inspect, text

from adapters.storage.sql import behind, create, upgrade
from adapters.storage.sql.address import address
from adapters.storage.sql.database import open_engine
from adapters.storage.sql.mapping import dump
from adapters.storage.sql.migrate import FOLDER, REVISIONS
from adapters.storage.sql.rows import Row
from bot.domain.drive import Wanted
from bot.domain.errors import ClapperError
from bot.ports.parts import Parts
from tests.databases import opened, postgresql
from tests.fakes import SetClock
from tests.stored import ASKER, NOON, a_choice, a_clip, a_job

NEW = {"prompt", "model", "title", "channel", "trashed_at", "version"}
ROOT = Path(__file__).parents[3]


def on(url: str, *statements: str) -> None:
    engine = open_engine(address(url), poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def indices(connection: Connection) -> set[tuple[str, str]]:
    """Every index as the database itself writes it, with its condition."""
    if connection.dialect.name == "sqlite":
        asking = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        asking = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    found = connection.execute(text(asking))
    return {(name, sql) for name, sql in found if "alembic" not in name and "clip_search" not in name}


def no_index_of_words(name: str | None, kind: str, _: object) -> bool:
    """What films are looked for by is made by hand, each database in its own way, and is no row of ours."""
    return kind != "table" or not (name or "").startswith("clip_search")


def test_migrations_make_the_tables_the_rows_describe(empty_url: str) -> None:
    assert upgrade(empty_url)
    engine = open_engine(address(empty_url), poolclass=NullPool)
    with engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": True, "include_name": no_index_of_words}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Row.metadata) == []
        migrated = indices(connection)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE clip_search"))
        Row.metadata.drop_all(connection)
        Row.metadata.create_all(connection)
        assert indices(connection) == migrated
    engine.dispose()


def test_the_revisions_named_are_the_revisions_there_are() -> None:
    """The start compares with this list instead of loading Alembic."""
    scripts = ScriptDirectory(str(FOLDER))
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS
    assert scripts.get_heads() == [REVISIONS[-1]]


def test_an_upgrade_is_made_once(empty_url: str) -> None:
    assert behind(empty_url) is not None
    assert upgrade(empty_url)
    assert behind(empty_url) is None
    assert not upgrade(empty_url)


def test_programs_that_start_together_make_the_tables_once(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(upgrade, [empty_url] * 4)) == [False, False, False, True]


def test_processes_that_start_together_make_the_tables_once(empty_url: str) -> None:
    program = "import sys; from adapters.storage.sql import upgrade; print(upgrade(sys.argv[1]))"
    command = [sys.executable, "-c", program, empty_url]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert sorted(one.communicate()[0].strip() for one in started) == ["False", "True"]


def test_a_failed_upgrade_leaves_nothing_behind(empty_url: str) -> None:
    """The last table is there already and is somebody else's."""
    on(empty_url, "CREATE TABLE ledger (theirs TEXT)")
    with pytest.raises(ClapperError, match=r"tables that are not Clapper's\. Name another database"):
        upgrade(empty_url)
    engine = open_engine(address(empty_url), poolclass=NullPool)
    assert inspect(engine).get_table_names() == ["ledger"]
    engine.dispose()


def test_the_first_revision_can_be_taken_back(empty_url: str) -> None:
    from alembic import command
    from alembic.config import Config

    upgrade(empty_url)
    engine = open_engine(address(empty_url), poolclass=NullPool)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(FOLDER))
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_a_database_of_a_newer_clapper_is_left_alone(empty_url: str) -> None:
    upgrade(empty_url)
    on(empty_url, "UPDATE alembic_version SET version_num = 'from the future'")
    sentence = behind(empty_url)
    assert sentence is not None
    assert "was written by a newer Clapper ('from the future'). Install that version" in sentence
    with pytest.raises(ClapperError, match="newer Clapper"):
        upgrade(empty_url)


def test_what_is_behind_is_said_in_a_plain_sentence(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    assert behind(f"sqlite:///{path}") == (
        f"The database file {path} has no tables of Clapper's yet. Run `clapper db upgrade`."
    )
    assert not path.exists()  # asking makes nothing


async def test_work_without_tables_says_what_to_run(empty_url: str, tmp_path: Path) -> None:
    storage = create(Parts(settings={"url": empty_url}, folder=tmp_path, clock=SetClock()))
    with pytest.raises(ClapperError, match=r"tables are missing or old\. Run `clapper db upgrade`"):
        await storage.jobs.get("J-1")
    await storage.aclose()


def test_a_start_with_tables_up_to_date_does_without_alembic(url: str) -> None:
    program = (
        "import sys; from adapters.storage.sql import behind, upgrade;"
        "assert not upgrade(sys.argv[1]) and behind(sys.argv[1]) is None; print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, url], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.xdist_group("postgresql")
def test_an_upgrade_of_one_database_does_not_wait_for_another() -> None:
    """The lock that keeps replicas apart is of one database, not of the server."""
    one, other = postgresql(), postgresql()
    engine = open_engine(address(one), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(202152424)"))
        assert upgrade(other)
    engine.dispose()


async def test_films_of_an_older_version_are_found_by_what_their_jobs_say(empty_url: str, tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    engine = open_engine(address(empty_url), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        old = {name: value for name, value in json.loads(dump(a_clip("F-1"))).items() if name not in NEW}
        connection.execute(
            text(
                "INSERT INTO jobs (platform, workspace, channel, thread, id, author_platform, author_workspace, author_id, state, version, made_at, body) "
                "VALUES ('web', 'team', 'room', '1', 'J-1', 'web', 'team', 'u1', 'complete', 6, :at, :body)"
            ),
            {"at": "2026-11-20 12:00:00+00:00", "body": dump(a_job(choice=a_choice("toll-1")))},
        )
        adding = "INSERT INTO clips (id, platform, workspace, key, poster, last_frame, made_at, body) VALUES (:id, 'web', 'team', 'k', '', '', :at, :body)"
        for id, body in (("F-1", json.dumps(old)), ("F-broken", "{}")):
            connection.execute(text(adding), {"id": id, "at": "2026-11-20 12:00:00+00:00", "body": body})
        command.upgrade(config, "head")
    engine.dispose()
    async with opened(empty_url) as storage:
        for words in (("light",), ("toll",), ("f-1", "Asker")):
            found = await storage.clips.find(Wanted(viewer=ASKER, now=NOON, words=words))
            assert [(clip.id, clip.prompt, clip.channel) for clip in found.clips] == [("F-1", "a lighthouse", "room")]
        assert await storage.names.used(("web", "team"), "u1") == 1_000
