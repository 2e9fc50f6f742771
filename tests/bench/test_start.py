"""How fast it starts and how little it holds, each beside a peer from the same run."""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.e2e.programs import Program
from tests.e2e.shell import CLAPPER, Shell

TIMES = 15
HELP_SECONDS = 0.15
SERVING_SECONDS = 2.0
IDLE_MEGABYTES = 100
SETTLED_SECONDS = 5.0


def seconds(words: Sequence[str], env: dict[str, str]) -> float:
    """The median wall time of a whole process."""
    took = []
    for _ in range(TIMES):
        start = time.perf_counter()
        subprocess.run(words, env=env, stdout=subprocess.DEVNULL, check=True)
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def test_help_is_there_at_once(tmp_path: Path):
    """Beside what every typer program costs: Python itself and typer's own import."""
    env = Shell(tmp_path, bare=True).env
    bare = seconds([sys.executable, "-c", "pass"], env)
    typer = seconds([sys.executable, "-c", "import typer"], env)
    ours = seconds([*CLAPPER, "--help"], env)
    print(
        f"\nclapper --help {ours * 1000:.0f} ms; import typer {typer * 1000:.0f} ms; python alone {bare * 1000:.0f} ms"
    )
    assert ours < HELP_SECONDS


def test_it_serves_soon_and_idles_small(tmp_path: Path):
    """From nothing at all, its database made too; then the memory of the process and all it started, when it has come to rest."""
    program = Program(tmp_path)
    start = time.perf_counter()
    program.start()
    serving = time.perf_counter() - start
    try:
        process = psutil.Process(program._process.pid)
        resting = rested(process)
        threads = process.num_threads()
    finally:
        stopping = time.perf_counter()
        code = program.stop()
        stopped = time.perf_counter() - stopping
    bare = python_alone()
    print(
        f"\nserving after {serving:.2f} s, idle {resting:.0f} MB in {threads} threads, stopped in {stopped:.2f} s; python alone {bare:.0f} MB"
    )
    assert code == 0
    assert serving < SERVING_SECONDS
    assert resting < IDLE_MEGABYTES


def python_alone() -> float:
    """Megabytes of an interpreter that has done nothing."""
    code = "print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as python:
        assert python.stdout is not None
        assert python.stdin is not None
        python.stdout.readline()
        held = psutil.Process(python.pid).memory_info().rss / 1e6
        python.stdin.write(b"\n")
    return held


def rested(process: psutil.Process) -> float:
    """Megabytes held by the process and its children, the most seen while it idles."""
    most = 0.0
    until = time.monotonic() + SETTLED_SECONDS
    while time.monotonic() < until:
        family = [process, *process.children(recursive=True)]
        most = max(most, sum(one.memory_info().rss for one in family) / 1e6)
        time.sleep(0.2)  # sampling another process
    return most
