"""Uploads, kept with the Drive's bytes so that every replica can read them, and forgotten after a week."""

import asyncio
import json
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from pathlib import Path

from bot.domain.chat import Attachment
from bot.domain.errors import BadMedia
from bot.ports.files import Files

KEPT = timedelta(days=7)
ARRIVING = timedelta(days=1)  # longer than any upload takes
FOLDER = ".uploads"
_ID = re.compile(r"[0-9a-f]{32}/\d{1,3}")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that came with a form: where it lies for now, and its name and type as the sender says."""

    path: Path
    name: str
    mime: str
    bytes: int


def upload_key(attachment_id: str) -> str:
    return f"{FOLDER}/{attachment_id}"


class Spool:
    def __init__(self, folder: Path, files: Files) -> None:
        self._arriving = folder / "arriving"
        self._kept = folder / "uploads"
        self._files = files

    def new(self) -> Path:
        """An empty folder for one form's files."""
        folder = self._arriving / secrets.token_hex(16)
        folder.mkdir(parents=True)
        return folder

    async def discard(self, folder: Path) -> None:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def keep(self, folder: Path, arrived: Iterable[Arrived], at: datetime) -> tuple[Attachment, ...]:
        """Moves the files to where they stay. The note of them is written first, so that none is ever forgotten about."""
        files = tuple(arrived)
        ids = [f"{folder.name}/{number}" for number in range(len(files))]
        if ids:
            await asyncio.to_thread(self._note, folder.name, ids, at)
        for id, file in zip(ids, files, strict=True):
            await self._files.keep(file.path, upload_key(id))
        await self.discard(folder)
        return tuple(
            Attachment(id=id, name=file.name, mime=file.mime, bytes=file.bytes)
            for id, file in zip(ids, files, strict=True)
        )

    async def forget(self, upload: str) -> None:
        """Deletes what came with one form, named by the first part of its attachments' ids."""
        note = self._kept / f"{upload}.json"
        for id in await asyncio.to_thread(_ids, note):
            await self._files.forget(upload_key(id))
        await asyncio.to_thread(note.unlink, missing_ok=True)

    def open(self, attachment: Attachment) -> AsyncIterator[bytes]:
        return self._open(attachment)

    async def _open(self, attachment: Attachment) -> AsyncIterator[bytes]:
        gone = BadMedia(
            f"{attachment.name or 'The file'} is no longer here: uploads are kept for {KEPT.days} days. Attach it again."
        )
        if not _ID.fullmatch(attachment.id):
            raise gone
        try:
            async for piece in self._files.open(upload_key(attachment.id)):
                yield piece
        except FileNotFoundError as error:
            raise gone from error

    async def sweep(self, now: datetime) -> int:
        """Clears what was cut off by a stop long ago, and uploads older than a week; gives how many of those.

        By age alone: another process may be receiving into the same folder.
        """
        await asyncio.to_thread(self._clear_arriving, now - ARRIVING)
        old = await asyncio.to_thread(self._old, now - KEPT)
        for upload in old:
            await self.forget(upload)
        return len(old)

    def _note(self, upload: str, ids: list[str], at: datetime) -> None:
        self._kept.mkdir(parents=True, exist_ok=True)
        note = self._kept / f"{upload}.json"
        note.write_text(json.dumps(ids))
        os.utime(note, (at.timestamp(), at.timestamp()))

    def _clear_arriving(self, before: datetime) -> None:
        if not self._arriving.is_dir():
            return
        for folder in self._arriving.iterdir():
            if _last_touched(folder) < before.timestamp():
                shutil.rmtree(folder, ignore_errors=True)

    def _old(self, before: datetime) -> list[str]:
        if not self._kept.is_dir():
            return []
        return [note.stem for note in self._kept.glob("*.json") if _changed(note) < before.timestamp()]


def _last_touched(folder: Path) -> float:
    return max(_changed(path) for path in (folder, *folder.glob("*")))


def _changed(path: Path) -> float:
    """Never old, where another process took it away meanwhile: it is not ours to clear."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return inf


def _ids(note: Path) -> list[str]:
    with suppress(FileNotFoundError, ValueError):
        return [id for id in json.loads(note.read_text()) if _ID.fullmatch(id)]
    return []
