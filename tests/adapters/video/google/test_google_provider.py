"""Google's adapter before a Google of our own, over real sockets."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from adapters.video.google import create, examine
from bot.domain.errors import (
    BadCredentials,
    Expired,
    InvalidInput,
    NotCancellable,
    ProviderError,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged
from bot.domain.media import Role
from bot.domain.request import Reference
from bot.ports.examine import Seen
from bot.ports.video import Failed, Finished, Running
from tests.adapters.video.google.stand_google import open_stand, open_stand_vertex, order, parts, reference
from tests.shelf import all_models
from tests.vendor import GONE, film, status

FIRST, LAST = reference("@Image1", Role.first_frame), reference("@Image2", Role.last_frame)
PICTURE, FILM = reference("@Image1", Role.reference_image), reference("@Video1", Role.reference_video)
WISHES: dict[str, tuple[tuple[Reference, ...], str, dict[str, Any]]] = {
    "text": ((), "A heron", {}),
    "first_frame": ((FIRST,), "@Image1 moves", {}),
    "first_last": ((FIRST, LAST), "Go", {}),
    "references": ((PICTURE,), "@Image1 runs", {}),
    "edit": ((FILM,), "Edit @Video1: snow", {}),
    "extend": ((FILM,), "Extend @Video1", {"seconds": 7.0}),
}
LARGE_FILM = Random(2).randbytes(3_000_000)


@pytest.mark.parametrize("opener", [open_stand, open_stand_vertex], ids=["gemini", "vertex"])
async def test_a_strict_google_takes_every_model_for_every_task_and_has_the_files_byte_for_byte(
    opener: Any, tmp_path: Path
) -> None:
    async with opener(tmp_path) as stand:
        door = "gemini" if opener is open_stand else "vertex"
        wishes = [(model, task) for model in all_models() if ("door", door) in model.wire for task in model.tasks]
        for model, task in wishes:
            references, prompt, settings = WISHES[task]
            await stand.provider.submit(order(model.id, *references, prompt=prompt, **settings))
        assert stand.vendor.complaints == []
        assert len(stand.vendor.started) == len(wishes) > 6
        picture = (tmp_path / "drive" / "picture").read_bytes()
        if door == "gemini":
            both = stand.vendor.received.values()
            assert [picture, picture] in both
            assert [film()] in both
        else:
            sent = [one["instances"][0].get("image", {}) for one in stand.vendor.received.values()]
            assert base64.b64encode(picture).decode() in [one.get("bytesBase64Encoded") for one in sent]


async def test_a_film_is_finished_once_google_has_put_its_file_together(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        stand.vendor.finish(stand.vendor.started[0], film(), state="PROCESSING")
        assert await stand.provider.poll(task) == Running(ask_again_in=5.0)
        stand.vendor.files["file0"] = "ACTIVE"
        assert isinstance(await stand.provider.poll(task), Finished)
        stand.vendor.files["file0"] = "FAILED"
        lost = await stand.provider.poll(task)
        assert isinstance(lost, Failed)
        assert (type(lost.error), lost.charged) == (Expired, Charged.yes)


async def test_an_address_that_ran_out_is_asked_for_again_once(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        stand.advance(stand.vendor.started[0], "finished")
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        stand.vendor.play("file", GONE)
        await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == film()
        assert len(stand.vendor.calls("poll")) == 2
        stand.vendor.play("file", GONE, GONE)
        with pytest.raises(Expired):
            await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")


@pytest.mark.parametrize("made", [film(), LARGE_FILM], ids=["small", "large"])
async def test_a_film_that_comes_inside_the_answer_all_the_same_is_taken_from_there(
    made: bytes, tmp_path: Path
) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        stand.vendor.end(stand.vendor.started[0], {"data": base64.b64encode(made).decode()}, 57920)
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        assert len(done.files[0].id) < 200
        await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == made


@pytest.mark.parametrize("express", [False, True], ids=["token", "express"])
async def test_each_of_several_films_in_one_answer_is_told_from_the_others(express: bool, tmp_path: Path) -> None:
    films = (LARGE_FILM, film(), LARGE_FILM[::-1])
    async with open_stand_vertex(tmp_path, express=express) as stand:
        task = await stand.provider.submit(order("veo-3.1", count=4))
        assert task.key_name == ("VERTEX_API_KEY" if express else "GOOGLE_ACCESS_TOKEN")
        stand.vendor.finish(task.id, *films, filtered=1, reasons=("Too much. Support codes: 58061214",))
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        assert done.details["note"].startswith("Google's safety filter held back 1 of 4 films")
        for file, made in zip(done.files, films, strict=True):
            await stand.provider.download(file.id, tmp_path / "film.mp4")
            assert (tmp_path / "film.mp4").read_bytes() == made
        stand.vendor.finish(task.id, film(), *films[1:])
        with pytest.raises(Unavailable, match="elsewhere"):
            await stand.provider.download(done.files[2].id, tmp_path / "film.mp4")
        stand.vendor.finish(task.id, filtered=4)
        with pytest.raises(Expired):
            await stand.provider.download(done.files[2].id, tmp_path / "film.mp4")


async def test_a_film_whose_base64_ends_too_early_did_not_come_whole(tmp_path: Path) -> None:
    async with open_stand_vertex(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        stand.vendor.finish(task.id, LARGE_FILM)
        stand.vendor.made[task.id]["response"]["videos"][0]["bytesBase64Encoded"] += "AA"
        done = await stand.provider.poll(task)
        assert isinstance(done, Finished)
        with pytest.raises(Unavailable, match="did not come whole"):
            await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")


async def test_what_is_stopped_is_free_where_google_says_so_and_what_was_faster_is_not(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        assert await stand.provider.cancel(task) is Charged.maybe, "nothing is said of what was used"
        after = await stand.provider.poll(task)
        assert isinstance(after, Failed)
        assert (type(after.error), after.charged) == (Unavailable, Charged.maybe)
        stand.vendor.made[task.id]["usage"] = {"total_output_tokens": 0}
        assert await stand.provider.cancel(task) is Charged.no, "asked twice, it is still stopped"
        other = await stand.provider.submit(stand.order(key="J-TWO-1"))
        stand.advance(stand.vendor.started[1], "finished")
        with pytest.raises(NotCancellable):
            await stand.provider.cancel(other)
        stand.vendor.play("cancel", status(200, {"id": "v1_x", "status": "in_progress"}))
        with pytest.raises(Unavailable):
            await stand.provider.cancel(task)


async def test_a_film_on_vertex_is_not_asked_to_stop(tmp_path: Path) -> None:
    async with open_stand_vertex(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        with pytest.raises(NotCancellable, match="no way to stop"):
            await stand.provider.cancel(task)
        with pytest.raises(Unclear):
            await stand.provider.find(stand.order())


async def test_a_door_without_its_key_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        with pytest.raises(BadCredentials) as refused:
            await stand.provider.submit(order("veo-3.1"))
        assert "GOOGLE_CLOUD_PROJECT" in refused.value.mend
        nowhere = order("omni-1.2")
        with pytest.raises(InvalidInput, match="nothing says how"):
            await stand.provider.submit(replace(nowhere, model=replace(nowhere.model, wire=())))
        assert stand.vendor.seen == []


async def test_a_task_outlives_a_restart_and_waits_where_its_door_is_shut(tmp_path: Path) -> None:
    async with open_stand_vertex(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        assert task.region == "us-central1"
        stand.advance(task.id, "finished")
        here = stand.parts.settings
        for settings, why in (
            (here, ""),
            ({**here, "location": "europe-west4"}, "us-central1"),
            ({"api_key": "k"}, "no key for Vertex AI"),
        ):
            again = create(parts(tmp_path, settings))
            if not why:
                assert isinstance(await again.poll(task), Finished)
            else:
                with pytest.raises(Unavailable, match=why):
                    await again.poll(task)
            await again.aclose()


async def test_a_token_that_ran_out_says_how_to_make_another(tmp_path: Path) -> None:
    async with open_stand_vertex(tmp_path) as stand:
        provider = create(replace(stand.parts, settings={**stand.parts.settings, "access_token": "old"}))
        with pytest.raises(BadCredentials) as refused:
            await provider.submit(stand.order())
        assert "gcloud auth print-access-token" in refused.value.mend
        assert stand.vendor.started == []
        await provider.aclose()


async def test_nobody_at_home_means_that_nothing_was_started(tmp_path: Path) -> None:
    provider = create(parts(tmp_path, {"api_key": "k", "base_url": "http://127.0.0.1:9"}))
    with pytest.raises(Unavailable) as away:
        await provider.submit(order("omni-1.2"))
    assert isinstance(away.value, ProviderError)
    await provider.aclose()


async def told(folder: Path, settings: dict[str, str]) -> Sequence[Seen]:
    return await examine(parts(folder, settings))


async def test_the_doctor_tells_keys_that_are_taken_from_those_that_are_not(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as omni, open_stand_vertex(tmp_path) as veo:
        both = {**omni.parts.settings, **veo.parts.settings}
        assert await told(tmp_path, both) == [
            Seen("The Gemini API (Omni) takes GEMINI_API_KEY."),
            Seen("Vertex AI (Veo) takes GOOGLE_ACCESS_TOKEN in us-central1."),
        ]
        wrong = await told(tmp_path, {**both, "api_key": "no", "access_token": "no"})
        assert [seen.found.split(":")[0] for seen in wrong] == [
            "The Gemini API (Omni) does not take what is set",
            "Vertex AI (Veo) does not take what is set",
        ]
        assert all(seen.mend for seen in wrong)
        (lacking,) = await told(tmp_path, {"access_token": "t"})
        assert "GOOGLE_CLOUD_PROJECT" in lacking.mend
        (away,) = await told(tmp_path, {"api_key": "k", "base_url": "http://127.0.0.1:9"})
        assert "could not be asked" in away.found
        assert omni.vendor.started == veo.vendor.started == []
