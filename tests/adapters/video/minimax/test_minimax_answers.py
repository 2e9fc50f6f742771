"""What MiniMax's answers mean, with every example of its documents: tasks, films, what they cost, and the list of them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.kit.http import Call
from adapters.video.minimax.wire import files, tasks, v1, v2
from adapters.video.minimax.wire.route import Route
from adapters.video.minimax.wire.tariff import Tariff, Usage
from bot.domain.errors import Expired, InvalidInput, Rejected, Unavailable
from bot.domain.job import Charged, RemoteFile
from bot.ports.video import Failed, Finished, Running
from tests.adapters.video.minimax.bodies_minimax import FILM, SUCCEEDED
from tests.adapters.video.minimax.stand_minimax import order
from tests.fakes import NOON

OPENED = {"base_resp": {"status_code": 0, "status_msg": "success"}}


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status=status, headers=headers, body=body)


def test_an_upload_is_an_address_of_its_own() -> None:
    body = {"file": {"file_id": 3620, "bytes": 9, "purpose": "video_generation_input"}, **OPENED}
    assert files.uploaded(answer(body), "@Video1") == "mm_file://3620"


def test_a_file_that_is_refused_at_upload_is_named() -> None:
    body = {"base_resp": {"status_code": 2013, "status_msg": "invalid params, broken media"}}
    with pytest.raises(InvalidInput, match="broken media") as refused:
        files.uploaded(answer(body, 400), "@Video2")
    assert refused.value.reference == "@Video2"


def test_the_id_of_a_new_task_is_read() -> None:
    assert v1.created(answer({"task_id": "106916112212032", **OPENED})) == "106916112212032"
    assert v2.created(answer({"task_id": "424010985738629"})) == "424010985738629"


@pytest.mark.parametrize("body", [{"task_id": "", **OPENED}, {"task_id": "1"}, OPENED, None, [], "ok"])
def test_an_answer_that_is_no_order_of_the_older_api_is_not_understood(body: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        v1.created(answer(body))


@pytest.mark.parametrize("body", [{"task_id": ""}, {}, None, [], "ok", {"task_id": 5}])
def test_an_answer_that_is_no_order_of_the_newer_api_is_not_understood(body: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        v2.created(answer(body))


def test_tasks_and_files_are_asked_for_by_their_ids() -> None:
    assert v1.query("1069") == Call(method="GET", path="v1/query/video_generation", query=(("task_id", "1069"),))
    assert v2.query("424") == Call(method="GET", path="v2/query/video_generation/424")
    assert v2.cancel("424") == Call(method="DELETE", path="v2/video_generation/424")
    assert files.retrieve("1768") == Call(method="GET", path="v1/files/retrieve", query=(("file_id", "1768"),))


def asked(status: str, code: int = 0, message: str = "success", **more: Any) -> Answer:
    return answer(
        {"base_resp": {"status_code": code, "status_msg": message}, "task_id": "1069", "status": status, **more}
    )


@pytest.mark.parametrize("status", ["Preparing", "Queueing", "Processing", "processing"])
def test_the_older_api_says_that_a_task_goes_on(status: str) -> None:
    assert v1.progress(asked(status, file_id="")) == Running(ask_again_in=20.0)


@pytest.mark.parametrize("file", ["176844028768320", 176844028768320])
@pytest.mark.parametrize("status", ["Success", "success"])
def test_the_older_api_says_that_a_film_is_there(status: str, file: Any) -> None:
    done = asked(status, file_id=file, video_width=1024, video_height=768)
    assert v1.progress(done) == Finished(files=(RemoteFile(id="v1 176844028768320"),))


@pytest.mark.parametrize("status", ["Fail", "Failed", "fail"])
@pytest.mark.parametrize(
    ("code", "message", "kind", "words"),
    [
        (
            1026,
            "video description contains sensitive content",
            Rejected,
            "video description contains sensitive content",
        ),
        (1027, "output sensitive", Rejected, "output sensitive"),
        (1033, "system error", Unavailable, "system error"),
        (7777, "something new", Unavailable, "something new"),
        (0, "success", Unavailable, "it failed and gave no reason"),
    ],
)
def test_the_older_api_says_why_a_task_failed(
    status: str, code: int, message: str, kind: type[Exception], words: str
) -> None:
    failed = v1.progress(asked(status, code, message))
    assert isinstance(failed, Failed)
    assert (type(failed.error), failed.error.message, failed.charged) == (kind, words, Charged.no)


def test_a_film_that_was_held_back_has_failed_whatever_else_is_said() -> None:
    for status in ("", "Processing", "Success"):
        failed = v1.progress(asked(status, 1027, "output sensitive"))
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, Rejected)


@pytest.mark.parametrize("status", ["Sleeping", "Unknown", "", 7])
def test_a_status_of_the_older_api_that_nobody_knows_is_not_taken_for_one(status: Any) -> None:
    with pytest.raises(ValueError):
        v1.progress(asked(status))


def test_a_success_without_a_file_is_not_understood() -> None:
    with pytest.raises(ValueError, match="without"):
        v1.progress(asked("Success", file_id=""))


def test_a_task_that_is_not_known_there_has_expired() -> None:
    with pytest.raises(Expired):
        v1.progress(answer({"task_id": "", "base_resp": {"status_code": 2013, "status_msg": "invalid params"}}))
    error = {"type": "bad_request_error", "message": "invalid params, invalid task_id (2013)", "http_code": "400"}
    with pytest.raises(Expired, match=r"^invalid params, invalid task_id$"):
        tasks.progress(answer({"type": "error", "error": error}, 400), "424", None)


def test_the_address_of_a_film_is_read_and_a_film_that_is_gone_is_told() -> None:
    file = {
        "file_id": 176844028768320,
        "bytes": 2183046,
        "created_at": 1700469398,
        "filename": "output.mp4",
        "purpose": "video_generation",
        "download_url": "https://video-product.cdn.minimax.io/inference_output/video/1/output.mp4?s=1",
    }
    assert files.address(answer({"file": file, **OPENED})) == file["download_url"]
    with pytest.raises(Expired):
        files.address(answer({"base_resp": {"status_code": 2013, "status_msg": "invalid params, file_id"}}))
    with pytest.raises(ValueError):
        files.address(answer({"file": file | {"download_url": ""}, **OPENED}))


TARIFF = Tariff(made=Decimal("0.13"), given=Decimal("0.13"), free_images=5, image=Decimal("0.04"))


def told(status: str, **more: Any) -> Answer:
    return answer({"task": {"id": "424", "model": "MiniMax-H3", "status": status, "usage": {}, **more}})


def test_the_newer_api_says_that_a_film_is_there_and_what_it_used() -> None:
    file = RemoteFile(id="v2 424010985738629 https://cdn.example/output.mp4")
    done = answer({"task": SUCCEEDED})
    assert tasks.progress(done, "424010985738629", TARIFF) == Finished(files=(file,), usd=Decimal("0.65"))
    assert tasks.progress(done, "424010985738629", None) == Finished(files=(file,))
    bare = answer({"task": SUCCEEDED | {"usage": {}}})
    assert tasks.progress(bare, "424010985738629", TARIFF) == Finished(files=(file,))


def test_the_address_of_a_film_is_asked_for_again_and_a_film_that_is_gone_is_told() -> None:
    assert tasks.address(answer({"task": SUCCEEDED, "error": None})) == "https://cdn.example/output.mp4"
    for gone in (told("succeeded"), told("succeeded", content={"url": ""}), told("failed")):
        with pytest.raises(Expired):
            tasks.address(gone)


@pytest.mark.parametrize("status", ["queued", "running"])
def test_the_newer_api_says_that_a_task_goes_on(status: str) -> None:
    assert tasks.progress(told(status), "424", TARIFF) == Running(ask_again_in=10.0)


@pytest.mark.parametrize(
    ("code", "message", "kind", "words"),
    [
        (
            "1026",
            "video description contains sensitive content",
            Rejected,
            "video description contains sensitive content",
        ),
        ("1027", "output sensitive", Rejected, "output sensitive"),
        ("", "output sensitive (1027)", Rejected, "output sensitive"),
        ("unprocessable_entity_error", "output sensitive (1027)", Rejected, "output sensitive"),
        ("unprocessable_entity_error", "output sensitive", Rejected, "output sensitive"),
        ("server_error", "internal error (7777)", Unavailable, "internal error"),
        (1033, "system error", Unavailable, "system error"),
        ("7777", "something new", Unavailable, "something new"),
        ("", "", Unavailable, "it failed and gave no reason"),
    ],
)
def test_the_newer_api_says_why_a_task_failed(code: Any, message: str, kind: type[Exception], words: str) -> None:
    failed = tasks.progress(told("failed", error={"code": code, "message": message}), "424", None)
    assert isinstance(failed, Failed)
    assert (type(failed.error), failed.error.message, failed.charged) == (kind, words, Charged.no)


def test_a_task_that_was_cancelled_cost_nothing_and_one_that_was_given_up_perhaps_something() -> None:
    cancelled, given_up = tasks.progress(told("cancelled"), "424", None), tasks.progress(told("expired"), "424", None)
    assert isinstance(cancelled, Failed)
    assert isinstance(given_up, Failed)
    assert (cancelled.charged, given_up.charged) == (Charged.no, Charged.maybe)


@pytest.mark.parametrize("body", [told("paused").body, told("succeeded").body, {"task": {}}, {}, None, []])
def test_what_the_newer_api_never_said_before_is_not_understood(body: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        tasks.progress(answer(body), "424", None)


def test_what_a_task_is_asked_by_again_goes_with_it_and_comes_back() -> None:
    for route in (Route("v1", NOON), Route("v2", NOON), Route("v2", NOON, TARIFF)):
        assert Route.read(route.text) == route
    assert Route("v2", NOON + timedelta(microseconds=9), TARIFF).text == "v2 1795176000 0.13 0.13 5 0.04"


def test_a_rate_is_that_of_what_was_ordered() -> None:
    assert Tariff.of(order("minimax-h3", seconds=8.0)) == Tariff(
        made=Decimal("0.08"), given=Decimal("0.08"), free_images=5, image=Decimal("0.04")
    )
    assert Tariff.of(order("minimax-h3-max", FILM, resolution="768p")) == Tariff(
        made=Decimal("0.08"), given=Decimal("0.143"), free_images=2, image=Decimal("0.074")
    )
    assert Tariff.of(order("hailuo-2.3")) is None, "clips are paid as quoted"


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        ({"total_seconds": 8, "output_seconds": 8}, "1.04"),
        ({"total_seconds": 8, "input_seconds": 3}, "1.04"),
        ({"input_seconds": 3, "output_seconds": 5, "input_image_count": 7}, "1.12"),
        ({"output_seconds": 5, "input_image_count": 5}, "0.65"),
        ({"output_seconds": None, "input_seconds": None, "total_seconds": None}, None),
        ({}, None),
    ],
)
def test_what_was_used_is_charged_by_the_second_and_the_picture(usage: dict[str, Any], usd: str | None) -> None:
    assert TARIFF.usd(Usage.model_validate(usage)) == (None if usd is None else Decimal(usd))
