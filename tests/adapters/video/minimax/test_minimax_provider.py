"""MiniMax over real sockets, before a server that is as strict as the real one."""

from pathlib import Path

from bot.ports.video import Finished, Running
from tests.adapters.video.minimax.stand_minimax import open_stand, open_stand_v1
from tests.vendor import film


async def test_h3_makes_a_film_and_says_what_it_cost(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        assert stand.vendor.started == [task.id]
        assert await stand.provider.poll(task) == Running(ask_again_in=10.0)
        stand.advance(task.id, "finished")
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == film()
        assert str(done.usd) == "0.32"
        assert all("authorization" not in one.headers for one in stand.vendor.cdn_seen)


async def test_hailuo_makes_a_film(tmp_path: Path) -> None:
    async with open_stand_v1(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        assert stand.vendor.started == [task.id]
        assert await stand.provider.poll(task) == Running(ask_again_in=20.0)
        stand.advance(task.id, "finished")
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == film()
        assert done.usd is None
        assert stand.vendor.complaints == []
