"""Every answer of Model Studio as what it means."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.kit.answers import Answer
from adapters.kit.body import Part
from adapters.kit.http import Call
from adapters.video.wan.wire import answers, upload
from adapters.video.wan.wire.answers import Item
from adapters.video.wan.wire.route import Route, read
from bot.domain.errors import (
    Expired,
    InvalidInput,
    Rejected,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged, RemoteFile
from bot.domain.media import Role
from bot.ports.video import Failed, Finished, Running
from tests.adapters.video.wan.new_wishes_wan import (
    FILM,
)
from tests.adapters.video.wan.stand_wan import reference


def answered(body: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status=status, headers=headers, body=body)


# --- answers, as the documents print them ---

STARTED = {"output": {"task_status": "PENDING", "task_id": "0385dc79-5ff8-4d82-bcb6-xxxxxx"}, "request_id": "4909100c"}
R2V = {
    "request_id": "52cade0d-905e-9b7d-a01e-xxxxxx",
    "output": {
        "task_id": "18814247-f944-4102-aa4a-xxxxxx",
        "task_status": "SUCCEEDED",
        "submit_time": "2026-04-02 22:53:19.537",
        "scheduled_time": "2026-04-02 22:53:30.427",
        "end_time": "2026-04-02 23:00:39.287",
        "orig_prompt": "视频2抱着图片3…",
        "video_url": "https://dashscope-a717.oss-accelerate.aliyuncs.com/xxx.mp4?xxxx",
    },
    "usage": {
        "duration": 15,
        "input_video_duration": 5,
        "output_video_duration": 10,
        "video_count": 1,
        "SR": 720,
        "ratio": "16:9",
    },
}
OLD_USAGE = {
    "duration": 10.0,
    "size": "1280*720",
    "input_video_duration": 5,
    "output_video_duration": 5,
    "video_count": 1,
    "SR": 720,
}
FAILED = {
    "request_id": "e5d70b02",
    "output": {
        "task_id": "86ecf553",
        "task_status": "FAILED",
        "code": "InvalidParameter",
        "message": "The size is not match xxxxxx",
    },
}
UNKNOWN = {"request_id": "a4de7c32", "output": {"task_id": "502a00b1", "task_status": "UNKNOWN"}}


def told(body: Any, usd: str | None = "0.10"):
    return answers.progress(answers.task_in(answered(body)), Route(Decimal(usd) if usd else None))


def with_status(status: str, **more: Any) -> Any:
    return {"output": {"task_id": "t", "task_status": status, **more}}


def test_a_task_begun_is_known_by_its_id() -> None:
    assert answers.started(answered(STARTED)) == "0385dc79-5ff8-4d82-bcb6-xxxxxx"


@pytest.mark.parametrize(
    "body",
    [None, {}, [], {"output": {}}, {"output": {"task_id": ""}}, {"output": {"task_id": "t", "task_status": "?"}}],
)
def test_a_beginning_that_nobody_understands_is_no_task(body: Any) -> None:
    with pytest.raises((ValueError, Unclear)):
        answers.started(answered(body))


def test_a_finished_film_costs_its_billed_seconds() -> None:
    link = RemoteFile(id=f"18814247-f944-4102-aa4a-xxxxxx {R2V['output']['video_url']}")
    assert told(R2V) == Finished(files=(link,), usd=Decimal("1.50"))
    assert told({**R2V, "usage": OLD_USAGE}) == Finished(files=(link,), usd=Decimal("1.000"))
    assert told({**R2V, "usage": {"video_duration": 5, "video_ratio": "1280*720"}}) == Finished(
        files=(link,), usd=Decimal("0.50")
    )


def test_without_a_price_or_usage_the_quote_stands() -> None:
    finished = told(R2V, None)
    assert isinstance(finished, Finished)
    assert finished.usd is None
    bare = told({"output": R2V["output"]})
    assert isinstance(bare, Finished)
    assert bare.usd is None


@pytest.mark.parametrize(("status", "pause"), [("PENDING", 5.0), ("SUSPENDED", 5.0), ("RUNNING", 15.0)])
def test_a_task_on_its_way_is_asked_for_as_often_as_the_documents_say(status: str, pause: float) -> None:
    assert told(with_status(status)) == Running(ask_again_in=pause)


def ended(body: Any) -> tuple[type, str, Charged]:
    found = told(body)
    assert isinstance(found, Failed)
    return type(found.error), found.error.message, found.charged


def test_a_failed_task_says_why_and_costs_nothing() -> None:
    assert ended(FAILED) == (InvalidInput, "The size is not match xxxxxx", Charged.no)
    moderated = with_status(
        "FAILED", code="DataInspectionFailed", message="Output data may contain inappropriate content."
    )
    assert ended(moderated) == (Rejected, "Output data may contain inappropriate content.", Charged.no)
    assert ended(with_status("FAILED", code="Odd.New", message="?")) == (Unavailable, "?", Charged.no)
    assert ended(with_status("FAILED")) == (Unavailable, "it failed and gives no reason", Charged.no)
    assert ended(with_status("CANCELED")) == (Unavailable, "the task was cancelled there", Charged.no)


def test_a_task_that_is_not_known_any_more_may_have_been_paid_for() -> None:
    assert ended(UNKNOWN) == (Expired, "it does not know this task; it keeps one for 24 hours", Charged.maybe)


@pytest.mark.parametrize("more", [{}, {"video_url": ""}, {"video_url": None}], ids=str)
def test_a_success_without_a_film_is_paid_for_and_asked_after_again(more: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="gives none yet"):
        told(with_status("SUCCEEDED", **more))


def test_a_task_without_a_film_may_say_so_with_nulls() -> None:
    nothing = {"video_url": None, "orig_prompt": None, "code": None, "message": None}
    assert told(with_status("RUNNING", **nothing)) == Running(ask_again_in=15.0)
    assert ended(with_status("FAILED", **nothing)) == (Unavailable, "it failed and gives no reason", Charged.no)


@pytest.mark.parametrize("usage", ["none", [], {"duration": "long"}, {"duration": None}, {"duration": ""}], ids=str)
def test_a_paid_film_is_not_lost_to_odd_words_about_it(usage: Any) -> None:
    link = RemoteFile(id=f"18814247-f944-4102-aa4a-xxxxxx {R2V['output']['video_url']}")
    assert told({**R2V, "usage": usage}) == Finished(files=(link,), usd=None)


def test_a_status_that_nobody_knows_is_refused_loudly() -> None:
    with pytest.raises(ValidationError):
        told(with_status("HIBERNATING"))


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503, 504])
@pytest.mark.parametrize("code", ["InvalidParameter", "DataInspectionFailed", "UnsupportedOperation", "Brand.New", ""])
def test_a_refused_look_says_nothing_about_the_task(status: int, code: str) -> None:
    """Only its own status does: it may be finished and paid for."""
    with pytest.raises(Unavailable):
        answers.task_in(answered({"code": code, "message": "no"} if code else {}, status))


def test_the_list_is_read_in_time_that_has_a_zone() -> None:
    listed = {
        "request_id": "31a8",
        "data": [
            {"task_id": "bb7c", "model_name": "wan2.6-t2v", "gmt_create": 1691561394828, "status": "SUCCEEDED"},
            {"task_id": "cc8d"},
        ],
        "total": 2,
        "total_page": 1,
        "page_no": 1,
        "page_size": 10,
    }
    page = answers.page_in(answered(listed))
    assert page.data == [
        Item(task_id="bb7c", model_name="wan2.6-t2v", gmt_create=1691561394828),
        Item(task_id="cc8d"),
    ]
    assert page.data[0].made_at == datetime(2023, 8, 9, 6, 9, 54, 828000, UTC)
    assert page.data[1].made_at is None


def test_the_free_calls_are_these() -> None:
    assert answers.look("t") == Call(method="GET", path="tasks/t")
    assert answers.cancel("t") == Call(method="POST", path="tasks/t/cancel")
    assert answers.tasks(2) == Call(method="GET", path="tasks", query=(("page_no", "2"), ("page_size", "100")))
    assert upload.policy("wan2.7-i2v") == Call(
        method="GET", path="uploads", query=(("action", "getPolicy"), ("model", "wan2.7-i2v"))
    )


# --- the store ---

GRANTED = {
    "request_id": "1",
    "data": {
        "policy": "eyJ",
        "signature": "g5K",
        "upload_dir": "dashscope-instant/7/2026-11-20/5",
        "upload_host": "https://dashscope-file-sgp.oss-ap-southeast-1.aliyuncs.com",
        "expire_in_seconds": 300,
        "max_file_size_mb": 1,
        "capacity_limit_mb": 999,
        "oss_access_key_id": "LTAI",
        "x_oss_object_acl": "private",
        "x_oss_forbid_overwrite": "true",
    },
}


def test_a_file_is_stored_by_a_form_with_the_file_last() -> None:
    granted = upload.policy_in(answered(GRANTED))
    call, address = upload.store(granted, FILM, "n4m3")
    key = "dashscope-instant/7/2026-11-20/5/n4m3.mp4"
    assert address == f"oss://{key}"
    assert call == Call(
        method="POST",
        path="https://dashscope-file-sgp.oss-ap-southeast-1.aliyuncs.com",
        form=(
            ("OSSAccessKeyId", "LTAI"),
            ("Signature", "g5K"),
            ("policy", "eyJ"),
            ("key", key),
            ("x-oss-object-acl", "private"),
            ("x-oss-forbid-overwrite", "true"),
            ("success_action_status", "200"),
            ("x-oss-content-type", "video/mp4"),
            ("file", Part("film", "n4m3.mp4", "video/mp4")),
        ),
    )


def test_a_file_over_the_stores_limit_is_named() -> None:
    granted = upload.policy_in(answered(GRANTED))
    with pytest.raises(InvalidInput) as refused:
        upload.store(granted, reference("@Video1", Role.reference_video, bytes=1024 * 1024 + 1), "n")
    assert refused.value.message == "@Video1 has 1 MB, and Wan takes files of at most 1 MB."
    assert refused.value.reference == "@Video1"
    upload.store(granted, reference("@Video1", Role.reference_video, bytes=1024 * 1024), "n")


def test_a_store_at_no_address_is_not_believed() -> None:
    strange = {"data": {**GRANTED["data"], "upload_host": "file:///etc"}}
    with pytest.raises(ValidationError):
        upload.policy_in(answered(strange))


def test_the_store_answers_in_its_own_way() -> None:
    upload.stored(answered(None))
    with pytest.raises(Unavailable, match="status 403"):
        upload.stored(Answer(status=403, headers={}, body=None, text="<Error><Code>AccessDenied</Code></Error>"))
    with pytest.raises(InvalidInput):
        upload.stored(Answer(status=400, headers={}, body=None, text="<Error><Code>EntityTooLarge</Code></Error>"))


# --- what is kept with a task ---


@pytest.mark.parametrize(
    ("route", "text"),
    [
        (Route(Decimal("0.10"), ("@Image1", "@Video1")), "0.10 @Image1 @Video1"),
        (Route(), "-"),
        (Route(Decimal(1)), "1"),
    ],
)
def test_what_is_kept_with_a_task_is_read_again(route: Route, text: str) -> None:
    assert str(route) == text
    assert read(text) == route


def test_a_task_that_was_kept_with_nothing_has_no_price() -> None:
    assert read("") == Route()
