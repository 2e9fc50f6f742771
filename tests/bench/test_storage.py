"""How fast work is found and saved, beside the same calls on an empty database."""

import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import closing

import pytest

from adapters.storage.sql.mapping import dump
from bot.domain.job import State
from bot.ports.storage import Storage
from tests.databases import storage, url
from tests.stored import CARD, WEB, a_job, at

__all__ = ["storage", "url"]
FINISHED, WAITING, ROUNDS = 100_000, 2_000, 100
Step = Callable[[Storage, int], Awaitable[object]]

FILL = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
INSERT INTO jobs (platform, workspace, channel, thread, id, author_platform, author_workspace, author_id, state, version,
  provider, model, made_at, submitted_at, completed_at, next_step_at, body)
SELECT 'web', 'team', 'room', '1', :prefix || n, 'web', 'team', 'u1', :state, 6, 'animatic', 'animatic', :at, :at, :done, :due, :body
FROM numbers
"""
CARDS = """
INSERT INTO cards (platform, workspace, channel, thread, id, job, wanted, shown, rendered, card, wanted_at, waiting_since)
SELECT platform, workspace, channel, thread, 'C' || id, id, 6, CASE WHEN next_step_at IS NULL THEN 6 ELSE 5 END, 6, :card,
  made_at, made_at FROM jobs
"""


def fill(url: str) -> None:
    """As a busy team's database: very many finished jobs, and a page of jobs that wait for a later time."""
    now, later = "2026-11-20 12:00:00.000000", "2026-11-20 18:00:00.000000"
    done = {"count": FINISHED, "prefix": "J-done-", "state": "complete", "at": now, "done": now, "due": None}
    waiting = {"count": WAITING, "prefix": "J-waits-", "state": "queued", "at": now, "done": None, "due": later}
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        for rows in (done, waiting):
            connection.execute(FILL, rows | {"body": dump(a_job())})
        connection.execute(CARDS, {"card": dump(CARD)})
        connection.commit()


async def ask(store: Storage, number: int) -> None:
    job = a_job(f"J-{number}")
    await store.jobs.add(job)
    await store.jobs.save(job.move(State.queued, at(1)))


async def claim(store: Storage, number: int) -> None:
    assert len(await store.jobs.claim(WEB, "w", at(number * 60), at(number * 60 + 30), 10)) == 10


async def behind(store: Storage, number: int) -> None:
    assert len(await store.cards.behind(WEB, "w", at(number * 60), at(number * 60 + 30), 10)) == 10


STEPS: dict[str, Step] = {
    "add and save a job": ask,
    "claim 10 jobs": claim,
    "lease 10 cards": behind,
    "read a job": lambda store, number: store.jobs.get(f"J-{number}"),
    "find 50 waiting": lambda store, _: store.jobs.find(workspace=("web", "team"), states=[State.queued]),
    "typical seconds": lambda store, _: store.statistics.typical_seconds("animatic"),
}


async def medians(store: Storage, prefix: int) -> dict[str, float]:
    """Milliseconds of each step."""
    found: dict[str, float] = {}
    for name, step in STEPS.items():
        times: list[float] = []
        for number in range(prefix, prefix + ROUNDS):
            began = time.perf_counter()
            await step(store, number)
            times.append((time.perf_counter() - began) * 1000)
        found[name] = statistics.median(times)
    return found


@pytest.mark.parametrize("url", [pytest.param("sqlite", id="sqlite")], indirect=True)
async def test_finished_and_waiting_jobs_slow_nothing_down(storage: Storage, url: str) -> None:
    """2,000 waiting and 100,000 finished jobs make no call slower than 1.5 times, within half a millisecond.

    The newest 50 of 2,000 that wait have to be sorted out: that may take longer, but not long.
    """
    await medians(storage, 100)  # the first of each call builds what the others use
    empty = await medians(storage, 1_000)
    fill(url)
    full = await medians(storage, 2_000)
    print(f"\n{'':22}{'empty':>9}{'full':>9}")
    for name, milliseconds in empty.items():
        print(f"{name:22}{milliseconds:6.2f} ms{full[name]:6.2f} ms")
    assert full.pop("find 50 waiting") < 50
    for name, milliseconds in full.items():
        assert milliseconds < empty[name] * 1.5 + 0.5, name
