"""What the doctor tries of a bucket: all that a Drive is used for, with small files that are gone afterwards."""

import asyncio
import os
import tempfile
from pathlib import Path
from uuid import uuid4

from adapters.files.s3.files import S3Files
from adapters.files.s3.sending import described
from bot.domain.errors import Taken
from bot.ports.examine import Seen
from bot.ports.parts import Parts

BYTES = 4096


class _Wrong(Exception):
    """It answered, and not as it should."""


async def probe(files: S3Files, parts: Parts) -> Seen:
    url, name = parts.settings["url"], f".doctor-{uuid4().hex}"
    try:
        with tempfile.TemporaryDirectory(prefix="clapper-doctor-") as folder:
            await _tried(files, Path(folder), f"{name}-a", f"{name}-b")
    except _Wrong as wrong:
        return Seen(f"{url} {wrong}.", "Use a store that keeps to If-None-Match, or a newer version of it.", stops=True)
    except OSError as error:
        return Seen(f"{error.strerror or error}.", "Clapper cannot keep films before this is mended.", stops=True)
    return Seen(f"{url} can be written, read, copied and deleted, and overwrites nothing.")


async def _tried(files: S3Files, folder: Path, first: str, second: str) -> None:
    wrote = {key: os.urandom(BYTES) for key in (first, second)}
    try:
        for key, held in wrote.items():
            path = await _written(folder / "kept", held)
            await files.keep(path, key)
        other = await _written(folder / "other", os.urandom(BYTES))
        if await files.put(other, first, await asyncio.to_thread(described, other)):
            raise _Wrong("overwrites what is there when a file is kept")
        await _copied(files, first, second)
        for key, held in wrote.items():
            if b"".join([piece async for piece in files.open(key)]) != held:
                raise _Wrong("gave back other bytes than were written")
    finally:
        for key in wrote:
            await files.forget(key)
    if await files.stat(first) is not None:
        raise _Wrong("does not delete")


async def _copied(files: S3Files, first: str, second: str) -> None:
    try:
        await files.copy(first, second)
    except Taken:
        return
    raise _Wrong("overwrites what is there when a file is copied")


async def _written(path: Path, held: bytes) -> Path:
    await asyncio.to_thread(path.write_bytes, held)
    return path
