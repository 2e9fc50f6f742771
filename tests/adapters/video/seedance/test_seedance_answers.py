"""What is read from Ark's answers: tasks, films, costs, and which task in a list is ours."""

import hashlib
from decimal import Decimal
from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.video.seedance.wire.answers import CANCELLED, WAITED, Record, Ticket, progress, record, taken
from adapters.video.seedance.wire.listing import Listed, ours, page_of
from bot.domain.errors import BadCredentials, Expired, ProviderError, RateLimited, Unavailable, Unclear
from bot.domain.job import Charged, RemoteFile
from bot.ports.video import Failed, Finished, Running
from tests.adapters.video.seedance.asked import SENT, asked

MARK = hashlib.sha256(b"J-ONE-1").hexdigest()


def answered(body: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status=status, headers=headers, body=body)


LIVE = {
    "id": "cgt-20260514183217-t8rzv",
    "model": "doubao-seedance-2-0-260128",
    "status": "succeeded",
    "content": {"video_url": "https://tos.example/film.mp4?X-Tos-Expires=86400"},
    "usage": {"completion_tokens": 108900, "total_tokens": 108900},
    "created_at": 1778754737,
    "updated_at": 1778755025,
    "seed": 1276,
    "resolution": "720p",
    "ratio": "16:9",
    "duration": 5,
    "framespersecond": 24,
    "service_tier": "default",
    "execution_expires_after": 172800,
    "generate_audio": True,
    "draft": False,
}
TUTORIAL = {
    "id": "cgt-20260414114820-abcde",
    "status": "succeeded",
    "error": None,
    "content": {"video_url": "https://tos.example/tea.mp4", "last_frame_url": None, "file_url": None},
    "usage": {"completion_tokens": 411300, "total_tokens": 411300},
    "framespersecond": 24,
    "created_at": 1776138520,
    "updated_at": 1776139219,
    "seed": 33608,
    "service_tier": "default",
    "execution_expires_after": 172800,
    "generate_audio": True,
    "duration": 11,
    "ratio": "16:9",
    "resolution": "720p",
    "draft": False,
}
ROUTE = Ticket.of(asked("seedance-2", "text", audio=True)).route


def test_a_create_answers_with_the_id_and_little_else() -> None:
    assert taken(answered({"id": "cgt-20260414114820-xxxxx"}), ()) == "cgt-20260414114820-xxxxx"
    assert taken(answered({"id": "cgt-1", "safety_identifier": MARK}), ()) == "cgt-1"


@pytest.mark.parametrize("body", [{}, {"id": ""}, {"id": None}, [], None, {"error": {"code": "x"}}], ids=str)
def test_an_answer_to_a_create_without_an_id_is_understood_by_nobody(body: Any) -> None:
    with pytest.raises(ValueError):
        taken(answered(body), ())


def test_a_finished_film_is_charged_by_its_tokens() -> None:
    assert progress(answered(LIVE), ROUTE) == Finished(
        files=(RemoteFile(id="cgt-20260514183217-t8rzv video https://tos.example/film.mp4?X-Tos-Expires=86400"),),
        usd=Decimal("0.7623"),
        seed=1276,
        details={},
    )


def test_the_tutorials_answer_is_charged_at_the_rate_of_films_given_in() -> None:
    said = {"seconds": 11.0, "aspect": "16:9", "audio": True, "watermark": True}
    found = progress(answered(TUTORIAL), Ticket.of(asked("seedance-2", "references", **said)).route)
    assert isinstance(found, Finished)
    assert (found.usd, found.details) == (Decimal("1.76859"), {})


def test_the_last_frame_comes_with_the_film() -> None:
    content = {"video_url": "https://t.example/f.mp4", "last_frame_url": "https://t.example/l.png?x=1 2"}
    found = progress(answered(LIVE | {"content": content}), ROUTE)
    assert isinstance(found, Finished)
    assert found.files[0].last_frame == "cgt-20260514183217-t8rzv last_frame https://t.example/l.png?x=1 2"


def test_numbers_said_as_text_are_numbers() -> None:
    """BytePlus describes `usage.*` and `duration` as text."""
    spoken = LIVE | {"usage": {"completion_tokens": "108900", "total_tokens": "108900"}, "duration": "5"}
    assert progress(answered(spoken), ROUTE) == progress(answered(LIVE), ROUTE)


def test_a_film_without_a_count_is_settled_at_its_quote() -> None:
    found = progress(answered({**LIVE, "usage": None}), ROUTE)
    assert isinstance(found, Finished)
    assert found.usd is None


def test_a_paid_film_is_not_lost_to_odd_words_about_it() -> None:
    odd = {"seed": "none", "duration": "5s", "resolution": 720, "generate_audio": "?", "error": "", "usage": "many"}
    found = progress(answered(LIVE | odd), ROUTE)
    assert isinstance(found, Finished)
    assert (len(found.files), found.usd, found.seed, found.details) == (1, None, None, {})


@pytest.mark.parametrize("usage", [{"total_tokens": 108900}, {"completion_tokens": None, "total_tokens": "108900"}])
def test_either_count_is_what_is_billed(usage: dict[str, Any]) -> None:
    found = progress(answered(LIVE | {"usage": usage}), ROUTE)
    assert isinstance(found, Finished)
    assert found.usd == Decimal("0.7623")


def test_what_came_out_otherwise_is_told() -> None:
    made = LIVE | {"resolution": "480p", "duration": 4, "generate_audio": False}
    found = progress(answered(made), ROUTE)
    assert isinstance(found, Finished)
    assert found.details == {
        "note": "Made at 480p instead of 720p. Made 4 s long instead of 5 s. Made without sound, though sound was asked for."
    }


def test_a_length_that_was_left_to_the_model_is_as_asked() -> None:
    auto = Ticket.of(asked("seedance-2", "text", audio=True, seconds=-1.0)).route
    found = progress(answered(LIVE | {"duration": 9}), auto)
    assert isinstance(found, Finished)
    assert found.details == {}


@pytest.mark.parametrize("status", ["queued", "running"])
def test_a_task_on_its_way_is_asked_after_again(status: str) -> None:
    assert progress(answered({"id": "cgt-1", "status": status}), ROUTE) == Running(ask_again_in=10.0)


@pytest.mark.parametrize(("status", "mend"), [("cancelled", CANCELLED), ("expired", WAITED)])
def test_a_task_that_never_ran_costs_nothing_and_says_why(status: str, mend: str) -> None:
    found = progress(answered({"id": "cgt-1", "status": status, "error": None}), ROUTE)
    assert isinstance(found, Failed)
    assert isinstance(found.error, Expired)
    assert (found.error.mend, found.charged) == (mend, Charged.no)


@pytest.mark.parametrize("content", [{"video_url": None, "last_frame_url": None, "file_url": None}, "", []], ids=str)
def test_a_task_without_a_film_may_say_so_as_it_likes(content: Any) -> None:
    """The SDKs print every address of a task, those that are not there as None."""
    empty = {"content": content, "usage": None}
    assert progress(answered({"id": "cgt-1", "status": "running", **empty}), ROUTE) == Running(ask_again_in=10.0)
    error = {"code": "InternalServiceError", "message": "It broke."}
    found = progress(answered({"id": "cgt-1", "status": "failed", "error": error, **empty}), ROUTE)
    assert isinstance(found, Failed)
    assert (found.error.message, found.charged) == ("It broke.", Charged.no)


@pytest.mark.parametrize("status", ["paused", "SUCCEEDED", "", None, 3])
def test_a_status_nobody_knows_is_never_taken_for_another(status: Any) -> None:
    with pytest.raises(ValueError):
        progress(answered({"id": "cgt-1", "status": status}), ROUTE)


@pytest.mark.parametrize("content", [None, {}, {"video_url": ""}, {"video_url": None}], ids=str)
def test_success_without_a_film_is_no_success(content: Any) -> None:
    with pytest.raises(ValueError):
        progress(answered(LIVE | {"content": content}), ROUTE)


def test_what_is_to_be_known_of_an_order_survives_a_restart() -> None:
    for task, said in (("references", {"audio": True}), ("text", {"seconds": -1.0}), ("first_last", {})):
        ticket = Ticket.of(asked("seedance-2", task, **said))
        assert Ticket.read(ticket.route) == ticket
    assert Ticket.read("") == Ticket(usd=None, seconds=-1.0, resolution="", audio=False, contents=("",))


RATES = [
    ("seedance-2", "text", "480p", "7.0"),
    ("seedance-2", "references", "720p", "4.3"),
    ("seedance-2", "text", "1080p", "7.7"),
    ("seedance-2", "edit", "1080p", "4.7"),
    ("seedance-2", "text", "4k", "4.0"),
    ("seedance-2", "extend", "4k", "2.4"),
    ("seedance-2-fast", "first_frame", "720p", "5.6"),
    ("seedance-2-fast", "references", "480p", "3.3"),
    ("seedance-2-mini", "text", "480p", "3.5"),
    ("seedance-2-mini", "edit", "720p", "2.1"),
    ("seedance-2.5", "text", "720p", "10.70"),
    ("seedance-2.5", "extend", "720p", "6.40"),
    ("seedance-2.5", "first_last", "1080p", "11.70"),
    ("seedance-2.5", "references", "1080p", "7.00"),
    ("seedance-2.5-draft", "text", "480p", "10.70"),
]


@pytest.mark.parametrize(("model", "task", "resolution", "usd"), RATES)
def test_the_rate_is_that_of_the_quote(model: str, task: str, resolution: str, usd: str) -> None:
    assert Ticket.of(asked(model, task, resolution=resolution)).usd == Decimal(usd)


# Lost answers

ORDER = asked("seedance-2", "text")
ID = "dreamina-seedance-2-0-260128"
NOW = SENT.timestamp()


def listed(id: str, mark: str | None = None, model: str = ID, after: float | None = 1.0) -> Listed:
    created = None if after is None else NOW + after
    return Listed(id=id, model=model, created_at=created, safety_identifier=mark)


FOUND = {
    "nothing there": ([], None),
    "by its mark": ([listed("a", "x"), listed("b", MARK)], "b"),
    "by its mark, whatever its model and time are called": ([listed("b", MARK, "ep-1", -9999)], "b"),
    "by its mark, among nameless ones": ([listed("a"), listed("b", MARK)], "b"),
    "others' tasks that say whose they are": ([listed("a", "x"), listed("b", "y")], None),
    "nameless, but of another model": ([listed("a", model="dreamina-seedance-2-0-fast-260128")], None),
    "nameless, but long before": ([listed("a", after=-301.0)], None),
}
DOUBTFUL = {
    "nameless": listed("a"),
    "nameless, by a clock that is behind": listed("a", after=-200.0),
    "nameless, of no known time": listed("a", after=None),
    "of an empty name": listed("a", ""),
    "nameless, under the other region's name": listed("a", model="doubao-seedance-2-0-260128"),
    "nameless, under a name without a date": listed("a", model="seedance-2-0"),
    "nameless, of an endpoint": listed("a", model="ep-20261120-abcde"),
    "nameless, of no said model": listed("a", model=""),
    "nameless, of no model at all": Listed(id="a", created_at=NOW + 1),
}


@pytest.mark.parametrize("case", FOUND, ids=str)
def test_a_lost_order_is_known_by_its_mark_or_surely_not_there(case: str) -> None:
    items, expected = FOUND[case]
    assert ours(items, ORDER, ID) == expected


@pytest.mark.parametrize("case", DOUBTFUL, ids=str)
def test_where_a_task_could_be_ours_nobody_knows(case: str) -> None:
    with pytest.raises(Unclear):
        ours([listed("z", "x"), DOUBTFUL[case]], ORDER, ID)


def test_a_list_is_read_whatever_else_its_items_say() -> None:
    item = {"id": "cgt-1", "status": "paused", "failure_reason": "x", "created_at": "1778754737", "model": ID}
    page = page_of(answered({"items": [item], "total": 12}))
    assert page.items == [Listed(id="cgt-1", model=ID, created_at=1778754737)]
    assert page.total == 12


def test_an_empty_list_may_be_said_as_nothing_but_never_left_out() -> None:
    assert page_of(answered({"items": None, "total": 0})).items == []
    with pytest.raises(ValueError):
        page_of(answered({"total": 0}))


def coded(code: str) -> Any:
    return {"error": {"code": code, "message": "No."}}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, coded("NotFound.TaskNotFound"), Expired),
        (404, None, Unavailable),
        (404, coded("SomethingNew"), Unavailable),
        (410, None, Unavailable),
        (400, coded("InvalidParameter"), Unavailable),
        (400, coded("InputTextSensitiveContentDetected"), Unavailable),
        (409, coded("InvalidAction.RunningTaskDeletion"), Unavailable),
        (401, coded("AuthenticationError"), BadCredentials),
        (429, coded("AccountRateLimitExceeded"), RateLimited),
        (502, None, Unavailable),
    ],
    ids=str,
)
def test_a_refused_look_says_nothing_about_the_task(status: int, body: Any, kind: type[ProviderError]) -> None:
    """Only that Ark does not know it does: else it may be finished and paid for."""
    with pytest.raises(ProviderError) as caught:
        progress(answered(body, status), ROUTE)
    assert type(caught.value) is kind


def test_a_task_may_say_very_little() -> None:
    assert record(answered({"id": "cgt-1", "status": "queued"})) == Record(id="cgt-1", status="queued")  # pyright: ignore[reportArgumentType]
