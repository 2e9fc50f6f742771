"""Work is found through an index, so that what is finished costs nothing, however much of it there is."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import partial
from weakref import WeakKeyDictionary

import psycopg
import pytest
from sqlalchemy import Engine, event

from bot.domain.budget import Purse, Scope
from bot.domain.job import RUNNING, State
from bot.ports.storage import Storage
from tests.stored import ASKER, LATER, NOON, ROOM, a_choice, a_job, purse

WEB = ["web"]

Ask = Callable[[Storage], Awaitable[object]]
WAITS = a_job(
    "J-WAITS", state=State.queued, line="a/b", choice=a_choice(), confirmed_at=NOON, next_step_at=None, at_once=9
)
QUESTIONS: dict[str, tuple[Ask, set[str]]] = {
    "inbox.claim": (lambda s: s.inbox.claim(["web", "terminal"], "w", NOON, LATER, 9), {"ix_events_open"}),
    "inbox.messages": (lambda s: s.inbox.messages(ROOM), {"ix_events_conversation"}),
    "jobs.claim": (lambda s: s.jobs.claim(["web", "terminal"], "w", NOON, LATER, 9), {"ix_jobs_due"}),
    "cards.behind": (lambda s: s.cards.behind(["web", "terminal"], "w", NOON, LATER, 9), {"ix_cards_behind"}),
    "cards.revisions": (lambda s: s.cards.revisions(ROOM), {"ix_cards_conversation"}),
    "find by room": (lambda s: s.jobs.find(conversation=ROOM), {"ix_jobs_conversation"}),
    "find by workspace": (lambda s: s.jobs.find(workspace=("web", "team")), {"ix_jobs_workspace"}),
    "find by author": (lambda s: s.jobs.find(author=ASKER), {"ix_jobs_author"}),
    "find the calls of a batch": (lambda s: s.jobs.find(batch="J-1", limit=100), {"ix_jobs_batch"}),
    "find running": (lambda s: s.jobs.find(states=RUNNING), {"ix_jobs_state"}),
    "find running in workspace": (
        lambda s: s.jobs.find(workspace=("web", "team"), states=RUNNING),
        {"ix_jobs_workspace_state"},
    ),
    "statistics.ahead": (
        lambda s: s.statistics.ahead(a_job(choice=a_choice(), confirmed_at=NOON)),
        {"ix_jobs_state"},
    ),
    "statistics.typical_seconds": (lambda s: s.statistics.typical_seconds("animatic"), {"ix_jobs_completed"}),
    "statistics.counts": (lambda s: s.statistics.counts(), {"ix_jobs_state"}),
    "ledger.balance": (lambda s: s.ledger.balance(purse(ASKER), NOON), {"ix_ledger_person", "ix_jobs_holding"}),
    "ledger.balance of a channel": (
        lambda s: s.ledger.balance(Scope(Purse.channel, "web", "team", "c"), NOON),
        {"ix_ledger_channel", "ix_jobs_holding"},
    ),
    "ledger.balance of a workspace": (
        lambda s: s.ledger.balance(Scope(Purse.workspace, "web", "team"), NOON),
        {"ix_ledger_place", "ix_jobs_holding"},
    ),
    "ledger.entries": (lambda s: s.ledger.entries(("web", "team"), NOON, LATER), {"ix_ledger_place"}),
    "policies.at": (lambda s: s.policies.at(ROOM), {"sqlite_autoindex_policies_1"}),
    "policies.of": (lambda s: s.policies.of(("web", "team")), {"sqlite_autoindex_policies_1"}),
    "policies.changes": (lambda s: s.policies.changes(("web", "team")), {"ix_audit_place"}),
    "lines.waiting": (lambda s: s.lines.waiting(NOON, WEB), {"ix_jobs_turn"}),
    "lines.admit": (
        lambda s: s.lines.admit("a/b", NOON, at_once=2, per_minute=9, on=WEB),
        {"ix_jobs_turn", "ix_jobs_busy", "ix_jobs_line"},
    ),
    "lines.others": (
        lambda s: s.lines.others(WAITS, NOON),
        {"ix_jobs_waiting", "ix_jobs_on_the_way", "ix_jobs_begun"},
    ),
    "lines.places": (lambda s: s.lines.places(), {"ix_jobs_waiting"}),
    "lines.measure": (lambda s: s.lines.measure(ROOM, 3, None), {"ix_jobs_workspace_state"}),
    "statistics.ahead in a line": (
        lambda s: s.statistics.ahead(WAITS),
        {"ix_jobs_turn", "ix_jobs_on_the_way"},
    ),
    "clips.at": (lambda s: s.clips.at("a.mp4"), {"ix_clips_key", "ix_clips_poster", "ix_clips_last_frame"}),
    "clips.expired": (lambda s: s.clips.expired(NOON, 9), {"ix_clips_expiring"}),
}
SQLITE = pytest.mark.parametrize("url", [pytest.param("sqlite", id="sqlite")], indirect=True)
POSTGRESQL = pytest.mark.parametrize(
    "url", [pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))], indirect=True
)


Heard = list[tuple[str, object]]
EARS: WeakKeyDictionary[Engine, Heard] = WeakKeyDictionary()


async def asked(storage: Storage, ask: Ask) -> Heard:
    """What the database was asked, with its parameters: what SQLite heard itself, what the driver of PostgreSQL was told."""
    engine: Engine = storage.database._engine  # pyright: ignore[reportAttributeAccessIssue]
    if engine not in EARS:
        heard = EARS[engine] = []
        listen = _listen_to_sqlite if engine.dialect.name == "sqlite" else _listen_to_postgresql
        event.listen(engine, "connect", lambda connection, _record: listen(connection, heard))
        for line in storage.database._lines:  # pyright: ignore[reportAttributeAccessIssue]
            listen(line.connection.connection.driver_connection, heard)
    EARS[engine].clear()
    await ask(storage)
    return list(EARS[engine])


def _note(heard: Heard, statement: str, parameters: object = ()) -> None:
    if statement.startswith(("SELECT", "WITH", "UPDATE")):
        heard.append((statement, parameters))


def _listen_to_sqlite(connection: sqlite3.Connection, heard: Heard) -> None:
    connection.set_trace_callback(partial(_note, heard))


def _listen_to_postgresql(connection: psycopg.Connection, heard: Heard) -> None:
    class Ear(psycopg.Cursor):
        def execute(self, query, params=None, **options):
            _note(heard, str(query), params)
            return super().execute(query, params, **options)

    connection.cursor_factory = Ear


@SQLITE
@pytest.mark.parametrize("name", QUESTIONS)
async def test_sqlite_finds_it_through_its_index_and_sorts_nothing_large(storage: Storage, url: str, name: str) -> None:
    ask, wanted = QUESTIONS[name]
    if "line" in name:  # of an empty one less is asked
        await storage.jobs.add(WAITS)
    statements = await asked(storage, ask)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {one}", given).fetchall() for one, given in statements]  # pyright: ignore[reportArgumentType]
    steps = [row[3] for rows in plans for row in rows]
    assert wanted <= {word for step in steps for word in step.split()}, steps
    own = ("SCAN first", "SCAN names", "SCAN anon", "SCAN (", "SCAN CONSTANT")  # what the statement itself found before
    whole = [step for step in steps if step.startswith("SCAN") and "INDEX" not in step and not step.startswith(own)]
    assert whole == [], steps


MANY = """
INSERT INTO jobs (platform, workspace, channel, thread, id, author_platform, author_workspace, author_id, state, version, made_at,
  completed_at, next_step_at, body)
SELECT 'web', 'team', 'c' || n, '', 'J-' || n, 'web', 'team', 'u' || n, 'complete', 1, now(), now(),
  CASE WHEN n % 1000 = 0 THEN now() END, '{}' FROM generate_series(1, 20000) AS n;
INSERT INTO cards (platform, workspace, channel, thread, id, wanted, shown, rendered, wanted_at, waiting_since)
SELECT 'web', 'team', 'c', '', 'C-' || n, 2, CASE WHEN n % 1000 = 0 THEN 1 ELSE 2 END, 2, now(), now()
FROM generate_series(1, 20000) AS n;
INSERT INTO events (platform, workspace, channel, thread, key, kind, body, received_at, claims, done_at)
SELECT 'web', 'team', 'c', '', 'm' || n, 'message', '{}', now(), 1, CASE WHEN n % 1000 <> 0 THEN now() END
FROM generate_series(1, 20000) AS n;
ANALYZE;
"""


@POSTGRESQL
async def test_postgresql_finds_due_work_through_its_indices(storage: Storage, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(MANY)
        for name in ("inbox.claim", "jobs.claim", "cards.behind"):
            ask, wanted = QUESTIONS[name]
            [(statement, parameters)] = await asked(storage, ask)
            rows = connection.execute(f"EXPLAIN {statement}".encode(), parameters).fetchall()  # pyright: ignore[reportArgumentType]
            plan = "\n".join(row[0] for row in rows)
            assert all(index in plan for index in wanted), plan
            assert "Seq Scan" not in plan, plan
            assert "SKIP LOCKED" in statement


@SQLITE
async def test_counting_needs_the_index_alone(storage: Storage, url: str) -> None:
    await storage.jobs.add(a_job())
    [(statement, _)] = await asked(storage, lambda s: s.statistics.counts())
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        [row] = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    assert row[3] == "SCAN jobs USING COVERING INDEX ix_jobs_state"
    assert await storage.statistics.counts() == {State.awaiting_confirmation: 1}


@SQLITE
async def test_a_page_of_the_ledger_goes_on_in_its_index_where_the_one_before_ended(storage: Storage, url: str) -> None:
    statements = await asked(storage, lambda s: s.ledger.entries(("web", "team"), NOON, LATER, after=5))
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {one}", given).fetchall() for one, given in statements]  # pyright: ignore[reportArgumentType]
    assert [[row[3] for row in rows] for rows in plans] == [
        ["SEARCH ledger USING INTEGER PRIMARY KEY (rowid=?)"],
        ["SEARCH ledger USING INDEX ix_ledger_place (platform=? AND workspace=? AND at>? AND at<?)"],
    ]
