"""Hedra's adapter through real sockets: what is paid for, found again, sent there and fetched."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports.video import Finished, Running
from tests.adapters.video.hedra.stand_hedra import HedraStand, open_stand
from tests.vendor import film


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[HedraStand]:
    async with open_stand(tmp_path) as found:
        yield found
    assert found.vendor.complaints == []


async def test_an_order_becomes_a_film(stand: HedraStand, tmp_path: Path) -> None:
    task = await stand.provider.submit(stand.order())
    assert await stand.provider.poll(task) == Running(fraction=0.0, eta=95.0, ask_again_in=5.0)
    stand.advance(task.id, "running")
    assert await stand.provider.poll(task) == Running(fraction=0.4, eta=57.0, ask_again_in=5.0)
    stand.advance(task.id, "finished")
    done = await stand.provider.poll(task)
    assert isinstance(done, Finished)
    await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == film()
    assert stand.vendor.started == [task.id]
    assert all("x-api-key" not in one.headers for one in stand.vendor.cdn_seen)
