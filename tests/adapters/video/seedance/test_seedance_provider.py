"""Seedance over real sockets: paid once, found again, stopped where it can be, fetched whole."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.video.seedance import create, examine
from adapters.video.seedance.wire.refusals import NO_MODEL, NOT_FETCHED, OTHER_REGION
from bot.domain.errors import (
    BadCredentials,
    BadSettings,
    Expired,
    InvalidInput,
    NotCancellable,
    Rejected,
    Unavailable,
)
from bot.domain.job import Charged
from bot.ports.video import Failed, Finished, Running
from tests.adapters.video.seedance.asked import SOUND, TASKS, asked
from tests.adapters.video.seedance.server_seedance import KEY, Ark
from tests.adapters.video.seedance.stand_seedance import SeedanceStand, open_stand, order, parts
from tests.adapters.video.seedance.test_seedance_errors import FACE
from tests.shelf import chosen, wish
from tests.vendor import GONE, film, status

LIVE = ("seedance-2", "seedance-2-fast", "seedance-2-mini", "seedance-2.5", "seedance-2.5-draft")


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[SeedanceStand]:
    async with open_stand(tmp_path) as opened:
        yield opened


async def test_an_order_becomes_a_film_at_the_reported_price(stand: SeedanceStand, tmp_path: Path) -> None:
    provider, vendor = stand.provider, stand.vendor
    task = await provider.submit(stand.order(last_frame=True))
    assert vendor.started == [task.id]
    assert (task.region, task.key_name) == ("intl", "ARK_API_KEY")
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
    assert vendor.complaints == []


@pytest.mark.parametrize("region", ["intl", "cn"])
async def test_every_model_and_task_is_ordered_so_that_a_strict_server_takes_it(tmp_path: Path, region: str) -> None:
    vendor = Ark(region)
    async with vendor.serving():
        made_from = parts(tmp_path, vendor)
        for name in ("first", "last", "tea-1", "tea-2", "tea.mp3"):
            (tmp_path / "drive" / name).write_bytes(name.encode() * 100)
        provider = create(made_from)
        wanted = [
            (model, task) for model in LIVE for task in TASKS if model != LIVE[-1] or task not in {"edit", "extend"}
        ]
        for model, task in wanted:
            await provider.submit(asked(model, task))
        for resolution in ("480p", "1080p", "4k"):
            await provider.submit(asked("seedance-2", "text", resolution=resolution, web_search=True, last_frame=True))
        await provider.aclose()
    assert vendor.complaints == []
    assert len(vendor.started) == len(wanted) + 3


async def test_2_5_takes_a_sound_alone(tmp_path: Path) -> None:
    vendor = Ark()
    async with vendor.serving():
        made_from = parts(tmp_path, vendor)
        (tmp_path / "drive" / "tea.mp3").write_bytes(b"a song")
        provider = create(made_from)
        request = wish("It sings", SOUND, model="seedance-2.5")
        settings = chosen(request).settings
        await provider.submit(order("J-ONE-1", replace(request, settings=settings), "seedance-2.5"))
        await provider.aclose()
    assert vendor.complaints == []
    (seen,) = vendor.calls("create")
    assert (seen.body["omni_reference_task_type"], seen.body["generate_audio"]) == ("reference", True)
    assert seen.body["content"][1]["audio_url"]["url"] == "data:audio/mpeg;base64,YSBzb25n"


async def test_no_command_in_a_prompt_is_obeyed(stand: SeedanceStand) -> None:
    made = stand.order()
    request = replace(made.request, prompt="A fox --ratio 16:9 --fps 24 --dur 5 -- seed 7 ---watermark true")
    await stand.provider.submit(replace(made, request=request))
    assert stand.vendor.commands == []


async def test_a_film_without_a_public_address_is_not_paid_for(stand: SeedanceStand, tmp_path: Path) -> None:
    shut = create(parts(tmp_path, stand.vendor, public=""))
    with pytest.raises(InvalidInput, match="@Video1 has no public address") as caught:
        await shut.submit(asked("seedance-2", "extend"))
    await shut.aclose()
    assert (caught.value.reference, stand.vendor.seen) == ("@Video1", [])


async def test_a_film_that_ark_cannot_fetch_is_told(stand: SeedanceStand) -> None:
    stand.vendor.unreachable = True
    with pytest.raises(InvalidInput, match="resource download failed") as caught:
        await stand.provider.submit(asked("seedance-2", "extend"))
    assert (caught.value.reference, caught.value.mend) == ("@Video1", NOT_FETCHED)


async def test_where_ark_cannot_be_reached_nothing_was_started(stand: SeedanceStand, tmp_path: Path) -> None:
    nowhere = create(parts(tmp_path, stand.vendor, base_url="http://127.0.0.1:1/api/v3"))
    with pytest.raises(Unavailable):
        await nowhere.submit(stand.order())
    await nowhere.aclose()
    assert stand.vendor.seen == []


async def test_a_face_refused_at_once_is_told_with_its_picture(stand: SeedanceStand) -> None:
    stand.vendor.play("create", status(400, FACE))
    with pytest.raises(Rejected) as caught:
        await stand.provider.submit(stand.order())
    assert caught.value.reference == "@Image1"
    assert stand.vendor.started == []


async def test_a_model_of_the_other_region_is_told(tmp_path: Path) -> None:
    vendor = Ark("cn")
    async with vendor.serving():
        provider = create(parts(tmp_path, vendor, region="intl"))
        with pytest.raises(BadCredentials) as caught:
            await provider.submit(asked("seedance-2", "text"))
        await provider.aclose()
    assert caught.value.mend == NO_MODEL


# Cancel


async def test_what_is_queued_is_stopped_free_and_stays_so(stand: SeedanceStand) -> None:
    task = await stand.provider.submit(stand.order())
    assert await stand.provider.cancel(task) is Charged.no
    assert await stand.provider.cancel(task) is Charged.no
    assert len(stand.vendor.calls("cancel")) == 1
    after = await stand.provider.poll(task)
    assert isinstance(after, Failed)
    assert after.charged is Charged.no


@pytest.mark.parametrize("state", ["running", "finished"])
async def test_what_has_begun_is_left_alone(stand: SeedanceStand, state: str) -> None:
    task = await stand.provider.submit(stand.order())
    stand.vendor.advance(task.id, state)
    with pytest.raises(NotCancellable):
        await stand.provider.cancel(task)
    assert stand.vendor.calls("cancel") == []
    assert task.id in stand.vendor.tasks


@pytest.mark.parametrize("state", ["refused", "expired"])
async def test_what_failed_costs_nothing_and_keeps_its_record(stand: SeedanceStand, state: str) -> None:
    task = await stand.provider.submit(stand.order())
    stand.vendor.advance(task.id, state)
    assert await stand.provider.cancel(task) is Charged.no
    assert task.id in stand.vendor.tasks


async def test_what_begins_between_the_look_and_the_stop_runs_on(stand: SeedanceStand) -> None:
    task = await stand.provider.submit(stand.order())
    stand.vendor.begins_meanwhile = True
    with pytest.raises(NotCancellable, match="currently running"):
        await stand.provider.cancel(task)
    assert stand.vendor.tasks[task.id].status == "running"


# Results, and what is gone


async def test_a_link_that_ran_out_is_asked_for_once_more(stand: SeedanceStand, tmp_path: Path) -> None:
    task = await stand.provider.submit(stand.order(last_frame=True))
    stand.vendor.advance(task.id, "finished")
    made = await stand.provider.poll(task)
    assert isinstance(made, Finished)
    stand.vendor.expire_links(task.id)
    await stand.provider.download(made.files[0].id, tmp_path / "film.mp4")
    await stand.provider.download(made.files[0].last_frame, tmp_path / "last.png")
    assert (tmp_path / "film.mp4").read_bytes() == film()
    assert (tmp_path / "last.png").read_bytes().startswith(b"\x89PNG")


async def test_a_film_that_stays_gone_has_expired(stand: SeedanceStand, tmp_path: Path) -> None:
    task = await stand.provider.submit(stand.order())
    stand.vendor.advance(task.id, "finished")
    made = await stand.provider.poll(task)
    assert isinstance(made, Finished)
    stand.vendor.play("file", GONE, GONE)
    with pytest.raises(Expired):
        await stand.provider.download(made.files[0].id, tmp_path / "film.mp4")
    assert len(stand.vendor.calls("poll")) == 2
    del stand.vendor.tasks[task.id]
    stand.vendor.play("file", GONE)
    with pytest.raises(Expired):
        await stand.provider.download(made.files[0].id, tmp_path / "film.mp4")


async def test_a_last_frame_that_the_task_no_longer_has_has_expired(stand: SeedanceStand, tmp_path: Path) -> None:
    task = await stand.provider.submit(stand.order())
    stand.vendor.advance(task.id, "finished")
    gone = f"{task.id} last_frame {stand.vendor.link('gone.png')}"
    with pytest.raises(Expired):
        await stand.provider.download(gone, tmp_path / "last.png")
    assert not (tmp_path / "last.png").exists()


async def test_a_record_that_is_gone_has_expired(stand: SeedanceStand) -> None:
    task = await stand.provider.submit(stand.order())
    stand.vendor.tasks.clear()
    for ask in (stand.provider.poll, stand.provider.cancel):
        with pytest.raises(Expired):
            await ask(task)


async def test_a_task_of_the_other_region_is_not_taken_for_gone(stand: SeedanceStand) -> None:
    task = await stand.provider.submit(stand.order())
    elsewhere = replace(task, region="cn")
    for ask in (stand.provider.poll, stand.provider.cancel):
        with pytest.raises(Unavailable, match="in the region cn"):
            await ask(elsewhere)
    assert stand.vendor.calls("poll") == []


# The doctor


async def test_the_doctor_names_the_models_that_may_be_used(stand: SeedanceStand) -> None:
    models = "Seedance 2.0, Seedance 2.0 Fast, Seedance 2.0 Mini, Seedance 2.5"
    (seen,) = await examine(stand.parts)
    assert (seen.found, seen.mend, seen.stops) == (f"BytePlus ModelArk accepts the key, for {models}.", "", False)
    stand.vendor.not_open = {"2-5-260628"}
    _, missing = await examine(stand.parts)
    assert (missing.found, missing.mend) == ("Not to be used with this key: Seedance 2.5.", NO_MODEL)
    assert stand.vendor.started == []


async def test_the_doctor_tells_a_wrong_key_a_wrong_address_and_a_host_without_seedance(
    stand: SeedanceStand, tmp_path: Path
) -> None:
    (refused,) = await examine(parts(tmp_path, stand.vendor, api_key="another"))
    assert refused.stops
    assert refused.mend == OTHER_REGION
    (away,) = await examine(parts(tmp_path, stand.vendor, base_url="http://127.0.0.1:1/api/v3"))
    assert not away.stops
    assert "could not be asked" in away.found
    (west,) = await examine(parts(tmp_path, stand.vendor, base_url="https://ark.eu-west.bytepluses.com/api/v3"))
    assert (west.found, west.stops) == ("ark.eu-west.bytepluses.com does not serve Seedance.", True)


async def test_the_doctor_is_told_where_a_probe_is_taken_for_an_order(stand: SeedanceStand) -> None:
    stand.vendor.play("create", status(200, {"id": "cgt-1"}))
    (seen,) = await examine(stand.parts)
    assert "is not understood" in seen.found
    assert not seen.stops


def test_a_region_there_is_not_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="'mars'"):
        create(parts(tmp_path, Ark(), region="mars"))
