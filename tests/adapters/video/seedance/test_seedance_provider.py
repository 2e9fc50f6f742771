"""Seedance over real sockets: paid once, found again, stopped where it can be, fetched whole."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.ports.video import Finished, Running
from tests.adapters.video.seedance.server_seedance import KEY
from tests.adapters.video.seedance.stand_seedance import SeedanceStand, open_stand
from tests.vendor import film


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[SeedanceStand]:
    async with open_stand(tmp_path) as opened:
        yield opened


async def test_an_order_becomes_a_film_at_the_reported_price(stand: SeedanceStand, tmp_path: Path) -> None:
    provider, vendor = stand.provider, stand.vendor
    task = await provider.submit(stand.order(last_frame=True))
    assert vendor.started == [task.id]
    assert vendor.complaints == []
    assert await provider.poll(task) == Running(ask_again_in=10.0)
    vendor.advance(task.id, "finished")
    made = await provider.poll(task)
    assert isinstance(made, Finished)
    assert (made.usd, made.seed, made.details) == (Decimal("3.5") * 40_595 / 1_000_000, 33608, {})
    await provider.download(made.files[0].id, tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == film()
    await provider.download(made.files[0].last_frame, tmp_path / "last.png")
    assert (tmp_path / "last.png").read_bytes().startswith(b"\x89PNG")
    assert all("authorization" not in one.headers for one in vendor.cdn_seen)
    assert {one.headers["authorization"] for one in vendor.seen} == {f"Bearer {KEY}"}
