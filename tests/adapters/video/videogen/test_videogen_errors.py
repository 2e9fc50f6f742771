"""Each refusal of VideoGen's as one typed error, and what a person is told to do."""

from collections.abc import Callable
from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.video.videogen.wire import answers
from adapters.video.videogen.wire.progress import progress
from bot.domain.errors import (
    BadCredentials,
    Expired,
    InvalidInput,
    NotCancellable,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    RejectionKind,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged
from bot.ports.video import Failed

ADD_ON = "Tell your operator: the VideoGen account lacks an add-on that this needs."
LARGER = "Tell your operator: the VideoGen account needs a larger plan for this."


def answer(status: int, code: str | None = None, message: str = "Words.", needs: str = "", **headers: str) -> Answer:
    body: dict[str, Any] = {"message": message, "code": code, "internalErrorCode": "E-17"}
    if needs:
        body["requirement"] = {"type": needs, "details": {}}
    return Answer(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=body)


def raised(read: Callable[[Answer], Any], given: Answer) -> ProviderError:
    with pytest.raises(ProviderError) as error:
        read(given)
    return error.value


# what is answered, the error of a paid call, the error of a free one, what to do
REFUSALS: list[tuple[Answer, type[ProviderError], type[ProviderError], str]] = [
    (answer(400, "invalid_request"), InvalidInput, InvalidInput, ""),
    (answer(401, "invalid_api_key"), BadCredentials, BadCredentials, ""),
    (answer(403, "not_authorized"), BadCredentials, BadCredentials, ""),
    (answer(403, "not_authorized", needs="purchase_add_on"), InvalidInput, InvalidInput, ADD_ON),
    (answer(403, needs="upgrade_plan"), InvalidInput, InvalidInput, LARGER),
    (
        answer(400, needs="verify_email"),
        InvalidInput,
        InvalidInput,
        "Tell your operator: VideoGen asks for “verify_email” on the account first.",
    ),
    (answer(404, "not_found"), InvalidInput, Expired, ""),
    (answer(404), InvalidInput, Unavailable, ""),
    (answer(409), Unclear, InvalidInput, ""),
    (answer(429, "rate_limited"), RateLimited, RateLimited, ""),
    (answer(429), RateLimited, RateLimited, ""),
    (answer(429, "insufficient_credits", needs="upgrade_plan"), OutOfCredit, OutOfCredit, LARGER),
    (answer(429, "insufficient_credits"), OutOfCredit, OutOfCredit, ""),
    (answer(402), OutOfCredit, OutOfCredit, ""),
    (answer(422), InvalidInput, InvalidInput, ""),
    (answer(400, "something_new"), InvalidInput, InvalidInput, ""),
    (answer(408), Unclear, Unavailable, ""),
    (answer(500), Unclear, Unavailable, ""),
    (answer(500, "invalid_request"), Unclear, Unavailable, ""),
    (answer(502), Unclear, Unavailable, ""),
    (answer(503, "rate_limited"), Unclear, Unavailable, ""),
]


@pytest.mark.parametrize(("given", "paid", "free", "mend"), REFUSALS)
def test_a_refusal_is_one_error(given: Answer, paid: type[ProviderError], free: type[ProviderError], mend: str) -> None:
    for read, kind in ((answers.started, paid), (answers.execution, free), (answers.page, free), (answers.place, free)):
        error = raised(read, given)
        assert (type(error), error.message, error.mend) == (kind, "Words.", mend)


def test_an_empty_account_is_told_from_haste_by_its_code() -> None:
    needs = {"type": "upgrade_plan", "details": {}}
    body = {"message": "Not enough credits", "code": "insufficient_credits", "requirement": needs}
    error = raised(answers.started, Answer(status=429, headers={"retry-after": "60"}, body=body))
    assert (type(error), error.message, error.mend) == (OutOfCredit, "Not enough credits", LARGER)


def test_patience_lasts_as_long_as_is_asked_for() -> None:
    for given in (answer(429, "rate_limited", retry_after="17"), answer(429, retry_after="17")):
        error = raised(answers.started, given)
        assert isinstance(error, RateLimited)
        assert error.retry_after == 17.0


@pytest.mark.parametrize("body", [None, "<html>", [], {}, {"error": "?"}, {"message": 5}])
def test_a_refusal_without_words_is_told_by_its_status(body: Any) -> None:
    error = raised(answers.started, Answer(status=403, headers={}, body=body))
    assert (type(error), error.message) == (BadCredentials, "status 403")


MODERATED = [
    "Your prompt was rejected by our moderation system.",
    "The content was moderated.",
    "This request violates our usage policy.",
    "Blocked by content policy",
    "Blocked: content_policy_violation",
    "The image was flagged.",
    "Safety filter triggered",
    "Inappropriate content",
]


@pytest.mark.parametrize("words", MODERATED)
def test_moderated_content_is_told_by_the_words(words: str) -> None:
    error = raised(answers.started, answer(400, "invalid_request", words))
    assert isinstance(error, Rejected)
    assert error.kind is RejectionKind.policy
    assert ended("failed", {"message": words}) == (Rejected, words, "", Charged.no)


def test_the_code_of_a_failure_may_tell_of_moderation_too() -> None:
    assert ended("failed", {"message": "No.", "code": "moderation_blocked"}) == (Rejected, "No.", "", Charged.no)


def ended(status: str, error: Any) -> tuple[type[ProviderError], str, str, Charged]:
    told = {"toolExecutionId": "vg_tool_1", "status": status, "results": [], "error": error}
    execution = answers.execution(Answer(status=200, headers={}, body=told))
    found = progress(execution, 1, None, 5.0)
    assert isinstance(found, Failed)
    return type(found.error), found.error.message, found.error.mend, found.charged


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        ("failed", {"message": "The model did not answer."}, (Unavailable, "The model did not answer.", "")),
        ("failed", "The model did not answer.", (Unavailable, "The model did not answer.", "")),
        ("failed", {"message": "Policyholder of the year"}, (Unavailable, "Policyholder of the year", "")),
        ("failed", None, (Unavailable, "it failed without saying why", "")),
        ("failed", {"message": None}, (Unavailable, "it failed without saying why", "")),
        ("failed", {"message": "Empty.", "code": "insufficient_credits"}, (OutOfCredit, "Empty.", "")),
        ("failed", {"message": "Bad.", "code": "invalid_request"}, (InvalidInput, "Bad.", "")),
        ("failed", {"message": "Plan.", "requirement": {"type": "upgrade_plan"}}, (InvalidInput, "Plan.", LARGER)),
        ("cancelled", None, (Unavailable, "it was cancelled at VideoGen", "")),
        ("succeeded", None, (Unavailable, "it says that it is done and has no film", "")),
    ],
)
def test_an_end_without_a_film_may_have_cost_something(
    status: str, error: Any, expected: tuple[type[ProviderError], str, str]
) -> None:
    assert ended(status, error) == (*expected, Charged.maybe)


def test_a_cancel_that_comes_too_late_is_said() -> None:
    assert isinstance(raised(answers.cancelled, answer(409)), NotCancellable)
    assert isinstance(raised(answers.cancelled, answer(404, "not_found")), Expired)
    assert isinstance(raised(answers.cancelled, answer(429, "rate_limited")), RateLimited)
    assert answers.cancelled(Answer(status=202, headers={}, body=None)) is None


@pytest.mark.parametrize(
    ("status", "kind"), [(403, Unavailable), (400, Unavailable), (500, Unavailable), (413, InvalidInput)]
)
def test_the_storages_refusals_say_nothing_about_our_key(status: int, kind: type[ProviderError]) -> None:
    refusal = Answer(status=status, headers={}, body=None, text="<Error><Code>AccessDenied</Code></Error>")
    assert type(raised(answers.stored, refusal)) is kind
