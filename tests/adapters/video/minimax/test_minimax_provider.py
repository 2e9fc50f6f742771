"""MiniMax over real sockets, before a server that is as strict as the real one."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.video.minimax import create
from bot.domain.errors import (
    BadCredentials,
    Expired,
    InvalidInput,
    NotCancellable,
    OutOfCredit,
    RateLimited,
    Rejected,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged, ProviderTask
from bot.domain.media import Role
from bot.ports.parts import Parts
from bot.ports.video import Failed, Finished, Running
from tests.adapters.video.minimax.bodies_minimax import FACE, V1, V2
from tests.adapters.video.minimax.server_minimax import KEY, v1_error, v2_error
from tests.adapters.video.minimax.stand_minimax import open_stand, open_stand_v1, order, reference
from tests.vendor import BEFORE, GARBLED, GONE, Cabinet, film, status


def shelve(folder: Path, **files: bytes) -> None:
    (folder / "shelf").mkdir(exist_ok=True)
    for name, held in files.items():
        (folder / "shelf" / name).write_bytes(held)


def filled(folder: Path) -> None:
    from PIL import Image

    shelve(folder, clip=film(4.0), voice=b"ID3" + bytes(2000))
    Image.new("RGB", (640, 360), (90, 60, 20)).save(folder / "shelf" / "end", format="JPEG")


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
        assert done.usd == Decimal("0.32")
        assert all("authorization" not in one.headers for one in stand.vendor.cdn_seen)
        assert task == ProviderTask(id=task.id, route="v2 1795176000 0.08 0.08 5 0.04", key_name="MINIMAX_API_KEY")


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
        assert all("authorization" not in one.headers for one in stand.vendor.cdn_seen)
        assert task == ProviderTask(id=task.id, route="v1 1795176000", key_name="MINIMAX_API_KEY")


async def test_every_order_is_taken_by_a_server_that_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    filled(tmp_path)
    orders = [wanted for wanted, _ in [*V1.values(), *V2.values()]]
    async with open_stand(tmp_path) as stand:
        for number, wanted in enumerate(orders):
            await stand.provider.submit(replace(wanted, key=f"J-{number}-1"))
        assert stand.vendor.complaints == []
        assert len(stand.vendor.started) == len(stand.vendor.calls("create")) == len(orders)


async def test_what_is_given_in_is_part_of_the_cost(tmp_path: Path) -> None:
    filled(tmp_path)
    clip = reference("@Video1", Role.reference_video, key="clip", mime="video/mp4", seconds=4.0)
    pictures = [reference(f"@Image{number}", Role.reference_image) for number in range(1, 8)]
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(order("minimax-h3", clip, *pictures, aspect="16:9"))
        stand.advance(task.id, "finished")
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        assert done.usd == Decimal("0.80"), "5 s made, 4 s given in, two pictures past the free five"


async def test_files_too_large_for_an_order_are_uploaded_before_it(tmp_path: Path) -> None:
    shelve(tmp_path, clip=film(2.0))
    clip = reference("@Video1", Role.reference_video, key="clip", mime="video/mp4", bytes=49_000_000)
    async with open_stand(tmp_path) as stand:
        await stand.provider.submit(order("minimax-h3", FACE, clip))
        (purpose, file), (create,) = stand.vendor.uploaded[0], stand.vendor.calls("create")
        assert (purpose.name, purpose.bytes) == ("purpose", b"video_generation_input")
        assert (file.name, file.file, file.mime, file.bytes) == ("file", "video1.mp4", "video/mp4", film(2.0))
        assert create.body["content"][2]["video_url"] == {"url": "mm_file://3620"}
        assert stand.vendor.complaints == []


async def test_an_upload_that_fails_has_ordered_nothing(tmp_path: Path) -> None:
    shelve(tmp_path, clip=b"short")
    clip = reference("@Video1", Role.reference_video, key="clip", mime="video/quicktime")
    async with open_stand(tmp_path) as stand:
        with pytest.raises(InvalidInput) as refused:
            await stand.provider.submit(order("minimax-h3", clip))
        assert refused.value.reference == "@Video1"
        stand.vendor.play("upload", BEFORE)
        with pytest.raises(Unavailable):
            await stand.provider.submit(order("minimax-h3", clip))
        assert stand.vendor.calls("create") == []


async def test_a_face_goes_by_a_public_address_or_not_at_all(tmp_path: Path) -> None:
    async with open_stand_v1(tmp_path) as stand:
        await stand.provider.submit(order("s2v-01", FACE))
        sent = stand.vendor.calls("create")[0].body["subject_reference"]
        assert sent == [{"type": "character", "image": ["https://clapper.example/files/picture?until=86400&sign=s"]}]
        hidden = create(replace(stand.parts, files=Cabinet(tmp_path / "shelf")))  # pyright: ignore[reportArgumentType]
        with pytest.raises(InvalidInput, match="public address") as refused:
            await hidden.submit(order("s2v-01", FACE))
        assert refused.value.reference == "@Image1"
        await hidden.aclose()
        assert len(stand.vendor.started) == 1


@pytest.mark.parametrize("open_one", [open_stand, open_stand_v1])
async def test_a_refused_order_says_why_and_has_begun_nothing(tmp_path: Path, open_one: Any) -> None:
    async with open_one(tmp_path) as stand:
        sensitive = "video description contains sensitive content"
        rejected = (
            status(200, v1_error(1026, sensitive)) if stand.api == "v1" else status(422, v2_error(422, sensitive, 1026))
        )
        moods = {
            BadCredentials: stand.bad_key(),
            OutOfCredit: stand.no_credit(),
            RateLimited: stand.limited(),
            Rejected: rejected,
        }
        for kind, mood in moods.items():
            stand.vendor.play("create", mood)
            with pytest.raises(kind) as refused:
                await stand.provider.submit(stand.order())
            assert "(1" not in str(refused.value)
        assert stand.vendor.started == []


async def test_a_wrong_key_is_told_with_the_region_it_may_belong_to(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        stranger = create(replace(stand.parts, settings={**stand.parts.settings, "api_key": "sk-other"}))
        for wanted in (stand.order(), order("hailuo-2.3")):
            with pytest.raises(BadCredentials) as refused:
                await stranger.submit(wanted)
            assert "https://api.minimaxi.com" in refused.value.mend
        await stranger.aclose()
        assert stand.vendor.started == []


async def test_a_place_that_cannot_be_reached_has_begun_nothing(tmp_path: Path) -> None:
    nowhere = create(Parts(settings={"api_key": KEY, "base_url": "http://127.0.0.1:9"}, folder=tmp_path, clock=None))  # pyright: ignore[reportArgumentType]
    with pytest.raises(Unavailable):
        await nowhere.submit(order("minimax-h3"))
    await nowhere.aclose()


# Cancelling: only what waits, and only on the newer API.


async def test_a_task_that_waits_is_stopped_and_costs_nothing(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        assert await stand.provider.cancel(task) is Charged.no
        ended = await stand.provider.poll(task)
        assert isinstance(ended, Failed)
        assert ended.charged is Charged.no
        assert await stand.provider.cancel(task) is Charged.no, "asked again, as after a lost answer"
        assert len(stand.vendor.calls("cancel")) == 1


@pytest.mark.parametrize("state", ["running", "finished"])
async def test_what_runs_or_is_done_is_left_as_it_is(tmp_path: Path, state: str) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        stand.advance(task.id, state)
        with pytest.raises(NotCancellable):
            await stand.provider.cancel(task)
        assert stand.vendor.calls("cancel") == [], "the record of a finished film would be deleted"


async def test_a_task_that_begins_between_the_look_and_the_cancel_runs_on(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        stand.vendor.play("cancel", status(400, v2_error(400, "cannot cancel while processing", 2013)))
        with pytest.raises(NotCancellable):
            await stand.provider.cancel(task)


async def test_a_hailuo_task_cannot_be_stopped(tmp_path: Path) -> None:
    async with open_stand_v1(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        with pytest.raises(NotCancellable):
            await stand.provider.cancel(task)


# Films: fetched by addresses that expire, renewed by asking once more.


@pytest.mark.parametrize("open_one", [open_stand, open_stand_v1])
async def test_an_address_that_expired_is_renewed_by_asking_again(tmp_path: Path, open_one: Any) -> None:
    async with open_one(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        stand.advance(task.id, "finished")
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        stand.vendor.expire(task.id)
        stand.vendor.play("file", *([GONE] if stand.api == "v1" else []))
        await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == film()


@pytest.mark.parametrize("open_one", [open_stand, open_stand_v1])
async def test_a_task_refused_after_it_began_costs_nothing(tmp_path: Path, open_one: Any) -> None:
    async with open_one(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        stand.advance(task.id, "refused")
        failed = await stand.provider.poll(task)
        assert isinstance(failed, Failed)
        assert (type(failed.error), failed.charged) == (Rejected, Charged.no)
        stand.advance(task.id, "paused")
        with pytest.raises(Unavailable):
            await stand.provider.poll(task)


@pytest.mark.parametrize("open_one", [open_stand, open_stand_v1])
async def test_a_task_ordered_just_now_is_not_given_up_because_it_is_not_known_yet(
    tmp_path: Path, open_one: Any
) -> None:
    async with open_one(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        stand.vendor.forget(task.id)
        with pytest.raises(Unavailable):
            await stand.provider.poll(task)
        stand.parts.clock.forward(600)
        with pytest.raises(Expired):
            await stand.provider.poll(task)


async def test_a_row_of_the_operators_own_must_say_how_it_is_ordered(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        wanted = stand.order()
        own = replace(wanted, model=replace(wanted.model, title="Ours", wire=()))
        with pytest.raises(InvalidInput, match="Ours does not say which"):
            await stand.provider.submit(own)


async def test_nothing_of_the_key_or_the_prompt_is_logged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with open_stand(tmp_path) as stand:
        stand.vendor.play("create", stand.bad_key())
        with pytest.raises(BadCredentials):
            await stand.provider.submit(stand.order())
        stand.vendor.play("create", GARBLED)
        with pytest.raises(Unclear):
            await stand.provider.submit(stand.order())
    told = capsys.readouterr()
    written = told.out + told.err
    assert "video.answer" in written
    assert KEY not in written
    assert "heron" not in written
    assert json.dumps(KEY) not in written
