"""The newer API's errors: a real status, a type in words, and the code in brackets at the end of the message."""

import re
from collections.abc import Mapping

from pydantic import BaseModel

from adapters.kit.answers import Answer
from adapters.video.minimax.wire.codes import REGION, by_code, by_http, made
from bot.domain.errors import (
    BadCredentials,
    InvalidInput,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    Unclear,
)

_CODE = re.compile(r"\s*\((\d{4})\)\s*$")
_TYPES: Mapping[str, tuple[type[ProviderError], str]] = {
    "bad_request_error": (InvalidInput, ""),
    "authorized_error": (BadCredentials, REGION),
    "insufficient_balance_error": (OutOfCredit, ""),
    "unprocessable_entity_error": (Rejected, ""),
    "rate_limit_error": (RateLimited, ""),
    "server_error": (Unclear, ""),
    "overloaded_error": (Unclear, ""),
}


class _Detail(BaseModel):
    type: str = ""
    message: str = ""


class _Refusal(BaseModel):
    error: _Detail = _Detail()


def refused(answer: Answer) -> bool:
    body = answer.body
    return not answer.ok or (isinstance(body, dict) and (body.get("type") == "error" or bool(body.get("error"))))


def refusal(answer: Answer, *, paid: bool) -> ProviderError:
    """What an answer that refuses means: by its code, else by its type, else by its status."""
    detail = _Refusal.model_validate(answer.body).error if _told(answer) else _Detail()
    known = meant(detail.type, detail.message, answer, paid=paid)
    return known or by_http(answer, bare(detail.message), paid=paid)


def meant(type: str, message: str, answer: Answer, *, paid: bool) -> ProviderError | None:
    """What an error means by the code in its message, else by its type; None where neither is known."""
    code, words = _CODE.search(message), bare(message)
    known = by_code(int(code[1]), words, answer, paid=paid) if code else None
    if known is None and type in _TYPES:
        kind, mend = _TYPES[type]
        return made(kind, words, mend, answer, paid=paid)
    return known


def bare(message: str) -> str:
    """The message without its code."""
    return _CODE.sub("", message)


def _told(answer: Answer) -> bool:
    """Whether the answer is MiniMax's own and not that of something on the way to it."""
    return isinstance(answer.body, dict) and isinstance(answer.body.get("error"), dict)
