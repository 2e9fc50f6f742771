"""What Wan keeps over real sockets: paid once, found again, brought home, and no file or key where it does not belong."""

from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from adapters.kit.http import Call
from adapters.video.wan import create, examine
from adapters.video.wan.provider import Wan
from adapters.video.wan.wire import answers
from adapters.video.wan.wire.create import VIDEO
from bot.domain.errors import (
    BadCredentials,
    Expired,
    InvalidInput,
    NotCancellable,
    RateLimited,
    Rejected,
    Unavailable,
)
from bot.domain.job import Charged, ProviderTask
from bot.domain.media import Role
from bot.ports.video import Failed, Finished, Progress, Running
from tests.adapters.video.wan.new_wishes_wan import FILM, FIRST, ONE, SOUND
from tests.adapters.video.wan.server_wan import KEY
from tests.adapters.video.wan.stand_wan import WanStand, open_stand, order, reference, refusal
from tests.adapters.video.wan.wishes_wan import WISHES
from tests.vendor import BEFORE, GONE, film, status


def all_orders(stand: WanStand):
    for name, (of, prompt, references, said, *_) in WISHES.items():
        yield order(stand.clock, f"J-{name}-1", of=of, prompt=prompt, references=references, **said)


async def test_a_film_is_ordered_once_watched_and_brought_home(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        assert (task.route, task.region, task.key_name) == ("0.05", "127.0.0.1", "DASHSCOPE_API_KEY")
        assert await stand.provider.poll(task) == Running(ask_again_in=5.0)
        stand.advance(task.id, "running")
        assert await stand.provider.poll(task) == Running(ask_again_in=15.0)
        stand.advance(task.id, "finished")
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        assert done.usd == Decimal("0.10"), "2 s at 0.05 dollars"
        await stand.provider.download(done.files[0].id, tmp_path / "home.mp4")
        assert (tmp_path / "home.mp4").read_bytes() == film()
        assert (stand.vendor.started, stand.vendor.complaints) == ([task.id], [])
        assert not any("authorization" in seen.headers for seen in stand.vendor.cdn_seen)


async def test_every_wish_is_taken_by_a_strict_model_studio(tmp_path: Path) -> None:
    """Each with its files really stored, or in the body as a real picture."""
    async with open_stand(tmp_path) as stand:
        for one in all_orders(stand):
            await stand.provider.submit(one)
        assert stand.vendor.complaints == []
        assert len(stand.vendor.started) == len(WISHES)
        kept = {path: (tmp_path / "drive" / path).read_bytes() for path in ("picture", "film", "sound")}
        assert {held for _, held in stand.vendor.stored.values()} == set(kept.values())


async def test_a_file_is_stored_once_for_an_order_however_often_it_is_tried(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        wished = order(stand.clock, of="wan-2.7-i2v", prompt="She sings", references=(FIRST, SOUND), resolution="720p")
        stand.vendor.play("create", stand.limited())
        with pytest.raises(RateLimited) as limited:
            await stand.provider.submit(wished)
        assert limited.value.retry_after == 7.0
        await stand.provider.submit(wished)
        assert [len(stand.vendor.calls(route)) for route in ("policy", "upload", "create")] == [1, 1, 2]
        assert not any("authorization" in seen.headers for seen in stand.vendor.calls("upload"))
        stand.clock.forward(13 * 3600)
        await stand.provider.submit(replace(wished, key="J-ONE-2"))
        assert len(stand.vendor.calls("upload")) == 2, "the store forgets after 48 hours"


async def test_a_file_that_cannot_be_stored_stops_the_order_before_it_is_paid(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        wished = order(stand.clock, of="wan-3", prompt="x", references=(FILM,))
        stand.vendor.play("upload", status(500), BEFORE, status(403, "<Error/>"))
        for _ in range(3):
            with pytest.raises(Unavailable):
                await stand.provider.submit(wished)
        assert stand.vendor.calls("create") == []


async def test_a_file_over_the_limit_of_the_store_is_named(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        stand.vendor.most_mb = 1
        large = reference("@Video1", Role.reference_video, bytes=2**21)
        with pytest.raises(InvalidInput, match=r"@Video1 has 2\.1 MB"):
            await stand.provider.submit(order(stand.clock, prompt="x", references=(large,)))
        missing = replace(large, key="", media=None)
        with pytest.raises(InvalidInput, match="@Video1 has no file yet"):
            await stand.provider.submit(order(stand.clock, prompt="x", references=(missing,)))
        assert stand.vendor.calls("upload") == stand.vendor.calls("create") == []


async def test_only_a_task_in_line_is_cancelled(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        assert await stand.provider.cancel(task) is Charged.no
        ended = await stand.provider.poll(task)
        assert isinstance(ended, Failed)
        assert ended.charged is Charged.no
        assert await stand.provider.cancel(task) is Charged.no, "asked twice, after a lost answer"
        running = await stand.provider.submit(stand.order("J-TWO-1"))
        stand.advance(running.id, "running")
        with pytest.raises(NotCancellable):
            await stand.provider.cancel(running)
        stand.advance(running.id, "failed")
        assert await stand.provider.cancel(running) is Charged.no


async def test_a_link_that_ran_out_is_asked_for_anew_once(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        stand.advance(task.id, "finished")
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        stand.vendor.play("file", GONE)
        await stand.provider.download(done.files[0].id, tmp_path / "home.mp4")
        assert (tmp_path / "home.mp4").read_bytes() == film()
        stand.vendor.play("file", GONE, GONE)
        with pytest.raises(Expired):
            await stand.provider.download(done.files[0].id, tmp_path / "home.mp4")
        stand.clock.forward(25 * 3600)
        stand.vendor.play("file", GONE)
        with pytest.raises(Expired):
            await stand.provider.download(done.files[0].id, tmp_path / "home.mp4")
        gone = await stand.provider.poll(task)
        assert isinstance(gone, Failed)
        assert isinstance(gone.error, Expired)


async def test_a_link_that_is_not_renewed_is_fetched_once(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        stand.vendor.renews = False
        task = await stand.provider.submit(stand.order())
        stand.advance(task.id, "finished")
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        stand.vendor.play("file", GONE)
        with pytest.raises(Expired):
            await stand.provider.download(done.files[0].id, tmp_path / "home.mp4")
        assert len(stand.vendor.cdn_seen) == 1


async def test_what_cannot_be_made_is_neither_stored_nor_sent(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        with pytest.raises(InvalidInput, match="The seed is -1"):
            await stand.provider.submit(order(stand.clock, prompt="x", references=(FILM,), seed=-1))
        assert stand.vendor.seen == []


async def test_a_task_of_another_region_is_not_taken_for_a_lost_one(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        beijing = create(replace(stand.parts, settings={"base_url": "https://dashscope.aliyuncs.com", "api_key": "x"}))
        with pytest.raises(Unavailable, match=r"Singapore.*Beijing"):
            await beijing.poll(replace(task, region="Singapore"))
        await beijing.aclose()


async def test_the_workspace_goes_with_every_call_to_the_provider(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        settings = {**stand.parts.settings, "workspace": "ws-1", "base_url": f"{stand.vendor.url}/api/v1/"}
        wan = create(replace(stand.parts, settings=settings))
        await wan.submit(order(stand.clock, of="wan-2.6-r2v", prompt="@Image1", references=(ONE,), resolution="720p"))
        await wan.aclose()
        told = {seen.route: seen.headers.get("x-dashscope-workspace") for seen in stand.vendor.seen}
        assert told == {"policy": "ws-1", "upload": None, "create": "ws-1"}


async def test_the_doctor_is_told_whether_the_key_is_accepted(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        (well,) = await examine(stand.parts)
        assert (well.found, well.mend) == ("Model Studio in 127.0.0.1 accepts DASHSCOPE_API_KEY.", "")
        (wrong,) = await examine(replace(stand.parts, settings={**stand.parts.settings, "api_key": "sk-of-beijing"}))
        assert wrong.found.endswith("does not accept DASHSCOPE_API_KEY: Invalid API-key provided.")
        assert ("region" in wrong.mend, wrong.stops) == (True, True)
        stand.vendor.play("list", status(503))
        (away,) = await examine(stand.parts)
        assert ("could not be asked" in away.found, away.stops) == (True, False)
        assert {seen.route for seen in stand.vendor.seen} == {"list"}, "nothing is begun"
        assert KEY not in repr((well, wrong, away))
        assert import_module("adapters.video.wan").examine is examine, "asked once, it can be asked again"


async def test_a_key_of_another_region_starts_nothing(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        stand.vendor.key = "sk-of-beijing"
        with pytest.raises(BadCredentials, match="Invalid API-key"):
            await stand.provider.submit(stand.order())
        stand.vendor.play("create", refusal(200, "InvalidApiKey", "Invalid API-key provided."))
        with pytest.raises(BadCredentials):
            await stand.provider.submit(stand.order())
        assert stand.vendor.started == []


TEXT = {"model": "wan2.7-t2v", "input": {"prompt": "x"}, "parameters": {"duration": 5}}
PICTURE = {"model": "wan2.6-i2v", "input": {"img_url": "https://a.example/b.png"}, "parameters": {}}
REFERENCE = {
    "model": "wan3.0-video",
    "input": {"prompt": "x", "media": [{"type": "first_frame", "url": "https://a.example/b"}]},
    "parameters": {},
}
STRANGE = {
    "a field of the older protocol": {**TEXT, "parameters": {"size": "1280*720"}},
    "a length in words": {**TEXT, "parameters": {"duration": "5"}},
    "a length that is not made": {**TEXT, "parameters": {"duration": 16}},
    "a resolution in small letters": {**TEXT, "parameters": {"resolution": "720p"}},
    "no prompt": {**TEXT, "input": {}},
    "a field nobody knows": {**TEXT, "input": {"prompt": "x", "function": "video-synthesis"}},
    "a sound that is not optional": {**PICTURE, "parameters": {"audio": True}},
    "a picture at no address": {**PICTURE, "input": {"img_url": "file:///b.png"}},
    "a picture that is none": {**PICTURE, "input": {"img_url": "data:image/png;base64,AAAA"}},
    "a file that is not there": {**PICTURE, "input": {"img_url": "oss://b.png"}},
    "frames among references": {
        **REFERENCE,
        "input": {
            "media": [{"type": kind, "url": "https://a.example/b"} for kind in ("first_frame", "reference_image")]
        },
    },
    "more in and out than 30 s": {
        **REFERENCE,
        "input": {"prompt": "x", "media": [{"type": "reference_video", "url": "https://a.example/b"}] * 2},
        "parameters": {"duration": 21},
    },
    "a last frame alone": {**REFERENCE, "input": {"media": [{"type": "last_frame", "url": "https://a.example/b"}]}},
    "a type of another model": {
        **REFERENCE,
        "input": {"media": [{"type": "first_clip", "url": "https://a.example/b"}]},
    },
}


async def test_our_model_studio_refuses_what_the_real_one_would(tmp_path: Path) -> None:
    """Else it would prove nothing of what it takes."""
    async with open_stand(tmp_path) as stand:
        assert isinstance(stand.provider, Wan)

        async def sent(body: Any, **headers: str) -> Progress:
            all_headers = {"X-DashScope-Async": "enable", **headers}
            call = Call(method="POST", path=VIDEO, headers=all_headers, json=body)
            id = await stand.provider.client.pay(call, answers.started)
            return await stand.provider.poll(ProviderTask(id=id))

        for body in (TEXT, PICTURE, REFERENCE):
            assert isinstance(await sent(body), Running)
        assert stand.vendor.complaints == []
        for name, body in STRANGE.items():
            refused = await sent(body)
            assert isinstance(refused, Failed), name
            assert isinstance(refused.error, InvalidInput), name
        assert isinstance(await sent(TEXT, **{"X-DashScope-OssResourceResolve": "enable"}), Failed)
        with pytest.raises(BadCredentials, match="synchronous"):
            await sent(TEXT, **{"X-DashScope-Async": "disable"})
        for model_name in ("wan9", "wan2.2-kf2v-flash"):
            with pytest.raises(InvalidInput):
                await sent({**TEXT, "model": model_name})


async def test_what_is_refused_later_or_not_understood_is_told_apart(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        stand.advance(task.id, "paused")
        with pytest.raises(Unavailable):
            await stand.provider.poll(task)
        stand.advance(task.id, "refused")
        refused = await stand.provider.poll(task)
        assert isinstance(refused, Failed)
        assert (type(refused.error), refused.charged) == (Rejected, Charged.no)
