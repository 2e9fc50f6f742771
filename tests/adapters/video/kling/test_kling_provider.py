"""Kling through real sockets: what is paid, what is found again, what is fetched, and who is let in."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.video.kling import create, examine
from bot.domain.errors import (
    BadCredentials,
    BadSettings,
    Expired,
    InvalidInput,
    NotCancellable,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged, ProviderTask
from bot.domain.media import Role
from bot.ports.video import Finished, Running
from tests.adapters.video.kling.server_kling import API_KEY
from tests.adapters.video.kling.stand_kling import PAIR, PUBLIC, Stand, clip, open_stand, order, picture
from tests.vendor import AFTER, BEFORE, GARBLED, GONE, Mood, film, status

REFUSED = {"code": 1002, "message": "api key not found", "request_id": "r"}


async def finished(stand: Stand, task: ProviderTask) -> str:
    stand.advance(task.id, "finished")
    found = await stand.provider.poll(task)
    assert isinstance(found, Finished)
    assert found.usd is not None
    return found.files[0].id


def keys(stand: Stand) -> list[str]:
    return [one.headers["authorization"].removeprefix("Bearer ") for one in stand.vendor.seen]


async def test_a_film_is_ordered_once_watched_and_fetched_byte_for_byte(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(order())
        assert task == ProviderTask(
            id=stand.vendor.started[0], route="v3/text-to-video", region="", key_name="KLINGAI_API_KEY"
        )
        assert await stand.provider.poll(task) == Running(ask_again_in=5.0)
        await stand.provider.download(await finished(stand, task), tmp_path / "film.mp4")
        assert (len(stand.vendor.calls("create")), stand.vendor.complaints) == (1, [])
        assert set(keys(stand)) == {API_KEY}
        assert all("authorization" not in one.headers for one in stand.vendor.cdn_seen)
    assert (tmp_path / "film.mp4").read_bytes() == film()


async def test_pictures_go_out_as_bare_base64_and_the_marked_film_comes_back(tmp_path: Path) -> None:
    wishes = [
        order(
            picture(1, Role.first_frame), picture(2, Role.last_frame), key=f"J-{n}-1", watermark=True, negative=negative
        )
        for n, negative in enumerate((None, "rain"))
    ]
    async with open_stand(tmp_path) as stand:
        for wish in wishes:
            task = await stand.provider.submit(wish)
            await stand.provider.download(await finished(stand, task), tmp_path / "film.mp4")
            assert (tmp_path / "film.mp4").read_bytes() == film(width=640, height=360)
        assert stand.vendor.complaints == []
        assert [one.path for one in stand.vendor.calls("create")] == [
            "/image-to-video/kling-3.0",
            "/v1/videos/image2video",
        ]


async def test_a_film_goes_by_a_link_that_outlasts_the_wait(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        await stand.provider.submit(order(clip(), id="kling-3-omni", prompt="Edit @Video1 so that it snows"))
        (sent,) = stand.vendor.calls("create")
        assert sent.body["contents"][1]["url"] == f"{PUBLIC}/files/film?until=86400&sign=s"
        assert stand.vendor.complaints == []


async def test_a_film_without_a_public_address_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    async with open_stand(tmp_path, base="") as stand:
        with pytest.raises(InvalidInput, match="@Video1 has no public address") as raised:
            await stand.provider.submit(order(clip(), id="kling-3-omni"))
        assert raised.value.reference == "@Video1"
        assert stand.vendor.seen == []


@pytest.mark.parametrize("keyed", [{"api_key": API_KEY}, PAIR], ids=["api key", "key pair"])
@pytest.mark.parametrize("mood", [AFTER, GARBLED, status(502, "<html>"), BEFORE], ids=lambda mood: mood.kind)
async def test_a_lost_answer_is_looked_up_by_the_orders_own_name(
    keyed: dict[str, str], mood: Mood, tmp_path: Path
) -> None:
    async with open_stand(tmp_path, keyed) as stand:
        stand.vendor.play("create", mood)
        with pytest.raises(Unclear):
            await stand.provider.submit(order())
        found = await stand.provider.find(order())
        assert stand.vendor.started == ([found.id] if found else [])
        if found is not None:
            assert isinstance(await stand.provider.poll(found), Running)
        assert len(stand.vendor.calls("create")) == 1


async def test_an_order_sent_twice_is_made_once_and_then_looked_up(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(order())
        with pytest.raises(Unclear, match="already exists"):
            await stand.provider.submit(order())
        assert await stand.provider.find(order()) == task
        assert stand.vendor.started == [task.id]


async def test_an_order_is_found_though_other_keys_sent_it_through_the_other_api(tmp_path: Path) -> None:
    async with open_stand(tmp_path, PAIR) as stand:
        task = await stand.provider.submit(order())
        assert (task.route, task.key_name) == ("v1/text2video", "KLINGAI_ACCESS_KEY")
        following = create(replace(stand.parts, settings={"base_url": stand.vendor.url, "api_key": API_KEY}))
        try:
            assert await following.find(order()) == replace(task, key_name="KLINGAI_API_KEY")
            assert isinstance(await following.poll(task), Running)
        finally:
            await following.aclose()


async def test_a_token_serves_until_it_is_old_and_is_then_minted_anew(tmp_path: Path) -> None:
    async with open_stand(tmp_path, PAIR) as stand:
        task = await stand.provider.submit(order())
        stand.clock.forward(23 * 60)
        await stand.provider.poll(task)
        stand.clock.forward(2 * 60)
        await stand.provider.poll(task)
        first, again, fresh = keys(stand)
        assert first == again != fresh
        assert stand.vendor.complaints == []


async def test_a_token_called_expired_is_minted_anew_once(tmp_path: Path) -> None:
    expired = status(401, {"code": 1004, "message": "Authorization has expired", "request_id": "r"})
    async with open_stand(tmp_path, PAIR) as stand:
        assert await stand.provider.find(order()) is None
        stand.clock.forward(60)
        stand.vendor.play("create", expired)
        await stand.provider.submit(order())
        old, refused, fresh = keys(stand)
        assert old == refused != fresh
        stand.vendor.play("create", expired, expired)
        with pytest.raises(BadCredentials, match="expired"):
            await stand.provider.submit(order(key="J-TWO-1"))
        assert (len(stand.vendor.calls("create")), len(stand.vendor.started)) == (4, 1)
    async with open_stand(tmp_path) as stand:
        stand.vendor.play("create", expired)
        with pytest.raises(BadCredentials, match="expired"):
            await stand.provider.submit(order())
        assert len(stand.vendor.calls("create")) == 1


async def test_the_operator_says_which_api_goes_first(tmp_path: Path) -> None:
    async with open_stand(tmp_path, {"api_key": API_KEY, "generation": "v1"}) as stand:
        assert (await stand.provider.submit(order())).route == "v1/text2video"
    async with open_stand(tmp_path, PAIR | {"generation": "v3"}) as stand:
        with pytest.raises(BadCredentials, match="does not support AK/SK"):
            await stand.provider.submit(order())
    with pytest.raises(BadSettings, match="generation is 'v2'; it may be v1 or v3"):
        create(replace(stand.parts, settings={"api_key": API_KEY, "generation": "v2"}))


async def test_a_task_that_kling_does_not_know_is_asked_after_and_not_given_up(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        for route in ("v3/text-to-video", "v1/text2video"):
            with pytest.raises(Unavailable) as raised:
                await stand.provider.poll(ProviderTask(id="893605", route=route))
            assert "account or region" in raised.value.mend


@pytest.mark.parametrize(
    "mood",
    [
        status(400, {"code": 1200, "message": "Invalid request parameters"}),
        status(400, {"code": 1300, "message": "Request blocked by platform policy"}),
        status(404, "<html>a proxy's own page</html>"),
        status(200, {"code": 0, "data": [{"id": "1", "status": "paused"}]}),
        status(200, "<html>"),
    ],
    ids=["bad request", "blocked", "lost by a proxy", "unknown status", "no JSON"],
)
async def test_a_question_gone_wrong_says_nothing_of_the_task(mood: Mood, tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(order())
        stand.vendor.play("poll", mood)
        with pytest.raises(Unavailable):
            await stand.provider.poll(task)
        assert isinstance(await stand.provider.poll(task), Running)


async def test_a_task_of_another_region_is_not_asked_after_in_this_one(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        china = create(replace(stand.parts, settings={"api_key": "k", "base_url": "https://api-beijing.klingai.com"}))
        try:
            with pytest.raises(Unavailable, match="Kling global"):
                await china.poll(ProviderTask(id="1", route="v3/text-to-video", region="global"))
        finally:
            await china.aclose()


async def test_a_film_that_moved_is_asked_for_once_more(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        for wish in (order(), order(key="J-TWO-1", negative="rain")):
            task = await stand.provider.submit(wish)
            file = await finished(stand, task)
            stand.vendor.renew(task.id)
            await stand.provider.download(file, tmp_path / "film.mp4")
            assert (tmp_path / "film.mp4").read_bytes() == film()
        assert stand.vendor.complaints == []


async def test_a_film_that_is_nowhere_any_more_is_expired(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(order())
        file = await finished(stand, task)
        stand.vendor.play("file", GONE, GONE)
        with pytest.raises(Expired):
            await stand.provider.download(file, tmp_path / "film.mp4")
        del stand.vendor.tasks[task.id]
        stand.vendor.play("file", GONE)
        with pytest.raises(Expired, match="no longer keeps"):
            await stand.provider.download(file, tmp_path / "film.mp4")


async def test_nothing_is_said_to_be_stopped(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(order())
        with pytest.raises(NotCancellable, match="units are spent, unless it fails"):
            await stand.provider.cancel(task)
        assert isinstance(await stand.provider.poll(task), Running)


async def test_a_refused_task_costs_nothing(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(order())
        stand.advance(task.id, "refused")
        found = await stand.provider.poll(task)
        assert getattr(found, "charged", None) is Charged.no


@pytest.mark.parametrize("keyed", [{"api_key": API_KEY}, PAIR], ids=["api key", "key pair"])
async def test_the_doctor_learns_whether_the_keys_are_taken_and_pays_nothing(
    keyed: dict[str, str], tmp_path: Path
) -> None:
    async with open_stand(tmp_path, keyed) as stand:
        (well,) = await examine(stand.parts)
        assert (well.mend, well.stops) == ("", False)
        assert "works at 127.0.0.1" in well.found
        stand.vendor.play("poll", status(401, REFUSED), status(429, {"code": 1102, "message": "empty"}), status(503))
        said = [(await examine(stand.parts))[0] for _ in range(3)]
        assert ["not accepted" in said[0].found, "empty" in said[1].found, "not be asked" in said[2].found] == [
            True
        ] * 3
        assert all(one.mend for one in said)
        assert [one.stops for one in said] == [True, False, False]
        assert stand.vendor.calls("create") == []
