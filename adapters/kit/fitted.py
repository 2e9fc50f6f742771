"""A film of the Drive at a size that a chat takes: the film itself where it is small enough, else a smaller copy for a while."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from bot.domain.media import Media
from bot.domain.units import size_text
from bot.ports.files import Files
from bot.ports.media import MediaTools
from bot.ports.opened import opened

PIECE = 1024 * 1024
PREFIX = "fitted-"
ABANDONED_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Fitted:
    """`path` is the copy, there while the context lasts; None where the Drive's own film fits. `say` is for people, empty then."""

    key: str
    size_bytes: int
    files: Files
    path: Path | None = None
    say: str = ""

    async def open(self, start: int = 0) -> AsyncIterator[bytes]:
        """The bytes to post from `start` on, in pieces of at most 1 MiB; may be opened again for another try."""
        if (path := self.path) is None:
            async for piece in self.files.open(self.key, start):
                yield piece
            return
        async with opened(lambda: path.open("rb")) as file:
            await asyncio.to_thread(file.seek, start)
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece


@asynccontextmanager
async def fitted(
    files: Files, media: MediaTools, key: str, max_bytes: int, folder: Path, *, inline: bool = False
) -> AsyncIterator[Fitted]:
    """The film under `key` in at most `max_bytes`; a copy is made in `folder`, under a name of its own, and removed afterwards.

    `inline` is for a chat that plays H.264 with AAC in an MP4 and nothing else: a film of another kind is written anew as well.
    Raises FileNotFoundError where the Drive has no such film, Unreadable where nothing watchable fits.
    """
    there = await files.stat(key)
    if there is None:
        raise FileNotFoundError(f"there is no file {key!r}")
    fits = there.bytes <= max_bytes
    if fits and not inline:
        yield Fitted(key, there.bytes, files)
        return
    async with files.local(key) as original:
        if fits and _plays_inline(await media.probe(original)):
            yield Fitted(key, there.bytes, files)
            return
        copy = folder / f"{PREFIX}{uuid4().hex}.mp4"
        await asyncio.to_thread(_ready, folder)
        try:
            await media.shrink(original, copy, max_bytes)
            size = (await asyncio.to_thread(copy.stat)).st_size
            yield Fitted(key, size, files, copy, _words(size, there.bytes, None if fits else max_bytes))
        finally:
            copy.unlink(missing_ok=True)


def _plays_inline(film: Media) -> bool:
    return film.mime == "video/mp4" and film.video_codec == "h264" and film.audio_codec in {None, "aac"}


def _words(size: int, original: int, max_bytes: int | None) -> str:
    if max_bytes is None:
        return "The chat does not play this kind of film; a copy it plays is posted, the original is on the Drive."
    most, copy, whole = map(size_text, (max_bytes, size, original))
    return f"The chat takes at most {most}; a smaller copy ({copy} of {whole}) is posted, the original is on the Drive."


def _ready(folder: Path) -> None:
    """Makes the folder, and clears away what a process left there when it was killed."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):  # another posting ends at the same time
            if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
