"""MiniMax's codes, which both of its APIs share: what each means for the order it answers.

Sources: the error code page of platform.minimax.io, checked 2026-10-08; minimax-mcp 0.0.19 (2038); MiniMax's own command line (1028, 1030,
2056, 2061).
"""

from collections.abc import Mapping

from adapters.kit.answers import Answer, by_status
from bot.domain.errors import (
    BadCredentials,
    Busy,
    InvalidInput,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    Unavailable,
    Unclear,
)

REGION = (
    "Tell your operator: a key from platform.minimax.io works only with MINIMAX_BASE_URL=https://api.minimax.io, "
    "one from platform.minimaxi.com only with https://api.minimaxi.com."
)
_QUOTA = "Tell your operator: what the video package allows is used up. Choose another model, or ask again later."
_PLAN = "Tell your operator: the account's plan does not have this model. H3 needs a pay-as-you-go key."
_HELD_BACK = "The finished film was held back, which costs nothing. Change the prompt or the files."
_VERIFY = (
    "Tell your operator: MiniMax wants the account's holder to prove who they are, on its platform's account page."
)
_LETTERS = "Take unusual signs and control characters out of the prompt and ask again."

CODES: Mapping[int, tuple[type[ProviderError], str]] = {
    1000: (Unclear, ""),
    1001: (Unclear, ""),
    1002: (RateLimited, ""),
    1004: (BadCredentials, REGION),
    1008: (OutOfCredit, ""),
    1013: (Unclear, ""),
    1024: (Unclear, ""),
    1026: (Rejected, ""),
    1027: (Rejected, _HELD_BACK),
    1028: (OutOfCredit, _QUOTA),
    1030: (OutOfCredit, _QUOTA),
    1033: (Unclear, ""),
    1039: (RateLimited, ""),
    1041: (Busy, ""),
    1042: (InvalidInput, _LETTERS),
    2013: (InvalidInput, ""),
    2038: (BadCredentials, _VERIFY),
    2045: (RateLimited, ""),
    2049: (BadCredentials, REGION),
    2056: (OutOfCredit, _QUOTA),
    2061: (OutOfCredit, _PLAN),
}
"""The breakdowns (1000, 1001, 1013, 1024, 1033) do not say whether an order had begun: Unclear to a paid call, Unavailable to a free one."""


def by_code(code: int, words: str, answer: Answer, *, paid: bool) -> ProviderError | None:
    """None for a code that is not known."""
    kind, mend = CODES.get(code, (None, ""))
    return None if kind is None else made(kind, words, mend, answer, paid=paid)


def made(kind: type[ProviderError], words: str, mend: str, answer: Answer, *, paid: bool) -> ProviderError:
    if kind is RateLimited:
        return RateLimited(words, answer.retry_after, mend=mend)
    if kind is Unclear and not paid:
        kind = Unavailable
    return kind(words, mend=mend)


def by_http(answer: Answer, words: str, *, paid: bool) -> ProviderError:
    """What the HTTP status alone says, for answers that carry no code that is known."""
    error = by_status(answer, words or f"status {answer.status}", paid=paid)
    if isinstance(error, BadCredentials):
        error.mend = REGION
    return error
