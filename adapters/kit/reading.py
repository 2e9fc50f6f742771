"""What an answer's bytes say, whatever somebody put into them: unpacked within bounds, parsed, and free of what nothing can hold."""

import json
import re
import zlib
from collections.abc import AsyncIterator
from math import isfinite
from typing import Any

import httpx

from adapters.kit.answers import Unreadable

UNPACKED = 1024 * 1024
# Halves of characters, as an escape or as bytes that Python lets pass, and the zero that PostgreSQL keeps in no text.
_ODD = re.compile(rb"\\u(?:d[89a-f]|0000)|\xed[\xa0-\xbf]", re.IGNORECASE)


async def unpacked(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body in pieces, packed once by gzip at most: what is packed over and over has room for any size. Raises Unreadable."""
    packed = response.headers.get("content-encoding", "").strip().lower()
    if packed in {"", "identity"}:
        async for piece in response.aiter_raw():
            yield piece
        return
    if packed not in {"gzip", "x-gzip"}:
        raise Unreadable("its answer is packed, which was not asked for")
    unpack = zlib.decompressobj(wbits=31)
    try:
        async for piece in response.aiter_raw():
            rest = piece
            while rest:
                yield unpack.decompress(rest, UNPACKED)
                rest = unpack.unconsumed_tail
        yield unpack.flush()
    except zlib.error as error:
        raise Unreadable("its answer cannot be unpacked") from error


def parsed(held: bytes | bytearray) -> Any:
    """The JSON, None where it is none. A number that is none (NaN, Infinity, 1e999) is null; of text, what cannot be kept is left out."""
    try:
        found = json.loads(held, parse_constant=lambda _: None, parse_float=_finite)
        return _kept(found) if _ODD.search(held) else found
    except (ValueError, RecursionError):
        return None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if isfinite(number) else None


def _kept(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\x00", "").encode(errors="replace").decode()
        case dict():
            return {_kept(name): _kept(one) for name, one in value.items()}
        case list():
            return [_kept(one) for one in value]
        case _:
            return value
