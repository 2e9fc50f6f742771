"""Replicas with folders of their own: what one took another renders, tells of, hands over and cancels."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.files.local.files import LocalFiles
from adapters.video.animatic.provider import Animatic
from bot.domain.errors import Expired
from bot.domain.job import Charged
from bot.ports.storage import Storage
from bot.ports.video import Failed, Finished, Running
from tests.contracts.test_video import begun, ended, order, parts, workers
from tests.databases import storage, url

__all__ = ["storage", "url"]
SQLITE = pytest.mark.parametrize("url", [pytest.param("sqlite", id="sqlite")], indirect=True)


def opened(tmp_path: Path, storage: Storage, name: str) -> Animatic:
    common = parts(tmp_path)
    files = LocalFiles(tmp_path / "drive")
    return Animatic(replace(common, storage=storage, files=files, folder=tmp_path / name))


@SQLITE
async def test_what_a_replica_left_is_rendered_by_another_and_fetched_at_any(tmp_path: Path, storage: Storage) -> None:
    one, two, three = (opened(tmp_path, storage, name) for name in ("one", "two", "three"))
    task = await one.submit(order("a", "animatic", seconds=1.0))
    assert await two.find(order("a", "animatic")) == task
    assert isinstance(await two.poll(task), Running)
    assert not list((tmp_path / "two").glob("*/order.json")), "the first one is at it"
    await one.aclose()
    result = await ended(two, task)
    assert isinstance(result, Finished)
    await two.aclose()
    assert await three.poll(task) == result
    await three.download(result.files[0].id, tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").stat().st_size > 1000
    await three.aclose()


@SQLITE
async def test_a_film_is_cancelled_at_another_replica_than_renders_it(tmp_path: Path, storage: Storage) -> None:
    one, two = (opened(tmp_path, storage, name) for name in ("one", "two"))
    task = await one.submit(order("a", "animatic", seconds=40.0, resolution="1080p"))
    await begun(one, task)
    assert await two.cancel(task) is Charged.no
    progress = await two.poll(task)
    assert isinstance(progress, Failed)
    assert isinstance(progress.error, Expired)
    assert one._keeping is not None
    await one._keeping
    assert workers(tmp_path) == []
    await one.aclose()
    await two.aclose()
