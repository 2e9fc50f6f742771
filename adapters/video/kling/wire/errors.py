"""Kling's error codes, which come in the body whatever the status: each as one typed error.

Source: Kling's table of error codes, kling.ai/document-api/api/get-started/error-codes; what was seen of 1002, 1102 and 1201 on the
live service is from the notes of the `kling-api` package for Node, September 2026.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from adapters.kit.answers import Answer, by_status
from adapters.kit.aside import Aside
from bot.domain.errors import (
    BadCredentials,
    Busy,
    InvalidInput,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    RejectionKind,
    Unavailable,
    Unclear,
)


class KeyExpired(BadCredentials):
    """The token minted from access and secret key is too old: another one is minted, once."""


class NotThere(InvalidInput):
    """No task of that id or name."""


class Envelope(BaseModel):
    code: int
    message: Aside[str] = None
    data: Any = None


_CLOCK = "Tell your operator: the clock of this machine is wrong, or the keys were copied badly."
_KEYS = (
    "Tell your operator: Kling's keys are made anew in its console, and those of one region are not known in the other."
)
_ACCOUNT = "Tell your operator: Kling's console says what is wrong with the account."
_PACK = "Tell your operator: Kling wants the account topped up or a resource pack bought. Or choose another model."
_MODEL = "Tell your operator: this Kling account may not use this model. Or choose another model."
_ADDRESS = "Tell your operator: the account accepts only some addresses, and this machine's is not among them."

Make = Callable[[str], ProviderError]


def _credentials(mend: str) -> Make:
    return lambda words: BadCredentials(words, mend=mend)


_REFUSALS: Mapping[int, Make] = {
    1000: _credentials(_KEYS),
    1001: _credentials(_KEYS),
    1002: _credentials(_KEYS),
    1003: _credentials(_CLOCK),
    1004: lambda words: KeyExpired(words, mend=_CLOCK),
    1100: _credentials(_ACCOUNT),
    1101: lambda words: OutOfCredit(words, mend=_PACK),
    1102: lambda words: OutOfCredit(words, mend=_PACK),
    1103: _credentials(_MODEL),
    1200: InvalidInput,
    1201: InvalidInput,
    1202: InvalidInput,
    1203: lambda words: InvalidInput(words, mend=_MODEL),
    1300: Rejected,
    1301: Rejected,
    1303: Busy,
    1304: _credentials(_ADDRESS),
}
"""All of these say that nothing was started. 1101 and 1102 come with status 429 and pass by no waiting."""
_RATE, _BREAKDOWNS = 1302, frozenset({5000, 5001, 5002})
_EXISTS = re.compile(
    r"external.?(?:task.?)?id.*(?:exist|duplicat|unique|repeat|重复|已存在)", re.IGNORECASE | re.DOTALL
)
_UNKNOWN = re.compile(r"task (?:is )?not found|not exist", re.IGNORECASE)
_POLICY = re.compile(
    r"risk|sensitiv|violat|polic|prohibit|inappropriate|moderation|unsafe|content (?:security|safety)|风控|敏感|违规|审核",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"copyright|infring|intellectual property|版权|侵权", re.IGNORECASE)


def checked(answer: Answer, *, paid: bool) -> Any:
    """What the answer holds. Raises the error it speaks of, and ValueError where it is none of Kling's.

    Kling says in its code what happened: an error may come with status 200, and what is no use to try again with 429.
    """
    if not isinstance(answer.body, dict) or "code" not in answer.body:
        if answer.ok:
            raise ValueError("no code in the answer")
        raise by_status(answer, f"status {answer.status}", paid=paid)
    found = Envelope.model_validate(answer.body)
    if found.code or not answer.ok:
        raise error_of(found.code, found.message or "", answer, paid=paid)
    return found.data


def error_of(code: int, message: str, answer: Answer, *, paid: bool) -> ProviderError:
    """The error of a code; what happened is not clear where the order's own name is taken, or the service broke on a paid call."""
    words = message.strip() or f"error {code}"
    unknown = bool(_UNKNOWN.search(words))
    if paid and _EXISTS.search(words) and not unknown:
        return Unclear(words)
    if not paid and (unknown or code == 1203):
        return NotThere(words)
    if code == _RATE:
        return RateLimited(words, retry_after=answer.retry_after)
    if code in _BREAKDOWNS:
        return Unclear(words) if paid else Unavailable(words)
    if make := _REFUSALS.get(code):
        return make(words)
    return by_status(answer, words, paid=paid)


def failed(message: str) -> ProviderError:
    """Why a task failed: Kling gives words and no code, so the words decide."""
    words = message.strip() or "Kling says no more than that it failed."
    if _RIGHTS.search(words):
        return Rejected(words, RejectionKind.copyright)
    if _POLICY.search(words):
        return Rejected(words)
    return Unavailable(words)
