"""What Google is sent, field by field, for each model and task. Pure: no sockets."""

from typing import Any

import pytest

from adapters.kit.body import Inline
from adapters.kit.http import Call
from adapters.video.google.doors import open_door
from adapters.video.google.wire import omni, veo
from bot.domain.errors import InvalidInput
from bot.domain.media import Role
from bot.domain.request import Reference
from tests.adapters.video.google.stand_google import order, reference

OMNI_MODELS = {"omni-1.2": "gemini-omni-1.2-flash", "omni-1.1": "gemini-omni-1.1-flash"}
VEO_MODELS = {
    "veo-3.1": "veo-3.1-generate-001",
    "veo-3.1-fast": "veo-3.1-fast-generate-001",
    "veo-3.1-lite": "veo-3.1-lite-generate-001",
}
PROJECT = "v1beta1/projects/p/locations/us-central1/publishers/google/models/"
FIRST, LAST = reference("@Image1", Role.first_frame), reference("@Image2", Role.last_frame)
ONE, TWO = reference("@Image1", Role.reference_image), reference("@Image2", Role.reference_image)
FILM = reference("@Video1", Role.reference_video)
PICTURE = {"type": "image", "data": Inline("picture"), "mime_type": "image/png"}
MOVIE = {"type": "video", "data": Inline("film"), "mime_type": "video/mp4"}
STILL = {"bytesBase64Encoded": Inline("picture"), "mimeType": "image/png"}
REEL = {"bytesBase64Encoded": Inline("film"), "mimeType": "video/mp4"}
OPERATION = "projects/p/locations/us-central1/publishers/google/models/veo-3.1-lite-generate-001/operations/abc"


@pytest.mark.parametrize(("id", "wire_id"), OMNI_MODELS.items())
@pytest.mark.parametrize(
    ("references", "prompt", "task", "content"),
    [
        ((), "A boat", "text_to_video", [{"type": "text", "text": "A boat"}]),
        (
            (FIRST,),
            "Start on @Image1 and go",
            "image_to_video",
            [PICTURE, {"type": "text", "text": "[# Sources <FIRST_FRAME>@Image1] Start on <FIRST_FRAME> and go"}],
        ),
        (
            (LAST, FIRST),
            "go",
            "image_to_video",
            [
                PICTURE,
                PICTURE,
                {"type": "text", "text": "[# Sources <FIRST_FRAME>@Image1 <LAST_FRAME>@Image2] go"},
            ],
        ),
        (
            (ONE, FILM, TWO),
            "@Image2 meets @Image1 and @Video1, not @Image20",
            "reference_to_video",
            [
                PICTURE,
                PICTURE,
                MOVIE,
                {
                    "type": "text",
                    "text": "[# References <IMAGE_REF_0>@Image1 <IMAGE_REF_1>@Image2 <VIDEO_REF_0>@Video1] "
                    "<IMAGE_REF_1> meets <IMAGE_REF_0> and <VIDEO_REF_0>, not @Image20",
                },
            ],
        ),
        (
            (TWO, FIRST),
            "@Image2 walks in",
            "reference_to_video",
            [
                PICTURE,
                PICTURE,
                {
                    "type": "text",
                    "text": "[# Sources <FIRST_FRAME>@Image1] [# References <IMAGE_REF_0>@Image2] <IMAGE_REF_0> walks in",
                },
            ],
        ),
        (
            (FILM, ONE),
            "Edit @Video1 so that @Image1 waves",
            "edit",
            [
                PICTURE,
                MOVIE,
                {
                    "type": "text",
                    "text": "[# Sources <VIDEO_0>@Video1] [# References <IMAGE_REF_0>@Image1] "
                    "Edit <VIDEO_0> so that <IMAGE_REF_0> waves",
                },
            ],
        ),
        (
            (FILM,),
            "Extend @Video1, the rain stops",
            "extend",
            [MOVIE, {"type": "text", "text": "Extend this video, the rain stops"}],
        ),
    ],
    ids=["text", "first_frame", "first_last", "references", "frame_and_reference", "edit", "extend"],
)
def test_omni_is_sent_exactly_this(
    *, id: str, wire_id: str, references: tuple[Reference, ...], prompt: str, task: str, content: list[Any]
) -> None:
    assert omni.create(order(id, *references, prompt=prompt)) == Call(
        method="POST",
        path="v1/interactions",
        json={
            "model": wire_id,
            "background": True,
            "store": True,
            "generation_config": {"video_config": {"task": task}},
            "input": [{"type": "user_input", "content": content}],
            "response_format": {
                "type": "video",
                "aspect_ratio": "16:9",
                "delivery": "uri",
                "duration": "8s",
                "resolution": "720p",
            },
        },
    )


def test_only_the_first_of_several_films_is_edited() -> None:
    second = reference("@Video2", Role.reference_video)
    sent = omni.create(order("omni-1.1", FILM, second, prompt="Edit @Video1 in the manner of @Video2")).json
    assert sent["input"][0]["content"][-1]["text"] == (
        "[# Sources <VIDEO_0>@Video1] [# References <VIDEO_REF_0>@Video2] Edit <VIDEO_0> in the manner of <VIDEO_REF_0>"
    )


@pytest.mark.parametrize(
    ("name", "settings", "base_url", "models"),
    [
        ("gemini", {"api_key": "k"}, "https://generativelanguage.googleapis.com", ""),
        ("gemini", {"api_key": "k", "base_url": "https://own.example/g"}, "https://own.example/g", ""),
        (
            "vertex",
            {"access_token": "t", "project": "p"},
            "https://us-central1-aiplatform.googleapis.com",
            PROJECT,
        ),
        (
            "vertex",
            {"access_token": "t", "project": "p", "location": "global"},
            "https://aiplatform.googleapis.com",
            "v1beta1/projects/p/locations/global/publishers/google/models/",
        ),
        (
            "vertex",
            {"vertex_api_key": "k", "access_token": "t", "project": "p"},
            "https://aiplatform.googleapis.com",
            "v1beta1/publishers/google/models/",
        ),
    ],
)
def test_each_key_opens_its_own_door(name: str, settings: dict[str, str], base_url: str, models: str) -> None:
    door = open_door(name, settings)
    assert (door.base_url, door.models) == (base_url, models)
    (header,) = door.headers.items()
    assert header in {("x-goog-api-key", "k"), ("authorization", "Bearer t")}
    assert "'k'" not in repr(door), "no key in a log"


def test_a_seed_and_an_address_to_knock_at_are_sent_where_there_are_some() -> None:
    knock = "https://bot.example/hooks/gemini"
    sent = omni.create(order("omni-1.2", seed=0, callback=knock, seconds=15.0, aspect="9:16", resolution="4k")).json
    assert sent["generation_config"] == {"video_config": {"task": "text_to_video"}, "seed": 0}
    assert sent["webhook_config"] == {"uris": [knock]}
    assert sent["response_format"] == {
        "type": "video",
        "aspect_ratio": "9:16",
        "delivery": "uri",
        "duration": "15s",
        "resolution": "4k",
    }


def test_camera_movements_are_told_in_words() -> None:
    sent = omni.create(order("omni-1.2", prompt="A fox wakes [push in] in the snow.")).json
    assert sent["input"][0]["content"][-1]["text"] == "A fox wakes, the camera pushes in, in the snow."
    assert (
        veo.create(order("veo-3.1", prompt="[Pan left] A fox."), PROJECT)
        .json["instances"][0]["prompt"]
        .startswith("The camera pans left.")
    )


def test_pictures_alone_need_no_words() -> None:
    sent = omni.create(order("omni-1.2", FIRST, prompt="")).json["input"][0]["content"]
    assert sent == [PICTURE, {"type": "text", "text": "[# Sources <FIRST_FRAME>@Image1]"}]


@pytest.mark.parametrize(("id", "wire_id"), VEO_MODELS.items())
@pytest.mark.parametrize(
    ("references", "prompt", "instance", "seconds"),
    [
        ((), "A paper boat…", {"prompt": "A paper boat…"}, {"durationSeconds": 8}),
        ((FIRST,), "From @Image1", {"prompt": "From the first frame", "image": STILL}, {"durationSeconds": 8}),
        (
            (FIRST, LAST),
            "From @Image1 to @Image2",
            {"prompt": "From the first frame to the last frame", "image": STILL, "lastFrame": STILL},
            {"durationSeconds": 8},
        ),
        (
            (ONE, TWO),
            "@Image2 with @Image1",
            {
                "prompt": "reference image 2 with reference image 1",
                "referenceImages": [
                    {"image": STILL, "referenceType": "ASSET"},
                    {"image": STILL, "referenceType": "ASSET"},
                ],
            },
            {"durationSeconds": 8},
        ),
        (
            (ONE,),
            "@Image1 runs",
            {
                "prompt": "the reference image runs",
                "referenceImages": [{"image": STILL, "referenceType": "ASSET"}],
            },
            {"durationSeconds": 8},
        ),
        ((FILM,), "Continue @Video1: rain", {"prompt": "Continue this video: rain", "video": REEL}, {}),
    ],
    ids=["text", "first_frame", "first_last", "references", "reference", "extend"],
)
def test_veo_is_sent_exactly_this(
    *,
    id: str,
    wire_id: str,
    references: tuple[Reference, ...],
    prompt: str,
    instance: dict[str, Any],
    seconds: dict[str, int],
) -> None:
    assert veo.create(order(id, *references, prompt=prompt), PROJECT) == Call(
        method="POST",
        path=f"{PROJECT}{wire_id}:predictLongRunning",
        json={
            "instances": [instance],
            "parameters": {
                "sampleCount": 1,
                **seconds,
                "aspectRatio": "16:9",
                "resolution": "720p",
                "generateAudio": True,
                "personGeneration": "allow_adult",
            },
        },
    )


def test_what_veo_may_be_told_beside_is_told_and_sound_is_always_said() -> None:
    sent = veo.create(
        order("veo-3.1", seconds=4.0, resolution="4k", count=4, seed=7, negative="rain", audio=False), PROJECT
    )
    assert sent.json["parameters"] == {
        "sampleCount": 4,
        "durationSeconds": 4,
        "aspectRatio": "16:9",
        "resolution": "4k",
        "generateAudio": False,
        "personGeneration": "allow_adult",
        "seed": 7,
        "negativePrompt": "rain",
    }
    assert type(sent.json["parameters"]["durationSeconds"]) is int


@pytest.mark.parametrize(
    ("references", "says", "mend"),
    [
        ((FILM,), "only to carry it on", "Begin the prompt with “extend @Video1”, or leave the film out."),
        ((ONE, FIRST), "does not mix", "Leave out @Image1."),
    ],
)
def test_what_veo_does_not_take_together_is_told_before_anything_is_paid(
    references: tuple[Reference, ...], says: str, mend: str
) -> None:
    with pytest.raises(InvalidInput, match=says) as refused:
        veo.create(order("veo-3.1", *references), PROJECT)
    assert refused.value.mend == mend
    with pytest.raises(InvalidInput, match="by itself alone"):
        veo.create(order("veo-3.1", FILM, ONE, prompt="extend @Video1"), PROJECT)


def test_an_operation_is_asked_after_by_its_name() -> None:
    assert veo.look(OPERATION, "veo-3.1-lite-generate-001", PROJECT) == Call(
        method="POST",
        path=f"{PROJECT}veo-3.1-lite-generate-001:fetchPredictOperation",
        json={"operationName": OPERATION},
    )
