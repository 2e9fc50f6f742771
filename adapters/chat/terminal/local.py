"""Files on this machine: what a person attaches, and where the film goes. Nothing is ever overwritten."""

import asyncio
import os
from collections.abc import AsyncIterator
from errno import EEXIST
from itertools import islice
from pathlib import Path
from secrets import token_hex
from tempfile import NamedTemporaryFile

from bot.domain.chat import Attachment
from bot.domain.drive import numbered
from bot.domain.errors import BadMedia, BadRequest
from bot.domain.plain import plain

PIECE = 1024 * 1024
MOST_NUMBERS = 1000


async def read(attachment: Attachment) -> AsyncIterator[bytes]:
    """The file's bytes in pieces. Raises BadMedia where it cannot be read."""
    name = plain(attachment.name or attachment.id)
    try:
        file = await asyncio.to_thread(Path(attachment.id).open, "rb")
    except OSError as error:
        raise BadMedia(f"{name} cannot be read: {_why(error)}. Check the path and try again.") from error
    with file:
        while True:
            try:
                piece = await asyncio.to_thread(file.read, PIECE)
            except OSError as error:
                raise BadMedia(f"{name} cannot be read: {_why(error)}. Check the path and try again.") from error
            if not piece:
                return
            yield piece


async def write(pieces: AsyncIterator[bytes], wanted: Path, name: str) -> Path:
    """Saves a film as `wanted`, or into it where that is a folder; with a number added where the name is taken.

    Raises BadRequest where it cannot be written. A reader sees the whole film or none.
    """
    target = wanted / name if await asyncio.to_thread(wanted.is_dir) else wanted
    part = target.with_name(f".clapper-{token_hex(6)}.part")
    try:
        await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
        with part.open("wb") as file:
            async for piece in pieces:
                await asyncio.to_thread(file.write, piece)
        return await asyncio.to_thread(_link_free, part, target)
    except OSError as error:
        raise BadRequest(
            f"The film cannot be saved as {target}: {_why(error)}. It is kept on the Drive; choose another --out."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def check_writable(wanted: Path) -> None:
    """Raises BadRequest where a film could not be saved there, so that it is known before anything is spent."""
    folder = wanted if wanted.is_dir() else wanted.parent
    while not folder.exists():
        folder = folder.parent
    try:
        with NamedTemporaryFile(dir=folder, prefix=".clapper-"):
            pass
    except OSError as error:
        raise BadRequest(
            f"The film cannot be saved as {wanted}: {folder} is not a folder you may write to ({_why(error)}). Choose another --out."
        ) from error


def _link_free(part: Path, target: Path) -> Path:
    """Gives the finished file the first free name: a link never replaces what is there."""
    for path in islice(numbered(target.name), MOST_NUMBERS):
        free = target.with_name(path)
        try:
            os.link(part, free)
        except FileExistsError:
            continue
        except OSError:  # a disk without links: the name is claimed first, then filled
            try:
                free.open("xb").close()
            except FileExistsError:
                continue
            part.replace(free)
        return free
    raise FileExistsError(EEXIST, f"{MOST_NUMBERS} films of that name are there already")


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
