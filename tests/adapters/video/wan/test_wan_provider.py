"""What Wan keeps over real sockets: paid once, found again, brought home."""

from pathlib import Path

from bot.ports.video import Finished
from tests.adapters.video.wan.stand_wan import open_stand
from tests.vendor import film


async def test_a_film_is_ordered_once_watched_and_brought_home(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        stand.advance(task.id, "finished")
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        await stand.provider.download(done.files[0].id, tmp_path / "home.mp4")
        assert (tmp_path / "home.mp4").read_bytes() == film()
        assert (stand.vendor.started, stand.vendor.complaints) == ([task.id], [])
