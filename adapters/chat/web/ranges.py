"""HTTP ranges and file types, worked out from headers and first bytes alone."""

import hashlib
import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=([0-9]{0,20})-([0-9]{0,20})")
HEAD_BYTES = 64

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"avif": "image/avif",
    b"qt  ": "video/quicktime",
}
UNKNOWN = "application/octet-stream"


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


def sniffed(head: bytes) -> str:
    """The media type of a file that starts so; UNKNOWN for all that a browser should not be shown inline."""
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    return next((mime for magic, mime in _MAGIC if head.startswith(magic)), UNKNOWN)


def etag(key: str, size: int) -> str:
    """A kept file is never overwritten, so its key and size name its content."""
    return f'"{hashlib.sha256(f"{key} {size}".encode()).hexdigest()[:24]}"'


def same(etags: str, one: str) -> bool:
    """Whether an If-None-Match header names this ETag."""
    return etags.strip() == "*" or one in {tag.strip().removeprefix("W/") for tag in etags.split(",")}
