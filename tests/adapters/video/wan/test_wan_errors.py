"""Each code of Model Studio as one kind of error, with what a person is told to do."""

from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.video.wan.wire import answers, errors
from adapters.video.wan.wire.errors import error_of, meant, plain
from adapters.video.wan.wire.route import NOWHERE, Route
from bot.domain.errors import (
    BadCredentials,
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

# status, code -> what it is on the paid call, and what is advised
TOLD: dict[tuple[int, str], tuple[type[ProviderError], str]] = {
    (400, "InvalidParameter"): (InvalidInput, ""),
    (400, "InvalidParameter.Size"): (InvalidInput, ""),
    (400, "InvalidURL"): (InvalidInput, errors.FETCH_MEND),
    (400, "InvalidURL.ConnectionRefused"): (InvalidInput, errors.FETCH_MEND),
    (400, "InvalidImage.ImageSize"): (InvalidInput, ""),
    (400, "InvalidImage.FullFace"): (InvalidInput, errors.FACE_MEND),
    (400, "InvalidVideo"): (InvalidInput, ""),
    (400, "DataInspectionFailed"): (Rejected, ""),
    (400, "InvalidParameter.DataInspection"): (InvalidInput, errors.FETCH_MEND),
    (400, "IPInfringementSuspect"): (Rejected, ""),
    (400, "Arrearage"): (OutOfCredit, errors.DEBT_MEND),
    (400, "UnsupportedOperation"): (InvalidInput, ""),
    (401, "InvalidApiKey"): (BadCredentials, errors.KEY_MEND),
    (403, "AccessDenied"): (BadCredentials, errors.ACTIVATE_MEND),
    (403, "AccessDenied.Unpurchased"): (BadCredentials, errors.ACTIVATE_MEND),
    (403, "Workspace.AccessDenied"): (BadCredentials, errors.WORKSPACE_MEND),
    (403, "AllocationQuota.FreeTierOnly"): (OutOfCredit, errors.FREE_MEND),
    (404, "ModelNotFound"): (InvalidInput, errors.GONE_MEND),
    (404, "Model.NotExist"): (InvalidInput, errors.GONE_MEND),
    (413, ""): (InvalidInput, errors.SIZE_MEND),
    (413, "InvalidParameter"): (InvalidInput, errors.SIZE_MEND),
    (429, "Throttling"): (RateLimited, ""),
    (429, "Throttling.RateQuota"): (RateLimited, ""),
    (429, "Throttling.BurstRate"): (RateLimited, ""),
    (429, "Throttling.AllocationQuota"): (OutOfCredit, errors.QUOTA_MEND),
    (429, ""): (RateLimited, ""),
    (500, "InternalError"): (Unclear, ""),
    (500, "InternalError.Timeout"): (Unclear, ""),
    (500, "InternalError.Algo"): (Unclear, ""),
    (503, "ServiceUnavailable"): (Unclear, ""),
    (504, "GatewayTimeout"): (Unclear, ""),
    (400, "InternalError"): (Unclear, ""),
    (503, "Throttling"): (Unclear, ""),
    (500, "DataInspectionFailed"): (Unclear, ""),
    (408, ""): (Unclear, ""),
    (400, "Brand.New"): (InvalidInput, ""),
    (401, "Brand.New"): (BadCredentials, ""),
    (200, "InvalidApiKey"): (BadCredentials, errors.KEY_MEND),
    (200, "Throttling.RateQuota"): (RateLimited, ""),
    (200, "Brand.New"): (Unclear, ""),
}
FREE: dict[tuple[int, str], type[ProviderError]] = {
    (400, "UnsupportedOperation"): NotCancellable,
    (500, "InternalError"): Unavailable,
    (503, "ServiceUnavailable"): Unavailable,
    (504, "GatewayTimeout"): Unavailable,
    (400, "InternalError.Timeout"): Unavailable,
    (200, "Brand.New"): Unavailable,
    (401, "InvalidApiKey"): BadCredentials,
    (429, "Throttling.RateQuota"): RateLimited,
}


def refusal(status: int, code: str, message: str = "No. Request id: 7438d53d-6eb8", **headers: str) -> Answer:
    body: Any = {"code": code, "message": message, "request_id": "7438d53d-6eb8"} if code else {}
    return Answer(status=status, headers=headers, body=body)


@pytest.mark.parametrize(("status", "code"), TOLD)
def test_a_code_on_the_paid_call_is_one_kind_of_error(status: int, code: str) -> None:
    kind, mend = TOLD[status, code]
    with pytest.raises(ProviderError) as raised:
        answers.started(refusal(status, code))
    assert (type(raised.value), raised.value.mend) == (kind, mend)
    bare = "the request is too large" if status == 413 else f"status {status}"
    assert raised.value.message == ("No." if code else bare)


@pytest.mark.parametrize(("status", "code"), FREE)
def test_a_code_on_a_free_call_says_nothing_about_money(status: int, code: str) -> None:
    assert type(error_of(refusal(status, code), paid=False)) is FREE[status, code]


def test_every_code_of_the_table_is_tried_here() -> None:
    tried = {code for _, code in TOLD}
    known = set(errors.CODES) - {"InvalidImage", "AllocationQuota"}
    assert known <= tried, "InvalidImage and AllocationQuota only ever come with something after a dot"


def test_what_was_rejected_says_of_which_kind() -> None:
    kinds = {
        code: error.kind
        for code in ("DataInspectionFailed", "IPInfringementSuspect")
        if isinstance(error := meant(code, "no"), Rejected)
    }
    assert kinds == {
        "DataInspectionFailed": RejectionKind.policy,
        "IPInfringementSuspect": RejectionKind.copyright,
    }


def test_how_long_to_wait_is_passed_on() -> None:
    limited = error_of(refusal(429, "Throttling.RateQuota", **{"retry-after": "7"}), paid=True)
    assert isinstance(limited, RateLimited)
    assert limited.retry_after == 7.0


def test_a_model_that_is_not_there_is_told_whatever_the_code() -> None:
    gone = error_of(refusal(400, "InvalidParameter", "Model not exist."), paid=True)
    assert (type(gone), gone.message, gone.mend) == (InvalidInput, "Model not exist.", errors.GONE_MEND)


def test_a_wrong_key_is_told_with_its_region() -> None:
    wrong = error_of(refusal(401, "InvalidApiKey", "Invalid API-key provided."), paid=True)
    assert "DASHSCOPE_BASE_URL" in wrong.mend


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("DataInspectionFailed", Rejected),
        ("IPInfringementSuspect", Rejected),
        ("InvalidParameter.DataInspection", InvalidInput),
        ("InvalidURL", InvalidInput),
        ("Arrearage", OutOfCredit),
        ("Throttling", RateLimited),
        ("InternalError.Timeout", Unavailable),
    ],
)
def test_a_code_in_the_output_of_a_failed_task_means_the_same_and_costs_nothing(code: str, kind: type) -> None:
    output = {"task_id": "t", "task_status": "FAILED", "code": code, "message": "No. Request id: 86ecf553"}
    task = answers.task_in(Answer(status=200, headers={}, body={"output": output}))
    ended = answers.progress(task, NOWHERE)
    assert isinstance(ended, Failed)
    assert (type(ended.error), ended.error.message, ended.charged) == (kind, "No.", Charged.no)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("Rate limit. Request id: 7438d53d-6eb8-4596", "Rate limit."),
        ("Rate limit (request_id: 7438d53d).", "Rate limit"),
        ("Invalid request idea: none", "Invalid request idea: none"),
    ],
)
def test_the_providers_words_come_without_its_request_id(words: str, left: str) -> None:
    assert plain(words) == left


@pytest.mark.parametrize("body", [None, [], "gateway", {"code": None}, {"code": 7, "message": ["x"]}])
def test_an_answer_of_any_form_becomes_an_error(body: Any) -> None:
    assert isinstance(error_of(Answer(status=502, headers={}, body=body), paid=True), Unclear)
    assert isinstance(error_of(Answer(status=502, headers={}, body=body), paid=False), Unavailable)


@pytest.mark.parametrize(
    ("code", "tokens", "meant"),
    [
        ("InvalidImage.FullFace", ("@Image1", "@Audio1"), "@Image1"),
        ("InvalidImage", ("@Image1", "@Image2"), None),
        ("InvalidVideo", ("@Image1", "@Video1"), "@Video1"),
        ("InvalidURL", ("@Video1",), "@Video1"),
        ("InvalidURL", ("@Video1", "@Image1"), None),
        ("InvalidParameter.DataInspection", ("@Audio1",), "@Audio1"),
        ("InvalidParameter", ("@Audio1",), None),
        ("InvalidImages", ("@Image1",), None),
        ("DataInspectionFailed", ("@Image1",), None),
    ],
)
def test_a_code_points_at_a_file_where_it_can_be_only_one(
    code: str, tokens: tuple[str, ...], meant: str | None
) -> None:
    output = {"task_id": "t", "task_status": "FAILED", "code": code, "message": "no"}
    task = answers.task_in(Answer(status=200, headers={}, body={"output": output}))
    later = answers.progress(task, Route(None, tokens))
    assert isinstance(later, Failed)
    assert later.error.reference == meant
    with pytest.raises(ProviderError) as at_once:
        answers.started(refusal(400, code), Route(None, tokens))
    assert at_once.value.reference == meant
