"""What MiniMax is sent: whole bodies for each model and task."""

from typing import Any

import pytest

from adapters.kit.body import Part
from adapters.kit.http import Call
from adapters.video.minimax.wire import files, v1, v2
from bot.domain.errors import InvalidInput
from bot.domain.media import Role
from bot.ports.video import Order
from tests.adapters.video.minimax.bodies_minimax import FACE, FILM, FIRST, LAST, SOUND, V1, V2
from tests.adapters.video.minimax.stand_minimax import order, reference
from tests.shelf import all_models


@pytest.mark.parametrize(("wanted", "body"), V1.values(), ids=V1)
def test_the_older_api_is_sent_exactly_what_the_model_takes(wanted: Order, body: dict[str, Any]) -> None:
    pictures = {one.token: files.inline(one) for one in wanted.request.references}
    assert v1.create(wanted, pictures) == Call(method="POST", path="v1/video_generation", json=body)


@pytest.mark.parametrize(("wanted", "body"), V2.values(), ids=V2)
def test_the_newer_api_is_sent_exactly_what_the_model_takes(wanted: Order, body: dict[str, Any]) -> None:
    sent = {one.token: files.inline(one) for one in wanted.request.references}
    assert v2.create(wanted, sent) == Call(method="POST", path="v2/video_generation", json=body)


def test_every_model_and_task_has_its_body_above() -> None:
    tested = {(wanted.model.id, wanted.request.task) for wanted, _ in [*V1.values(), *V2.values()]}
    assert tested == {(m.id, task) for m in all_models() if m.provider == "minimax" for task in m.tasks}


def test_camera_brackets_stay_for_models_that_know_them_and_become_words_for_the_others() -> None:
    prompt = "[Push in, Tilt up] a fox wakes"
    assert v1.create(order("hailuo-02", prompt=prompt), {}).json["prompt"] == prompt
    assert v1.create(order("t2v-01-director", prompt=prompt), {}).json["prompt"] == prompt
    told = "The camera pushes in while tilting up. a fox wakes"
    assert v1.create(order("t2v-01", prompt=prompt), {}).json["prompt"] == told
    assert v2.create(order("minimax-h3", prompt=prompt), {}).json["content"][0]["text"] == told


def test_attachments_are_named_as_the_model_counts_them() -> None:
    ten = [reference(f"@Image{number}", Role.reference_image) for number in (2, 10, 1)]
    prompt = "@Image10 and @image1 dance like @Video1, to @Audio1; @Image2 and @Image7 watch"
    wanted = order("minimax-h3", FILM, *ten, SOUND, prompt=prompt)
    text = v2.create(wanted, {one.token: "" for one in wanted.request.references}).json["content"][0]["text"]
    assert text == (
        "reference image 2 and reference image 3 dance like reference video 1, to reference audio 1; "
        "reference image 1 and @Image7 watch"
    )


def test_frames_and_the_face_are_named_for_what_they_are() -> None:
    prompt = "from @Image1 to @Image2"
    both = {"@Image1": "", "@Image2": ""}
    told = "from the first frame to the last frame"
    assert v1.create(order("hailuo-02", FIRST, LAST, prompt=prompt), both).json["prompt"] == told
    assert v2.create(order("minimax-h3", FIRST, LAST, prompt=prompt), both).json["content"][0]["text"] == told
    assert v1.create(order("s2v-01", FACE, prompt="@Image1 waves"), both).json["prompt"] == "the character waves"


def test_a_prompt_that_grows_too_long_with_its_names_is_told_before_anything_is_sent() -> None:
    prompt = "@Image1 " + "x" * 6990
    with pytest.raises(InvalidInput, match=r"7,008 characters, and MiniMax H3 takes at most 7,000") as told:
        v2.create(order("minimax-h3", FACE, prompt=prompt), {"@Image1": ""})
    assert told.value.mend == "Shorten it by 8 characters and ask again."


def test_what_does_not_fit_into_the_body_is_uploaded_the_largest_first() -> None:
    heavy = [
        reference(f"@Video{number}", Role.reference_video, mime="video/mp4", bytes=size)
        for number, size in ((1, 15_000_000), (2, 30_000_000), (3, 20_000_000))
    ]
    assert [one.token for one in v2.by_upload(order("minimax-h3", *heavy))] == ["@Video2"]
    assert [one.token for one in v2.by_upload(order("minimax-h3", heavy[0], heavy[2]))] == []
    most = reference("@Video1", Role.reference_video, mime="video/mp4", bytes=47_925_000)
    assert [v2.by_upload(order("minimax-h3", one)) for one in (most,)] == [()]
    more = reference("@Video1", Role.reference_video, mime="video/mp4", bytes=47_925_001)
    assert v2.by_upload(order("minimax-h3", more)) == (more,)


def test_a_mov_is_uploaded_whatever_its_size() -> None:
    mov = reference("@Video1", Role.reference_video, mime="video/quicktime")
    assert v2.by_upload(order("minimax-h3", FACE, mov)) == (mov,)
    large = reference("@Video2", Role.reference_video, mime="video/mp4", bytes=47_000_000)
    heavy = reference("@Video1", Role.reference_video, mime="video/quicktime", bytes=30_000_000)
    assert v2.by_upload(order("minimax-h3", large, heavy)) == (heavy,), "without it the other fits"
    call = files.upload(mov)
    assert call == Call(
        method="POST",
        path="v1/files/upload",
        form=(("purpose", "video_generation_input"), ("file", Part("picture", "video1.mov", "video/quicktime"))),
    )
