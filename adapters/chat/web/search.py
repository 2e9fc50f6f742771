"""A search for films as it is written in an address, as what the library understands. Nothing here reads or writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite

from adapters.chat.web.events import clean
from adapters.chat.web.refusal import Refusal
from bot.domain.chat import Person
from bot.domain.drive import Wanted

USUAL_LIMIT = 60
MOST_CLIPS = 200
MOST_SKIPPED = 1_000_000
MOST_LETTERS = 400
_DIGITS = 9
_SWITCH = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}


@dataclass(frozen=True, slots=True)
class Search:
    """Which films, and which of them: `limit` at most, without the first `skip`."""

    wanted: Wanted
    skip: int
    limit: int


def search(query: Mapping[str, str], viewer: Person, now: datetime) -> Search:
    """`q` are words, `by` an owner, `since` and `before` dates or instants of ISO 8601, `min` and `max` seconds.

    `folder` is empty for the person's own Drive, or a folder that ends with a slash such as `/space/`; without it all are meant.
    Raises Refusal, saying which of them is wrong.
    """
    return Search(
        Wanted(
            viewer=viewer,
            now=now,
            words=tuple(_text(query, "q").split()),
            model=_text(query, "model"),
            by=_text(query, "by").lower(),
            since=_instant(query, "since"),
            before=_instant(query, "before"),
            min_seconds=_seconds(query, "min"),
            max_seconds=_seconds(query, "max"),
            folder=_folder(query),
            trashed=_switch(query, "trashed"),
        ),
        skip=_whole(query, "skip", 0, 0, MOST_SKIPPED),
        limit=_whole(query, "limit", USUAL_LIMIT, 1, MOST_CLIPS),
    )


def _text(query: Mapping[str, str], name: str) -> str:
    text = clean(query.get(name, "")).strip()
    if len(text) > MOST_LETTERS:
        raise Refusal(400, f"{name!r} has at most {MOST_LETTERS} letters, and this one has {len(text):,}. Shorten it.")
    return text


def _instant(query: Mapping[str, str], name: str) -> datetime | None:
    """A date alone begins at midnight, UTC."""
    text = _text(query, name)
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refusal(
            400, f"{name!r} is a date such as 2026-11-20 or 2026-11-20T08:00:00Z, and this one is {text[:40]!r}."
        ) from error


def _seconds(query: Mapping[str, str], name: str) -> float | None:
    text = _text(query, name)
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not (text.isascii() and isfinite(seconds) and seconds >= 0):
        raise Refusal(400, f"{name!r} is a length in seconds such as 5 or 7.5, and this one is {text[:40]!r}.")
    return seconds


def _folder(query: Mapping[str, str]) -> str | None:
    if "folder" not in query:
        return None
    folder = _text(query, "folder")
    if folder and (not folder.endswith("/") or folder == "/"):
        raise Refusal(
            400,
            f"A folder is empty for your own Drive, or ends with a slash as '/space/' and 'promo/' do, and this one is {folder[:80]!r}.",
        )
    return folder


def _switch(query: Mapping[str, str], name: str) -> bool:
    text = _text(query, name).lower()
    if text not in _SWITCH:
        raise Refusal(400, f"{name!r} is 1 or 0, and this one is {text[:20]!r}.")
    return _SWITCH[text]


def _whole(query: Mapping[str, str], name: str, usual: int, least: int, most: int) -> int:
    text = query.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS and least <= int(text) <= most):
        raise Refusal(400, f"The {name} goes from {least} to {most:,}, and this one is {text[:20]!r}.")
    return int(text)
