"""HTTP ranges and ETags, worked out from headers alone."""

import hashlib
import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=([0-9]{0,20})-([0-9]{0,20})")


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes from `start` up to but not including `stop`."""

    start: int
    stop: int


class Unsatisfiable(ValueError):
    """The range lies wholly outside the file."""


def wanted_part(header: str, size: int) -> Part | None:
    """None where the whole file is to be sent: no range, several, or one that makes no sense. Raises Unsatisfiable."""
    match = _RANGE.fullmatch(header.strip())
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        if int(last) == 0 or size == 0:
            raise Unsatisfiable
        return Part(max(0, size - int(last)), size)
    start, stop = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Part(start, stop)


def etag(key: str, size: int) -> str:
    """A kept file is never overwritten, so its key and size name its content."""
    return f'"{hashlib.sha256(f"{key} {size}".encode()).hexdigest()[:24]}"'


def same(etags: str, one: str) -> bool:
    """Whether an If-None-Match header names this ETag."""
    return etags.strip() == "*" or one in {tag.strip().removeprefix("W/") for tag in etags.split(",")}
