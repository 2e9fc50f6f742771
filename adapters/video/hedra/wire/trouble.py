"""What Hedra's errors mean: the words of a refused call, and of a generation that failed."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from adapters.kit.answers import Answer, by_status
from bot.domain.errors import (
    BadCredentials,
    Busy,
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
from bot.domain.job import Charged

PLAN = "Hedra's API needs a paid Studio plan and a key of its API v2; tell your operator."
ANOTHER_TRY = "Hedra says that the same request may pass another time: ask again."
NO_SUCH_FILE = "Ask again: the files are sent to Hedra anew."
ABOUT_PICTURES: Mapping[str, str] = {
    "MODERATION_LIKENESS": "",
    "IMAGE_ASPECT_RATIO_UNSUPPORTED": "Crop the picture to another shape, or choose another model.",
    "IMAGE_RESOLUTION_UNSUPPORTED": "Send the picture in another size, or choose another model.",
}
"""Reason codes that are about what is shown, with what to do."""
_SHOWN = ("start_keyframe", "end_keyframe", "reference_image", "reference_video", "video_id")

Tokens = Mapping[str, str]
"""Where each attachment stands in the call, such as `start_keyframe_id` or `audio_id.1` -> its token."""


class Trouble(BaseModel):
    """An error as Hedra writes it; a type that nobody knows still says that it failed."""

    model_config = ConfigDict(extra="ignore")

    type: str = ""
    reason_code: str | None = None
    message: str = ""
    param: str | None = None
    credits_needed: float | None = None
    credits_available: float | None = None

    @field_validator("type", "message", mode="before")
    @classmethod
    def _not_said(cls, value: Any) -> Any:
        """A null says no more than nothing does: the generation has failed all the same."""
        return "" if value is None else value


Meaning = Callable[[str, Trouble, str | None], ProviderError]


def _moderated(words: str, trouble: Trouble, token: str | None) -> ProviderError:
    if trouble.reason_code == "MODERATION_LIKENESS":
        return Rejected(words, RejectionKind.real_person, token)
    mend = ANOTHER_TRY if trouble.reason_code == "MODERATION_OUTPUT_TRANSIENT" else ""
    return Rejected(words, RejectionKind.policy, token, mend=mend)


def _short(words: str, trouble: Trouble, _: str | None) -> ProviderError:
    needed, there = trouble.credits_needed, trouble.credits_available
    if needed is None or there is None:
        return OutOfCredit(words)
    told = f"This needs {needed:,.10g} credits, and {there:,.10g} are left."
    return OutOfCredit(words, mend=f"{told} Tell your operator, or choose another model.")


def _wrong(words: str, trouble: Trouble, token: str | None) -> ProviderError:
    return InvalidInput(words, mend=ABOUT_PICTURES.get(trouble.reason_code or "", ""), reference=token)


def _down(words: str, _: Trouble, __: str | None) -> ProviderError:
    return Unavailable(words)


MEANINGS: Mapping[str, Meaning] = {
    "INVALID_ARGUMENT": _wrong,
    "FAILED_PRECONDITION": _wrong,
    "NOT_FOUND": lambda words, _, __: Expired(words),
    "GONE": lambda words, _, __: Expired(words),
    "ALREADY_EXISTS": _down,
    "ALREADY_IN_PROGRESS": _down,
    "UNAUTHORIZED": lambda words, _, __: BadCredentials(words),
    "PERMISSION_DENIED": lambda words, _, __: BadCredentials(words, mend=PLAN),
    "INSUFFICIENT_BALANCE": _short,
    "MISSING_CREDITS": _short,  # what INSUFFICIENT_BALANCE was called before
    "MODERATION_FAILED": _moderated,
    "RESOURCE_EXHAUSTED": lambda words, _, __: Busy(words),
    "DEADLINE_EXCEEDED": _down,
    "UNAVAILABLE": _down,
    "INTERNAL": _down,
    "UNKNOWN": _down,
}
"""What each `error.type` means of a generation that failed, and of a free call."""

_STATUSES: Mapping[int, Meaning] = {402: _short, 403: MEANINGS["PERMISSION_DENIED"]}

UNPAID = frozenset(
    {"INSUFFICIENT_BALANCE", "MISSING_CREDITS", "MODERATION_FAILED", "INVALID_ARGUMENT", "FAILED_PRECONDITION"}
)
_UNDECIDED = frozenset(
    {"ALREADY_EXISTS", "ALREADY_IN_PROGRESS", "DEADLINE_EXCEEDED", "UNAVAILABLE", "INTERNAL", "UNKNOWN"}
)


def failed(trouble: Trouble, tokens: Tokens) -> tuple[ProviderError, Charged]:
    """Why a generation ended in `error`. Whether Hedra charges for its own breakdowns is not documented."""
    words = trouble.message or "it failed without a reason"
    meaning = MEANINGS.get(trouble.type, _down)
    return meaning(words, trouble, _token(trouble, tokens)), Charged.no if trouble.type in UNPAID else Charged.maybe


def refused(answer: Answer, *, paid: bool, tokens: Tokens | None = None) -> ProviderError:
    """What an answer other than 2xx means. The bodies of 401, 402, 403 and 429 are not documented: the status counts where they say nothing."""
    trouble = _trouble(answer)
    token = _token(trouble, tokens or {})
    if paid and (found := _of_a_paid_call(answer, trouble, token)) is not None:
        return found
    if answer.status == 429 or trouble.type == "RESOURCE_EXHAUSTED":
        return RateLimited(trouble.message, retry_after=answer.retry_after)
    meaning = MEANINGS.get(trouble.type) or _STATUSES.get(answer.status)
    if meaning is not None:
        return meaning(trouble.message, trouble, token)
    found = by_status(answer, trouble.message, paid=paid)
    return _wrong(trouble.message, trouble, token) if isinstance(found, InvalidInput) else found


def _of_a_paid_call(answer: Answer, trouble: Trouble, token: str | None) -> ProviderError | None:
    """What means something else where it answers a paid call: the id we chose may be in use by our own call, which is then looked up."""
    if answer.status == 409 or answer.status >= 500 or trouble.type in _UNDECIDED:
        return Unclear(trouble.message)
    if answer.status in {404, 410} or trouble.type in {"NOT_FOUND", "GONE"}:
        return InvalidInput(trouble.message, mend=NO_SUCH_FILE, reference=token)
    return None


def _trouble(answer: Answer) -> Trouble:
    """The error in an answer, whichever of `error`, `detail` and `message` holds it."""
    body = answer.body if isinstance(answer.body, dict) else {}
    told: Any = next((body[name] for name in ("error", "detail", "message") if body.get(name)), None)
    if isinstance(told, list):
        return _fields(told)
    if not isinstance(told, dict):
        told = {**body, "message": told}
    said = {name: told.get(name) for name in Trouble.model_fields if told.get(name) is not None}
    said["type"] = told.get("type") or told.get("code") or ""
    said["message"] = told.get("message") or f"status {answer.status}"
    return Trouble.model_validate({name: str(one) if _plain(name) else one for name, one in said.items()})


def _plain(name: str) -> bool:
    return name in {"type", "reason_code", "message", "param"}


def _fields(found: list[Any]) -> Trouble:
    """FastAPI's list of wrong fields: `{"loc": ["body", "video", "seed"], "msg": …}`."""
    named = [(_place(one.get("loc")), str(one.get("msg", "wrong"))) for one in found if isinstance(one, dict)]
    words = "; ".join(f"{place}: {msg}" if place else msg for place, msg in named)
    place = named[0][0] if named else ""
    return Trouble(type="INVALID_ARGUMENT", message=words or "a field is wrong", param=place)


def _place(loc: Any) -> str:
    parts = [str(part) for part in loc] if isinstance(loc, list) else []
    while parts and parts[0] in {"body", "video"}:
        parts.pop(0)
    return ".".join(parts)


def _token(trouble: Trouble, tokens: Tokens) -> str | None:
    """The attachment that an error names by its field; where it is about what is shown, the only one that shows anything."""
    if trouble.param:
        place = trouble.param.replace("[", ".").replace("]", "")
        there = [token for field, token in tokens.items() if place == field or place.startswith(f"{field}.")]
        return there[0] if there else None
    shown = [token for field, token in tokens.items() if field.startswith(_SHOWN)]
    return shown[0] if trouble.reason_code in ABOUT_PICTURES and len(shown) == 1 else None
