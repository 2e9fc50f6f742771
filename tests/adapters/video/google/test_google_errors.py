"""Every error of Google's becomes one of ours, with what to do. Pure: no sockets."""

from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.video.google.wire.errors import BROKEN, ELSEWHERE, KINDS, NUMBERS, RETIRED, Fault, failure, refusal
from bot.domain.errors import (
    BadCredentials,
    Expired,
    InvalidInput,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    RejectionKind,
    Unavailable,
    Unclear,
)
from tests.adapters.video.google.server_google import bad_key, error

MEND = "Set another key."
EXHAUSTED = {
    "error": {"code": 429, "message": "Resource has been exhausted", "status": "RESOURCE_EXHAUSTED", "details": []}
}
INFO = "type.googleapis.com/google.rpc.ErrorInfo"


def refused(status: int, body: Any, *, paid: bool = True, **headers: str) -> ProviderError:
    return refusal(Answer(status=status, headers=headers, body=body, text="<html>"), paid=paid, mend=MEND)


def of(code: int, status: str, message: str = "Something.", **detail: Any) -> dict[str, Any]:
    return error(code, message, status, [detail] if detail else [])


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, of(400, "INVALID_ARGUMENT", "This model only supports Interactions API."), InvalidInput),
        (400, of(400, "FAILED_PRECONDITION", "User location is not supported for the API use."), InvalidInput),
        (400, of(400, "OUT_OF_RANGE"), InvalidInput),
        (400, [of(400, "INVALID_ARGUMENT", "In a list.")], InvalidInput),
        (400, bad_key(), BadCredentials),
        (400, of(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."), BadCredentials),
        (401, of(401, "UNAUTHENTICATED"), BadCredentials),
        (401, None, BadCredentials),
        (403, of(403, "PERMISSION_DENIED"), BadCredentials),
        (403, of(403, "PERMISSION_DENIED", "Off.", reason="SERVICE_DISABLED"), BadCredentials),
        (403, of(403, "PERMISSION_DENIED", "No money.", reason="BILLING_DISABLED"), OutOfCredit),
        (403, of(403, "PERMISSION_DENIED", "This API method requires billing to be enabled."), OutOfCredit),
        (402, None, OutOfCredit),
        (403, of(403, "PERMISSION_DENIED", "Blocked by organization policy. It violates our content policy."), BadCredentials),
        (400, {"error": {"code": 400, "message": None, "status": None, "details": None}}, InvalidInput),
        (400, {"error": "invalid_grant"}, InvalidInput),
        (404, of(404, "NOT_FOUND", "models/veo-3.1-generate-preview is no longer available."), InvalidInput),
        (409, of(409, "ALREADY_EXISTS"), InvalidInput),
        (413, None, InvalidInput),
        (429, EXHAUSTED, RateLimited),
        (429, None, RateLimited),
        (429, of(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."), RateLimited),
        (429, of(429, "RESOURCE_EXHAUSTED", "Quota exceeded for metric: free_tier_requests, limit: 0, model: omni"), OutOfCredit),
        (429, of(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."), OutOfCredit),
        (429, of(429, "RESOURCE_EXHAUSTED", "Your project has exceeded its monthly spending cap."), OutOfCredit),
    ],
)  # fmt: skip
def test_a_refusal_of_a_paid_call_says_that_nothing_started(status: int, body: Any, kind: type[ProviderError]) -> None:
    assert type(refused(status, body)) is kind


@pytest.mark.parametrize("status", [408, 500, 501, 502, 503, 504, 529])
def test_a_breakdown_leaves_a_paid_call_unclear_and_any_other_to_be_asked_again(status: int) -> None:
    for body in (None, of(status, "UNAVAILABLE", "Billing account is closed."), "gateway"):
        assert type(refused(status, body)) is Unclear
        assert type(refused(status, body, paid=False)) is Unavailable


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_what_broke_on_the_way_promises_nothing_whatever_its_status(name: str) -> None:
    assert type(refused(409, of(409, name))) is Unclear
    assert type(refused(409, of(409, name), paid=False)) is Unavailable


def test_every_code_of_google_rpc_is_known() -> None:
    assert set(NUMBERS.values()) == BROKEN | set(KINDS)
    assert not BROKEN & set(KINDS)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1, Unavailable), (2, Unavailable), (3, InvalidInput), (4, Unavailable), (5, InvalidInput), (6, InvalidInput),
        (7, BadCredentials), (8, RateLimited), (9, InvalidInput), (10, Unavailable), (11, InvalidInput),
        (12, InvalidInput), (13, Unavailable), (14, Unavailable), (15, Unavailable), (16, BadCredentials),
        (99, Unavailable), ("internal", Unavailable), ("invalid_argument", InvalidInput), ("strange", Unavailable),
    ],
)  # fmt: skip
def test_a_task_that_failed_says_so_with_a_code_of_google_rpc(code: int | str, kind: type[ProviderError]) -> None:
    assert type(failure(Fault(code=code, message="Something."), mend=MEND)) is kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("The prompt could not be submitted. It contains words that violate Vertex AI's usage guidelines.", RejectionKind.policy),
        ("Text prompt contains sensitive words. Support codes: 58061214", RejectionKind.policy),
        ("Veo could not generate videos: blocked by its safety filters. Support codes: 17301594", RejectionKind.policy),
        ("The input image violates our usage guidelines. Support codes: 15236754", RejectionKind.real_person),
        ("The prompt was blocked by policy. Support codes: 29310472", RejectionKind.real_person),
        ("Images of recognizable people are not supported.", RejectionKind.real_person),
        ("It might reproduce content. Support codes: 35561575", RejectionKind.copyright),
        ("Blocked because of third-party content.", RejectionKind.copyright),
    ],
)  # fmt: skip
def test_what_the_safety_filter_says_is_a_refusal_of_the_content(words: str, kind: RejectionKind) -> None:
    for found in (refused(400, of(400, "INVALID_ARGUMENT", words)), failure(Fault(code=3, message=words), mend="")):
        assert isinstance(found, Rejected)
        assert (found.kind, found.message) == (kind, words)


def test_patience_is_asked_for_in_a_header_or_in_the_details() -> None:
    detail = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "37.5s"}
    inside = error(429, "Slow down.", "RESOURCE_EXHAUSTED", [{"@type": INFO}, detail])
    for found, seconds in ((refused(429, inside), 37.5), (refused(429, EXHAUSTED, **{"retry-after": "7"}), 7.0)):
        assert isinstance(found, RateLimited)
        assert found.retry_after == seconds
    assert refused(429, EXHAUSTED).retry_after is None  # pyright: ignore[reportAttributeAccessIssue]


def test_what_is_not_there_any_more_has_expired_or_names_a_model_that_retired() -> None:
    gone = of(404, "NOT_FOUND", "It is no longer available.")
    assert refused(404, gone).mend == RETIRED
    assert type(refused(404, gone, paid=False)) is Expired


@pytest.mark.parametrize(
    "words",
    [
        "User location is not supported for the API use.",
        "Uploading videos of people is not available in your region.",
    ],
)
def test_where_google_offers_nothing_nobody_is_told_to_change_the_prompt(words: str) -> None:
    for found in (
        refused(400, of(400, "FAILED_PRECONDITION", words)),
        failure(Fault(code=9, message=words), mend=MEND),
    ):
        assert (type(found), found.message, found.mend) == (InvalidInput, words, ELSEWHERE)


def test_a_key_that_is_not_taken_comes_with_what_to_do() -> None:
    for found in (refused(401, None), refused(400, bad_key()), failure(Fault(code=16, message="Old."), mend=MEND)):
        assert found.mend == MEND


def test_the_name_of_the_call_is_left_out_and_other_pages_are_quoted() -> None:
    said = of(400, "INVALID_ARGUMENT", "The ratio is wrong. (Request ID: abc-1)")
    assert refused(400, said).message == "The ratio is wrong."
    assert refused(413, None).message == "<html>"
