"""Google's adapter and a Google of our own, over real sockets."""

from pathlib import Path

from bot.ports.video import Finished, Running
from tests.adapters.video.google.stand_google import open_stand
from tests.vendor import film


async def test_a_film_is_asked_for_waited_for_and_brought_home(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        assert isinstance(await stand.provider.poll(task), Running)
        stand.advance(stand.vendor.started[0], "finished")
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == film()
        assert stand.vendor.complaints == []
