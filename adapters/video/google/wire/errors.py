"""Google's errors as ours: the codes of google.rpc, what their details add, and what the safety filters say.

The envelope `{"error": {"code", "message", "status", "details"}}` is google-genai 3.4.0's `errors.py`; the numbers are google.rpc.Code;
the support codes are from "Responsible AI and usage guidelines for Veo", cloud.google.com, read 2026-11-21.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from adapters.kit.answers import Answer, by_status, retry_seconds
from bot.domain.errors import (
    BadCredentials,
    InvalidInput,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    RejectionKind,
    Unavailable,
    Unclear,
)

NUMBERS: Mapping[int, str] = {
    1: "CANCELLED",
    2: "UNKNOWN",
    3: "INVALID_ARGUMENT",
    4: "DEADLINE_EXCEEDED",
    5: "NOT_FOUND",
    6: "ALREADY_EXISTS",
    7: "PERMISSION_DENIED",
    8: "RESOURCE_EXHAUSTED",
    9: "FAILED_PRECONDITION",
    10: "ABORTED",
    11: "OUT_OF_RANGE",
    12: "UNIMPLEMENTED",
    13: "INTERNAL",
    14: "UNAVAILABLE",
    15: "DATA_LOSS",
    16: "UNAUTHENTICATED",
}
BROKEN = frozenset({"CANCELLED", "UNKNOWN", "DEADLINE_EXCEEDED", "ABORTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"})
"""These say that something went wrong on the way, not that nothing was started."""
KINDS: Mapping[str, type[ProviderError]] = {
    "INVALID_ARGUMENT": InvalidInput,
    "NOT_FOUND": InvalidInput,
    "ALREADY_EXISTS": InvalidInput,
    "FAILED_PRECONDITION": InvalidInput,
    "OUT_OF_RANGE": InvalidInput,
    "UNIMPLEMENTED": InvalidInput,
    "PERMISSION_DENIED": BadCredentials,
    "UNAUTHENTICATED": BadCredentials,
    "RESOURCE_EXHAUSTED": RateLimited,
}
REASONS: Mapping[str, type[ProviderError]] = {
    "API_KEY_INVALID": BadCredentials,
    "API_KEY_SERVICE_BLOCKED": BadCredentials,
    "SERVICE_DISABLED": BadCredentials,
    "ACCESS_TOKEN_EXPIRED": BadCredentials,
    "BILLING_DISABLED": OutOfCredit,
}
RETIRED = "Google offers this model no more, or not to this key. Choose another one; “models” lists them."
ELSEWHERE = "Choose another model, and tell your operator: Google does not offer this where the bot runs."
_CELEBRITIES = frozenset({"29310472", "15236754"})
_COPYRIGHT = frozenset({"35561574", "35561575"})
_PEOPLE_WORDS = re.compile(r"celebrit|public figure|recogni[sz]able (?:person|people|individual)", re.IGNORECASE)
_OTHERS_WORDS = re.compile(r"copyright|third[- ]party content|intellectual property", re.IGNORECASE)
_POLICY_WORDS = re.compile(
    r"usage guidelines|responsible ai|safety (?:filter|polic|setting)|content polic|prohibited (?:use|content)|"
    r"sensitive (?:words|content)|support codes?|violates? our|blocked by",
    re.IGNORECASE,
)
# "Check your plan and billing details" stands in every quota error and so says nothing; "limit: 0" is a free project's share of a paid model.
_EMPTY_WORDS = re.compile(
    r"credits? (?:are|is|have been) (?:depleted|exhausted)|prepay|billing (?:account|to be enabled|is disabled|has not)|"
    r"(?:enable|requires?) billing|spending (?:cap|limit)|monthly spend|limit: 0\b",
    re.IGNORECASE,
)
_PLACE_WORDS = re.compile(
    r"location is not supported|not (?:available|supported) in your (?:country|region|location)", re.IGNORECASE
)
_NO_CONTENT = frozenset({"PERMISSION_DENIED", "UNAUTHENTICATED", "RESOURCE_EXHAUSTED", "NOT_FOUND"})
"""Policies that these speak of are an organisation's, not those for content."""
_TRACE = re.compile(r"\s*\(?request id: \S+", re.IGNORECASE)


class Fault(BaseModel):
    """`code` is an HTTP status, a number of google.rpc or a word, by who says it; `details` are google.rpc messages."""

    code: int | str | None = None
    message: str | None = None
    status: str | None = None
    details: list[Any] | None = None

    @property
    def words(self) -> str:
        return _TRACE.sub("", self.message or "").strip()

    @property
    def name(self) -> str:
        """`INVALID_ARGUMENT`, however it is told."""
        return self.status or NUMBERS.get(self.code if isinstance(self.code, int) else 0, str(self.code or "").upper())

    @property
    def reasons(self) -> frozenset[str]:
        return frozenset(str(one.get("reason", "")) for one in self._told)

    @property
    def patience(self) -> float | None:
        """Seconds of a google.rpc.RetryInfo: `{"retryDelay": "37s"}`."""
        said = (str(one["retryDelay"]).removesuffix("s") for one in self._told if "retryDelay" in one)
        return next((retry_seconds({"retry-after": seconds}) for seconds in said), None)

    @property
    def _told(self) -> list[dict[str, Any]]:
        return [one for one in self.details or () if isinstance(one, dict)]


def refusal(answer: Answer, *, paid: bool, mend: str) -> ProviderError:
    """What an answer other than 200 means; `mend` is what to do where it is the key."""
    fault = _fault(answer.body)
    words = fault.words or answer.text[:200]
    if answer.status >= 500 or answer.status == 408 or fault.name in BROKEN:
        return Unclear(words) if paid else Unavailable(words)
    if known := _known(fault, words, mend):
        return known
    if answer.status == 404:
        return InvalidInput(words, mend=RETIRED) if paid else by_status(answer, words, paid=False)
    kind = KINDS.get(fault.name)
    if kind is BadCredentials or answer.status in {401, 403}:
        return BadCredentials(words, mend=mend)
    if kind is RateLimited or answer.status == 429:
        return RateLimited(words, retry_after=answer.retry_after or fault.patience)
    return kind(words) if kind else by_status(answer, words, paid=paid)


def failure(fault: Fault, *, mend: str) -> ProviderError:
    """Why a task that had begun came to nothing."""
    words = fault.words or "it failed, and Google does not say why"
    if known := _known(fault, words, mend):
        return known
    kind = KINDS.get(fault.name, Unavailable)
    return BadCredentials(words, mend=mend) if kind is BadCredentials else kind(words)


def rejected(words: str) -> Rejected:
    codes = set(re.findall(r"\b\d{8}\b", words))
    kind = RejectionKind.policy
    if codes & _CELEBRITIES or _PEOPLE_WORDS.search(words):
        kind = RejectionKind.real_person
    elif codes & _COPYRIGHT or _OTHERS_WORDS.search(words):
        kind = RejectionKind.copyright
    return Rejected(words, kind)


def _known(fault: Fault, words: str, mend: str) -> ProviderError | None:
    """What the reasons and words say more than the code."""
    reason = next((REASONS[one] for one in fault.reasons if one in REASONS), None)
    if reason is OutOfCredit or (fault.name in KINDS and _EMPTY_WORDS.search(words)):
        return OutOfCredit(words, mend="Tell your operator to look at the billing of the Google project.")
    if reason is BadCredentials or "api key not valid" in words.lower():
        return BadCredentials(words, mend=mend)
    if _PLACE_WORDS.search(words):
        return InvalidInput(words, mend=ELSEWHERE)
    if fault.name not in _NO_CONTENT and any(
        look.search(words) for look in (_POLICY_WORDS, _PEOPLE_WORDS, _OTHERS_WORDS)
    ):
        return rejected(words)
    return None


def _fault(body: Any) -> Fault:
    """The error of an answer; Vertex's front end wraps some in a list. An empty one where the answer is not Google's."""
    first = body[0] if isinstance(body, list) and body else body
    error = first.get("error") if isinstance(first, dict) else None
    return Fault.model_validate(error) if isinstance(error, dict) else Fault()
