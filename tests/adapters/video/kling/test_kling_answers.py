"""Every answer that Kling's documents show, as what it means."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.kit.answers import Answer
from adapters.kit.http import Call
from adapters.video.kling.wire import tasks
from adapters.video.kling.wire.errors import NotThere
from adapters.video.kling.wire.route import Generation, Route
from bot.domain.errors import InvalidInput, Rejected, RejectionKind, Unavailable
from bot.domain.job import Charged, RemoteFile
from bot.ports.video import Failed, Finished, Progress, Running

OLD, NEW = Route(Generation.v1, "text2video"), Route(Generation.v3, "text-to-video")
MARKED = Route(Generation.v3, "text-to-video", watermark=True)
FILM = "https://p1.a.kwimgs.com/output/video-001.mp4"


def answer(data: Any, code: int = 0, status: int = 200, message: str = "SUCCEED") -> Answer:
    body = {"code": code, "message": message, "request_id": "req-002", "data": data}
    return Answer(status=status, headers={}, body=body)


def read(data: Any, route: Route, id: str = "1") -> Progress:
    return tasks.progress(tasks.read_task(answer(data), route, id), route)


def old(status: str, **more: Any) -> dict[str, Any]:
    """A task as the older API's documents show it."""
    return {
        "task_id": "task-abc-123",
        "task_status": status,
        "task_status_msg": "",
        "task_info": {"external_task_id": None},
        "watermark_info": {"enabled": False},
        "created_at": 1722769557708,
        "updated_at": 1722769560000,
        **more,
    }


FINISHED = old(
    "succeed",
    final_unit_deduction="1",
    task_result={"videos": [{"id": "video-001", "url": FILM, "watermark_url": "https://marked", "duration": "5.0"}]},
)


def new(status: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": "1", "status": status, **more}]


DONE = new(
    "succeeded", outputs=[{"type": "audio", "mp3_url": "a"}, {"type": "video", "url": "https://v", "duration": "4"}]
)


def finished(route: Route, id: str, url: str, usd: str | None = None, note: str = "") -> Finished:
    file = RemoteFile(id=f"{route} {id} {url}")
    return Finished(files=(file,), usd=usd and Decimal(usd), details={"note": note} if note else {})  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("status", ["submitted", "processing"])
def test_a_task_on_its_way_is_asked_after_again(status: str) -> None:
    assert read(old(status), OLD, "task-abc-123") == Running(ask_again_in=5.0)
    assert read(new(status), NEW) == Running(ask_again_in=5.0)


def test_a_finished_task_of_the_older_api_has_its_film_and_its_price() -> None:
    assert read(FINISHED, OLD, "task-abc-123") == finished(OLD, "task-abc-123", FILM, "0.14")


def test_a_finished_task_of_the_newer_api_has_its_film_among_other_outputs() -> None:
    assert read(DONE, NEW) == finished(NEW, "1", "https://v")


def test_the_marked_film_is_taken_where_a_watermark_was_asked_for() -> None:
    both = [{"type": "video", "url": "https://v", "watermark_url": "https://w", "id": "x"}]
    assert read(new("succeeded", outputs=both), MARKED) == finished(MARKED, "1", "https://w")
    assert read(new("succeeded", outputs=both), NEW) == finished(NEW, "1", "https://v")


def test_a_watermark_that_is_missing_is_told() -> None:
    assert read(DONE, MARKED) == finished(MARKED, "1", "https://v", note="Kling set no watermark.")


# billing[] of the newer API, or the deductions of the older -> dollars
CHARGES: dict[str, tuple[list[dict[str, Any]] | dict[str, Any], str | None]] = {
    "units of a pack": ([{"charge_type": "unit", "amount": "1.8", "package_type": "video"}], "0.252"),
    "cash": (
        [{"charge_type": "cash", "cash_type": "balance", "amount": "0.42", "currency": "USD", "list_price": "0.5"}],
        "0.42",
    ),
    "a pack's rest and cash": (
        [{"charge_type": "unit", "amount": "1"}, {"charge_type": "cash", "amount": "0.1"}],
        "0.24",
    ),
    "yuan": ([{"charge_type": "cash", "amount": "3", "currency": "CNY"}], None),
    "a new kind of charge": ([{"charge_type": "stars", "amount": "3"}], None),
    "no figure yet": ([{"charge_type": "unit", "amount": ""}], None),
    "nothing said": ([], None),
    "older, units": ({"final_unit_deduction": "2.5"}, "0.35"),
    "older, cash": ({"final_balance_deduction": {"quota": "0.3", "list_price": "0.4"}}, "0.3"),
    "older, both": ({"final_unit_deduction": "1", "final_balance_deduction": {"quota": "0.1"}}, "0.24"),
    "older, empty": ({"final_unit_deduction": "", "final_balance_deduction": {"quota": ""}}, None),
}


@pytest.mark.parametrize("case", CHARGES, ids=str)
def test_what_it_cost_is_told_in_dollars_or_not_at_all(case: str) -> None:
    charged, usd = CHARGES[case]
    data, route = (
        (new("succeeded", outputs=DONE[0]["outputs"], billing=charged), NEW)
        if isinstance(charged, list)
        else (FINISHED | {"final_unit_deduction": None} | charged, OLD)
    )
    found = read(data, route, "1" if route is NEW else "task-abc-123")
    assert isinstance(found, Finished)
    assert found.usd == (None if usd is None else Decimal(usd))


REASONS: dict[str, tuple[str, type[Exception], RejectionKind | None]] = {
    "risk": ("Failure to pass the risk control system", Rejected, RejectionKind.policy),
    "sensitive": ("The input contains sensitive content", Rejected, RejectionKind.policy),
    "violation": ("Content violates our policies", Rejected, RejectionKind.policy),
    "Chinese": ("触发平台内容风控", Rejected, RejectionKind.policy),
    "rights": ("The picture may infringe copyright", Rejected, RejectionKind.copyright),
    "its own": ("Service error, please try again later", Unavailable, None),
    "silent": ("", Unavailable, None),
}


@pytest.mark.parametrize("case", REASONS, ids=str)
def test_a_failed_task_is_free_and_its_words_say_whose_fault_it_was(case: str) -> None:
    words, kind, why = REASONS[case]
    for found in (
        read(old("failed", task_status_msg=words), OLD, "task-abc-123"),
        read(new("failed", message=words), NEW),
    ):
        assert isinstance(found, Failed)
        assert (type(found.error), getattr(found.error, "kind", None), found.charged) == (kind, why, Charged.no)
        assert found.error.message == (words or "Kling says no more than that it failed.")


BILLED: dict[str, tuple[dict[str, Any], Charged]] = {
    "units": ({"billing": [{"charge_type": "unit", "amount": "3"}]}, Charged.yes),
    "yuan": ({"billing": [{"charge_type": "cash", "amount": "3", "currency": "CNY"}]}, Charged.yes),
    "a new kind of charge": ({"billing": [{"charge_type": "stars", "amount": 3}]}, Charged.yes),
    "units given back": ({"billing": [{"charge_type": "unit", "amount": "0"}]}, Charged.no),
    "nothing": ({"billing": []}, Charged.no),
    "older, units": ({"final_unit_deduction": "2.5"}, Charged.yes),
    "older, money": ({"final_balance_deduction": {"quota": "0.3"}}, Charged.yes),
    "older, none": ({"final_unit_deduction": "0", "final_balance_deduction": {"quota": ""}}, Charged.no),
}


@pytest.mark.parametrize("case", BILLED, ids=str)
def test_a_failed_task_that_was_charged_all_the_same_is_told_so(case: str) -> None:
    more, charged = BILLED[case]
    found = read(new("failed", **more), NEW) if "billing" in more else read(old("failed", **more), OLD, "task-abc-123")
    assert isinstance(found, Failed)
    assert found.charged is charged


def test_a_paid_film_is_not_lost_to_odd_words_about_it() -> None:
    odd = {"final_unit_deduction": "free", "final_balance_deduction": 7, "task_status_msg": ["x"]}
    assert read(FINISHED | odd, OLD, "task-abc-123") == finished(OLD, "task-abc-123", FILM)
    video = {"type": "video", "url": "https://v", "watermark_url": 7}
    for billing in ("free", [{"charge_type": 1, "amount": "much", "currency": []}]):
        data = new("succeeded", outputs=[video], billing=billing, message=["x"])
        assert read(data, NEW) == finished(NEW, "1", "https://v")


@pytest.mark.parametrize(
    ("data", "route"),
    [
        (old("succeeded"), OLD),
        (old("paused"), OLD),
        (old(""), OLD),
        (new("succeed"), NEW),
        (new("queued"), NEW),
        ([{"id": "1"}], NEW),
        ({"id": "1", "status": "submitted"}, NEW),
        (None, OLD),
        (None, NEW),
    ],
)
def test_a_status_or_shape_that_nobody_knows_is_never_taken_for_another(data: Any, route: Route) -> None:
    with pytest.raises(ValueError):
        read(data, route, "task-abc-123" if route is OLD else "1")


def test_a_task_said_to_be_done_without_a_film_is_asked_after_again() -> None:
    for data, route, id in ((old("succeed"), OLD, "task-abc-123"), (new("succeeded", outputs=[]), NEW, "1")):
        with pytest.raises(Unavailable, match="names no film"):
            read(data, route, id)


def test_a_task_that_is_not_there_is_known_by_an_empty_list_or_an_error() -> None:
    lost = answer(None, 1201, 400, "Task not found by id/external id: 1")
    for one, route in ((answer([]), NEW), (lost, OLD), (answer(new("submitted")), NEW)):
        with pytest.raises(NotThere):
            tasks.read_task(one, route, "another")


def test_the_answer_to_an_order_is_its_tasks_id() -> None:
    created = {
        "task_id": "t-1",
        "task_status": "submitted",
        "task_info": {"external_task_id": "J"},
        "created_at": 1722769557708,
    }
    assert tasks.read_created(answer(created), OLD) == "t-1"
    assert tasks.read_created(answer({"id": "893605", "status": "submitted"}), NEW) == "893605"
    assert tasks.read_created(answer({"id": 893605, "status": "submitted", "external_id": "J"}), NEW) == "893605"


@pytest.mark.parametrize("data", [{"id": "", "status": "submitted"}, {"status": "submitted"}, {"id": "1"}, [], None])
def test_an_answer_to_an_order_that_names_no_task_is_not_understood(data: Any) -> None:
    with pytest.raises(ValidationError):
        tasks.read_created(answer(data), NEW)


def test_an_order_is_found_by_its_name_or_surely_is_not_there() -> None:
    found = new("processing", external_id="J-1")
    assert tasks.read_found(answer(found), NEW, "J-1") == "1"
    assert tasks.read_found(answer([]), NEW, "J-1") is None
    assert (
        tasks.read_found(answer(old("submitted", task_info={"external_task_id": "J-1"})), OLD, "J-1") == "task-abc-123"
    )
    assert tasks.read_found(answer(None, 1201, 400, "Task not found by id/external id: J-1"), OLD, "J-1") is None
    assert tasks.read_found(answer(None, 1203, 404, "The requested resource does not exist"), OLD, "J-1") is None
    with pytest.raises(InvalidInput):
        tasks.read_found(answer(None, 1201, 400, "task_ids is invalid"), OLD, "J-1")
    with pytest.raises(ValueError, match="another name"):
        tasks.read_found(answer(found), NEW, "J-2")


def test_tasks_are_asked_for_by_id_and_by_name() -> None:
    assert tasks.by_id(OLD, "t-1") == Call(method="GET", path="v1/videos/text2video/t-1")
    assert tasks.by_name(OLD, "J-1") == Call(method="GET", path="v1/videos/text2video/J-1")
    assert tasks.by_id(NEW, "893605") == Call(method="GET", path="tasks", query=(("task_ids", "893605"),))
    assert tasks.by_name(NEW, "J-1") == Call(method="GET", path="tasks", query=(("external_task_ids", "J-1"),))
