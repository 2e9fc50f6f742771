"""What Ark says when it refuses, and what that means.

Codes as in the error code list of volcengine/ark-cli (2026-07-01) and in answers seen on BytePlus ModelArk (2026-07-31).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ValidationError

from adapters.kit.answers import Answer, by_status
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

QUOTA_SECONDS = 300.0
OTHER_REGION = (
    "Keys of Volcengine Ark and of BytePlus ModelArk do not work for each other. "
    "Tell your operator to check ARK_API_KEY and ARK_BASE_URL; `clapper doctor` looks at both."
)
NO_MODEL = (
    "The model is not activated in this account, or not served in this region. "
    "Tell your operator to activate it in the Ark console, or to check ARK_BASE_URL."
)
NOT_FETCHED = "The file could not be fetched from here. Tell your operator to check that CLAPPER_PUBLIC_URL is reached from outside."
SPENDING_CAP = (
    "The account has reached the spending limit set in the Ark console. Tell your operator, or choose another model."
)
NO_PERSON = {
    "Text": "Leave the real person out of the words, or choose a model that accepts it.",
    "Video": "Use another film, or a model that accepts it.",
    "Audio": "Use another recording, or a model that accepts it.",
}
"""What to do where a real person is not in a picture, which is the usual."""
NO_RIGHT = "Tell your operator: this key may not use the model. The Ark console says what it lacks."

_NOT_TAKEN = {
    "tools": "Ask again without web search, which is not to be had with this account.",
    "draft": "Choose Seedance 2.5 itself; it makes no drafts with this account.",
}
"""What to do where a field is refused that not every region is known to take."""

_REQUEST_ID = re.compile(r"[\s,;(]*request id:?\s*[\w-]+[.)]*", re.IGNORECASE)
_FIELD = re.compile(r"parameter `(\w+)` is not supported")
_PLACE = re.compile(r"content\[(\d+)\]")
_USED_UP = re.compile(r"\b(?:free|trial|plan|package|exhausted|used up)\b", re.IGNORECASE)
_REJECTED = re.compile(
    r"(?:(?:Input|Output)(?P<subject>Text|Image|Video|Audio)?)?(?:SensitiveContentDetected|RiskDetection)(?:\.|$)"
    r"|ContentSecurityDetectionError$"
)


_Word = Annotated[str, BeforeValidator(lambda word: "" if word is None else word)]


class Fault(BaseModel):
    """`param` names the field at fault, where one is."""

    code: _Word = ""
    message: _Word = ""
    param: _Word = ""


class _Envelope(BaseModel):
    error: Fault


@dataclass(frozen=True, slots=True)
class _Meaning:
    kind: Callable[..., ProviderError]
    mend: str = ""


_CODES: Mapping[str, _Meaning] = {
    "MissingParameter": _Meaning(InvalidInput),
    "InvalidParameter": _Meaning(InvalidInput),
    "InvalidParameter.TosURLInvalid": _Meaning(InvalidInput, NOT_FETCHED),
    "InvalidParameterValue": _Meaning(InvalidInput),
    "InvalidImageURL": _Meaning(InvalidInput),
    "InvalidEndpoint": _Meaning(BadCredentials, NO_MODEL),
    "InvalidEndpointOrModel": _Meaning(BadCredentials, NO_MODEL),
    "ModelNotOpen": _Meaning(BadCredentials, NO_MODEL),
    "AuthenticationError": _Meaning(BadCredentials, OTHER_REGION),
    "InvalidAccountStatus": _Meaning(BadCredentials, NO_RIGHT),
    "AccessDenied": _Meaning(BadCredentials, NO_RIGHT),
    "OperationDenied": _Meaning(BadCredentials, NO_RIGHT),
    "OperationDenied.ServiceNotOpen": _Meaning(BadCredentials, NO_MODEL),
    "OperationDenied.ServiceOverdue": _Meaning(OutOfCredit),
    "AccountOverdueError": _Meaning(OutOfCredit),
    "SetLimitExceeded": _Meaning(OutOfCredit, SPENDING_CAP),
    "NotFound": _Meaning(Expired),
    "InvalidAction.RunningTaskDeletion": _Meaning(NotCancellable),
    "RateLimitExceeded": _Meaning(RateLimited),
    "ModelAccountRpmRateLimitExceeded": _Meaning(RateLimited),
    "ModelAccountTpmRateLimitExceeded": _Meaning(RateLimited),
    "ModelAccountIpmRateLimitExceeded": _Meaning(RateLimited),
    "APIAccountRpmRateLimitExceeded": _Meaning(RateLimited),
    "AccountRateLimitExceeded": _Meaning(RateLimited),
    "RequestBurstTooFast": _Meaning(RateLimited),
    "ServerOverloaded": _Meaning(Busy),
    "InflightBatchsizeExceeded": _Meaning(Busy),
    "InternalServiceError": _Meaning(Unavailable),
}
"""By code, or by as many of its dotted parts as are known."""


def refusal(answer: Answer, contents: Sequence[str] = (), *, paid: bool = False) -> ProviderError:
    """The error that an answer other than 2xx is; `contents` are the tokens of what was sent (`calls.contents`)."""
    fault = _fault(answer.body)
    words = plain(fault.message) or f"status {answer.status}"
    if paid and answer.status >= 500:
        return Unclear(words)
    known = _known(fault, words, contents, answer.retry_after)
    match known:
        case Unavailable() if paid:
            return Unclear(words)
        case Expired() if paid:
            return InvalidInput(words)
        case None:
            return by_status(answer, words, paid=paid)
    return known


def code_of(answer: Answer) -> str:
    return _fault(answer.body).code


def failed(fault: Fault, contents: Sequence[str]) -> ProviderError:
    """The error that ended a task; a code nobody knows is the provider's own trouble."""
    words = plain(fault.message) or fault.code or "the task failed without a reason given"
    return _known(fault, words, contents, None) or Unavailable(words)


def plain(message: str) -> str:
    """The provider's words without the number of the call, which is for its support and is in the log."""
    return _REQUEST_ID.sub("", message).strip()


def _fault(body: Any) -> Fault:
    try:
        return _Envelope.model_validate(body).error
    except ValidationError:  # a gateway's own page: its status has to do
        return Fault()


def _known(fault: Fault, words: str, contents: Sequence[str], retry_after: float | None) -> ProviderError | None:
    reference = _reference(fault, contents)
    if refused := _REJECTED.match(fault.code):
        kind = _kind(fault)
        mend = NO_PERSON.get(refused["subject"] or "", "") if kind is RejectionKind.real_person else ""
        return Rejected(words, kind, reference, mend=mend)
    if fault.code.partition(".")[0] == "QuotaExceeded":
        return _quota(words, retry_after)
    meaning = _meaning(fault.code)
    if meaning is None:
        return None
    if meaning.kind is RateLimited:
        return RateLimited(words, retry_after)
    return meaning.kind(words, mend=meaning.mend or _mended(words), reference=reference)


def _meaning(code: str) -> _Meaning | None:
    while code and code not in _CODES:
        code = code.rpartition(".")[0]
    return _CODES.get(code)


def _kind(fault: Fault) -> RejectionKind:
    """`PolicyViolation` was first anything against the rules, and is now somebody's copyright; its words tell which."""
    if fault.code.endswith(".PrivacyInformation"):
        return RejectionKind.real_person
    if "copyright" in fault.message.lower():
        return RejectionKind.copyright
    return RejectionKind.policy


def _quota(words: str, retry_after: float | None) -> ProviderError:
    """One code for three things: too many tasks in line, which passes; a free or a booked quota used up, which does not."""
    if "queue" in words.lower():
        return Busy(words)
    if _USED_UP.search(words):
        return OutOfCredit(words)
    return RateLimited(words, retry_after or QUOTA_SECONDS)


def _mended(words: str) -> str:
    if "download failed" in words.lower():
        return NOT_FETCHED
    field = _FIELD.search(words)
    return _NOT_TAKEN.get(field[1], "") if field else ""


def _reference(fault: Fault, contents: Sequence[str]) -> str | None:
    """The attachment that `content[1]` stands for."""
    found = _PLACE.search(fault.param) or _PLACE.search(fault.message)
    place = int(found[1]) if found else len(contents)
    return contents[place] or None if place < len(contents) else None
