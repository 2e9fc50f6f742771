"""Ten thousand jobs that wait: the next hundred are claimed, turns given and places told at once, and waiting takes no memory of the process."""

import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import NullPool, insert, text

from adapters.storage.sql.address import address
from adapters.storage.sql.database import open_engine
from adapters.storage.sql.mapping import job_card_columns, new_job_columns
from adapters.storage.sql.rows import CardRow, JobRow, LineRow
from bot.domain.job import Job, State
from bot.ports.storage import Storage
from tests.databases import BOTH, storage, url
from tests.e2e.programs import Program
from tests.stored import ASKER, WEB, a_choice, a_job, at

__all__ = ["storage", "url"]
WAITING, CLAIMED, ROUNDS = 10_000, 100, 20
MILLISECONDS, PLACE_MILLISECONDS, BYTES = 20.0, 5.0, 2_048
SETTLED_SECONDS, WATCHED_SECONDS = 6.0, 6.0


def fill(url: str, jobs: int, due: datetime | None) -> None:
    """Half of them wait in a line, the others for their next step."""
    made = [
        a_job(f"J-{number}", choice=a_choice(), line="films" if number % 2 else "", next_step_at=None if number % 2 else due)
        for number in range(jobs)
    ]  # fmt: skip
    put(url, made)
    if due != at(0):  # as while a provider asks for patience: nobody is let in
        engine = open_engine(address(url), poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(insert(LineRow), {"name": "films", "paused_until": due})
        engine.dispose()


def line_up(url: str, people: int, lines: int, limit: int | None) -> list[Job]:
    """All of them wait in line."""
    made = [
        a_job(f"J-{number}", author=replace(ASKER, id=f"u{number % people}"), choice=a_choice(), line=f"films-{number % lines}",
              next_step_at=None, at_once=limit)
        for number in range(WAITING)
    ]  # fmt: skip
    return put(url, made)


def put(url: str, made: list[Job]) -> list[Job]:
    """Straight into the tables, as if each had been confirmed after the other."""
    engine = open_engine(address(url), poolclass=NullPool)
    queued = [job.move(State.queued, at(1), confirmed_at=at(number / 100)) for number, job in enumerate(made)]
    turns: Counter[tuple[str, str]] = Counter()
    rows = []
    for job in queued:
        turns[job.line, job.author.id] += 1
        rows.append(new_job_columns(job) | {"turn": turns[job.line, job.author.id]})
    with engine.begin() as connection:
        for first in range(0, len(made), 1_000):
            some = queued[first : first + 1_000]
            connection.execute(insert(JobRow), rows[first : first + 1_000])
            connection.execute(insert(CardRow), [job_card_columns(job) | {"shown": job.version} for job in some])
        if not url.startswith("sqlite"):
            connection.execute(text("ANALYZE"))
    engine.dispose()
    return queued


def processor(url: str) -> float:
    """Milliseconds of a processor that this process, and PostgreSQL for this database, took so far."""
    asked = [psutil.Process()]
    if not url.startswith("sqlite"):
        with psycopg.connect(url) as connection:
            busy = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            asked += [psutil.Process(pid) for (pid,) in connection.execute(busy)]
    return sum(sum(one.cpu_times()[:2]) for one in asked) * 1000


async def timed(url: str, name: str, step: Callable[[int], Awaitable[object]]) -> float:
    """Says how many milliseconds it takes; gives those of the fastest, or of a processor where others keep the machine busy."""
    await step(-1)
    took, before = [], processor(url)
    for number in range(ROUNDS):
        began = time.perf_counter()
        await step(number)
        took.append((time.perf_counter() - began) * 1000)
    each = (processor(url) - before) / ROUNDS
    print(
        f"  {name}: {min(took):.1f} ms at best, {statistics.median(took):.1f} ms in the middle, {each:.1f} ms of a processor"
    )
    return min(*took, each)


def said(url: str, what: str) -> None:
    print(f"\n{'SQLite' if url.startswith('sqlite') else 'PostgreSQL'}, {what}:")


@pytest.mark.parametrize("url", BOTH, indirect=True)
async def test_the_next_hundred_of_ten_thousand_are_claimed_at_once(storage: Storage, url: str) -> None:
    fill(url, WAITING, at(0))
    said(url, f"{WAITING} wait, half of them in one line")

    async def claim(number: int) -> None:
        """Each finds others, as those before it are leased."""
        found = await storage.jobs.claim(WEB, f"w{number}", at(60), at(120), CLAIMED)
        assert len(found) == CLAIMED

    assert await timed(url, f"{CLAIMED} claimed", claim) < MILLISECONDS


@pytest.mark.parametrize(
    ("people", "lines", "limit"), [(1, 1, None), (WAITING, 1, None), (50, 3, None), (50, 3, 2), (1, 1, 1)]
)
@pytest.mark.parametrize("url", BOTH, indirect=True)
async def test_turns_are_given_and_places_told_at_once(
    storage: Storage, url: str, people: int, lines: int, limit: int | None
) -> None:
    jobs = line_up(url, people, lines, limit)
    said(url, f"{WAITING} of {people} wait in {lines}, each of whom may have {limit or 'any number'} on the way")

    async def admit(number: int) -> None:
        given = await storage.lines.admit("films-0", at(60 + number), at_once=number + 2, per_minute=None, on=WEB)
        assert len(given) == (1 if people > 1 or limit is None or number < 0 else 0)

    async def place(number: int) -> None:
        """What a card says: how many are ahead, or how many of its author's own where it waits for those."""
        job = jobs[-1 - number]
        if people == 1 and limit is not None:
            await storage.lines.others(job, at(60))
        else:
            await storage.statistics.ahead(job)

    assert await timed(url, "a turn given", admit) < MILLISECONDS
    assert await timed(url, "the last place told", place) < PLACE_MILLISECONDS
    assert await timed(url, "the lines looked for", lambda _: storage.lines.waiting(at(60), WEB)) < PLACE_MILLISECONDS


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
