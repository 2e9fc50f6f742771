"""What goes with a call: JSON, a form or a file, with files streamed into it from the Drive and never held whole."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from bot.domain.errors import InvalidInput
from bot.ports.files import Files
from bot.ports.opened import opened

PIECE = 3 * 256 * 1024  # a multiple of three, so that pieces of base64 join without padding


@dataclass(frozen=True, slots=True)
class Inline:
    """A file of the Drive as base64 in a JSON body, after a prefix such as `data:image/png;base64,`."""

    key: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the Drive as a part of a form; `name` is the file name that is told."""

    key: str
    name: str
    mime: str


@dataclass(frozen=True, slots=True)
class Body:
    """`length` is in bytes; `content` is nothing, bytes, or pieces that are read as they go out."""

    headers: Mapping[str, str]
    content: bytes | AsyncIterator[bytes] | None
    length: int


Chunk = bytes | tuple[Path, bool]  # bytes as they are, or a file and whether it goes out as base64


async def body_of(
    value: Any, form: Sequence[tuple[str, str | Part]], file: str, files: Files | None, stack: AsyncExitStack
) -> Body:
    """The body of a call; the files it needs stay open while `stack` does. Raises InvalidInput where a file is gone.

    Reading it raises OSError where a file is no longer what it was.
    """
    if form:
        mark = uuid4().hex
        chunks = [chunk for name, one in form for chunk in await _part(mark, name, one, files, stack)]
        return await _streamed([*chunks, f"--{mark}--\r\n".encode()], f"multipart/form-data; boundary={mark}", stack)
    if file:
        return await _streamed([(await _local(file, files, stack), False)], "", stack)
    if value is None:
        return Body({}, None, 0)
    inlined: dict[str, Inline] = {}
    text = json.dumps(_marked(value, inlined), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )
    if not inlined:
        return Body({"content-type": "application/json"}, text, len(text))
    return await _streamed([chunk async for chunk in _filled(text, inlined, files, stack)], "application/json", stack)


def _marked(value: Any, found: dict[str, Inline]) -> Any:
    """The value with a mark of its own in place of each file."""
    match value:
        case Inline():
            mark = f"@{uuid4().hex}@"
            found[mark] = value
            return mark
        case Mapping():
            return {name: _marked(one, found) for name, one in value.items()}
        case list() | tuple():
            return [_marked(one, found) for one in value]
        case _:
            return value


async def _filled(
    text: bytes, found: Mapping[str, Inline], files: Files | None, stack: AsyncExitStack
) -> AsyncIterator[Chunk]:
    """The marks stand in the text in the order they were made."""
    for mark, one in found.items():
        before, _, text = text.partition(mark.encode())
        yield before + json.dumps(one.prefix)[1:-1].encode()
        yield await _local(one.key, files, stack), True
    yield text


async def _part(mark: str, name: str, one: str | Part, files: Files | None, stack: AsyncExitStack) -> Sequence[Chunk]:
    if isinstance(one, str):
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{one}\r\n'
        return [head.encode()]
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="{_quoted(name)}"; filename="{_quoted(one.name)}"\r\n'
        f"Content-Type: {one.mime}\r\n\r\n"
    )
    return [head.encode(), (await _local(one.key, files, stack), False), b"\r\n"]


def _quoted(name: str) -> str:
    return name.replace("\\", "_").replace('"', "%22").replace("\r", "").replace("\n", "")


async def _local(key: str, files: Files | None, stack: AsyncExitStack) -> Path:
    if files is None or not key:
        raise InvalidInput("A file is not here yet. Attach it again.")
    try:
        return await stack.enter_async_context(files.local(key))
    except FileNotFoundError as error:
        raise InvalidInput("A file is no longer on the Drive. Attach it again.") from error


async def _streamed(chunks: Sequence[Chunk], kind: str, stack: AsyncExitStack) -> Body:
    sizes = await asyncio.to_thread(lambda: [_size(chunk) for chunk in chunks])
    length = sum(map(_encoded, chunks, sizes))
    headers = {"content-length": str(length)} | ({"content-type": kind} if kind else {})
    pieces = _pieces(chunks, sizes)
    stack.push_async_callback(pieces.aclose)  # whoever reads it may go away in between
    return Body(headers, pieces, length)


def _size(chunk: Chunk) -> int:
    return len(chunk) if isinstance(chunk, bytes) else chunk[0].stat().st_size


def _encoded(chunk: Chunk, size: int) -> int:
    """How many bytes so many become on their way."""
    return -(-size // 3) * 4 if not isinstance(chunk, bytes) and chunk[1] else size


async def _pieces(chunks: Sequence[Chunk], sizes: Sequence[int]) -> AsyncGenerator[bytes, None]:
    """Raises OSError for a file that is no longer as long as it was: h11 would break over it with an error that httpx does not know."""
    for chunk, size in zip(chunks, sizes, strict=True):
        if isinstance(chunk, bytes):
            yield chunk
            continue
        (path, packed), left = chunk, size
        async with opened(lambda path=path: path.open("rb")) as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                left -= len(piece)
                if left < 0:
                    break
                yield await asyncio.to_thread(b64encode, piece) if packed else piece
        if left:
            raise OSError("a file changed while it was sent")
