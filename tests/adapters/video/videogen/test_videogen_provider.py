"""VideoGen spoken to over real sockets."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports.video import Finished, Running
from tests.adapters.video.videogen.stand_videogen import VideoGenStand, open_stand
from tests.vendor import film


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[VideoGenStand]:
    async with open_stand(tmp_path) as made:
        yield made


async def test_a_wish_becomes_a_film_byte_for_byte(stand: VideoGenStand, tmp_path: Path) -> None:
    task = await stand.provider.submit(stand.order())
    assert stand.vendor.started == [task.id]
    stand.advance(task.id, "running")
    assert await stand.provider.poll(task) == Running(fraction=0.4, ask_again_in=5.0)
    stand.advance(task.id, "finished")
    done = await stand.provider.poll(task)
    assert isinstance(done, Finished)
    await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == film()
    assert stand.vendor.complaints == []
    assert not any("authorization" in seen.headers for seen in stand.vendor.cdn_seen)
