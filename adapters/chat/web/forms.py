"""Forms as they arrive: multipart goes straight to disk, counted on the wire, and never lies in memory whole."""

import asyncio
import re
import time
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import parse_qsl

from python_multipart.exceptions import ParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from adapters.chat.web.refusal import Refusal
from adapters.chat.web.spool import Arrived

MIB = 1024 * 1024
MOST_FIELD_BYTES = 256 * 1024
MOST_FRAME_BYTES = MIB  # what headers, boundaries and the text may add to the files
MOST_FIELDS = 32
MOST_BOUNDARY = 70  # RFC 2046
MOST_NAME = 160
PIECE_SECONDS = 60.0
SLOWEST_BYTES = 2000
"""A second, on the whole: who sends less keeps a place that somebody else could use."""
SMALL_SECONDS = 20
_MIME = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")


class Body(Protocol):
    def stream(self) -> AsyncIterator[bytes]: ...


@dataclass(slots=True)
class Form:
    fields: dict[str, str] = field(default_factory=dict)
    files: list[Arrived] = field(default_factory=list)


async def read_form(
    body: Body,
    content_type: str,
    length: int | None,
    *,
    into: Path,
    max_bytes: int,
    max_files: int,
    patience: float = PIECE_SECONDS,
) -> Form:
    """`length` is the declared one, in bytes, if any; `patience` is for how many seconds nothing, or hardly anything, may arrive.

    Raises Refusal: 408 for too slow, 413 for too much, 415 for another kind of body, 400 for one that is broken.
    """
    kind, options = parse_options_header(content_type)
    if length is not None and length > max_bytes + MOST_FRAME_BYTES:
        raise _too_large(max_bytes, length)
    if kind == b"application/x-www-form-urlencoded":
        return Form(fields=dict(parse_qsl((await read_small(body, MOST_FIELD_BYTES)).decode(errors="replace"))))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= MOST_BOUNDARY:
        raise Refusal(415, f"A message is sent as multipart/form-data, and this is {content_type[:80] or 'nothing'!r}.")
    reading = _Reading(into, boundary, max_files)
    try:
        await _feed(reading, body, max_bytes, length, patience)
    except ParseError as error:
        raise Refusal(400, "The form is broken: its parts cannot be told apart. Send it again.") from error
    finally:
        await asyncio.to_thread(reading.close)
    return reading.result()


async def read_small(body: Body, most: int, seconds: float = SMALL_SECONDS) -> bytes:
    """A body that has to be small, and here within `seconds`. Raises Refusal."""
    read = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for piece in body.stream():
                read += piece
                if len(read) > most:
                    raise Refusal(413, f"This request may have at most {most:,} bytes, and it has more.")
    except TimeoutError as error:
        raise Refusal(408, f"The request was not whole within {seconds:g} seconds. Send it again.") from error
    return bytes(read)


async def _feed(reading: "_Reading", body: Body, max_bytes: int, length: int | None, patience: float) -> None:
    total, began = 0, time.monotonic()
    batch = bytearray()
    pieces = aiter(body.stream())
    while True:
        try:
            async with asyncio.timeout(patience):
                piece = await anext(pieces, None)
        except TimeoutError as error:
            raise Refusal(408, f"Nothing arrived for {patience:g} seconds. Send the message again.") from error
        if piece is None:
            break
        total += len(piece)
        if total > max_bytes + MOST_FRAME_BYTES:
            raise _too_large(max_bytes, length)
        lasted = time.monotonic() - began
        if lasted > patience and total < SLOWEST_BYTES * lasted:
            raise Refusal(
                408, "The message arrives so slowly that it would never be whole. Send it again, or with smaller files."
            )
        batch += piece
        if len(batch) >= MIB:
            await asyncio.to_thread(reading.feed, bytes(batch))
            batch.clear()
    await asyncio.to_thread(reading.feed, bytes(batch))
    if reading.bytes > max_bytes:
        raise _too_large(max_bytes, reading.bytes)


def _too_large(limit: int, found: int | None) -> Refusal:
    has = f"this one has {megabytes(found)}" if found else "this one has more"
    return Refusal(
        413,
        f"One message may bring at most {megabytes(limit)} of files, and {has}. Send fewer or smaller files; nothing was kept.",
    )


def megabytes(count: int) -> str:
    """A size in words.

    >>> megabytes(512_000_000)
    '512 MB'
    """
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f}".removesuffix(".0") + " MB"


def plain_name(name: str) -> str:
    """A file's name to show: no folders, no controls, not endless; any writing system."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    kept = "".join(
        c
        for c in name
        if unicodedata.category(c) not in {"Cc", "Cs"} and c not in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
    )
    stem, dot, suffix = kept.rpartition(".")
    if len(kept) > MOST_NAME and dot and len(suffix) < MOST_NAME:
        return f"{stem[: MOST_NAME - len(suffix) - 1]}.{suffix}"
    return kept[:MOST_NAME]


class _Reading:
    """One multipart body on its way to disk; `feed` and `close` are called in a thread."""

    def __init__(self, into: Path, boundary: bytes, max_files: int) -> None:
        self.bytes = 0
        self._into = into
        self._max_files = max_files
        self._form = Form()
        self._fed = 0
        self._files_bytes = 0  # those of files that are one too many included
        self._fields_found = 0
        self._found = 0
        self._ended = False
        self._is_file = False
        self._headers: dict[str, str] = {}
        self._header = [bytearray(), bytearray()]
        self._field: tuple[str, bytearray] | None = None
        self._file: tuple[BinaryIO, Path, str, str] | None = None
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                "on_header_end": self._header_end,
                "on_headers_finished": self._part,
                "on_part_data": self._data,
                "on_part_end": self._part_end,
                "on_end": self._end,
            },
        )

    def feed(self, data: bytes) -> None:
        self._fed += len(data)
        self._parser.write(data)
        if self._fed - self._files_bytes > MOST_FRAME_BYTES:
            raise Refusal(
                413,
                f"Beside its files a form may have at most {megabytes(MOST_FRAME_BYTES)}, and this one has more. Nothing was kept.",
            )

    def close(self) -> None:
        if self._file:
            self._file[0].close()

    def result(self) -> Form:
        if self._found > self._max_files:
            raise Refusal(
                413,
                f"A message may bring at most {self._max_files} files, and this one has {self._found}. Send the rest in a second message.",
            )
        if not self._ended:
            raise Refusal(400, "The form broke off before its end. Send it again.")
        return self._form

    def _begin(self) -> None:
        self._headers = {}

    def _header_end(self) -> None:
        name, value = self._header
        self._headers[name.decode("latin-1").lower()] = value.decode("utf-8", errors="replace")
        self._header = [bytearray(), bytearray()]

    def _part(self) -> None:
        name, file_name = _disposition(self._headers.get("content-disposition", ""))
        self._is_file = bool(file_name)
        if file_name is None:
            self._fields_found += 1
            if self._fields_found > MOST_FIELDS:
                raise Refusal(413, f"A form may have at most {MOST_FIELDS} fields, and this one has more.")
            self._field = (name, bytearray())
            return
        if not file_name:
            return
        self._found += 1
        if self._found <= self._max_files:
            path = self._into / str(self._found)
            mime = self._headers.get("content-type", "").partition(";")[0].strip().lower()
            self._file = (path.open("xb"), path, file_name, mime if _MIME.fullmatch(mime) else "")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._files_bytes += end - start
        if self._file:
            self._file[0].write(data[start:end])
            self.bytes += end - start
        elif self._field:
            self._field[1].extend(data[start:end])
            if len(self._field[1]) > MOST_FIELD_BYTES:
                raise Refusal(
                    413,
                    f"A field of the form may have at most {megabytes(MOST_FIELD_BYTES)}, and {self._field[0][:40]!r} has more.",
                )

    def _part_end(self) -> None:
        if self._file:
            file, path, name, mime = self._file
            size = file.tell()
            file.close()
            self._form.files.append(Arrived(path, plain_name(name), mime, size))
        elif self._field:
            self._form.fields[self._field[0]] = self._field[1].decode("utf-8", errors="replace")
        self._file = self._field = None

    def _end(self) -> None:
        self._ended = True


def _disposition(header: str) -> tuple[str, str | None]:
    """The part's name, and its file name: None where it is no file. Browsers send names as raw UTF-8, a quote as %22."""
    names: dict[str, str] = {}
    for segment in _segments(header):
        key, equals, value = segment.strip().partition("=")
        if equals:
            bare = value[1:-1].replace('\\"', '"') if value[:1] == '"' == value[-1:] and len(value) > 1 else value
            names[key.lower()] = bare.replace("%22", '"').replace("%0D", " ").replace("%0A", " ")
    return names.get("name", ""), names.get("filename")


def _segments(header: str) -> list[str]:
    segments, quoted, escaped = [""], False, False
    for c in header:
        if c == ";" and not quoted:
            segments.append("")
            continue
        quoted ^= c == '"' and not escaped
        escaped = c == "\\" and quoted and not escaped
        segments[-1] += c
    return segments
