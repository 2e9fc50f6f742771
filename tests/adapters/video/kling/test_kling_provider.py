"""Kling through real sockets: what is paid, what is found again, what is fetched."""

from pathlib import Path

from bot.ports.video import Finished, Running
from tests.adapters.video.kling.stand_kling import open_stand, order
from tests.vendor import film


async def test_a_film_is_ordered_once_watched_and_fetched_byte_for_byte(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(order())
        assert await stand.provider.poll(task) == Running(ask_again_in=5.0)
        stand.advance(task.id, "finished")
        found = await stand.provider.poll(task)
        assert isinstance(found, Finished)
        await stand.provider.download(found.files[0].id, tmp_path / "film.mp4")
        assert stand.vendor.complaints == []
    assert (tmp_path / "film.mp4").read_bytes() == film()
