"""How fast a large result comes from a provider onto the disk, beside curl fetching the same file from the same server."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest

from adapters.kit.http import Client
from tests.bench.stalls import Watch
from tests.bench.test_big_file import memory

MEGABYTES, ROUNDS, WARM_UP = 200, 11, 3
SETTLE = 0.2
LEAST_SHARE = 0.8
Fetch = Callable[[Path], Awaitable[None]]


@contextmanager
def serving(file: Path) -> Iterator[str]:
    script = Path(__file__).with_name("fetching_server.py")
    with subprocess.Popen([sys.executable, str(script), str(file)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


async def speed(fetch: Fetch, into: Path) -> float:
    """MB/s. What was fetched before goes first, so that each writes to the memory that its own last file had."""
    into.unlink(missing_ok=True)
    await asyncio.sleep(SETTLE)
    began = time.perf_counter()
    await fetch(into)
    took = time.perf_counter() - began
    assert into.stat().st_size == MEGABYTES * 1_000_000
    return MEGABYTES / took


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here to compare with")
async def test_a_large_result_is_stored_nearly_as_fast_as_by_curl(tmp_path: Path) -> None:
    """The best of several rounds each, in turns, after some that are not counted; what is typical is printed beside it."""
    film = tmp_path / "film.mp4"
    film.write_bytes(os.urandom(1_000_000) * MEGABYTES)
    watch, growth, rates = Watch(), list[float](), {"curl": list[float](), "ours": list[float]()}
    with serving(film) as base:
        client = Client("bench", base, dict, None)

        async def ours(into: Path) -> None:
            before, _ = memory(os.getpid())
            Path("/proc/self/clear_refs").write_text("5")
            async with watch.watching():
                await client.save(f"{base}/film.mp4", into)
            growth.append(memory(os.getpid())[1] - before)

        async def curl(into: Path) -> None:
            process = await asyncio.create_subprocess_exec("curl", "-s", "-o", str(into), f"{base}/film.mp4")
            assert await process.wait() == 0

        for _ in range(WARM_UP):
            await speed(curl, tmp_path / "curl")
            await speed(ours, tmp_path / "ours")
        growth.clear()
        watch.stalls.clear()
        for _ in range(ROUNDS):
            rates["curl"].append(await speed(curl, tmp_path / "curl"))
            rates["ours"].append(await speed(ours, tmp_path / "ours"))
        await client.aclose()
    best = {name: max(found) for name, found in rates.items()}
    share = best["ours"] / best["curl"]
    print(
        f"\n{MEGABYTES} MB:", *(f"{name} {best[name]:.0f} MB/s (typically {median(rates[name]):.0f})" for name in rates)
    )
    print(f"  ours at {100 * share:.0f} % of curl's, with at most {max(growth):.1f} MB of memory more; {watch.told()}")
    assert share >= LEAST_SHARE
