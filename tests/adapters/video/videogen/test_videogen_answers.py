"""What VideoGen's answers are taken for: started, running, finished, in part, or not understood."""

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.kit.answers import Answer
from adapters.video.videogen.wire import answers, calls
from adapters.video.videogen.wire.progress import parted, progress
from bot.domain.job import RemoteFile
from bot.domain.model import AUTO
from bot.ports.video import Finished, Progress, Running
from tests.adapters.video.videogen.stand_videogen import order


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
