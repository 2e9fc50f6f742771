"""What Slack's texts may be: lengths, and markup in which nothing unescaped is left."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Check = Callable[[Any, str, "Found"], None]


@dataclass(slots=True)
class Found:
    """Every problem with its place, in the words Slack uses: `[ERROR] what [json-pointer:/blocks/0]`.

    `files` answers why a `slack_file` cannot be shown, "" where it can; `waiting` holds problems that pass with time.
    """

    files: Callable[[str], str] = lambda file: "" if file else "no file"
    problems: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        self.problems.append(f"[ERROR] {what} [json-pointer:{where or '/'}]")

    def wait(self, where: str, what: str) -> None:
        self.waiting.append(f"[ERROR] {what} [json-pointer:{where or '/'}]")


TOKEN = re.compile(
    r"<(?:@[UW][A-Z0-9]{2,}"
    r"|#[CG][A-Z0-9]{2,}(?:\|[^<>]*)?"
    r"|!date\^-?\d+\^[^<>^]+(?:\^https?://[^<>|^]+)?\|[^<>]+"
    r"|(?:https?|mailto|tel):[^<>|]+(?:\|[^<>]+)?)>"
)
ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")
LESS, MORE = re.compile("<"), re.compile(">")
QUOTE = re.compile(r"^>+", re.MULTILINE)


def markup(text: str, where: str, found: Found) -> None:
    """Refuses `<` that is no link, person, channel or date, a `&` that is no entity, a `>` that quotes nothing."""
    left = TOKEN.sub("", text)
    for pattern, within in ((LESS, left), (ENTITY, left), (MORE, QUOTE.sub("", left))):
        if bad := pattern.search(within):
            near = within[max(0, bad.start() - 10) : bad.start() + 20]
            found.add(where, f"unescaped {bad[0]!r} near {near!r}")


def text(most: int, *, least: int = 1) -> Check:
    def check(value: Any, where: str, found: Found) -> None:
        if not isinstance(value, str):
            found.add(where, f"must be a string, is {type(value).__name__}")
        elif len(value) > most:
            found.add(where, f"must be less than {most + 1} characters, has {len(value)}")
        elif len(value) < least or (least and not value.strip()):
            found.add(where, f"must be more than {least - 1} characters")

    return check


def exactly(*words: str) -> Check:
    def check(value: Any, where: str, found: Found) -> None:
        if value not in words:
            found.add(where, f"must be one of {', '.join(words)}, is {value!r}")

    return check


def flag(value: Any, where: str, found: Found) -> None:
    if not isinstance(value, bool):
        found.add(where, f"must be a boolean, is {type(value).__name__}")


def whole(least: int, most: int) -> Check:
    def check(value: Any, where: str, found: Found) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            found.add(where, f"must be a whole number from {least} to {most}, is {value!r}")

    return check


def link(value: Any, where: str, found: Found) -> None:
    """An address Slack itself fetches or opens."""
    text(3000)(value, where, found)
    if isinstance(value, str) and not re.match(r"https?://[^\s]+\Z", value):
        found.add(where, "must be a http or https address")


def public(value: Any, where: str, found: Found) -> None:
    """An address that Slack's own servers fetch."""
    link(value, where, found)
    host = urlsplit(value).hostname or "" if isinstance(value, str) else ""
    if host in {"localhost", "0.0.0.0"} or host.startswith(("127.", "10.", "192.168.")) or host == "::1":
        found.add(where, f"downloading from {host} failed: Slack cannot reach it")


def many(check: Check, *, most: int, least: int = 1) -> Check:
    def every(value: Any, where: str, found: Found) -> None:
        if not isinstance(value, list):
            found.add(where, f"must be an array, is {type(value).__name__}")
            return
        if not least <= len(value) <= most:
            found.add(where, f"must have from {least} to {most} items, has {len(value)}")
        for number, one in enumerate(value):
            check(one, f"{where}/{number}", found)

    return every


def shape(need: dict[str, Check], may: dict[str, Check] | None = None) -> Check:
    """An object with these keys and no other."""
    known = need | (may or {})

    def check(value: Any, where: str, found: Found) -> None:
        if not isinstance(value, dict):
            found.add(where, f"must be an object, is {type(value).__name__}")
            return
        for name in need.keys() - value.keys():
            found.add(where, f"missing required field: {name}")
        for name, one in value.items():
            if name not in known:
                found.add(f"{where}/{name}", f"no more properties allowed: {name}")
            else:
                known[name](one, f"{where}/{name}", found)

    return check


def plain(most: int, *, least: int = 1) -> Check:
    return shape({"type": exactly("plain_text"), "text": text(most, least=least)}, {"emoji": flag})


def either(most: int) -> Check:
    """A text object, plain or mrkdwn."""
    marked = shape({"type": exactly("mrkdwn"), "text": text(most)}, {"verbatim": flag})

    def check(value: Any, where: str, found: Found) -> None:
        if isinstance(value, dict) and value.get("type") == "mrkdwn":
            marked(value, where, found)
            if isinstance(value.get("text"), str):
                markup(value["text"], f"{where}/text", found)
        else:
            plain(most)(value, where, found)

    return check
