"""Every code of Kling's table, whatever its status, as one typed error; what it says of the money."""

from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.video.kling.wire.errors import KeyExpired, NotThere, checked
from bot.domain.errors import (
    BadCredentials,
    Busy,
    InvalidInput,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    Unavailable,
    Unclear,
)


def error(status: int, body: Any, *, paid: bool, **headers: str) -> ProviderError:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    with pytest.raises(ProviderError) as raised:
        checked(Answer(status=status, headers=given, body=body, text="<html>bad gateway</html>"), paid=paid)
    return raised.value


# (status, code, words) -> the error of a paid call, of a free one, and a word of what we advise
TABLE: list[tuple[int, int, str, type[ProviderError], type[ProviderError], str]] = [
    (401, 1000, "Authentication failed", BadCredentials, BadCredentials, "region"),
    (401, 1001, "Authorization is empty", BadCredentials, BadCredentials, "region"),
    (401, 1002, "api key not found", BadCredentials, BadCredentials, "region"),
    (401, 1003, "Authorization is not yet valid", BadCredentials, BadCredentials, "clock"),
    (401, 1004, "Authorization has expired", KeyExpired, KeyExpired, "clock"),
    (429, 1100, "Abnormal account status", BadCredentials, BadCredentials, "account"),
    (429, 1101, "Account in arrears", OutOfCredit, OutOfCredit, "topped up"),
    (429, 1102, "Account balance not enough", OutOfCredit, OutOfCredit, "topped up"),
    (403, 1103, "Unauthorized access to requested resource", BadCredentials, BadCredentials, "may not use this model"),
    (400, 1200, "Invalid request parameters", InvalidInput, InvalidInput, ""),
    (400, 1201, "image aspect ratio out of range", InvalidInput, InvalidInput, ""),
    (400, 1201, "External_task_id J-1 already exists", Unclear, InvalidInput, ""),
    (400, 1201, "external_task_id must be unique within the account", Unclear, InvalidInput, ""),
    (400, 1200, "Duplicate: external id exists", Unclear, InvalidInput, ""),
    (400, 1201, "external_task_id is too long", InvalidInput, InvalidInput, ""),
    (400, 1201, "Task not found by id/external id: 7", InvalidInput, NotThere, ""),
    (400, 1201, "external_task_id does not exist", InvalidInput, NotThere, ""),
    (404, 1202, "The requested method is invalid", InvalidInput, InvalidInput, ""),
    (404, 1203, "The requested resource does not exist", InvalidInput, NotThere, "may not use this model"),
    (400, 1300, "Request blocked by platform policy", Rejected, Rejected, ""),
    (400, 1301, "Trigger the platform's content security policy", Rejected, Rejected, ""),
    (429, 1302, "Too many requests", RateLimited, RateLimited, ""),
    (429, 1303, "parallel task over resource pack limit", Busy, Busy, ""),
    (403, 1304, "Trigger the platform's IP whitelist policy", BadCredentials, BadCredentials, "addresses"),
    (429, 1304, "Trigger the platform's IP whitelist policy", BadCredentials, BadCredentials, "addresses"),
    (500, 5000, "Server internal error", Unclear, Unavailable, ""),
    (503, 5001, "Server temporarily unavailable", Unclear, Unavailable, ""),
    (504, 5002, "Server internal timeout", Unclear, Unavailable, ""),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[1]}-{row[2][:20]}")
@pytest.mark.parametrize("at", ["its own status", "200"])
def test_a_code_is_one_error(row: tuple[int, int, str, type[ProviderError], type[ProviderError], str], at: str) -> None:
    own, code, words, paid, free, mend = row
    status, body = (200 if at == "200" else own), {"code": code, "message": words, "request_id": "r-1", "data": None}
    found = error(status, body, paid=True)
    assert (type(found), found.message) == (paid, words)
    assert mend in found.mend
    assert type(error(status, body, paid=False)) is free


def test_the_limit_error_as_kling_shows_it_is_waiting_for_a_place() -> None:
    assert (
        type(error(429, {"code": 1303, "message": "parallel task over resource pack limit", "data": None}, paid=True))
        is Busy
    )


def test_too_many_calls_wait_as_long_as_kling_says() -> None:
    found = error(429, {"code": 1302, "message": "slow down"}, paid=True, retry_after="7")
    assert isinstance(found, RateLimited)
    assert found.retry_after == 7.0


@pytest.mark.parametrize(
    ("status", "paid", "free"),
    [
        (200, Unclear, Unavailable),
        (400, InvalidInput, InvalidInput),
        (401, BadCredentials, BadCredentials),
        (402, OutOfCredit, OutOfCredit),
        (429, RateLimited, RateLimited),
        (500, Unclear, Unavailable),
        (502, Unclear, Unavailable),
    ],
)
def test_a_code_of_tomorrow_is_judged_by_its_status(
    status: int, paid: type[ProviderError], free: type[ProviderError]
) -> None:
    body = {"code": 9999, "message": "something new"}
    assert (type(error(status, body, paid=True)), type(error(status, body, paid=False))) == (paid, free)


@pytest.mark.parametrize("body", [None, [], {}, {"error": "bad gateway"}])
def test_a_gateways_own_page_on_a_paid_call_says_nothing_of_the_money(body: Any) -> None:
    assert type(error(502, body, paid=True)) is Unclear
    assert type(error(503, body, paid=False)) is Unavailable
    assert error(403, body, paid=True).message == "status 403", "nobody is shown a page's source"


def test_a_good_code_under_a_bad_status_is_no_success() -> None:
    assert type(error(500, {"code": 0, "message": "SUCCEED", "data": {"id": "1"}}, paid=True)) is Unclear


@pytest.mark.parametrize("body", [None, [], {}, {"data": {}}, {"code": "fine"}, {"code": None}])
def test_an_answer_without_a_code_is_understood_by_nobody(body: Any) -> None:
    with pytest.raises(ValueError):
        checked(Answer(status=200, headers={}, body=body), paid=True)
