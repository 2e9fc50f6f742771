"""What Hedra is sent, whole, for each model and task."""

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from adapters.kit.body import Part
from adapters.kit.http import Call
from adapters.video.hedra.wire import assets
from adapters.video.hedra.wire.order import create, generation, reserved, story, tokens
from bot.domain.catalogue import override
from bot.domain.errors import InvalidInput
from bot.domain.media import Role
from bot.domain.model import Model
from bot.domain.request import Reference
from bot.ports.video import Order
from tests.adapters.video.hedra.stand_hedra import passed_on
from tests.fakes import NOON
from tests.shelf import VIDEO, all_models, film, model, picture, sound, wish

ID = "00000000-0000-4000-8000-000000000001"
ASSETS = {
    f"@{kind}{n}": f"a55e7000-0000-4000-8000-{k}0000000000{n}"
    for k, kind in enumerate(("Image", "Video", "Audio"))
    for n in range(1, 5)
}
IMAGE_1, IMAGE_2, IMAGE_3 = (ASSETS[f"@Image{n}"] for n in (1, 2, 3))
VIDEO_1, VIDEO_2 = (ASSETS[f"@Video{n}"] for n in (1, 2))
AUDIO_1, AUDIO_2 = (ASSETS[f"@Audio{n}"] for n in (1, 2))
VOICE = "70c1ce00-0000-4000-8000-000000000001"
SINGLE = "7a0d30bb-ddd3-5302-8c95-d2686df49b14"


def order(
    of: Model, *references: Reference, prompt: str = "A heron takes off", key: str = "J-ONE-1", **said: Any
) -> Order:
    return Order(key=key, job="J-ONE", model=of, request=wish(prompt, *references, **said), sent_at=NOON)


def sent(of: Order) -> Any:
    """The body of the one paid call."""
    call = create(generation(of, ASSETS, VOICE))
    assert call == Call(method="POST", path="generations", json=call.json)
    return call.json


FACE = picture("@Image1", Role.first_frame, 900, 1600)
USUAL = {"seconds": 5.0, "aspect": "9:16", "resolution": "720p", "audio": True, "watermark": False, "count": 1}
TOLD = {"text_prompt": "A heron takes off", "resolution": "720p", "aspect_ratio": "9:16", "duration_ms": 5000}
AVATAR = {"type": "video", "model_slug": "together/hedra-avatar", "batch_size": 1, "generation_id": SINGLE}
CHARACTER = AVATAR | {"model_slug": "together/hedra-character-3"}
OWN = AVATAR | {"model_slug": "fal/veo-31"}
SILENT = TOLD | {"generate_audio": False, "duration_ms": 8000}
PLAIN = USUAL | {"seconds": 8.0, "audio": False}

BODIES: dict[str, tuple[Order, dict[str, Any]]] = {
    "avatar, a line to speak": (
        order(model("hedra-avatar"), FACE, **USUAL, voice="Hello team"),
        AVATAR
        | {
            "generated_video_inputs": TOLD,
            "start_keyframe_id": IMAGE_1,
            "audio_generation": {"voice_id": VOICE, "text": "Hello team", "type": "text_to_speech"},
        },
    ),
    "avatar, a recording": (
        order(model("hedra-avatar"), FACE, sound("@Audio1", 33.3333), **USUAL | {"seconds": 33.3333, "seed": 7}),
        AVATAR
        | {
            "generated_video_inputs": TOLD | {"duration_ms": 33333, "seed": 7},
            "start_keyframe_id": IMAGE_1,
            "audio_id": AUDIO_1,
        },
    ),
    "avatar, two speakers": (
        order(model("hedra-avatar"), FACE, sound("@Audio1"), sound("@Audio2"), **USUAL | {"resolution": "540p"}),
        AVATAR
        | {
            "generated_video_inputs": TOLD | {"resolution": "540p"},
            "start_keyframe_id": IMAGE_1,
            "audio_id": [AUDIO_1, AUDIO_2],
        },
    ),
    "character 3": (
        order(model("hedra-character-3"), FACE, sound("@Audio1"), **USUAL),
        CHARACTER | {"generated_video_inputs": TOLD, "start_keyframe_id": IMAGE_1, "audio_id": AUDIO_1},
    ),
    "three results": (
        order(model("hedra-character-3"), FACE, sound("@Audio1"), **USUAL | {"count": 3}),
        {name: value for name, value in CHARACTER.items() if name != "generation_id"}
        | {
            "batch_size": 3,
            "generation_ids": list(reserved(order(model("hedra-character-3"), count=3))),
            "generated_video_inputs": TOLD,
            "start_keyframe_id": IMAGE_1,
            "audio_id": AUDIO_1,
        },
    ),
    "text": (
        order(passed_on(), prompt="A heron [Pan left] takes off", **PLAIN | {"seed": 0, "negative": "blur"}),
        OWN
        | {
            "generated_video_inputs": SILENT
            | {"text_prompt": "A heron, the camera pans left, takes off", "seed": 0, "negative_prompt": "blur"}
        },
    ),
    "text, with sound": (
        order(passed_on(), **PLAIN | {"audio": True}),
        OWN | {"generated_video_inputs": SILENT | {"generate_audio": True}},
    ),
    "a model that makes no sound": (
        order(passed_on(audio="never"), **PLAIN),
        OWN | {"generated_video_inputs": SILENT},
    ),
    "a length and a ratio that the model decides": (
        order(passed_on(aspects=[], resolutions=[]), audio=False, seconds=-1.0, aspect="adaptive"),
        OWN | {"generated_video_inputs": {"text_prompt": "A heron takes off", "generate_audio": False}},
    ),
    "a model known by its id alone": (
        order(passed_on(wire={"v2_id": ID}), **PLAIN),
        {name: value for name, value in OWN.items() if name != "model_slug"}
        | {"ai_model_id": ID, "generated_video_inputs": SILENT},
    ),
    "first frame": (
        order(passed_on(), FACE, **PLAIN),
        OWN | {"generated_video_inputs": SILENT, "start_keyframe_id": IMAGE_1},
    ),
    "first and last frame": (
        order(passed_on(), picture("@Image1", Role.last_frame), picture("@Image2", Role.first_frame), **PLAIN),
        OWN | {"generated_video_inputs": SILENT, "start_keyframe_id": IMAGE_2, "end_keyframe_id": IMAGE_1},
    ),
    "references": (
        order(
            passed_on(wire={"v2": "fal/veo-31", "sound": "reference_audio_ids"}),
            picture("@Image1"),
            picture("@Image2"),
            film("@Video1"),
            sound("@Audio1"),
            **PLAIN,
        ),
        OWN
        | {
            "generated_video_inputs": SILENT,
            "reference_image_ids": [IMAGE_1, IMAGE_2],
            "reference_video_ids": [VIDEO_1],
            "reference_audio_ids": [AUDIO_1],
        },
    ),
    "the movement of a film": (
        order(passed_on(wire={"v2": "fal/veo-31", "film": "video_id"}), FACE, film("@Video1"), **PLAIN),
        OWN | {"generated_video_inputs": SILENT, "start_keyframe_id": IMAGE_1, "video_id": VIDEO_1},
    ),
    "extend": (
        order(passed_on(), film("@Video1"), prompt="Extend @Video1 by a dive", **PLAIN),
        OWN | {"generated_video_inputs": SILENT | {"text_prompt": "Extend the video by a dive"}, "video_id": VIDEO_1},
    ),
    "edit": (
        order(passed_on(), film("@Video1"), prompt="Edit @Video1 so that it snows", **PLAIN),
        OWN
        | {"generated_video_inputs": SILENT | {"text_prompt": "Edit the video so that it snows"}, "video_id": VIDEO_1},
    ),
}


@pytest.mark.parametrize(("asked", "expected"), BODIES.values(), ids=BODIES)
def test_an_order_is_sent_with_just_what_it_asks_for(asked: Order, expected: dict[str, Any]) -> None:
    assert sent(asked) == expected


@pytest.mark.parametrize(
    ("asked", "say"),
    [
        (order(model("hedra-avatar"), FACE, sound("@Audio1"), **USUAL, voice="Hi"), "not both; leave one of them out"),
        (
            order(passed_on(), film("@Video1"), film("@Video2"), prompt="Extend @Video1"),
            "takes one attachment as video_id, and there are 2",
        ),
        (order(passed_on(wire={})), "has no name of Hedra's to be asked for by"),
    ],
)
def test_an_order_that_hedra_would_take_otherwise_is_refused_before_it_is_paid(asked: Order, say: str) -> None:
    with pytest.raises(InvalidInput, match=say):
        create(generation(asked, ASSETS, VOICE))


def test_the_same_key_reserves_the_same_ids_and_another_none_of_them() -> None:
    single, three, other = (
        order(model("hedra-avatar")),
        order(model("hedra-avatar"), count=3),
        order(model("hedra-avatar"), key="J-ONE-2", count=3),
    )
    assert reserved(single) == (SINGLE,) == reserved(order(model("hedra-avatar"), count=1))
    assert reserved(three) == reserved(three)
    assert len({*reserved(single), *reserved(three), *reserved(other)}) == 7


def test_attachments_are_named_by_kind_as_they_go_out() -> None:
    asked = order(
        passed_on(),
        *(picture("@Image1"), picture("@Image2", Role.first_frame), film("@Video1"), film("@Video2"), sound("@Audio1")),
        prompt="@Image1 beside @Image2, as in @Video2, to @Audio1, not @Audio2 or @Image12",
    )
    assert story(asked) == "image 2 beside image 1, as in video 2, to the audio, not @Audio2 or @Image12"


def test_the_place_of_each_attachment_is_known() -> None:
    wire = {"v2": "fal/veo-31", "film": "video_id"}
    asked = order(passed_on(wire=wire), FACE, picture("@Image2"), film("@Video1"), sound("@Audio1"), sound("@Audio2"))
    assert tokens(asked) == {
        "start_keyframe_id": "@Image1",
        "reference_image_ids.0": "@Image2",
        "video_id": "@Video1",
        "audio_id.0": "@Audio1",
        "audio_id.1": "@Audio2",
    }


def test_files_are_announced_without_their_own_names_and_then_sent() -> None:
    face = replace(FACE, key="assets/abc", source=replace(FACE.source, name="Secret plan.png"))
    assert assets.new(face) == Call(method="POST", path="assets", json={"name": "image1.png", "type": "image"})
    part = Part(key="assets/abc", name="image1.png", mime="image/png")
    assert assets.send(assets.Asset(id=ID), face) == Call(
        method="POST", path=f"assets/{ID}/upload", form=(("file", part),)
    )
    assert assets.new(sound("@Audio2")).json == {"name": "audio2.wav", "type": "audio"}
    clip = replace(film("@Video1"), key="assets/def")
    assert assets.new(clip).json == {"name": "video1.mp4", "type": "video"}
    url = "https://bucket.s3.example/film?X-Amz-Signature=s"
    assert assets.send(assets.Asset(id=ID, upload_url=url), clip) == Call(method="PUT", path=url, file="assets/def")


def test_the_example_of_a_model_of_ones_own_is_one() -> None:
    lines = (VIDEO / "hedra" / "models.toml").read_text(encoding="utf-8").splitlines()
    example = "\n".join(line.removeprefix("#   ") for line in lines if line.startswith("#   "))
    models = override(all_models(), tomllib.loads(example)["models"])
    (own,) = (one for one in models if one.id == "grok-video")
    assert sent(order(own, seconds=6.0, aspect="16:9", resolution="720p"))["model_slug"] == "fal/grok-video-t2v"
