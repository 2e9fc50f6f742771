"""Every code of MiniMax's becomes one typed error, alike on both of its APIs, and never promises more than it says."""

from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.video.minimax.wire import tasks, v1, v2
from adapters.video.minimax.wire.codes import CODES
from adapters.video.minimax.wire.envelope import check
from adapters.video.minimax.wire.refusal import refusal
from bot.domain.errors import (
    BadCredentials,
    Busy,
    Expired,
    InvalidInput,
    NotCancellable,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged

# code -> (to a paid call, to a free one, a word of what to do)
MEANT: dict[int, tuple[type[ProviderError], type[ProviderError], str]] = {
    1000: (Unclear, Unavailable, ""),
    1001: (Unclear, Unavailable, ""),
    1002: (RateLimited, RateLimited, ""),
    1004: (BadCredentials, BadCredentials, "api.minimaxi.com"),
    1008: (OutOfCredit, OutOfCredit, ""),
    1013: (Unclear, Unavailable, ""),
    1024: (Unclear, Unavailable, ""),
    1026: (Rejected, Rejected, ""),
    1027: (Rejected, Rejected, "held back"),
    1028: (OutOfCredit, OutOfCredit, "package"),
    1030: (OutOfCredit, OutOfCredit, "package"),
    1033: (Unclear, Unavailable, ""),
    1039: (RateLimited, RateLimited, ""),
    1041: (Busy, Busy, ""),
    1042: (InvalidInput, InvalidInput, "signs"),
    2013: (InvalidInput, InvalidInput, ""),
    2038: (BadCredentials, BadCredentials, "prove"),
    2045: (RateLimited, RateLimited, ""),
    2049: (BadCredentials, BadCredentials, "api.minimaxi.com"),
    2056: (OutOfCredit, OutOfCredit, "package"),
    2061: (OutOfCredit, OutOfCredit, "pay-as-you-go"),
}


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status=status, headers=headers, body=body)


def v1_body(code: int, message: str = "words of theirs") -> dict[str, Any]:
    return {"task_id": "", "base_resp": {"status_code": code, "status_msg": message}}


def v2_body(type: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": type, "message": message, "http_code": "0"}, "request_id": "02178"}


def test_the_table_below_has_every_code() -> None:
    assert set(MEANT) == set(CODES)


@pytest.mark.parametrize("code", MEANT)
def test_each_code_on_the_older_api(code: int) -> None:
    paid, free, mend = MEANT[code]
    with pytest.raises(ProviderError) as refused:
        v1.created(answer(v1_body(code)))
    assert (type(refused.value), refused.value.message) == (paid, "words of theirs")
    assert mend in refused.value.mend
    with pytest.raises(ProviderError) as refused:
        check(answer(v1_body(code)), paid=False)
    assert type(refused.value) is free


@pytest.mark.parametrize("code", MEANT)
def test_each_code_on_the_newer_api(code: int) -> None:
    paid, free, mend = MEANT[code]
    body = v2_body("server_error", f"words of theirs ({code})")
    with pytest.raises(ProviderError) as refused:
        v2.created(answer(body, 500))
    assert (type(refused.value), refused.value.message) == (paid, "words of theirs")
    assert mend in refused.value.mend
    assert type(refusal(answer(body, 500), paid=False)) is free


@pytest.mark.parametrize(
    ("status", "type", "message", "kind"),
    [
        (400, "bad_request_error", "invalid params, content must include a non-empty text item", InvalidInput),
        (401, "authorized_error", "login fail: Please carry the API secret key", BadCredentials),
        (402, "insufficient_balance_error", "insufficient balance", OutOfCredit),
        (422, "unprocessable_entity_error", "video description contains sensitive content", Rejected),
        (429, "rate_limit_error", "rate limit, please retry later", RateLimited),
        (500, "server_error", "internal error", Unclear),
        (529, "overloaded_error", "overloaded", Unclear),
    ],
)
@pytest.mark.parametrize("code", ["", " (7777)"])
def test_each_type_of_the_newer_api_where_its_code_says_nothing(
    status: int, type: str, message: str, kind: type[ProviderError], code: str
) -> None:
    refused = refusal(answer(v2_body(type, message + code), status), paid=True)
    assert (refused.__class__, refused.message) == (kind, message)


STATUSES = {
    400: InvalidInput,
    401: BadCredentials,
    402: OutOfCredit,
    403: BadCredentials,
    408: Unclear,
    422: InvalidInput,
    429: RateLimited,
    500: Unclear,
    502: Unclear,
    504: Unclear,
    529: Unclear,
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("body", [None, {}, {"message": "a gateway's own words"}, []])
def test_each_status_where_nothing_else_is_said(status: int, body: Any) -> None:
    for created in (v1.created, v2.created):
        with pytest.raises(ProviderError) as refused:
            created(answer(body, status))
        assert type(refused.value) is STATUSES[status]
        if isinstance(refused.value, BadCredentials):
            assert "api.minimaxi.com" in refused.value.mend


def test_the_example_of_a_refused_prompt() -> None:
    sensitive = "video description contains sensitive content"
    with pytest.raises(Rejected, match=f"^{sensitive}$"):
        v1.created(answer(v1_body(1026, sensitive)))
    with pytest.raises(Rejected, match=f"^{sensitive}$"):
        v2.created(answer(v2_body("unprocessable_entity_error", f"{sensitive} (1026)"), 422))


def test_a_refusal_that_says_when_to_come_back_is_heeded() -> None:
    later = {"retry-after": "7"}
    for refused in (
        refusal(Answer(status=429, headers=later, body=v2_body("rate_limit_error", "wait (1002)")), paid=True),
        refusal(Answer(status=429, headers=later, body=None), paid=True),
    ):
        assert isinstance(refused, RateLimited)
        assert refused.retry_after == 7.0
    with pytest.raises(RateLimited) as limited:
        v1.created(Answer(status=200, headers=later, body=v1_body(1002)))
    assert limited.value.retry_after == 7.0


def test_a_code_that_nobody_knows_is_not_understood_rather_than_guessed() -> None:
    with pytest.raises(ValueError, match="7777"):
        v1.created(answer(v1_body(7777)))
    with pytest.raises(InvalidInput):
        v1.created(answer(v1_body(7777), 400))


def test_an_error_inside_a_success_of_the_newer_api_is_an_error() -> None:
    with pytest.raises(OutOfCredit):
        v2.created(answer(v2_body("insufficient_balance_error", "insufficient balance (1008)")))


def task(status: str) -> Answer:
    return answer({"task": {"id": "1", "status": status}})


def test_only_a_task_that_waits_may_be_cancelled() -> None:
    assert tasks.may_cancel(task("queued")) is None
    assert [tasks.may_cancel(task(one)) for one in ("cancelled", "failed", "expired")] == [
        Charged.no,
        Charged.no,
        Charged.maybe,
    ]
    for status in ("running", "succeeded"):
        with pytest.raises(NotCancellable):
            tasks.may_cancel(task(status))
    with pytest.raises(Expired):
        tasks.may_cancel(answer(v2_body("bad_request_error", "invalid task_id (2013)"), 400))


@pytest.mark.parametrize(
    ("action", "charged"),
    [("cancelled", Charged.no), ("cancel", Charged.no), ("deleted", Charged.yes), ("delete", Charged.yes)],
)
def test_a_cancel_that_came_too_late_deleted_a_film_that_is_paid_for(action: str, charged: Charged) -> None:
    assert tasks.cancelled(answer({"task_id": "1", "action": action, "status": "cancelled"})) is charged


def test_a_cancel_that_is_refused_stops_nothing() -> None:
    with pytest.raises(NotCancellable):
        tasks.cancelled(answer(v2_body("bad_request_error", "cannot cancel while processing (2013)"), 400))
    with pytest.raises(Unavailable):
        tasks.cancelled(answer(v2_body("server_error", "internal error (1000)"), 500))
    with pytest.raises(ValueError):
        tasks.cancelled(answer({"task_id": "1", "action": "postponed"}))
