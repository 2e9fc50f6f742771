"""Where MiniMax is reached: its two regions, and what the doctor says of the key there."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.video.minimax import create, examine
from adapters.video.minimax.place import base_url, region
from bot.domain.errors import Unavailable
from bot.domain.job import ProviderTask
from bot.ports.examine import Seen
from bot.ports.parts import Parts
from tests.adapters.video.minimax.server_minimax import KEY, v2_error
from tests.adapters.video.minimax.stand_minimax import open_stand
from tests.vendor import status


async def test_a_task_ordered_in_the_other_region_is_not_taken_for_gone(tmp_path: Path) -> None:
    parts = Parts(settings={"api_key": KEY, "base_url": "https://api.minimaxi.com"}, folder=tmp_path, clock=None)  # pyright: ignore[reportArgumentType]
    mainland = create(parts)
    with pytest.raises(Unavailable, match="global") as away:
        await mainland.poll(ProviderTask(id="1", route="v1 1795176000", region="global"))
    assert "MINIMAX_BASE_URL" in away.value.mend
    await mainland.aclose()


def test_addresses_and_their_regions() -> None:
    assert base_url({}) == base_url({"base_url": ""}) == "https://api.minimax.io"
    assert base_url({"base_url": "https://api.minimaxi.com/v1/"}) == "https://api.minimaxi.com"
    regions = {
        "https://api.minimax.io": "global",
        "https://api-uw.minimax.io": "global",
        "https://api.minimaxi.com": "mainland",
        "https://api.minimax.cn": "mainland",
        "https://minimax.io": "global",
        "http://127.0.0.1:9": "",
        "https://notminimax.io.example": "",
        "https://evilminimax.io": "",
    }
    assert {address: region(address) for address in regions} == regions


async def test_the_doctor_says_whether_the_key_is_taken(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        assert await examine(stand.parts) == [Seen("MINIMAX_API_KEY works.")]
        (refused,) = await examine(replace(stand.parts, settings={**stand.parts.settings, "api_key": "sk-other"}))
        assert "refuses MINIMAX_API_KEY at 127.0.0.1" in refused.found
        assert "https://api.minimaxi.com" in refused.mend
        stand.vendor.play("list", status(402, v2_error(402, "insufficient balance", 1008)))
        (empty,) = await examine(stand.parts)
        assert ("insufficient balance" in empty.found, empty.mend) == (True, "Top up the account.")
        stand.vendor.play("list", status(429, v2_error(429, "rate limit, please retry later", 1002)))
        assert (await examine(stand.parts))[0].found == "MiniMax answers: rate limit, please retry later"
        assert {one.route for one in stand.vendor.seen} == {"list"}
    (away,) = await examine(replace(stand.parts, settings={"api_key": KEY, "base_url": "http://127.0.0.1:9"}))
    assert away.found == "MiniMax cannot be reached at 127.0.0.1."
