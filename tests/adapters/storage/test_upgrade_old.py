"""Databases as every older Clapper left them, row for row, are brought to today's tables and back with nothing lost.

`old/` holds them as that version's own program wrote them, one for each revision and database.
"""

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, NullPool, inspect, text

from adapters.storage.sql.address import address
from adapters.storage.sql.database import open_engine
from adapters.storage.sql.migrate import FOLDER, REVISIONS, downgrade, upgrade
from adapters.storage.sql.rows import Row
from bot.domain.budget import Balance, Purse, Scope
from bot.domain.chat import Person
from bot.domain.drive import Wanted
from bot.domain.job import ProviderTask, State
from bot.domain.ledger import held
from bot.ports.storage import Storage
from tests.databases import opened, with_tables
from tests.stored import at

OLD = Path(__file__).with_name("old")
ADA, BEN = Person("slack", "T1", "U1", "Ada"), Person("slack", "T1", "U2", "Bén")
STATES = {
    "J-ASKED": State.awaiting_confirmation,
    "J-QUEUED": State.queued,
    "J-SENDING": State.submitting,
    "J-RUNNING": State.processing,
    "J-DONE": State.complete,
    "J-NO": State.declined,
    "J-FAILED": State.error,
}
BATCH = {"J-BATCH": State.processing, "J-BATCH-1": State.queued, "J-BATCH-2": State.queued}
SOAK = bool(os.environ.get("CLAPPER_SOAK"))
SINCE = {"batch": "0003", "notes": "0002"}


def load(url: str, revision: str) -> None:
    dialect = "sqlite" if url.startswith("sqlite") else "postgresql"
    sql = (OLD / f"{revision}.{dialect}.sql").read_text()
    if dialect == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.executescript(sql)
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.encode())


def rows(connection: Connection) -> Mapping[str, list[dict[str, Any]]]:
    """Every table but the index of words, which is made from the others."""
    names = (one for one in inspect(connection).get_table_names() if not one.startswith("clip_search"))
    asked = {name: connection.execute(text(f"SELECT * FROM {name} ORDER BY 1")).mappings() for name in sorted(names)}
    return {name: [{one: _read(one, row[one]) for one in row} for row in found] for name, found in asked.items()}


def _read(column: str, value: Any) -> Any:
    return json.loads(value) if column == "body" else value


def snapshot(url: str) -> Mapping[str, list[dict[str, Any]]]:
    engine = open_engine(address(url), poolclass=NullPool)
    with engine.connect() as connection:
        found = rows(connection)
    engine.dispose()
    return found


def known_to(older: Mapping[str, list[dict[str, Any]]], newer: Mapping[str, list[dict[str, Any]]]) -> object:
    """What the newer holds of the tables and columns that the older has."""
    columns = {table: list(found[0]) for table, found in older.items() if found and table != "alembic_version"}
    return {table: [{name: row[name] for name in names} for row in newer[table]] for table, names in columns.items()}


def differences(url: str) -> list[Any]:
    engine = open_engine(address(url), poolclass=NullPool)
    with engine.connect() as connection:
        opts = {"include_name": lambda name, kind, _: kind != "table" or not (name or "").startswith("clip_search")}
        found = compare_metadata(MigrationContext.configure(connection, opts=opts), Row.metadata)
    engine.dispose()
    return found


async def check_jobs(store: Storage, expected: Mapping[str, State]) -> None:
    for id, state in expected.items():
        job = await store.jobs.get(id)
        assert job is not None
        assert job.state is state
        assert job.author in {ADA, BEN}
    running = await store.jobs.get("J-RUNNING")
    assert running is not None
    assert running.provider_task == ProviderTask(id="task-1", route="films", key_name="TOLL_KEY")
    assert (running.attempt, running.progress) == (1, 0.25)
    assert running.quote is not None
    assert running.quote.credits == Decimal("12.50")
    assert await store.ledger.unbalanced() == []
    assert held(await store.ledger.of_job("J-QUEUED")) == Decimal("12.50")
    assert {job.id for job in await store.jobs.claim(["slack"], "w", at(0), at(60), 50)} >= {"J-SENDING", "J-RUNNING"}


async def check_money(store: Storage, batch: bool) -> None:
    """The queue, the call that is out, the film being made; and what the film cost that is done."""
    month = at(-300 * 86400)
    held_by_ada = Decimal("25.00") + (Decimal("12.50") if batch else 0)
    assert await store.ledger.balance(Scope(Purse.person, "slack", "T1", "U1"), month) == Balance(
        Decimal("11.00"), held_by_ada
    )
    everybody = Balance(Decimal("11.00"), held_by_ada + Decimal("12.50"))
    assert await store.ledger.balance(Scope(Purse.channel, "slack", "T1", "C1"), month) == everybody
    assert await store.ledger.balance(Scope(Purse.workspace, "slack", "T1"), month) == everybody


async def check_films(store: Storage) -> None:
    now = at(0)
    for words in ("灯台",), ("toll",), ("dawn", "ada"), ("light",):
        found = await store.clips.find(Wanted(viewer=ADA, now=now, words=words))
        assert "F-DONE-1" in [clip.id for clip in found.clips], words
    in_channel = await store.clips.find(Wanted(viewer=Person("slack", "T1", "U9", "Zoe"), now=now, channel="C1"))
    assert {(clip.id, clip.model, clip.channel) for clip in in_channel.clips} == {
        ("F-DONE-1", "toll-1", "C1"),
        ("F-DONE-2", "toll-1", "C1"),
    }
    assert await store.names.used(("slack", "T1"), "U1") == 4321
    assert await store.names.held("F-DONE-1") == ["slack-T1/people/U1/promo/dawn.mp4"]


async def check_inputs(store: Storage) -> None:
    """A picture that an open wish needs stays; the sheet of one that was declined may go."""
    later = at(400 * 86400)
    free = set(await store.passing.claim("w", later, later, at(401 * 86400), 100))
    assert ".sheets/J-NO" in free
    assert free.isdisjoint({".assets/ab/" + "ab" * 32, ".sheets/J-ASKED", ".sheets/J-DONE"})


@pytest.mark.parametrize("revision", REVISIONS[:5] if SOAK else ("0001", "0004"))
async def test_an_old_database_is_read_whole_by_today_s_program(empty_url: str, revision: str) -> None:
    load(empty_url, revision)
    before = snapshot(empty_url)
    assert upgrade(empty_url)
    assert differences(empty_url) == []
    after = snapshot(empty_url)
    bodies = "body", "used_at"  # a film's is told more by its job; when an input was used last was not known
    for table, found in before.items():
        if table != "alembic_version":
            kept = [{name: value for name, value in row.items() if name not in bodies} for row in found]
            assert kept == [{name: row[name] for name in kept[0]} for row in after[table]] if kept else True
    batch = revision >= SINCE["batch"]
    async with opened(empty_url) as store:
        await check_jobs(store, STATES | (BATCH if batch else {}))
        await check_money(store, batch)
        await check_films(store)
        await check_inputs(store)
        assert len(await store.cards.behind(["slack"], "w", at(0), at(60), 50)) == len(STATES) + 1 - 3 + batch
        assert [event.key for event, _ in await store.inbox.claim(["slack"], "w", at(0), at(60), 9)] == ["slack:2"]
        assert (await store.notes.get("slack:upload:1") == "F07") is (revision >= SINCE["notes"])


def test_going_back_to_each_revision_and_on_again_keeps_what_both_know(empty_url: str) -> None:
    load(empty_url, "0005")
    upgrade(empty_url)
    first = snapshot(empty_url)
    for revision in reversed(REVISIONS[:-1] if SOAK else (REVISIONS[0], REVISIONS[-2])):
        downgrade(empty_url, revision)
        older = snapshot(empty_url)
        assert known_to(older, first) == known_to(older, older)
        upgrade(empty_url)
        assert differences(empty_url) == []
        again = snapshot(empty_url)
        assert known_to(older, again) == known_to(older, first)
        if revision >= "0004":  # everything besides what only the newer tables held
            assert [row["body"] for row in again["jobs"]] == [row["body"] for row in first["jobs"]]


@pytest.mark.parametrize("revision", ["0001", "0003", "0005"])
async def test_what_an_older_program_writes_into_newer_tables_is_taken_and_read(tmp_path: Path, revision: str) -> None:
    """It knows nothing of the newer columns: it ran while another upgraded the database under it."""
    path = with_tables(tmp_path / "clapper.db")
    written = [line for line in (OLD / f"{revision}.sqlite.sql").read_text().splitlines() if line.startswith("INSERT")]
    with closing(sqlite3.connect(path)) as connection:
        for statement in written:
            if " alembic_version " not in statement:
                connection.execute(statement)
        connection.commit()
    async with opened(f"sqlite:///{path}") as store:
        for id, state in STATES.items():
            job = await store.jobs.get(id)
            assert job is not None
            assert job.state is state
        assert held(await store.ledger.of_job("J-QUEUED")) == Decimal("12.50")
        assert (
            "J-QUEUED" in await store.ledger.unbalanced()
        )  # as it did not say that the job holds them: `db check` tells


def test_no_revision_depends_on_code_that_may_change() -> None:
    """A revision that used the program's own tables would break when they change, in the databases that need it most."""
    for path in (FOLDER / "versions").glob("*.py"):
        assert "import" in (written := path.read_text())
        for package in ("adapters", "bot", "config"):
            assert f"import {package}" not in written, path.name
            assert f"from {package}" not in written, path.name
