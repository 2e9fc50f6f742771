"""Answers that may hold whole films: read without holding them, and the films in them saved as they go by."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

from adapters.kit.answers import Answer, Unreadable
from adapters.kit.http import Call, Client
from adapters.kit.reading import parsed
from adapters.video.google.inline import Sieve, Unpack, large_of, unpacked
from adapters.video.google.wire.route import Film
from bot.domain.errors import Expired, Unavailable
from bot.ports.opened import opened

T = TypeVar("T")
MOST = 8 * 1024 * 1024


async def ask_large(client: Client, call: Call, read: Callable[[Answer], T]) -> T:
    """As `Client.ask`, with a mark (`large_of`) in place of each large string of the answer."""
    return _understood(client, await _gathered(client, call, None, None), read)


async def save_large(client: Client, call: Call, films: Callable[[Answer], list[str]], film: Film, into: Path) -> None:
    """Saves a film out of an answer; `films` reads all that the answer holds, each as base64 or as a mark.

    Raises Expired where the film is not there any more, Unavailable where it did not come whole.
    """
    unpack = Unpack()
    try:
        found = _understood(client, await _gathered(client, call, film.large, (unpack, into)), films)
        if film.number >= len(found):
            raise Expired("its answer does not hold the film any more")
        if film.large is None:
            await asyncio.to_thread(into.write_bytes, unpacked(found[film.number]))
            return
        if large_of(found[film.number]) != film.large:
            raise Unavailable("its answer holds the film elsewhere than before")
        unpack.end()
    except ValueError as error:
        raise Unavailable("the film did not come whole") from error


async def _gathered(client: Client, call: Call, large: int | None, saved: tuple[Unpack, Path] | None) -> Answer:
    """The answer without its large strings; the one that is wanted is saved."""
    sieve, held = Sieve(), bytearray()
    async with AsyncExitStack() as stack:
        status, headers, pieces = await stack.enter_async_context(client.streamed(call))
        file = None
        if saved is not None and large is not None:
            into = saved[1]
            file = await stack.enter_async_context(opened(lambda: into.open("wb")))
        async for piece in pieces:
            ready = bytearray()
            for bit in sieve.feed(piece):
                if bit.large is None:
                    held += bit.data
                elif saved is not None and bit.large == large:
                    ready += saved[0].feed(bit.data)
            if file is not None and ready:
                await asyncio.to_thread(file.write, bytes(ready))
            if len(held) > MOST:
                raise Unavailable("its answer is larger than any should be")
    return _answer(status, headers, bytes(held))


def _answer(status: int, headers: Mapping[str, str], held: bytes) -> Answer:
    return Answer(status=status, headers=dict(headers), body=parsed(held), text=held[:500].decode(errors="replace"))


def _understood(client: Client, answer: Answer, read: Callable[[Answer], T]) -> T:
    try:
        return client.understood(answer, read)
    except Unreadable as error:
        raise Unavailable(str(error)) from error
