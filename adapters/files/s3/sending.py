"""Sends a file in one conditional request, in pieces from the disk: it is there whole or not at all, and never over another."""

import asyncio
import base64
import hashlib
import random
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

from adapters.files.s3.trouble import trouble
from adapters.kit.sniffed import HEAD_BYTES, UNKNOWN, sniffed
from bot.ports.files import Stat
from bot.ports.opened import opened

PIECE = 1024 * 1024
TRIES = 4
TIMES = httpx.Timeout(60.0, connect=5.0)
ALONE = httpx.Limits(max_connections=1, max_keepalive_connections=0)
_LATER = frozenset({408, 409, 429, 500, 502, 503, 504})
"""409: two who write one key at the same moment, or one that is just being deleted; it is to be tried again."""


@dataclass(frozen=True, slots=True)
class Described:
    """A local file: its size, digests and media type."""

    stat: Stat
    md5: str
    mime: str

    @property
    def headers(self) -> Mapping[str, str]:
        """The bucket refuses bytes that came otherwise than they lie here; what a browser should not show is only ever saved."""
        shown = {} if self.mime != UNKNOWN else {"content-disposition": "attachment"}
        return {
            "content-length": str(self.stat.bytes),
            "content-md5": self.md5,
            "content-type": self.mime,
            "if-none-match": "*",
            "user-agent": "Clapper/0.1",
            **shown,
        }


def described(path: Path) -> Described:
    sha, md5, size, head = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0, b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            head = head or piece[:HEAD_BYTES]
            sha.update(piece)
            md5.update(piece)
            size += len(piece)
    return Described(Stat(size, sha.hexdigest()), base64.b64encode(md5.digest()).decode(), sniffed(head))


async def send(path: Path, url: str, it: Described) -> bool:
    """Whether it is there now; False where something was there already, as after an answer that was lost.

    `url` is signed for this request. Raises OSError.
    """
    error: OSError | None = None
    for attempt in range(TRIES):
        if attempt:
            await asyncio.sleep(random.uniform(0.5, 1.0) * 0.1 * 2**attempt)  # noqa: S311 - no secret
        try:
            status, said = await _once(path, url, it)
        except httpx.TransportError as lost:
            error = trouble(type(lost).__name__)
            continue
        if status in {200, 201, 204}:
            return True
        if status == httpx.codes.PRECONDITION_FAILED:
            return False
        error = trouble(said, str(status))
        if status not in _LATER:
            break
    assert error is not None
    raise error


async def _once(path: Path, url: str, it: Described) -> tuple[int, str]:
    tls = await asyncio.to_thread(_tls)
    async with httpx.AsyncClient(verify=tls, timeout=TIMES, limits=ALONE) as client:
        answer = await client.put(url, content=_pieces(path), headers=it.headers)
        return answer.status_code, answer.text


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    async with opened(lambda: path.open("rb")) as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
