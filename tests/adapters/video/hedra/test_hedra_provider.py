"""Hedra's adapter through real sockets: what is paid for, found again, sent there and fetched."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.video.hedra import create
from adapters.video.hedra.provider import RUNS_ON
from adapters.video.hedra.wire.order import reserved
from bot.domain.errors import Expired, InvalidInput, NotCancellable, ProviderError, RateLimited, Unavailable, Unclear
from bot.domain.job import ProviderTask
from bot.ports.storage import Storage
from bot.ports.video import Finished, Order, Running, VideoProvider
from tests.adapters.video.hedra.stand_hedra import HedraStand, open_stand, parts, passed_on
from tests.fakes import NOON
from tests.shelf import film as clip
from tests.shelf import sound
from tests.vendor import AFTER, BEFORE, GARBLED, GONE, film, status


@dataclass
class Slips:
    """Notes in a dictionary."""

    held: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    @property
    def notes(self) -> "Slips":
        return self

    async def get(self, key: str) -> str | None:
        return self.held[key][0] if key in self.held else None

    async def put(self, key: str, text: str, until: datetime) -> None:
        self.held[key] = (text, until)


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[HedraStand]:
    async with open_stand(tmp_path) as found:
        yield found


@asynccontextmanager
async def another(
    stand: HedraStand, tmp_path: Path, storage: Slips | None = None, **settings: str
) -> AsyncIterator[VideoProvider]:
    """A bot of its own before the same vendor."""
    provider = create(parts(stand.vendor, tmp_path, cast("Storage", storage), **settings))
    try:
        yield provider
    finally:
        await provider.aclose()


def created(stand: HedraStand) -> list[Any]:
    return [one.body for one in stand.vendor.calls("create")]


def with_recording(order: Order, key: str) -> Order:
    """The order with a recording in place of its line."""
    said = replace(order.request.settings, voice=None)
    references = (*order.request.references, replace(sound("@Audio1", 2.0), key=key))
    return replace(order, request=replace(order.request, settings=said, references=references))


async def test_an_order_becomes_a_film(stand: HedraStand, tmp_path: Path) -> None:
    task = await stand.provider.submit(stand.order())
    assert await stand.provider.poll(task) == Running(fraction=0.0, eta=95.0, ask_again_in=5.0)
    stand.advance(task.id, "running")
    assert await stand.provider.poll(task) == Running(fraction=0.4, eta=57.0, ask_again_in=5.0)
    stand.advance(task.id, "finished")
    done = await stand.provider.poll(task)
    assert isinstance(done, Finished)
    await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == film()
    assert stand.vendor.started == [task.id] == list(reserved(stand.order()))
    assert all("x-api-key" not in one.headers for one in stand.vendor.cdn_seen)
    assert stand.vendor.complaints == []


async def test_the_portrait_and_the_recording_arrive_byte_for_byte(stand: HedraStand, tmp_path: Path) -> None:
    (tmp_path / "drive" / "words").write_bytes(b"RIFF\r\n--not a boundary\r\n" * 5000)
    await stand.provider.submit(with_recording(stand.order(), "words"))
    body = created(stand)[0]
    there = [stand.vendor.assets[body[name]] for name in ("start_keyframe_id", "audio_id")]
    assert [one["name"] for one in there] == ["image1.png", "audio1.wav"]
    assert [one["bytes"] for one in there] == [
        (tmp_path / "drive" / name).read_bytes() for name in ("portrait", "words")
    ]
    assert stand.vendor.calls("voices") == []


async def test_a_film_goes_to_the_store_without_the_key(stand: HedraStand, tmp_path: Path) -> None:
    (tmp_path / "drive" / "clip").write_bytes(film())
    reference = replace(clip("@Video1", 1.0), key="clip")
    usual = stand.order(seconds=8.0, aspect="16:9", resolution="720p", audio=False)
    settings = replace(usual.request.settings, voice=None)
    request = replace(usual.request, prompt="Extend @Video1", references=(reference,), settings=settings)
    stand.vendor.play("store", status(403))
    with pytest.raises(Unavailable):
        await stand.provider.submit(replace(usual, model=passed_on(), request=request))
    await stand.provider.submit(replace(usual, model=passed_on(), request=request))
    assert stand.vendor.assets[created(stand)[0]["video_id"]]["bytes"] == film()
    assert [(one.method, "x-api-key" in one.headers) for one in stand.vendor.calls("store")] == [("PUT", False)] * 2
    assert stand.vendor.complaints == []


async def test_the_line_is_spoken_by_the_voice_that_was_set_or_the_first(stand: HedraStand, tmp_path: Path) -> None:
    stand.vendor.voices.append("70c1ce00-0000-4000-8000-000000000002")
    await stand.provider.submit(stand.order())
    async with another(stand, tmp_path, voice_id=stand.vendor.voices[1]) as other:
        await other.submit(stand.order("J-TWO-1"))
    assert [one["audio_generation"]["voice_id"] for one in created(stand)] == stand.vendor.voices
    assert len(stand.vendor.calls("voices")) == 1
    stand.vendor.voices.clear()
    with pytest.raises(InvalidInput, match="no voice"):
        await stand.provider.submit(stand.order("J-SIX-1"))
    assert len(created(stand)) == 2


async def test_files_sent_once_are_not_sent_again_for_a_day(stand: HedraStand, tmp_path: Path) -> None:
    slips = Slips()
    stand.vendor.play("create", stand.limited())
    async with another(stand, tmp_path, slips) as provider:
        with pytest.raises(RateLimited):
            await provider.submit(stand.order())
        await provider.submit(stand.order())
    assert len(stand.vendor.calls("upload")) == 1
    assert [(until - NOON).days for _, until in slips.held.values()] == [1]
    async with another(stand, tmp_path, slips, api_key="sk_another_account") as provider:
        with pytest.raises(ProviderError):
            await provider.submit(stand.order("J-TWO-1"))
    assert len(stand.vendor.calls("asset")) == 2, "another account does not have that asset"


async def test_an_asset_that_hedra_lost_is_sent_anew_the_next_time(stand: HedraStand, tmp_path: Path) -> None:
    async with another(stand, tmp_path, Slips()) as provider:
        await provider.submit(stand.order())
        stand.vendor.assets.clear()
        with pytest.raises(InvalidInput) as refused:
            await provider.submit(stand.order("J-TWO-1"))
        assert (refused.value.reference, refused.value.mend) == (
            "@Image1",
            "Ask again: the files are sent to Hedra anew.",
        )
        await provider.submit(stand.order("J-TWO-1"))
    assert len(stand.vendor.started) == 2


async def test_what_hedra_does_not_make_is_told_by_its_field(stand: HedraStand) -> None:
    usual = stand.order(seconds=8.0, aspect="16:9", resolution="480p", audio=False)
    request = replace(usual.request, references=(), settings=replace(usual.request.settings, voice=None))
    with pytest.raises(InvalidInput) as refused:
        await stand.provider.submit(replace(usual, model=passed_on(), request=request))
    assert refused.value.message == "generated_video_inputs.resolution: Input should be one of ['1080p', '720p']"
    assert stand.vendor.started == []


async def test_a_file_that_cannot_be_sent_starts_nothing(stand: HedraStand) -> None:
    stand.vendor.play("asset", status(503), BEFORE)
    stand.vendor.play("upload", status(413, {"detail": "File too large"}))
    for _ in range(2):
        with pytest.raises(Unavailable):
            await stand.provider.submit(stand.order())
    with pytest.raises(InvalidInput) as refused:
        await stand.provider.submit(stand.order())
    assert refused.value.reference == "@Image1"
    with pytest.raises(InvalidInput, match="no longer on the Drive"):
        await stand.provider.submit(with_recording(stand.order(), "gone"))
    assert created(stand) == []


@pytest.mark.parametrize("mood", [AFTER, GARBLED])
async def test_a_lost_answer_is_found_by_the_ids_that_were_reserved(
    stand: HedraStand, tmp_path: Path, mood: Any
) -> None:
    stand.vendor.play("create", mood)
    with pytest.raises(Unclear):
        await stand.provider.submit(stand.order(count=3))
    async with another(stand, tmp_path) as later:
        task = await later.find(stand.order(count=3))
        assert task is not None
        for id in stand.vendor.started:
            stand.advance(id, "finished")
        done = await later.poll(task)
    assert isinstance(done, Finished)
    assert len(done.files) == 3
    assert tuple(stand.vendor.started) == reserved(stand.order(count=3))


async def test_the_same_order_sent_again_is_told_apart_and_found(stand: HedraStand) -> None:
    first = await stand.provider.submit(stand.order())
    with pytest.raises(Unclear):
        await stand.provider.submit(stand.order())
    again = await stand.provider.find(stand.order())
    assert again is not None
    assert again.id == first.id
    assert stand.vendor.started == [first.id]


async def test_an_order_is_not_there_only_where_hedra_says_so(stand: HedraStand) -> None:
    assert await stand.provider.find(stand.order(count=2)) is None
    stand.vendor.play("poll", status(404, "<html>nothing here</html>"), status(502), BEFORE, GARBLED)
    for _ in range(3):
        with pytest.raises(Unavailable):
            await stand.provider.find(stand.order())
    task = await stand.provider.submit(stand.order())
    with pytest.raises(Unavailable):
        await stand.provider.find(stand.order())
    found = await stand.provider.find(stand.order())
    assert found is not None
    assert found.id == task.id


async def test_a_batch_brings_what_there_is_and_tells_what_is_not(stand: HedraStand, tmp_path: Path) -> None:
    stand.vendor.stillborn = {1: "The portrait has no face."}
    task = await stand.provider.submit(stand.order(count=3))
    first, last = stand.vendor.started
    stand.advance(first, "finished")
    assert isinstance(await stand.provider.poll(task), Running)
    stand.advance(last, "refused")
    done = await stand.provider.poll(task)
    assert isinstance(done, Finished)
    assert done.details == {
        "note": "Result 2 of 3 was not made: The portrait has no face. Result 3 of 3 was not made: A real person."
    }
    assert [file.id.partition(" ")[0] for file in done.files] == [first]
    assert len(created(stand)) == 1


async def test_a_link_that_ran_out_is_asked_for_anew_once(stand: HedraStand, tmp_path: Path) -> None:
    task = await stand.provider.submit(stand.order())
    stand.advance(task.id, "finished")
    done = await stand.provider.poll(task)
    assert isinstance(done, Finished)
    stand.vendor.play("file", GONE)
    await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == film()
    assert len(stand.vendor.calls("poll")) == 2
    stand.vendor.play("file", GONE, GONE)
    with pytest.raises(Expired):
        await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
    stand.vendor.films.clear()
    stand.vendor.generations.clear()
    with pytest.raises(Expired):
        await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")


async def test_what_cannot_be_stopped_is_said_and_nothing_is_asked(stand: HedraStand) -> None:
    task = await stand.provider.submit(stand.order())
    before = len(stand.vendor.seen)
    with pytest.raises(NotCancellable, match="cannot stop") as refused:
        await stand.provider.cancel(task)
    assert refused.value.message == RUNS_ON
    assert len(stand.vendor.seen) == before


async def test_a_task_that_hedra_forgot_has_expired(stand: HedraStand) -> None:
    task = await stand.provider.submit(stand.order())
    stand.vendor.generations.clear()
    with pytest.raises(Expired):
        await stand.provider.poll(ProviderTask(id=task.id, route=task.route))
