"""The provider's codes, each as one kind of error with a sentence on what to do.

Codes are those of Model Studio's error list and of the registry in SDK dashscope 2.0.2. They come with an HTTP status, at the top of a
200, or in the output of a task that failed.
"""

import re
from collections.abc import Callable, Mapping

from adapters.kit.answers import Answer, by_status
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

KEY_MEND = (
    "Tell your operator: DASHSCOPE_API_KEY is not accepted. A key works only in the region it was made in, and DASHSCOPE_BASE_URL "
    "says which region is asked (Singapore where it is not set)."
)
ACTIVATE_MEND = "Tell your operator: the model, or Model Studio itself, must be activated for this account in the region of its key."
WORKSPACE_MEND = "Tell your operator: the key's workspace must be allowed to use this model."
FREE_MEND = "Tell your operator: the free quota is used up and the account is set to stop there."
QUOTA_MEND = "Tell your operator: the quota that the account was given is used up."
DEBT_MEND = "Tell your operator: the account's bill is overdue."
GONE_MEND = "Choose another model, or tell your operator: this one does not exist in the region that is asked; `wire_id` can be set in [models]."
FETCH_MEND = "Attach the file again; Wan could not fetch it or look into it."
FACE_MEND = "Use a picture with one whole face in it."
SIZE_MEND = "Leave a file out, or send smaller ones."

_Make = Callable[[str], ProviderError]


def _rejected(kind: RejectionKind) -> _Make:
    return lambda words: Rejected(words, kind)


def _with(kind: type[InvalidInput | BadCredentials | OutOfCredit], mend: str = "") -> _Make:
    return lambda words: kind(words, mend=mend)


# The longest of these that a code is, or begins with before a dot, counts.
CODES: Mapping[str, _Make] = {
    "DataInspectionFailed": _rejected(RejectionKind.policy),
    "IPInfringementSuspect": _rejected(RejectionKind.copyright),
    "InvalidParameter.DataInspection": _with(InvalidInput, FETCH_MEND),
    "InvalidParameter": _with(InvalidInput),
    "InvalidURL": _with(InvalidInput, FETCH_MEND),
    "InvalidImage": _with(InvalidInput),
    "InvalidImage.FullFace": _with(InvalidInput, FACE_MEND),
    "InvalidVideo": _with(InvalidInput),
    "Arrearage": _with(OutOfCredit, DEBT_MEND),
    "UnsupportedOperation": NotCancellable,
    "InvalidApiKey": _with(BadCredentials, KEY_MEND),
    "AccessDenied": _with(BadCredentials, ACTIVATE_MEND),
    "Workspace.AccessDenied": _with(BadCredentials, WORKSPACE_MEND),
    "AllocationQuota": _with(OutOfCredit, QUOTA_MEND),
    "AllocationQuota.FreeTierOnly": _with(OutOfCredit, FREE_MEND),
    "ModelNotFound": _with(InvalidInput, GONE_MEND),
    "Model.NotExist": _with(InvalidInput, GONE_MEND),
    "Throttling": RateLimited,
    "Throttling.AllocationQuota": _with(OutOfCredit, QUOTA_MEND),
    "InternalError": Unavailable,
    "ServiceUnavailable": Unavailable,
    "GatewayTimeout": Unavailable,
}
_TRACE = re.compile(r"\s*[(\[]?\brequest[ _]?id\b\s*[:=]\s*[\w-]+[)\]]?\.?", re.IGNORECASE)
_NO_MODEL = "model not exist"  # said with code InvalidParameter too
_BROKEN, _TOO_LARGE = 500, 413


def error_of(answer: Answer, *, paid: bool) -> ProviderError:
    """What an answer that is none of the good ones means. A paid call that broke inside the provider is Unclear, whatever its code."""
    body = answer.body if isinstance(answer.body, dict) else {}
    code, words = str(body.get("code") or ""), plain(str(body.get("message") or ""))
    if answer.status == _TOO_LARGE:
        return InvalidInput(words or "the request is too large", mend=SIZE_MEND)
    found = meant(code, words)
    if answer.status >= _BROKEN or found is None:
        words = words or f"status {answer.status}"
        return by_status(answer, words, paid=paid) if not answer.ok else (Unclear if paid else Unavailable)(words)
    if isinstance(found, RateLimited):
        found.retry_after = answer.retry_after
    if paid and isinstance(found, Unavailable):
        return Unclear(found.message)
    if paid and isinstance(found, NotCancellable):
        return InvalidInput(found.message)
    return found


def meant(code: str, words: str) -> ProviderError | None:
    """The error that a code stands for, None for one that is not known."""
    parts = code.split(".")
    beginnings = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    known = next((CODES[one] for one in beginnings if one in CODES), None)
    if known is None:
        return None
    found = known(words or code)
    return InvalidInput(words, mend=GONE_MEND) if _NO_MODEL in words.lower() else found


def plain(words: str) -> str:
    """The provider's sentence without the id of its request."""
    return _TRACE.sub("", words).strip()
