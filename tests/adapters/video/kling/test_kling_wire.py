"""Every order as the call it becomes, whole."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from adapters.kit.body import Inline
from adapters.kit.http import Call
from adapters.video.kling.wire import orders
from adapters.video.kling.wire.route import Generation, Route, routes
from bot.domain.errors import InvalidInput
from bot.domain.media import Role
from bot.domain.request import Reference
from bot.ports.video import Order
from tests.adapters.video.kling.stand_kling import clip, order, picture

LINKS = {"@Video1": "https://clapper.example.com/files/film?sign=s"}
PICTURE = Inline("picture")
FIRST, LAST = picture(1, Role.first_frame), picture(2, Role.last_frame)
OPTIONS = {"external_task_id": "J-ONE-1", "watermark_info": {"enabled": False}}
OLD = {"watermark_info": {"enabled": False}, "external_task_id": "J-ONE-1"}


def references(count: int, start: int = 1) -> tuple[Reference, ...]:
    return tuple(picture(number, Role.reference_image) for number in range(start, start + count))


def sent(given: Order, prefers: Generation = Generation.v3) -> Call:
    return orders.create(given, routes(given, prefers)[0], LINKS)


def shown(kind: str, name: str = "", url: Any = PICTURE) -> dict[str, Any]:
    return {"type": kind, "url": url} | ({"id": name} if name else {})


def says(text: str = "A heron takes off") -> dict[str, Any]:
    return {"type": "prompt", "text": text}


# What is ordered -> where it goes, and the whole body.
BODIES: dict[str, tuple[Order, Generation, str, Mapping[str, Any]]] = {
    "3.0 from words": (
        order(), Generation.v3, "text-to-video/kling-3.0",
        {
            "prompt": "A heron takes off",
            "settings": {"resolution": "720p", "aspect_ratio": "16:9", "duration": 3, "audio": "off"},
            "options": OPTIONS,
        },
    ),
    "3.0 with everything": (
        order(seconds=15.0, aspect="9:16", resolution="4k", audio=True, watermark=True, callback="https://c.example.com/k"),
        Generation.v3, "text-to-video/kling-3.0",
        {
            "prompt": "A heron takes off",
            "settings": {"resolution": "4k", "aspect_ratio": "9:16", "duration": 15, "audio": "native"},
            "options": {
                "callback_url": "https://c.example.com/k",
                "external_task_id": "J-ONE-1",
                "watermark_info": {"enabled": True},
            },
        },
    ),
    "3.0 from a first frame": (
        order(FIRST, aspect="adaptive", resolution="1080p"), Generation.v3, "image-to-video/kling-3.0",
        {
            "contents": [says(), shown("first_frame")],
            "settings": {"resolution": "1080p", "duration": 3, "audio": "off"},
            "options": OPTIONS,
        },
    ),
    "3.0 between two frames, told of in words": (
        order(LAST, FIRST, aspect="adaptive", prompt="From @Image1 to @image2, then @Image12 [Pan left]."),
        Generation.v3, "image-to-video/kling-3.0",
        {
            "contents": [
                says("From the first frame to the last frame, then @Image12, the camera pans left."),
                shown("first_frame"),
                shown("last_frame"),
            ],
            "settings": {"resolution": "720p", "duration": 3, "audio": "off"},
            "options": OPTIONS,
        },
    ),
    "3.0 from a picture without a word": (
        order(FIRST, aspect="adaptive", prompt=""), Generation.v3, "image-to-video/kling-3.0",
        {
            "contents": [shown("first_frame")],
            "settings": {"resolution": "720p", "duration": 3, "audio": "off"},
            "options": OPTIONS,
        },
    ),
    "3.0 with what to avoid goes to the older API": (
        order(negative="rain", seconds=8.0), Generation.v3, "v1/videos/text2video",
        {
            "model_name": "kling-v3",
            "prompt": "A heron takes off",
            "negative_prompt": "rain",
            "mode": "std",
            "duration": "8",
            "aspect_ratio": "16:9",
            "sound": "off",
            **OLD,
        },
    ),
    "3.0 by access key, as the AI SDK sends it": (
        order(seconds=5.0, audio=True), Generation.v1, "v1/videos/text2video",
        {
            "model_name": "kling-v3",
            "prompt": "A heron takes off",
            "mode": "std",
            "duration": "5",
            "aspect_ratio": "16:9",
            "sound": "on",
            **OLD,
        },
    ),
    "3.0 by access key between two frames": (
        order(FIRST, LAST, aspect="adaptive", resolution="1080p", callback="https://c.example.com/k", watermark=True),
        Generation.v1, "v1/videos/image2video",
        {
            "model_name": "kling-v3",
            "prompt": "A heron takes off",
            "image": PICTURE,
            "image_tail": PICTURE,
            "mode": "pro",
            "duration": "3",
            "sound": "off",
            "watermark_info": {"enabled": True},
            "external_task_id": "J-ONE-1",
            "callback_url": "https://c.example.com/k",
        },
    ),
    "3.0 by access key in 4k from a picture alone": (
        order(FIRST, aspect="adaptive", resolution="4k", prompt=" "), Generation.v1, "v1/videos/image2video",
        {"model_name": "kling-v3", "image": PICTURE, "mode": "4k", "duration": "3", "sound": "off", **OLD},
    ),
    "Turbo has no switch for sound": (
        order(id="kling-3-turbo", audio=True), Generation.v3, "text-to-video/kling-3.0-turbo",
        {
            "prompt": "A heron takes off",
            "settings": {"resolution": "720p", "aspect_ratio": "16:9", "duration": 3},
            "options": OPTIONS,
        },
    ),
    "Turbo from a first frame": (
        order(FIRST, id="kling-3-turbo", audio=True, aspect="adaptive"), Generation.v3, "image-to-video/kling-3.0-turbo",
        {
            "contents": [says(), shown("first_frame")],
            "settings": {"resolution": "720p", "duration": 3},
            "options": OPTIONS,
        },
    ),
    "Omni from words": (
        order(id="kling-3-omni", audio=True, aspect="1:1"), Generation.v3, "omni-video/kling-3.0-omni",
        {
            "contents": [says()],
            "settings": {"resolution": "720p", "aspect_ratio": "1:1", "duration": 3, "audio": "native"},
            "options": OPTIONS,
        },
    ),
    "Omni between two frames, by their names": (
        order(FIRST, LAST, id="kling-3-omni", aspect="adaptive", prompt="From @Image1 to @Image2"),
        Generation.v3, "omni-video/kling-3.0-omni",
        {
            "contents": [
                says("From @image_1 to @image_2"),
                shown("first_frame", "image_1"),
                shown("last_frame", "image_2"),
            ],
            "settings": {"resolution": "720p", "duration": 3, "audio": "off"},
            "options": OPTIONS,
        },
    ),
    "Omni with references, numbered as they go out": (
        order(*references(2), picture(3, Role.first_frame), id="kling-3-omni", prompt="@Image1 meets @Image2 at @Image3"),
        Generation.v3, "omni-video/kling-3.0-omni",
        {
            "contents": [
                says("@image_2 meets @image_3 at @image_1"),
                shown("first_frame", "image_1"),
                shown("refer_image", "image_2"),
                shown("refer_image", "image_3"),
            ],
            "settings": {"resolution": "720p", "duration": 3, "audio": "off"},
            "options": OPTIONS,
        },
    ),
    "Omni with a film to follow makes no sound": (
        order(clip(), *references(1), id="kling-3-omni", audio=True, prompt="Move @Image1 as in @Video1"),
        Generation.v3, "omni-video/kling-3.0-omni",
        {
            "contents": [
                says("Move @image_1 as in @video_1"),
                shown("refer_image", "image_1"),
                shown("feature_video", "video_1", LINKS["@Video1"]),
            ],
            "settings": {"resolution": "720p", "duration": 3, "audio": "off"},
            "options": OPTIONS,
        },
    ),
    "Omni edits a film and keeps its sound": (
        order(clip(), id="kling-3-omni", audio=True, prompt="Edit @Video1 so that it snows"),
        Generation.v3, "omni-video/kling-3.0-omni",
        {
            "contents": [says("Edit @video_1 so that it snows"), shown("base_video", "video_1", LINKS["@Video1"])],
            "settings": {"resolution": "720p", "audio": "original", "multi_shot": False},
            "options": OPTIONS,
        },
    ),
    "O1 from words is silent": (
        order(id="kling-o1", seconds=10.0), Generation.v3, "omni-video/kling-o1",
        {
            "contents": [says()],
            "settings": {"resolution": "720p", "aspect_ratio": "16:9", "duration": 10, "audio": "off"},
            "options": OPTIONS,
        },
    ),
    "O1 edits a film": (
        order(clip(), id="kling-o1", prompt="Edit @Video1 so that it snows"), Generation.v3, "omni-video/kling-o1",
        {
            "contents": [says("Edit @video_1 so that it snows"), shown("base_video", "video_1", LINKS["@Video1"])],
            "settings": {"resolution": "720p", "audio": "off"},
            "options": OPTIONS,
        },
    ),
    "2.6 with sound": (
        order(id="kling-2.6", seconds=10.0, resolution="1080p", audio=True), Generation.v3, "v1/videos/text2video",
        {
            "model_name": "kling-v2-6",
            "prompt": "A heron takes off",
            "mode": "pro",
            "duration": "10",
            "aspect_ratio": "16:9",
            "sound": "on",
            **OLD,
        },
    ),
    "2.5 Turbo knows no sound": (
        order(FIRST, LAST, id="kling-2.5-turbo", seconds=5.0, resolution="1080p", aspect="adaptive", negative="rain"),
        Generation.v3, "v1/videos/image2video",
        {
            "model_name": "kling-v2-5-turbo",
            "prompt": "A heron takes off",
            "negative_prompt": "rain",
            "image": PICTURE,
            "image_tail": PICTURE,
            "mode": "pro",
            "duration": "5",
            **OLD,
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BODIES, ids=str)
def test_an_order_becomes_this_call_and_no_other(case: str) -> None:
    given, prefers, path, body = BODIES[case]
    assert sent(given, prefers) == Call(method="POST", path=path, json=body)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (order(clip(), *references(5), id="kling-3-omni"), "at most 4 pictures, and there are 5"),
        (order(*references(1), id="kling-2.6"), "takes no reference image"),
        (order(clip(), id="kling-2.6"), "takes no reference video"),
        (order(*references(1)), "takes no reference image"),
        (order(FIRST, clip(), id="kling-3-turbo"), "takes no reference video"),
        (
            order(replace(picture(1, Role.first_frame), role=Role.reference_audio), id="kling-o1"),
            "takes no reference audio",
        ),
    ],
)
def test_what_no_call_can_hold_is_refused_before_it_is_made(given: Order, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        sent(given)


# An order, which API its keys prefer -> the doors it may have gone through, the one it does first.
DOORS = [
    (order(), Generation.v3, ["v3/text-to-video", "v1/text2video"]),
    (order(), Generation.v1, ["v1/text2video", "v3/text-to-video"]),
    (order(negative="rain"), Generation.v3, ["v1/text2video", "v3/text-to-video"]),
    (order(FIRST, watermark=True), Generation.v3, ["v3/image-to-video/watermark", "v1/image2video/watermark"]),
    (order(LAST, id="kling-2.6"), Generation.v3, ["v1/image2video"]),
    (order(id="kling-3-turbo", negative="rain"), Generation.v1, ["v3/text-to-video"]),
    (order(clip(), id="kling-3-omni"), Generation.v3, ["v3/omni-video"]),
    (order(id="kling-o1"), Generation.v1, ["v3/omni-video"]),
]


@pytest.mark.parametrize(("given", "prefers", "doors"), DOORS)
def test_the_order_alone_says_by_which_door_it_goes(given: Order, prefers: Generation, doors: list[str]) -> None:
    found = routes(given, prefers)
    assert [str(route) for route in found] == doors
    assert [Route.read(text) for text in doors] == found
