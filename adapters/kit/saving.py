"""A result on its way into a file: what its status means, and its bytes written while the next come in."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import BinaryIO

import httpx

from adapters.kit.answers import retry_seconds
from bot.domain.errors import Expired, RateLimited, Unavailable
from bot.ports.opened import opened

PIECE = 1024 * 1024
_GONE = frozenset({401, 403, 404, 410})
_LOCKED = frozenset({401, 403})


async def stored(response: httpx.Response, into: Path, most: int, *, own: bool) -> None:
    """`own` says that our key went with the call. Raises Expired where it is gone, Unavailable where it does not come whole."""
    status = response.status_code
    if status in _GONE:
        # A result's link carries its own right to be read and loses it; where our key is what is asked for, it is the key that fails.
        raise (
            Unavailable("does not give its file to this key")
            if own and status in _LOCKED
            else Expired(f"its file is gone (status {status})")
        )
    if status == 429:
        raise RateLimited("asks for patience with its file", retry_after=retry_seconds(response.headers))
    if status != 200:
        raise Unavailable(f"gives status {status} instead of its file")
    if response.headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
        raise Unavailable("packs its file, which is not unpacked here")
    async with opened(lambda: into.open("wb")) as file:
        await _written(response.aiter_raw(), file, most)


async def _written(pieces: AsyncIterator[bytes], file: BinaryIO, most: int) -> None:
    """Written in a thread while what follows comes in, and closed there: a file system may take its time for that too."""
    size, held, waiting, writing = 0, list[bytes](), 0, asyncio.ensure_future(asyncio.sleep(0))
    try:
        async for piece in pieces:
            size, waiting = size + len(piece), waiting + len(piece)
            if size > most:
                raise Unavailable("its file is larger than any film should be")
            held.append(piece)
            if waiting >= PIECE:
                await writing
                writing = asyncio.ensure_future(asyncio.to_thread(_write, file, held))
                held, waiting = [], 0
        await writing
        await asyncio.to_thread(_write, file, held)
        await asyncio.to_thread(file.close)
    finally:
        await asyncio.gather(writing, return_exceptions=True)


def _write(file: BinaryIO, pieces: Sequence[bytes]) -> None:
    file.write(b"".join(pieces))
