"""What VideoGen is sent, whole, for each kind of wish; and what its answers are taken for."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.kit.answers import Answer
from adapters.kit.http import Call
from adapters.video.videogen.wire import answers, calls
from adapters.video.videogen.wire.progress import parted, progress
from bot.domain.errors import InvalidInput
from bot.domain.job import RemoteFile
from bot.domain.media import Role
from bot.domain.model import AUTO
from bot.domain.request import Reference, Task
from bot.ports.video import Finished, Order, Progress, Running
from tests.adapters.video.videogen.server_videogen import check_clip
from tests.adapters.video.videogen.stand_videogen import CHEAPEST, MODEL, order
from tests.shelf import film, picture, sound

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
        ({"count": 100}, {"numResults": 100}),
        ({"temporary": True}, {"isOutputTemporary": True}),
        ({"temporary": False}, {"isOutputTemporary": False}),
        ({"voice": "Ship it!", "audio": True}, {"spokenDialogue": "Ship it!", "generateAudio": True}),
    ],
)
def test_each_setting_is_sent_in_videogens_own_words(said: dict[str, Any], sent: dict[str, Any]) -> None:
    assert body(wish(**said)) == PLAIN | sent


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


def answer(body: Any, status: int = 200) -> Answer:
    return Answer(status=status, headers={}, body=body)


def test_what_was_started_is_read_whatever_its_id_looks_like() -> None:
    assert answers.started(answer({"toolExecutionId": "vg_tool_1"}, 202)) == "vg_tool_1"
    assert answers.started(answer({"toolExecutionId": "vg_exec_1", "new": {}}, 202)) == "vg_exec_1"


@pytest.mark.parametrize("body", [None, {}, {"executionId": "vg_tool_1"}, {"toolExecutionId": ""}, [], "ok"])
def test_an_answer_without_an_id_is_not_understood(body: Any) -> None:
    with pytest.raises(ValidationError):
        answers.started(answer(body, 202))


SOURCE = {"status": "ready", "url": "https://cdn/2", "expiresAt": 1764240000, "width": 1280, "height": 720}
FILE = {
    "fileId": "vg_file_9",
    "type": "VIDEO",
    "scope": "GLOBAL",
    "durationSeconds": 8.0,
    "downloadSource": SOURCE | {"fileBytes": 2100000},
}
RESULT = {
    "fileId": "vg_file_9",
    "type": "VIDEO",
    "downloadUrl": "https://cdn/1",
    "downloadUrlExpiresAt": 1764240000,
    "thumbnailUrl": "https://cdn/t",
    "thumbnailUrlExpiresAt": 1764240000,
    "file": FILE,
}


def execution(status: str, *results: dict[str, Any], percent: float | None = 100, **more: Any) -> answers.Execution:
    told = {"toolExecutionId": "vg_tool_1", "status": status, "toolType": "GENERATE_VIDEO_CLIP", "attemptIndex": 0}
    held = {"progressPercentage": percent, "results": list(results), "error": None}
    return answers.execution(answer(told | held | more))


def judged(made: answers.Execution, count: int = 1, seconds: float | None = None) -> Progress:
    return progress(made, count, seconds, 5.0)


@pytest.mark.parametrize(
    ("status", "percent", "fraction"),
    [
        ("pending", 0, 0.0),
        ("running", 40, 0.4),
        ("running", 112.5, 1.0),
        ("running", -3, 0.0),
        ("running", None, None),
        ("awaiting_approval", 0, 0.0),
    ],
)
def test_what_is_not_over_goes_on(status: str, percent: float | None, fraction: float | None) -> None:
    assert judged(execution(status, percent=percent)) == Running(fraction=fraction, ask_again_in=5.0)


@pytest.mark.parametrize("status", ["hibernating", "", None, "SUCCEEDED"])
def test_a_status_nobody_knows_is_never_taken_for_another(status: Any) -> None:
    with pytest.raises(ValidationError):
        execution(status)


def finished(*files: str, note: str = "") -> Finished:
    return Finished(files=tuple(RemoteFile(id=one) for one in files), details={"note": note} if note else {})


def test_a_film_is_named_by_its_id_and_its_address() -> None:
    assert judged(execution("succeeded", RESULT)) == finished("vg_file_9 https://cdn/1")
    assert parted("vg_file_9 https://cdn/1") == ("vg_file_9", "https://cdn/1")
    assert parted("vg_file_9") == ("vg_file_9", "")


@pytest.mark.parametrize(
    ("changes", "file"),
    [
        ({"downloadUrl": None}, "vg_file_9 https://cdn/2"),
        ({"downloadUrl": None, "file": FILE | {"downloadSource": SOURCE | {"status": "pending"}}}, "vg_file_9"),
        ({"downloadUrl": None, "file": FILE | {"downloadSource": None}}, "vg_file_9"),
        ({"downloadUrl": None, "file": None}, "vg_file_9"),
        ({"file": FILE | {"thumbnailSource": {"status": "unheard of"}}}, "vg_file_9 https://cdn/1"),
    ],
)
def test_an_address_is_taken_from_wherever_it_stands(changes: dict[str, Any], file: str) -> None:
    assert judged(execution("succeeded", RESULT | changes)) == finished(file)


def test_older_answers_have_no_address_beside_the_file() -> None:
    old = {
        "fileId": "vg_file_9",
        "type": "VIDEO",
        "file": {"downloadSource": {"status": "ready", "url": "https://cdn/2"}},
    }
    assert judged(execution("succeeded", old)) == finished("vg_file_9 https://cdn/2")


def test_what_is_no_film_is_left_there() -> None:
    other = RESULT | {"type": "IMAGE"}
    assert judged(execution("succeeded", other, RESULT)) == finished("vg_file_9 https://cdn/1")


@pytest.mark.parametrize(
    ("status", "error", "note"),
    [
        ("succeeded", None, "VideoGen made 1 of the 3 films asked for."),
        ("failed", {"message": "Two were moderated."}, "VideoGen made 1 of the 3 films asked for: Two were moderated."),
        ("cancelled", None, "VideoGen made 1 of the 3 films asked for."),
    ],
)
def test_films_that_were_made_are_kept_and_what_is_missing_is_said(status: str, error: Any, note: str) -> None:
    made = judged(execution(status, RESULT, error=error), count=3)
    assert made == finished("vg_file_9 https://cdn/1", note=note)


def test_a_length_that_was_bent_is_said() -> None:
    note = "VideoGen made 8 s instead of 12 s: the model it chose has its own lengths."
    assert judged(execution("succeeded", RESULT), seconds=12.0) == finished("vg_file_9 https://cdn/1", note=note)
    assert judged(execution("succeeded", RESULT), seconds=8.3) == finished("vg_file_9 https://cdn/1")
    unmeasured = RESULT | {"file": FILE | {"durationSeconds": None}}
    assert judged(execution("succeeded", unmeasured), seconds=12.0) == finished("vg_file_9 https://cdn/1")


@pytest.mark.parametrize(
    ("said", "route", "back"),
    [
        ({"count": 3, "seconds": 8.0}, "count=3&seconds=8", (3, 8.0)),
        ({"count": 1, "seconds": AUTO}, "count=1", (1, None)),
        ({}, "count=1", (1, None)),
    ],
)
def test_a_task_remembers_what_was_asked_for(said: dict[str, Any], route: str, back: tuple[int, float | None]) -> None:
    assert calls.route(order(**said)) == route
    assert calls.asked(route) == back


def test_a_task_that_remembers_nothing_can_still_be_judged() -> None:
    assert calls.asked("") == (1, None)


@pytest.mark.parametrize(
    ("sources", "ready", "broken"),
    [
        ({}, False, False),
        ({"downloadSource": {"status": "pending"}}, False, False),
        ({"downloadSource": {"status": "failed"}, "hlsSource": {"status": "pending"}}, False, False),
        ({"downloadSource": {"status": "failed"}, "thumbnailSource": {"status": "ready"}}, True, False),
        ({"previewSource": {"status": "ready"}}, True, False),
        ({"downloadSource": {"status": "failed"}, "previewSource": {"status": "skipped"}}, False, True),
    ],
)
def test_a_file_is_ready_when_one_rendition_is(sources: dict[str, Any], ready: bool, broken: bool) -> None:
    file = answers.file(answer({"fileId": "vg_file_1"} | sources))
    assert (file.ready, file.broken) == (ready, broken)


def test_a_list_is_read_whatever_stands_in_it() -> None:
    strange = {"toolExecutionId": "vg_tool_2", "toolType": "GENERATE_HOLOGRAM", "status": "hibernating"}
    page = answers.page(answer({"toolExecutions": [strange], "hasMore": True, "nextCursor": "c"}))
    assert [one.tool_execution_id for one in page.tool_executions] == ["vg_tool_2"]
    assert (page.has_more, page.next_cursor) == (True, "c")
