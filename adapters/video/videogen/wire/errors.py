"""What VideoGen's refusals mean. Its code says more than the status: 429 stands for haste and for an empty account alike."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from adapters.kit.answers import Answer, by_status
from bot.domain.errors import (
    BadCredentials,
    Expired,
    InvalidInput,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    Unavailable,
)

MENDS: Mapping[str, str] = {
    "purchase_add_on": "Tell your operator: the VideoGen account lacks an add-on that this needs.",
    "upgrade_plan": "Tell your operator: the VideoGen account needs a larger plan for this.",
}
_KINDS: Mapping[str, type[ProviderError]] = {
    "insufficient_credits": OutOfCredit,
    "invalid_api_key": BadCredentials,
    "not_authorized": BadCredentials,
    "invalid_request": InvalidInput,
    "not_found": Expired,
}
_MODERATED = re.compile(
    r"moderat|content[ _-]?polic|safety (?:system|filter|polic|check|guideline)|flagged|violat|nsfw"
    r"|sensitive content|inappropriate|prohibited content|usage polic",
    re.IGNORECASE,
)


class Requirement(BaseModel):
    type: str = ""


class Fault(BaseModel):
    """VideoGen's ApiError, as it stands in refused answers and in failed executions."""

    message: str | None = None
    code: str | None = None
    requirement: Requirement | None = None

    @property
    def mend(self) -> str:
        if self.requirement is None:
            return ""
        wanted = self.requirement.type
        return MENDS.get(wanted, f"Tell your operator: VideoGen asks for “{wanted[:60]}” on the account first.")


def refused(answer: Answer, *, paid: bool = False) -> ProviderError:
    """The error in an answer that is none of success; `paid` where it answers the paid call."""
    fault = _fault(answer.body)
    words = fault.message or f"status {answer.status}"
    broke = answer.status >= 500  # whatever its code says, it says nothing sure of the order
    error = None if broke else _by_code(fault, words, answer.retry_after, paid=paid)
    error = error or by_status(answer, words, paid=paid)
    error.mend = error.mend or fault.mend
    if isinstance(error, InvalidInput) and _MODERATED.search(words):
        return Rejected(words, mend=error.mend)
    return error


def failed(fault: Fault | None) -> ProviderError:
    """Why an execution failed. Moderation has no code of its own; only the words tell of it."""
    if fault is None:
        return Unavailable("it failed without saying why")
    words = fault.message or "it failed without saying why"
    if _MODERATED.search(f"{fault.code or ''} {words}"):
        return Rejected(words, mend=fault.mend)
    error = _by_code(fault, words, None, paid=True) or Unavailable(words)
    error.mend = error.mend or fault.mend
    return error


def _by_code(fault: Fault, words: str, retry_after: float | None, *, paid: bool) -> ProviderError | None:
    if fault.code == "rate_limited":
        return RateLimited(words, retry_after)
    kind = _KINDS.get(fault.code or "")
    if fault.requirement is not None and kind in (None, BadCredentials):
        kind = InvalidInput  # what the account may not have (a film without a watermark) is no fault of its key
    if kind is Expired and paid:
        kind = InvalidInput  # a file that the clip should be made from
    return kind(words) if kind else None


def _fault(body: Any) -> Fault:
    try:
        return Fault.model_validate(body)
    except ValidationError:
        return Fault()
