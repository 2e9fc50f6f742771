"""Order folders: forgotten in time while the bot runs, and shared by several processes without harm."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.video.animatic.plan import OUTCOME, write_document, write_plan
from adapters.video.animatic.provider import Animatic
from adapters.video.animatic.shelf import GONE, tidy
from bot.domain.errors import Expired, Unavailable
from bot.domain.job import ProviderTask
from bot.ports.video import Failed, Finished
from tests.adapters.video.animatic.making import PLAN
from tests.contracts.test_video import begun, ended, order, parts, workers

HOUR = 60 * 60


@asynccontextmanager
async def opened(tmp_path: Path, tidy_seconds: float = HOUR) -> AsyncIterator[Animatic]:
    made = Animatic(parts(tmp_path), tidy_seconds=tidy_seconds)
    try:
        yield made
    finally:
        await made.aclose()


def aged(path: Path, hours: float) -> None:
    at = time.time() - hours * HOUR
    os.utime(path, (at, at))


def finished(root: Path, name: str, hours: float) -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    write_plan(folder, replace(PLAN, key=name))
    (folder / "film-1.mp4").write_bytes(b"film")
    write_document(folder / OUTCOME, {"files": [], "seed": 1})
    aged(folder / OUTCOME, hours)
    return folder


def test_what_ended_is_forgotten_before_its_day_is_over(tmp_path: Path) -> None:
    young, old = finished(tmp_path, "young", 22), finished(tmp_path, "old", 23.1)
    assert tidy(tmp_path) == []
    assert young.exists()
    assert not old.exists()
    assert {one.name for one in tmp_path.iterdir()} == {"young", GONE}


def test_orders_not_ended_are_named_oldest_first_and_unreadable_ones_end(tmp_path: Path) -> None:
    for name, submitted in (("b", 2), ("a", 3), ("c", 1)):
        (tmp_path / name).mkdir()
        write_plan(tmp_path / name, replace(PLAN, submitted=submitted))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "order.json").write_text("{")
    assert tidy(tmp_path) == ["c", "b", "a"]
    assert "cannot be read any more" in (tmp_path / "broken" / OUTCOME).read_text()


def test_what_another_process_is_laying_down_is_left_alone(tmp_path: Path) -> None:
    for name in (".new-fresh", ".new-stale", ".old-stale"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "image1").write_bytes(b"x")
    aged(tmp_path / ".new-stale", 1.1)
    aged(tmp_path / ".old-stale", 1.1)
    tidy(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == [".new-fresh"]


async def test_old_films_go_while_the_bot_runs(tmp_path: Path) -> None:
    async with opened(tmp_path, tidy_seconds=0) as made:
        task = await made.submit(order("a", made.name, seconds=0.2))
        assert isinstance(await ended(made, task), Finished)
        folder = tmp_path / "own" / task.id
        aged(folder / OUTCOME, 23.1)
        async with asyncio.timeout(20):
            while isinstance(progress := await made.poll(task), Finished):
                await asyncio.sleep(0.01)
        assert isinstance(progress, Failed)
        assert isinstance(progress.error, Expired)
        assert not folder.exists()


async def test_tidying_waits_for_its_hour(tmp_path: Path) -> None:
    async with opened(tmp_path) as made:
        await made.find(order("a", made.name))
        folder = finished(tmp_path / "own", "old", 30)
        for _ in range(5):
            await made.find(order("a", made.name))
        assert folder.exists()


async def test_one_process_submits_and_another_polls_and_downloads(tmp_path: Path) -> None:
    async with opened(tmp_path) as one, opened(tmp_path) as other:
        task = await one.submit(order("a", one.name, seconds=2.0))
        await begun(one, task)
        result = await ended(other, task)
        assert isinstance(result, Finished)
        await other.download(result.files[0].id, tmp_path / "film.mp4")
        assert await one.poll(task) == result
        assert (tmp_path / "film.mp4").stat().st_size > 1000


async def test_two_processes_that_take_the_same_order_make_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as one, opened(tmp_path) as other:
        tasks = await asyncio.gather(*(made.submit(order("a", made.name)) for made in (one, other)))
        assert tasks[0] == tasks[1]
        results = await asyncio.gather(ended(one, tasks[0]), ended(other, tasks[1]))
        assert results[0] == results[1]
        assert [path.name for path in (tmp_path / "own").iterdir()] == [tasks[0].id]


async def test_another_process_finishes_what_a_killed_one_began(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from adapters.video.animatic.provider import Animatic
        from tests.contracts.test_video import begun, order, parts

        async def main():
            made = Animatic(parts(Path(sys.argv[1])))
            await begun(made, await made.submit(order("a", made.name, seconds=4.0)))
            print("begun", flush=True)
            await asyncio.Event().wait()

        asyncio.run(main())
    """)
    async with opened(tmp_path) as other:
        await other.find(order("a", other.name))
        root = Path(__file__).parents[4]
        bot = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, cwd=root)  # noqa: ASYNC220 - the bot that will be killed
        assert bot.stdout is not None
        assert await asyncio.to_thread(bot.stdout.readline) == b"begun\n"
        await begun(other, ProviderTask(id="J-ONE-1"))
        bot.send_signal(signal.SIGKILL)
        await asyncio.to_thread(bot.wait)
        bot.stdout.close()
        assert isinstance(await ended(other, ProviderTask(id="J-ONE-1")), Finished)
    assert workers(tmp_path) == []


async def test_an_order_of_another_folder_is_never_given_up(tmp_path: Path) -> None:
    async with opened(tmp_path / "here") as here, opened(tmp_path / "there") as there:
        task = await here.submit(order("a", here.name, seconds=0.2))
        with pytest.raises(Unavailable):
            await there.poll(task)
        assert await there.find(order("a", there.name)) is None
        result = await ended(here, task)
        assert isinstance(result, Finished)
        with pytest.raises(Unavailable):
            await there.download(result.files[0].id, tmp_path / "film.mp4")
        with pytest.raises(Unavailable):
            await there.cancel(task)
