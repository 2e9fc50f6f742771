"""Ten thousand jobs that wait: the next hundred are claimed at once, and waiting takes no memory of the process."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from sqlalchemy import NullPool, insert, text

from adapters.storage.sql.address import address
from adapters.storage.sql.database import open_engine
from adapters.storage.sql.mapping import job_card_columns, new_job_columns
from adapters.storage.sql.rows import CardRow, JobRow, LineRow
from bot.domain.job import State
from bot.ports.storage import Storage
from tests.databases import BOTH, storage, url
from tests.e2e.programs import Program
from tests.stored import WEB, a_choice, a_job, at

__all__ = ["storage", "url"]
WAITING, CLAIMED, ROUNDS = 10_000, 100, 40
MILLISECONDS, BYTES = 20.0, 2_048
SETTLED_SECONDS, WATCHED_SECONDS = 6.0, 6.0


def fill(url: str, jobs: int, due: datetime | None) -> None:
    """Half of them wait in a line, the others for their next step."""
    engine = open_engine(address(url), poolclass=NullPool)
    made = [
        a_job(f"J-{number}", choice=a_choice(), line="films" if number % 2 else "", next_step_at=None if number % 2 else due)
        for number in range(jobs)
    ]  # fmt: skip
    queued = [job.move(State.queued, at(1), confirmed_at=at(number / 100)) for number, job in enumerate(made)]
    with engine.begin() as connection:
        for first in range(0, jobs, 1_000):
            some = queued[first : first + 1_000]
            connection.execute(insert(JobRow), [new_job_columns(job) for job in some])
            connection.execute(insert(CardRow), [job_card_columns(job) | {"shown": job.version} for job in some])
        if due != at(0):  # as while a provider asks for patience: nobody is let in
            connection.execute(insert(LineRow), {"name": "films", "paused_until": due})
        if not url.startswith("sqlite"):
            connection.execute(text("ANALYZE"))
    engine.dispose()


async def claimed(store: Storage) -> list[float]:
    """Milliseconds of each claim of a hundred; each finds others, as those before it are leased."""
    took = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        found = await store.jobs.claim(WEB, f"w{number}", at(60), at(120), CLAIMED)
        took.append((time.perf_counter() - began) * 1000)
        assert len(found) == CLAIMED
    return took


async def admitted(store: Storage) -> list[float]:
    """Milliseconds in which a line gives one turn."""
    took = []
    for number in range(ROUNDS // 2):
        began = time.perf_counter()
        assert len(await store.lines.admit("films", at(60 + number), at_once=number + 1, per_minute=None)) == 1
        took.append((time.perf_counter() - began) * 1000)
    return took


def p95(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.95)]


@pytest.mark.parametrize("url", BOTH, indirect=True)
async def test_the_next_hundred_of_ten_thousand_are_claimed_at_once(storage: Storage, url: str) -> None:
    fill(url, WAITING, at(0))
    await storage.jobs.claim(WEB, "warm", at(60), at(61), CLAIMED)
    took, turns = await claimed(storage), await admitted(storage)
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    print(f"\n{kind}: {WAITING} wait; {CLAIMED} claimed in {statistics.median(took):.1f} ms (p95 {p95(took):.1f} ms), "
          f"a turn in a line of {WAITING // 2} in {statistics.median(turns):.1f} ms (p95 {p95(turns):.1f} ms)")  # fmt: skip
    assert statistics.median(took) < MILLISECONDS


@contextmanager
def serving(folder: Path, jobs: int) -> Iterator[psutil.Process]:
    """`clapper run` over a database in which so many wait for tomorrow."""
    from tests.databases import with_tables

    path = with_tables(folder / "data" / "clapper.db")
    fill(f"sqlite:///{path}", jobs, datetime.now(UTC) + timedelta(days=1))
    program = Program(folder)
    program.start()
    try:
        yield psutil.Process(program._process.pid)
    finally:
        program.stop()


def resting(process: psutil.Process) -> int:
    """Bytes of memory that are its own when it has come to rest."""
    time.sleep(SETTLED_SECONDS)
    return process.memory_full_info().uss


def test_a_waiting_job_takes_no_memory_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    with serving(tmp_path / "none", 1) as process:
        empty = resting(process)
    with serving(tmp_path / "many", WAITING) as process:
        full = resting(process)
        before = sum(process.cpu_times()[:2])
        time.sleep(WATCHED_SECONDS)
        share = (sum(process.cpu_times()[:2]) - before) / WATCHED_SECONDS
    each = max(0, full - empty) / WAITING
    print(f"\n{empty / 2**20:.1f} MiB with none, {full / 2**20:.1f} MiB with {WAITING} waiting: {each:.0f} bytes a job; "
          f"{share:.1%} of a core while they wait")  # fmt: skip
    assert each < BYTES
