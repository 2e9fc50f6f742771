"""Jobs a second through the whole engine, from Confirm to complete, beside two libraries whose jobs have three steps."""

import asyncio
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from adapters.storage.sql import upgrade
from tests.bench.engine_worker import WARM, Clock
from tests.databases import drop, opened, postgresql, server
from tests.e2e.programs import CHECKOUT
from tests.houses import open_storage, staged, template

JOBS, ROUNDS = int(os.environ.get("CLAPPER_BENCH_JOBS", "500")), int(os.environ.get("CLAPPER_BENCH_ROUNDS", "3"))
ENGINES = ("clapper", "procrastinate", "dbos")
DONE = {
    "clapper": "SELECT count(*) FROM jobs WHERE state = 'complete'",
    "procrastinate": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded' AND task_name = 'third'",
    "dbos": "SELECT count(*) FROM dbos.workflow_status WHERE status = 'SUCCESS'",
}
PATIENCE = 300.0
WORKER = Path(__file__).with_name("engine_worker.py")


async def prices(url: str, folder: Path) -> None:
    """So many wishes that wait for a yes, each with its card: one made by the flow, the others like it."""
    folder.mkdir()
    clock: Any = Clock()
    stage = staged(open_storage(template(folder), folder, clock), folder, clock)
    first = await stage.ask()
    await stage.house.storage.aclose()
    async with opened(url, clock=clock) as store:
        for number in range(JOBS + 2 * WARM):
            await store.jobs.add(replace(first, id=f"J-BENCH{number}", version=1, state_version=1, asked_version=1))


def prepared(engine: str, folder: Path) -> str:
    url = postgresql()
    if engine == "clapper":
        upgrade(url)
        asyncio.run(prices(url, folder))
    elif engine == "procrastinate":
        import procrastinate as peer

        with peer.App(connector=peer.SyncPsycopgConnector(conninfo=url)).open() as app:
            app.schema_manager.apply_schema()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    return url


@contextmanager
def workers(engine: str, url: str, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Each ready to begin."""
    env, started = os.environ | {"PYTHONPATH": f"{CHECKOUT}:{os.environ.get('PYTHONPATH', '')}"}, []
    try:
        for number in range(count):
            told = [sys.executable, str(WORKER), engine, url, str(number), str(count), str(JOBS)]
            one = subprocess.Popen(told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
            started.append(one)
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        yield started
    finally:
        for one in started:
            one.kill()
            one.wait()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def run(engine: str, count: int, folder: Path) -> float:
    """Jobs a second."""
    url = prepared(engine, folder)
    try:
        with workers(engine, url, count) as processes:
            began = time.monotonic()
            for one in processes:
                tell(one)
            wait_for(engine, url, JOBS + count * WARM)
            for one in processes:
                tell(one)
            ends = [json.loads(one.communicate()[0].splitlines()[-1]) for one in processes]
    finally:
        drop(url)
    assert sum(end["done"] for end in ends) == JOBS
    return JOBS / (max(end["last"] for end in ends) - began)


def wait_for(engine: str, url: str, jobs: int) -> None:
    until = time.monotonic() + PATIENCE
    with psycopg.connect(url, autocommit=True) as connection:
        while time.monotonic() < until:
            (done,) = connection.execute(DONE[engine].encode()).fetchone() or (0,)
            if done == jobs:
                return
            time.sleep(0.1)
    pytest.fail(f"{engine} did {done} of {jobs} jobs in {PATIENCE:.0f} s")


def machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, {platform.machine()}"


def test_jobs_a_second_beside_procrastinate_and_dbos(tmp_path: Path) -> None:
    """One process and two, in turns; the same server, every commit on disk before it is answered; medians.

    Asserts that every job was done, once; how many a second, and how many times a peer's that is, is printed.
    """
    there = [engine for engine in ENGINES if engine == "clapper" or importlib.util.find_spec(engine)]
    durable(on=True)
    found: dict[tuple[str, int], list[float]] = {}
    try:
        for turn in range(ROUNDS + 1):  # the first warms up what the machine caches
            for engine in there:
                for count in (1, 2):
                    rate = run(engine, count, tmp_path / f"{engine}-{count}-{turn}")
                    if turn:
                        found.setdefault((engine, count), []).append(rate)
    finally:
        durable(on=False)
    medians = {which: statistics.median(rates) for which, rates in found.items()}
    print(f"\n{JOBS} jobs, {ROUNDS} rounds; {machine()}; PostgreSQL {version()}, fsync and synchronous_commit on")
    print(f"{'jobs a second':16}{'one process':>14}{'two processes':>16}")
    for engine in there:
        print(f"{engine:16}{medians[engine, 1]:14.1f}{medians[engine, 2]:16.1f}")
    for missing in sorted(set(ENGINES) - set(there)):
        print(f"{missing:16} not installed: `make bench` installs it")
    for peer in there[1:]:
        times = (f"{medians['clapper', count] / medians[peer, count]:.2f}" for count in (1, 2))
        print(f"clapper makes {' and '.join(times)} times the jobs of {peer}")


def durable(*, on: bool) -> None:
    """The tests' own server does without; here every engine pays for it alike."""
    with psycopg.connect(server().get_uri(), autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET fsync = {'on' if on else 'off'}".encode())
        connection.execute("SELECT pg_reload_conf()")


def version() -> str:
    with psycopg.connect(server().get_uri()) as connection:
        return str(connection.info.server_version // 10_000)
