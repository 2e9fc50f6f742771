"""What VideoGen is sent, whole, for each kind of wish."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.kit.http import Call
from adapters.video.videogen.wire import calls
from bot.domain.errors import InvalidInput
from bot.domain.media import Role
from bot.domain.model import AUTO
from bot.domain.request import Origin, Reference, Setting, Task
from bot.ports.video import Order
from tests.adapters.video.videogen.server_videogen import check_clip
from tests.adapters.video.videogen.stand_videogen import CHEAPEST, MODEL, order
from tests.shelf import film, picture, sound
from tests.vendor import Refused

OPENING = picture("@Image1", Role.first_frame)
FILES = {
    **{f"@Image{n}": f"vg_file_i{n}" for n in range(1, 6)},
    **{f"@Video{n}": f"vg_file_v{n}" for n in range(1, 5)},
    **{f"@Audio{n}": f"vg_file_a{n}" for n in range(1, 5)},
}
PLAIN = {
    "prompt": "A heron takes off",
    "generateAudio": False,
    "durationSeconds": 4,
    "aspectRatio": {"width": 16, "height": 9},
    "quality": "STANDARD",
    "watermarkMode": "AUTO",
    "numResults": 1,
}


def body(made: Order) -> Any:
    call = calls.create(made, FILES)
    assert (call.method, call.path, call.query, call.headers) == ("POST", "/v1/tools/generate-video-clip", (), {})
    check_clip(call.json)
    return call.json


def wish(*references: Reference, prompt: str = "A heron takes off", **settings: Any) -> Order:
    return order("J-ONE-1", *references, prompt=prompt, **(CHEAPEST | settings))


@pytest.mark.parametrize(
    ("made", "task", "sent"),
    {
        "words": (wish(), Task.text, {}),
        "first frame": (wish(OPENING), Task.first_frame, {"startFrameFileId": "vg_file_i1"}),
        "first frame alone": (
            wish(OPENING, prompt=" "),
            Task.first_frame,
            {"prompt": None, "startFrameFileId": "vg_file_i1"},
        ),
        "four pictures": (
            wish(*(picture(f"@Image{n}") for n in range(1, 5))),
            Task.references,
            {"imageFileIds": ["vg_file_i1", "vg_file_i2", "vg_file_i3", "vg_file_i4"]},
        ),
        "a recording": (
            wish(sound("@Audio1"), audio=True),
            Task.references,
            {"audioFileIds": ["vg_file_a1"], "generateAudio": True},
        ),
        "everything": (
            wish(OPENING, picture("@Image2"), film("@Video1"), film("@Video2"), sound("@Audio1")),
            Task.references,
            {
                "startFrameFileId": "vg_file_i1",
                "imageFileIds": ["vg_file_i2"],
                "videoFileIds": ["vg_file_v1", "vg_file_v2"],
                "audioFileIds": ["vg_file_a1"],
            },
        ),
        "edit": (
            wish(film("@Video1"), prompt="edit @Video1 so that it snows"),
            Task.edit,
            {"prompt": "edit reference video 1 so that it snows", "videoFileIds": ["vg_file_v1"]},
        ),
    }.values(),
    ids=lambda value: value.name if isinstance(value, Task) else "",
)
def test_each_task_sends_its_files_in_their_own_fields(made: Order, task: Task, sent: dict[str, Any]) -> None:
    assert made.request.task is task
    assert task in MODEL.tasks
    assert body(made) == {name: value for name, value in (PLAIN | sent).items() if value is not None}


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ({"seconds": AUTO}, {"durationSeconds": None}),
        ({"seconds": 30.0}, {"durationSeconds": 30}),
        ({"aspect": "9:16"}, {"aspectRatio": {"width": 9, "height": 16}}),
        ({"aspect": "21:9"}, {"aspectRatio": {"width": 21, "height": 9}}),
        ({"audio": True}, {"generateAudio": True}),
        ({"watermark": True}, {"watermarkMode": "VIDEO_GEN"}),
        ({"watermark": False}, {"watermarkMode": "NONE"}),
        ({"count": 100}, {"numResults": 100}),
        ({"temporary": True}, {"isOutputTemporary": True}),
        ({"temporary": False}, {"isOutputTemporary": False}),
        ({"voice": "Ship it!", "audio": True}, {"spokenDialogue": "Ship it!", "generateAudio": True}),
    ],
)
def test_each_setting_is_sent_in_videogens_own_words(said: dict[str, Any], sent: dict[str, Any]) -> None:
    assert body(wish(**said)) == PLAIN | sent


def test_a_watermark_nobody_spoke_of_is_left_to_the_accounts_plan() -> None:
    made = wish()
    unsaid = replace(made.request.settings, watermark=Setting(value=False, origin=Origin.default))
    assert body(replace(made, request=replace(made.request, settings=unsaid))) == PLAIN


def test_what_is_not_said_is_not_sent() -> None:
    """Seeds, negatives and last frames it does not know; the shape may be left to it."""
    made = order(prompt="A heron", seed=4, negative="rain", last_frame=True, web_search=True, resolution="720p")
    assert body(made) == {
        "prompt": "A heron",
        "generateAudio": False,
        "quality": "STANDARD",
        "watermarkMode": "AUTO",
        "numResults": 1,
    }


def test_the_operator_may_decide_quality_watermark_and_rewrites() -> None:
    facts = (("quality", "MAX"), ("watermark_mode", "NONE"), ("max_prompt_rewrites", "2"))
    given = replace(MODEL, wire=facts)
    sent = {"quality": "MAX", "watermarkMode": "NONE", "contentPolicyConfig": {"maxPromptRewrites": 2}}
    assert body(replace(wish(), model=given)) == PLAIN | sent
    assert body(replace(wish(watermark=True), model=given)) == PLAIN | sent | {"watermarkMode": "VIDEO_GEN"}
    bare = {name: value for name, value in PLAIN.items() if name != "quality"}
    assert body(replace(wish(), model=replace(MODEL, wire=()))) == bare


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("quality", "ULTRA", "VideoGen takes LOW or STANDARD or HIGH or MAX"),
        ("max_prompt_rewrites", "5", "VideoGen takes 0 or 1 or 2 or 3 or 4"),
        ("watermark_mode", "VIDEO_GEN", "VideoGen takes AUTO or NONE"),
        ("colour", "blue", "VideoGen takes no such word"),
    ],
)
def test_an_operators_mistake_is_told_before_anything_is_sent(name: str, value: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=f"its setting {name} is '{value}', and {words}") as told:
        calls.terms(replace(wish(), model=replace(MODEL, wire=((name, value),))))
    assert told.value.mend == f'Tell your operator: correct {name} under wire of [models."videogen"].'


def test_files_are_named_in_the_story_in_the_order_they_are_sent() -> None:
    references = [OPENING, picture("@Image2"), picture("@Image3"), film("@Video1"), sound("@Audio1")]
    prompt = "@Image1, then @Image3 beside @Image2 [Pan left] as in @Video1, saying @Audio1; @Image9 and @Image2x stay"
    made = wish(*references, prompt=prompt)
    assert calls.story(made.request) == (
        "the opening frame, then reference image 2 beside reference image 1, the camera pans left, as in reference video 1, "
        "saying audio recording 1; @Image9 and @Image2x stay"
    )


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (calls.execution("vg_tool_1"), Call(method="GET", path="/v1/tools/executions/vg_tool_1")),
        (calls.execution("a/b?c"), Call(method="GET", path="/v1/tools/executions/a%2Fb%3Fc")),
        (calls.cancel("vg_tool_1"), Call(method="POST", path="/v1/tools/executions/vg_tool_1/cancel")),
        (
            calls.executions(200, "next"),
            Call(
                method="GET",
                path="/v1/tools/executions",
                query=(("limit", "200"), ("selfOnly", "true"), ("cursor", "next")),
            ),
        ),
        (
            calls.executions(1),
            Call(method="GET", path="/v1/tools/executions", query=(("limit", "1"), ("selfOnly", "true"))),
        ),
        (
            calls.upload(OPENING),
            Call(
                method="POST",
                path="/v1/files/upload",
                json={"displayName": "image1", "type": "IMAGE", "isTemporary": True},
            ),
        ),
        (
            calls.upload(film("@Video2")),
            Call(
                method="POST",
                path="/v1/files/upload",
                json={"displayName": "video2", "type": "VIDEO", "isTemporary": True},
            ),
        ),
        (
            calls.upload(sound("@Audio1")),
            Call(
                method="POST",
                path="/v1/files/upload",
                json={"displayName": "audio1", "type": "AUDIO", "isTemporary": True},
            ),
        ),
        (
            calls.put(replace(OPENING, key="k"), "https://storage.example/b?X-Amz-Signature=s"),
            Call(method="PUT", path="https://storage.example/b?X-Amz-Signature=s", file="k"),
        ),
        (calls.hydrate("vg_file_1"), Call(method="POST", path="/v1/files/vg_file_1/hydrate")),
        (calls.me(), Call(method="GET", path="/v1/me")),
    ],
)
def test_the_calls_around_it(call: Call, expected: Call) -> None:
    assert call == expected


DOCUMENTED = [
    (
        wish(picture("@Image1"), prompt="x", aspect="9:16", count=2, temporary=True),
        (),
        {
            "prompt": "x",
            "imageFileIds": ["vg_file_i1"],
            "aspectRatio": {"width": 9, "height": 16},
            "watermarkMode": "AUTO",
            "numResults": 2,
            "isOutputTemporary": True,
        },
    ),
    (
        wish(OPENING, prompt="", voice="Ship it!", seconds=6.0),
        (("quality", "STANDARD"), ("max_prompt_rewrites", "1")),
        {
            "startFrameFileId": "vg_file_i1",
            "spokenDialogue": "Ship it!",
            "durationSeconds": 6,
            "quality": "STANDARD",
            "contentPolicyConfig": {"maxPromptRewrites": 1},
        },
    ),
]


@pytest.mark.parametrize(("made", "facts", "example"), DOCUMENTED)
def test_the_documented_requests_are_made_like_this(made: Order, facts: Any, example: dict[str, Any]) -> None:
    check_clip(example)
    sent = body(replace(made, model=replace(MODEL, wire=facts)))
    assert {name: sent[name] for name in example} == example


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"prompt": " "},
        {"prompt": None},
        {"prompt": "x", "seed": 4},
        {"prompt": "x", "videoFileId": "vg_file_1"},
        {"prompt": "x", "aspectRatio": "16:9"},
        {"prompt": "x", "aspectRatio": {"width": 16, "height": 9.0}},
        {"prompt": "x", "durationSeconds": 31},
        {"prompt": "x", "durationSeconds": 6.0},
        {"prompt": "x", "numResults": True},
        {"prompt": "x", "quality": "standard"},
        {"prompt": "x", "generateAudio": None},
        {"prompt": "x", "imageFileIds": []},
        {"prompt": "x", "imageFileIds": ["a", "b", "c", "d", "e"]},
        {"quality": "LOW", "numResults": 1},
    ],
)
def test_the_server_of_these_tests_takes_nothing_else(wrong: Any) -> None:
    with pytest.raises(Refused):
        check_clip(wrong)
