"""The boxes of an MP4: which way a track is turned, read where it is written and without decoding anything."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

MOST_BOXES = 64
LARGEST_HEADER = 16 * 1024 * 1024
_MATRIX_AT = {0: 40, 1: 52}
_TURNS: dict[tuple[int, ...], int] = {(1, 0, 0, 1): 0, (0, 1, -1, 0): 1, (-1, 0, 0, -1): 2, (0, -1, 1, 0): 3}
_TRACK_ID_AT = {0: 12, 1: 20}


def quarter_turns(path: Path, track: int) -> int | None:
    """How often the track is turned by 90 degrees when it is shown; None where that is not written in the usual way."""
    with path.open("rb") as file:
        header = _header(file)
    for name, track_box in _inside(header):
        if name == b"trak":
            for inner, body in _inside(track_box):
                if inner == b"tkhd" and _number(body, _TRACK_ID_AT.get(body[0])) == track:
                    return _turns(body)
    return None


def _header(file: BinaryIO) -> bytes:
    """The body of the `moov` box, empty where there is none or it is too large."""
    at = 0
    for _ in range(MOST_BOXES):
        file.seek(at)
        start = file.read(16)
        size, first = int.from_bytes(start[:4], "big"), 8
        if size == 1:
            size, first = int.from_bytes(start[8:16], "big"), 16
        if size < first:
            return b""
        if start[4:8] == b"moov":
            file.seek(at + first)
            return file.read(size - first) if size <= LARGEST_HEADER else b""
        at += size
    return b""


def _inside(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(body):
        size = int.from_bytes(body[at : at + 4], "big")
        if size < 8 or at + size > len(body):
            return
        yield body[at + 4 : at + 8], body[at + 8 : at + size]
        at += size


def _number(body: bytes, at: int | None) -> int | None:
    return None if at is None else int.from_bytes(body[at : at + 4], "big", signed=True)


def _turns(body: bytes) -> int | None:
    """From the first two rows of the matrix; a picture that is mirrored as well is not just turned."""
    at = _MATRIX_AT[body[0]]
    rows = tuple(_sign(_number(body, at + place)) for place in (0, 4, 12, 16))
    return _TURNS.get(rows)


def _sign(value: int | None) -> int:
    return 0 if not value else 1 if value > 0 else -1
