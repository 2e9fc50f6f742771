"""What Ark is sent for each model and task, field by field."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.kit.body import Inline
from adapters.kit.http import Call
from adapters.video.seedance.region import region
from adapters.video.seedance.wire import calls
from bot.domain.errors import BadSettings, InvalidInput
from bot.domain.media import Role
from bot.domain.request import Setting
from bot.domain.rows import changed
from bot.domain.tables import Spot
from tests.adapters.video.seedance.accepts_seedance import COMMAND
from tests.adapters.video.seedance.asked import CUP, FILM, FIRST, LAST, SOUND, TEA, asked, told
from tests.adapters.video.seedance.stand_seedance import order, reference

MARK = hashlib.sha256(b"J-ONE-1").hexdigest()
LINKS = {"tea.mp4": "https://films.example/files/tea.mp4?sign=s"}
COMMON = {
    "resolution": "720p",
    "duration": 5,
    "generate_audio": False,
    "watermark": False,
    "execution_expires_after": 82_800,
    "safety_identifier": MARK,
}
WHOLE = {**COMMON, "return_last_frame": False}
FLAGSHIP = {
    "seedance-2": "dreamina-seedance-2-0-260128",
    "seedance-2-fast": "dreamina-seedance-2-0-fast-260128",
    "seedance-2-mini": "dreamina-seedance-2-0-mini-260615",
}
NEWER = "dreamina-seedance-2-5-260628"


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def picture(key: str, mime: str, role: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": Inline(key, f"data:{mime};base64,")}, "role": role}


VIDEO = {"type": "video_url", "video_url": {"url": LINKS["tea.mp4"]}, "role": "reference_video"}
AUDIO = {
    "type": "audio_url",
    "audio_url": {"url": Inline("tea.mp3", "data:audio/mpeg;base64,")},
    "role": "reference_audio",
}
CONTENT: dict[str, list[dict[str, Any]]] = {
    "text": [text("A heron takes off")],
    "first_frame": [text("It takes off"), picture("first", "image/png", "first_frame")],
    "first_last": [
        text("It takes off and lands"),
        picture("first", "image/png", "first_frame"),
        picture("last", "image/jpeg", "last_frame"),
    ],
    "references": [
        text("Tea is poured into [Image 2]"),
        picture("tea-1", "image/jpeg", "reference_image"),
        picture("tea-2", "image/webp", "reference_image"),
        VIDEO,
        AUDIO,
    ],
    "edit": [text("Edit [Video 1] so that it snows"), VIDEO],
    "extend": [text("Extend [Video 1] by a few seconds"), VIDEO],
}
RATIO = {"text": "16:9"}
HEARD = {"references": {"generate_audio": True}}
NEWER_MORE: dict[str, dict[str, Any]] = {
    "references": {"omni_reference_task_type": "reference"},
    "edit": {"omni_reference_task_type": "edit", "duration": -1},
    "extend": {"omni_reference_task_type": "extend"},
}


def body(model: str, task: str, **said: Any) -> Any:
    return calls.create(asked(model, task, **said), "intl", LINKS).json


@pytest.mark.parametrize("task", CONTENT)
@pytest.mark.parametrize("model", FLAGSHIP)
def test_a_2_0_model_is_sent_what_it_takes_and_nothing_else(model: str, task: str) -> None:
    varying = {"model": FLAGSHIP[model], "content": CONTENT[task], "ratio": RATIO.get(task, "adaptive")}
    assert body(model, task) == WHOLE | varying | HEARD.get(task, {})


@pytest.mark.parametrize("task", CONTENT)
def test_2_5_is_told_what_its_references_are_for(task: str) -> None:
    varying = {"model": NEWER, "content": CONTENT[task], "ratio": RATIO.get(task, "adaptive")}
    assert body("seedance-2.5", task) == WHOLE | varying | HEARD.get(task, {}) | NEWER_MORE.get(task, {})


@pytest.mark.parametrize("task", ["text", "first_frame", "first_last", "references"])
def test_a_draft_says_so_and_asks_for_no_last_frame(task: str) -> None:
    varying = {"model": NEWER, "content": CONTENT[task], "ratio": RATIO.get(task, "adaptive")}
    small = {"resolution": "480p", "draft": True}
    expected = COMMON | varying | small | HEARD.get(task, {}) | NEWER_MORE.get(task, {})
    assert body("seedance-2.5-draft", task) == expected


def test_every_setting_goes_out_in_arks_own_words() -> None:
    said = {
        "seconds": 11.0,
        "aspect": "9:16",
        "resolution": "1080p",
        "audio": True,
        "watermark": True,
        "last_frame": True,
        "web_search": True,
    }
    sent = asked("seedance-2", "text", callback="https://clapper.example/knock/abc", **said)
    assert calls.create(sent, "cn", {}) == Call(
        method="POST",
        path="contents/generations/tasks",
        json={
            "model": "doubao-seedance-2-0-260128",
            "content": [text("A heron takes off")],
            "resolution": "1080p",
            "ratio": "9:16",
            "duration": 11,
            "generate_audio": True,
            "watermark": True,
            "execution_expires_after": 82_800,
            "safety_identifier": MARK,
            "return_last_frame": True,
            "tools": [{"type": "web_search"}],
            "callback_url": "https://clapper.example/knock/abc",
        },
    )


def test_the_tutorials_request_with_pictures_a_film_and_a_sound() -> None:
    said = {"seconds": 11.0, "aspect": "16:9", "audio": True, "watermark": True}
    sent = calls.create(asked("seedance-2", "references", **said), "cn", LINKS).json
    assert sent["model"] == "doubao-seedance-2-0-260128"
    assert (sent["generate_audio"], sent["ratio"], sent["duration"], sent["watermark"]) == (True, "16:9", 11, True)
    assert [item["type"] for item in sent["content"]] == ["text", "image_url", "image_url", "video_url", "audio_url"]
    assert [item.get("role") for item in sent["content"][1:]] == [
        "reference_image",
        "reference_image",
        "reference_video",
        "reference_audio",
    ]


@pytest.mark.parametrize("model", [*FLAGSHIP, "seedance-2.5"])
def test_a_seed_is_not_sent_where_it_has_no_effect(model: str) -> None:
    order = asked(model, "text")
    settings = replace(order.request.settings, seed=Setting(7))
    assert (
        "seed" not in calls.create(replace(order, request=replace(order.request, settings=settings)), "intl", {}).json
    )


def test_the_web_is_searched_only_for_words_alone() -> None:
    order = asked("seedance-2", "first_frame")
    settings = replace(order.request.settings, web_search=Setting(True))
    assert (
        "tools" not in calls.create(replace(order, request=replace(order.request, settings=settings)), "intl", {}).json
    )


def test_the_length_may_be_left_to_the_model() -> None:
    assert body("seedance-2", "text", seconds=-1.0)["duration"] == -1


@pytest.mark.parametrize(
    "name", ["seedance-1.5-pro", "seedance-1-pro", "seedance-1-pro-fast", "seedance-1-lite-t2v", "seedance-1-lite-i2v"]
)
def test_a_retired_model_is_not_ordered_from(name: str) -> None:
    with pytest.raises(InvalidInput, match="no longer made"):
        calls.create(order("J-ONE-1", told("A heron"), name), "intl", {})


@pytest.mark.parametrize("there", ["intl", "cn"])
@pytest.mark.parametrize("name", ["seedance-2", "seedance-2.5-draft"])
def test_a_model_named_by_the_operators_own_endpoint_is_asked_for_by_it(name: str, there: str) -> None:
    made = asked(name, "text")
    own = changed(made.model, {"wire_id": "ep-20261120-abcde"}, Spot("clapper.toml", name))
    assert calls.create(replace(made, model=own), there, {}).json["model"] == "ep-20261120-abcde"
    assert calls.model_id(made, there) == dict(made.model.wire)[there]


def test_a_file_that_is_not_there_yet_is_told_by_its_token() -> None:
    made = asked("seedance-2", "first_frame")
    bare = replace(made.request, references=(replace(FIRST, key=""),))
    with pytest.raises(InvalidInput, match="@Image1 has no file yet") as caught:
        calls.create(replace(made, request=bare), "intl", {})
    assert caught.value.reference == "@Image1"


def test_mime_types_go_out_in_lower_case() -> None:
    loud = reference("@Image1", Role.first_frame, "first", "image/PNG")
    sent = calls.create(order("J-ONE-1", told("x", loud)), "intl", {}).json
    assert sent["content"][1]["image_url"]["url"] == Inline("first", "data:image/png;base64,")


STORIES = {
    "a command at the end": ("A fox --ratio 16:9 --fps 24 --dur 5", (), "A fox —ratio 16:9 —fps 24 —dur 5"),
    "a command in short": ("A fox --rs 1080p --wm true --cf false", (), "A fox —rs 1080p —wm true —cf false"),
    "a command in capitals, apart": ("A fox -- Seed 7", (), "A fox — Seed 7"),
    "three hyphens": ("A fox ---seed 7", (), "A fox —seed 7"),
    "a command on a line of its own": ("A fox\n--resolution 4k", (), "A fox\n—resolution 4k"),
    "a dash of the story": ("The door opens -- slowly--very slowly", (), "The door opens — slowly—very slowly"),
    "hyphens of the story": (
        "A well-known fox, 4-5 of them - then none",
        (),
        "A well-known fox, 4-5 of them - then none",
    ),
    "a camera": ("A fox wakes [push in] in the snow.", (), "A fox wakes, the camera pushes in, in the snow."),
    "references": (
        "@Image2 pours @Image1 as in @Video1, to @Audio1",
        (TEA, CUP, FILM, SOUND),
        "[Image 2] pours [Image 1] as in [Video 1], to [Audio 1]",
    ),
    "references numbered as they are sent": ("@Image2, then @Image1", (CUP, TEA), "[Image 1], then [Image 2]"),
    "a frame": ("@Image1 becomes @Image2", (FIRST, LAST), "[Image 1] becomes [Image 2]"),
    "a number past ten": (
        "@Image12 and @Image1",
        tuple(replace(TEA, token=f"@Image{n}") for n in range(1, 13)),
        "[Image 12] and [Image 1]",
    ),
    "a token of nothing": ("@Image3 and @Image1", (TEA,), "@Image3 and [Image 1]"),
    "no words": ("  ", (TEA,), ""),
}


@pytest.mark.parametrize("case", STORIES, ids=str)
def test_a_story_is_told_so_that_ark_reads_it_as_one(case: str) -> None:
    prompt, references, expected = STORIES[case]
    assert calls.story(told(prompt, *references)) == expected


@given(st.text(st.sampled_from("-- —\n\tARdurationseed916:[]@Image"), max_size=60))
def test_no_story_holds_a_command(prompt: str) -> None:
    assert COMMAND.findall(calls.story(told(f"{prompt}--ratio 16:9 {prompt}"))) == []


def test_pictures_without_words_are_sent_without_words() -> None:
    sent = calls.create(order("J-ONE-1", told("", FIRST)), "intl", {}).json
    assert sent["content"] == [picture("first", "image/png", "first_frame")]
    assert calls.contents(told("", FIRST)) == ("@Image1",)
    assert calls.contents(told("x", FIRST)) == ("", "@Image1")


def test_an_order_has_a_mark_of_its_own_that_ark_has_room_for() -> None:
    marks = {calls.mark(key) for key in ("J-ONE-1", "J-ONE-2", "J-TWO-1")}
    assert len(marks) == 3
    assert all(len(mark) <= 64 for mark in marks)


def test_questions_are_asked_as_the_sdks_ask_them() -> None:
    assert calls.look("cgt-1/../x") == Call(method="GET", path="contents/generations/tasks/cgt-1%2F..%2Fx")
    assert calls.delete("cgt-1") == Call(method="DELETE", path="contents/generations/tasks/cgt-1", json={})
    paged = (("page_num", "2"), ("page_size", "500"))
    assert calls.page(2) == Call(method="GET", path="contents/generations/tasks", query=paged)
    assert calls.probe(NEWER) == Call(method="POST", path="contents/generations/tasks", json={"model": NEWER})


@pytest.mark.parametrize(
    ("settings", "there"),
    [
        ({}, "intl"),
        ({"base_url": "https://ark.ap-southeast.bytepluses.com/api/v3"}, "intl"),
        ({"base_url": "https://ark.cn-beijing.volces.com/api/v3"}, "cn"),
        ({"base_url": "https://ark.cn-beijing.volces.com/api/v3", "region": "intl"}, "cn"),
        ({"base_url": "https://proxy.example/ark"}, "intl"),
        ({"base_url": "https://proxy.example/ark", "region": "cn"}, "cn"),
        ({"base_url": "https://notvolces.com/api/v3"}, "intl"),
    ],
)
def test_the_region_is_the_hosts_or_what_is_said(settings: dict[str, str], there: str) -> None:
    assert region(settings) == there


def test_a_region_there_is_not_stops_the_start() -> None:
    with pytest.raises(BadSettings, match="must be cn or intl, and is 'mars'"):
        region({"region": "mars"})
