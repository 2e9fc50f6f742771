"""Every code of Ark's becomes one typed error: what happened, what to do, and which attachment is meant."""

from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.video.seedance.wire.answers import Ticket, progress, taken
from adapters.video.seedance.wire.refusals import (
    NO_MODEL,
    NO_RIGHT,
    NOT_FETCHED,
    OTHER_REGION,
    QUOTA_SECONDS,
    SPENDING_CAP,
    refusal,
)
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
    RejectionKind,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged
from bot.ports.video import Failed
from tests.adapters.video.seedance.asked import asked


def answer(status: int, code: str, message: str = "It failed.", param: str = "", **headers: str) -> Answer:
    said = f"{message} Request id: 0217854745934891b8c9f69a83502ac57f9e97e4a3cfb74b86bb8"
    body = {"error": {"code": code, "message": said, "param": param, "type": "BadRequest"}}
    return Answer(status=status, headers=headers, body=body)


PLAIN: list[tuple[int, str, type[ProviderError], str]] = [
    (400, "MissingParameter", InvalidInput, ""),
    (400, "MissingParameter.content", InvalidInput, ""),
    (400, "InvalidParameter", InvalidInput, ""),
    (400, "InvalidParameter.duration", InvalidInput, ""),
    (400, "InvalidParameter.UnsupportedParameter", InvalidInput, ""),
    (400, "InvalidParameter.TaskTypeConstraint", InvalidInput, ""),
    (400, "InvalidParameter.TaskTypeMismatch", InvalidInput, ""),
    (400, "InvalidParameter.TosURLInvalid", InvalidInput, NOT_FETCHED),
    (400, "InvalidParameterValue", InvalidInput, ""),
    (400, "InvalidImageURL.EmptyURL", InvalidInput, ""),
    (400, "InvalidImageURL.InvalidFormat", InvalidInput, ""),
    (400, "InvalidEndpoint.ClosedEndpoint", BadCredentials, NO_MODEL),
    (401, "AuthenticationError", BadCredentials, OTHER_REGION),
    (401, "InvalidAccountStatus", BadCredentials, NO_RIGHT),
    (403, "AccessDenied", BadCredentials, NO_RIGHT),
    (403, "AccountOverdueError", OutOfCredit, ""),
    (403, "OperationDenied.ServiceNotOpen", BadCredentials, NO_MODEL),
    (403, "OperationDenied.ServiceOverdue", OutOfCredit, ""),
    (403, "OperationDenied.PermissionDenied", BadCredentials, NO_RIGHT),
    (403, "OperationDenied.InvalidState", BadCredentials, NO_RIGHT),
    (404, "InvalidEndpointOrModel.NotFound", BadCredentials, NO_MODEL),
    (404, "InvalidEndpointOrModel.ModelIDAccessDisabled", BadCredentials, NO_MODEL),
    (404, "ModelNotOpen", BadCredentials, NO_MODEL),
    (409, "InvalidAction.RunningTaskDeletion", NotCancellable, ""),
    (429, "RateLimitExceeded.EndpointRPMExceeded", RateLimited, ""),
    (429, "RateLimitExceeded.EndpointTPMExceeded", RateLimited, ""),
    (429, "ModelAccountRpmRateLimitExceeded", RateLimited, ""),
    (429, "ModelAccountTpmRateLimitExceeded", RateLimited, ""),
    (429, "ModelAccountIpmRateLimitExceeded", RateLimited, ""),
    (429, "APIAccountRpmRateLimitExceeded", RateLimited, ""),
    (429, "AccountRateLimitExceeded", RateLimited, ""),
    (429, "RequestBurstTooFast", RateLimited, ""),
    (429, "ServerOverloaded", Busy, ""),
    (429, "InflightBatchsizeExceeded", Busy, ""),
    (429, "SetLimitExceeded", OutOfCredit, SPENDING_CAP),
    # not in the list, so that the status alone has to say it
    (400, "SomethingNew", InvalidInput, ""),
    (402, "SomethingNew", OutOfCredit, ""),
    (403, "SomethingNew", BadCredentials, ""),
    (429, "SomethingNew", RateLimited, ""),
]


@pytest.mark.parametrize(("status", "code", "kind", "mend"), PLAIN)
@pytest.mark.parametrize("paid", [True, False])
def test_a_code_is_one_typed_error(status: int, code: str, kind: type[ProviderError], mend: str, paid: bool) -> None:
    found = refusal(answer(status, code), paid=paid)
    assert type(found) is kind
    assert (found.message, found.mend, found.reference) == ("It failed.", mend, None)


@pytest.mark.parametrize(
    ("status", "code", "free", "paid"),
    [
        (404, "NotFound.TaskNotFound", Expired, InvalidInput),
        (404, "SomethingNew", Expired, InvalidInput),
        (500, "InternalServiceError", Unavailable, Unclear),
        (400, "InternalServiceError", Unavailable, Unclear),
        (500, "ServerOverloaded", Busy, Unclear),
        (503, "ServerOverloaded", Busy, Unclear),
        (502, "", Unavailable, Unclear),
        (408, "RequestTimeout", Unavailable, Unclear),
    ],
)
def test_what_says_nothing_of_a_paid_call_is_unclear(
    status: int, code: str, free: type[ProviderError], paid: type[ProviderError]
) -> None:
    assert type(refusal(answer(status, code))) is free
    assert type(refusal(answer(status, code), paid=True)) is paid


@pytest.mark.parametrize("code", ["ModelAccountRpmRateLimitExceeded", "SomethingNew"])
def test_patience_is_as_long_as_asked_for(code: str) -> None:
    found = refusal(answer(429, code, **{"retry-after": "7"}), paid=True)
    assert isinstance(found, RateLimited)
    assert found.retry_after == 7.0


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("You have exceeded the quota of queued tasks.", Busy),
        ("Your free trial quota has been exhausted.", OutOfCredit),
        ("The quota of your plan is used up.", OutOfCredit),
        ("You exceeded your current quota on planes.", RateLimited),
    ],
)
def test_one_code_for_three_quotas_is_told_apart_by_its_words(message: str, kind: type[ProviderError]) -> None:
    found = refusal(answer(429, "QuotaExceeded", message), paid=True)
    assert type(found) is kind
    assert not isinstance(found, RateLimited) or found.retry_after == QUOTA_SECONDS


SUBJECTS = ("Text", "Image", "Video", "Audio")
REJECTED = [
    *(f"Input{subject}SensitiveContentDetected" for subject in SUBJECTS),
    *(f"Input{subject}SensitiveContentDetected.PolicyViolation" for subject in SUBJECTS),
    *(f"Output{subject}SensitiveContentDetected" for subject in SUBJECTS),
    *(f"Input{subject}RiskDetection" for subject in SUBJECTS),
    "OutputVideoSensitiveContentDetected.PolicyViolation",
    "OutputTextRiskDetection",
    "OutputRiskDetection",
    "SensitiveContentDetected",
    "SensitiveContentDetected.SevereViolation",
    "SensitiveContentDetected.Violence",
    "ContentSecurityDetectionError",
    "InputImageSensitiveContentDetected.SomethingNew",
]


@pytest.mark.parametrize("code", REJECTED)
def test_content_that_is_refused_is_refused_for_good(code: str) -> None:
    found = refusal(answer(400, code, "It may contain sensitive information."), paid=True)
    assert isinstance(found, Rejected)
    assert (found.kind, found.mend) == (RejectionKind.policy, "")


@pytest.mark.parametrize(
    ("subject", "mend"),
    [("Text", "out of the words"), ("Image", ""), ("Video", "another film"), ("Audio", "another recording")],
)
def test_a_real_person_is_named_as_the_reason_and_what_to_do_is_about_where_it_is(subject: str, mend: str) -> None:
    found = refusal(answer(400, f"Input{subject}SensitiveContentDetected.PrivacyInformation"), paid=True)
    assert isinstance(found, Rejected)
    assert found.kind is RejectionKind.real_person
    assert mend in found.mend
    assert bool(found.mend) is bool(mend), "of a picture the usual is said"


@pytest.mark.parametrize("where", ["OutputVideo", "InputText", "InputImage"])
def test_copyright_is_named_as_the_reason(where: str) -> None:
    words = "The request failed because it may be related to copyright restrictions."
    found = refusal(answer(400, f"{where}SensitiveContentDetected.PolicyViolation", words), paid=True)
    assert isinstance(found, Rejected)
    assert found.kind is RejectionKind.copyright


@pytest.mark.parametrize(
    "code", ["SensitiveContentDetectedNot", "MyInputTextSensitiveContentDetected", "RiskDetections"]
)
def test_a_code_that_only_looks_alike_is_no_refusal_of_content(code: str) -> None:
    assert not isinstance(refusal(answer(400, code)), Rejected)


FACE = {
    "error": {
        "code": "InputImageSensitiveContentDetected.PrivacyInformation",
        "message": "The request failed because the input image 'content[1]' may contain real person. "
        "Request id: 0217854745934891b8c9f69a83502ac57f9e97e4a3cfb74b86bb8",
        "param": "content[1]",
        "type": "BadRequest",
    }
}


def test_a_face_that_was_refused_is_pointed_at() -> None:
    with pytest.raises(Rejected) as caught:
        taken(Answer(status=400, headers={}, body=FACE), ("", "@Image1", "@Image2"))
    assert caught.value.message == "The request failed because the input image 'content[1]' may contain real person."
    assert (caught.value.kind, caught.value.reference) == (RejectionKind.real_person, "@Image1")


@pytest.mark.parametrize(
    ("message", "param", "contents", "token"),
    [
        ("content[2] is bad", "", ("", "@Image1", "@Video1"), "@Video1"),
        ("It is bad", "content[1].image_url", ("", "@Image1"), "@Image1"),
        ("It is bad", "content[0]", ("@Image1",), "@Image1"),
        ("It is bad", "content[0]", ("", "@Image1"), None),
        ("It is bad", "content[7]", ("", "@Image1"), None),
        ("It is bad", "content", ("", "@Image1"), None),
    ],
)
def test_a_place_in_the_content_is_an_attachment(
    message: str, param: str, contents: tuple[str, ...], token: str | None
) -> None:
    assert refusal(answer(400, "InvalidParameter", message, param), contents).reference == token


def test_a_file_that_ark_could_not_fetch_is_the_operators_to_mend() -> None:
    found = refusal(
        answer(400, "InvalidParameterValue", "content[3]: resource download failed."), ("", "", "", "@Video1")
    )
    assert (type(found), found.mend, found.reference) == (InvalidInput, NOT_FETCHED, "@Video1")


@pytest.mark.parametrize(
    ("field", "mend"), [("tools", "without web search"), ("draft", "Seedance 2.5 itself"), ("priority", "")]
)
def test_a_field_that_one_region_refuses_is_told_in_words(field: str, mend: str) -> None:
    words = f"the specified parameter `{field}` is not supported for model seedance-1-0-pro in t2v, must be empty"
    found = refusal(answer(400, "InvalidParameter.UnsupportedParameter", words, field), paid=True)
    assert isinstance(found, InvalidInput)
    assert mend in found.mend
    assert bool(found.mend) is bool(mend)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("It failed. Request id: 0217854", "It failed."),
        ("It failed, request ID: 0217854abc-9.", "It failed"),
        ("It failed (Request id: 0217854).", "It failed"),
        ("Request id: 0217854", "status 400"),
        ("", "status 400"),
    ],
)
def test_the_number_of_a_call_is_not_for_people(said: str, told: str) -> None:
    body = {"error": {"code": "InvalidParameter", "message": said}}
    assert refusal(Answer(status=400, headers={}, body=body)).message == told


@pytest.mark.parametrize("body", [None, [], {}, {"error": "x"}, {"error": {"code": 3}}, "<html>"], ids=str)
@pytest.mark.parametrize(("status", "kind"), [(400, InvalidInput), (401, BadCredentials), (502, Unclear)])
def test_an_answer_in_no_envelope_is_known_by_its_status(body: Any, status: int, kind: type[ProviderError]) -> None:
    assert type(refusal(Answer(status=status, headers={}, body=body), paid=True)) is kind


# Tasks that fail later

ROUTE = Ticket.of(asked("seedance-2", "references", audio=True)).route
LATER: list[tuple[str, str, type[ProviderError], str | None]] = [
    ("OutputVideoSensitiveContentDetected", "The output video may contain sensitive information.", Rejected, None),
    (
        "InputImageSensitiveContentDetected.PrivacyInformation",
        "content[2] may contain real person.",
        Rejected,
        "@Image2",
    ),
    ("InvalidParameter.TaskTypeConstraint", "ratio must be adaptive.", InvalidInput, None),
    ("InternalServiceError", "The service encountered an unexpected error.", Unavailable, None),
    ("SomethingNew", "Something new.", Unavailable, None),
]


@pytest.mark.parametrize(("code", "message", "kind", "token"), LATER)
def test_a_task_that_failed_says_why_and_costs_nothing(
    code: str, message: str, kind: type[ProviderError], token: str | None
) -> None:
    error = {"code": code, "message": f"{message} Request id: 021"}
    body = {"id": "cgt-1", "status": "failed", "error": error}
    found = progress(Answer(status=200, headers={}, body=body), ROUTE)
    assert isinstance(found, Failed)
    assert type(found.error) is kind
    assert (found.error.message, found.error.reference, found.charged) == (message, token, Charged.no)


@pytest.mark.parametrize("error", [None, "", {}, {"code": None, "message": None}, ["x"]], ids=str)
def test_a_task_that_failed_without_a_word_is_still_told(error: Any) -> None:
    found = progress(Answer(status=200, headers={}, body={"id": "cgt-1", "status": "failed", "error": error}), ROUTE)
    assert isinstance(found, Failed)
    assert found.error.message == "the task failed without a reason given"
