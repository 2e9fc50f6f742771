"""What came back from a provider, and what its status alone says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bot.domain.errors import (
    BadCredentials,
    Expired,
    InvalidInput,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Unavailable,
    Unclear,
)

MOST_PATIENCE = 3600.0
_TRACES = ("x-request-id", "trace-id", "x-trace-id", "x-tt-logid")


class Unreadable(Exception):
    """An answer that nobody understands: it says neither that something started nor that nothing did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`headers` by their names in lower case; `body` is the parsed JSON, None where it is none, and `text` then how it begins."""

    status: int
    headers: Mapping[str, str]
    body: Any
    text: str = ""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def retry_after(self) -> float | None:
        return retry_seconds(self.headers)

    @property
    def trace(self) -> str:
        """The provider's own name for this call, for its support."""
        return next((self.headers[name][:100] for name in _TRACES if name in self.headers), "")

    @property
    def code(self) -> str:
        """The provider's code, wherever in its answer it stands, for the log."""
        body = self.body if isinstance(self.body, dict) else {}
        inner = (body.get(name) for name in ("error", "base_resp", "output"))
        found = (
            one.get(name) for one in (body, *inner) if isinstance(one, dict) for name in ("code", "status_code", "type")
        )
        return next((str(one)[:80] for one in found if isinstance(one, str | int)), "")


def retry_seconds(headers: Mapping[str, str]) -> float | None:
    """Seconds from a Retry-After header, which holds a number or a date; at most MOST_PATIENCE."""
    said = headers.get("retry-after", "").strip()
    if not said:
        return None
    try:
        seconds = float(said)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(seconds, 0.0), MOST_PATIENCE) if seconds == seconds else None  # noqa: PLR0124 - a NaN differs from itself


def by_status(answer: Answer, words: str, *, paid: bool) -> ProviderError:
    """What a status means where the provider's own code says nothing more.

    `paid` is for the answer to a paid call: a breakdown on the way does not say whether it started.
    """
    match answer.status:
        # What a paid call is in conflict with (409) may be this very order, sent on twice by something on the way.
        case 400 | 405 | 406 | 409 | 411 | 413 | 414 | 415 | 422 if not (paid and answer.status == 409):
            return InvalidInput(words)
        case 401 | 403:
            return BadCredentials(words)
        case 402:
            return OutOfCredit(words)
        case 404 | 410:
            return InvalidInput(words) if paid else _gone(answer, words)
        case 429:
            return RateLimited(words, retry_after=answer.retry_after)
        case _:
            return Unclear(words) if paid else Unavailable(words)


def _gone(answer: Answer, words: str) -> ProviderError:
    """A 404 without a code of the provider's may be a gateway's, or a wrong base URL's: by that nothing is known to be gone."""
    return Expired(words) if answer.code or answer.status == 410 else Unavailable(words)
