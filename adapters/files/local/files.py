"""Files under one root: kept by an exclusive link, read in pieces, never reached through a symbolic link."""

import asyncio
import ctypes
import errno
import filecmp
import hashlib
import os
import stat
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from adapters.kit.keys import Outside, parts_of
from bot.domain.errors import Taken
from bot.ports.files import Stat
from bot.ports.opened import opened
from bot.ports.watch import Unwatched, Watch

PIECE = 1024 * 1024
INCOMING, READING = ".incoming", ".reading"
LEFT_SECONDS = 24 * 3600


_HERE, _NO_REPLACE = -100, 1  # AT_FDCWD and RENAME_NOREPLACE of the kernel
_NO_LINK = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS}


class LocalFiles:
    """`link` makes a public address of a key, good for so many seconds; without it there are none."""

    def __init__(self, root: Path, link: Callable[[str, int], str] | None = None, watch: Watch | None = None) -> None:
        self._root, self._link, self._cleared = root.absolute(), link, False
        self._watch = watch or Unwatched()

    async def keep(self, path: Path, key: str) -> Stat:
        kept = await asyncio.to_thread(self._keep, path, key)
        self._watch.count("stored_files", where="local")
        self._watch.count("stored_bytes", kept.bytes, where="local")
        return kept

    def _keep(self, path: Path, key: str) -> Stat:
        place = self._place(key)
        kept = Stat(bytes=path.stat().st_size, sha256=_written_out(path))
        place.parent.mkdir(parents=True, exist_ok=True)
        self._place(key)  # once more: a folder on the way may have been made into a link
        if not self._moved_in(path, place) and not filecmp.cmp(path, place, shallow=False):
            raise Taken(f"{key!r} is already used")
        _sync_folder(place.parent)
        path.unlink(missing_ok=True)
        return kept

    def _moved_in(self, path: Path, place: Path) -> bool:
        """Whether the file appeared at its place, whole and in one instant; False where something is there already."""
        if not path.is_symlink():
            try:
                return _linked(path, place)
            except OSError as error:
                # Two mounts of one disk look like one disk until a link is asked for, and not every disk has links.
                if error.errno not in _NO_LINK:
                    raise
        if place.exists():
            return False
        copy = self._copied(path)
        try:
            return _linked(copy, place)
        except OSError as error:
            if error.errno not in _NO_LINK:
                raise
            return _renamed(copy, place)
        finally:
            copy.unlink(missing_ok=True)

    def _copied(self, path: Path) -> Path:
        """The same bytes on the root's own disk: only from there can they appear in one instant."""
        copy = self._root / INCOMING / uuid4().hex
        copy.parent.mkdir(exist_ok=True)
        try:
            with path.open("rb") as source, copy.open("xb") as target:
                while piece := source.read(PIECE):
                    target.write(piece)
                target.flush()
                os.fsync(target.fileno())
        except BaseException:
            copy.unlink(missing_ok=True)
            raise
        return copy

    async def open(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        async with opened(lambda: self._open(key)) as file:
            left = await asyncio.to_thread(_seek, file, start, stop)
            while left > 0 and (piece := await asyncio.to_thread(file.read, min(PIECE, left))):
                left -= len(piece)
                yield piece

    def _open(self, key: str) -> BinaryIO:
        place = self._place(key)
        try:
            descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            if error.errno not in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO}:
                raise
            raise FileNotFoundError(f"there is no file {key!r}") from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileNotFoundError(f"{key!r} is not a file")
        return os.fdopen(descriptor, "rb", buffering=0)

    async def stat(self, key: str) -> Stat | None:
        return await asyncio.to_thread(self._stat, key)

    def _stat(self, key: str) -> Stat | None:
        try:
            there = self._place(key).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Stat(bytes=there.st_size) if stat.S_ISREG(there.st_mode) else None

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        """Under a name of its own while the context lasts: the bytes stay readable where the key is forgotten meanwhile."""
        name = self._root / READING / f"{uuid4().hex}{Path(key).suffix}"
        naming = asyncio.create_task(asyncio.to_thread(self._named, key, name))
        try:
            path = await asyncio.shield(naming)
        except asyncio.CancelledError:
            naming.add_done_callback(lambda _: name.unlink(missing_ok=True))  # a thread cannot be stopped
            raise
        try:
            yield path
        finally:
            name.unlink(missing_ok=True)

    def _named(self, key: str, name: Path) -> Path:
        """Where to read the file: under this name too, or where it is."""
        place = self._place(key)
        if not stat.S_ISREG(_mode(place)):
            raise FileNotFoundError(f"there is no file {key!r}")
        if not self._cleared:
            self._cleared = True
            _clear(name.parent)
        try:
            name.parent.mkdir(exist_ok=True)
            os.link(place, name, follow_symlinks=False)
        except FileNotFoundError:
            raise FileNotFoundError(f"there is no file {key!r}") from None
        except OSError:  # a disk without links, or one that is only read
            return place
        return name

    async def copy(self, key: str, to: str) -> None:
        await asyncio.to_thread(self._copy, key, to)

    def _copy(self, key: str, to: str) -> None:
        source, place = self._place(key), self._place(to)
        if not stat.S_ISREG(_mode(source)):
            raise FileNotFoundError(f"there is no file {key!r}")
        place.parent.mkdir(parents=True, exist_ok=True)
        self._place(to)
        if not self._moved_in(source, place) and not filecmp.cmp(source, place, shallow=False):
            raise Taken(f"{to!r} is already used")
        _sync_folder(place.parent)

    async def link(self, key: str, seconds: int) -> str | None:
        return None if self._link is None else self._link(key, seconds)

    async def forget(self, key: str) -> None:
        place = self._place(key)
        with suppress(FileNotFoundError, NotADirectoryError):
            await asyncio.to_thread(place.unlink)

    def _place(self, key: str) -> Path:
        """Raises Outside for a key that could lead anywhere but to a file under the root."""
        parts = parts_of(key)
        if parts[0] in {INCOMING, READING}:
            raise Outside(f"{key!r} is not a key of this Drive")
        place = self._root.joinpath(*parts)
        if any(
            folder.is_symlink()
            for folder in place.parents
            if folder.is_relative_to(self._root) and folder != self._root
        ):
            raise Outside(f"{key!r} leads through a link")
        return place


def _clear(reading: Path) -> None:
    """Names that a process which was killed left: made a day ago or earlier, as a link changes its file's own time of change."""
    oldest = time.time() - LEFT_SECONDS
    for name in reading.glob("*"):
        with suppress(OSError):
            if name.lstat().st_ctime < oldest:
                name.unlink()


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _linked(path: Path, place: Path) -> bool:
    try:
        os.link(path, place, follow_symlinks=False)
    except FileExistsError:
        return False
    return True


def _renamed(copy: Path, place: Path) -> bool:
    """Where there are no links: a move that replaces nothing, by the kernel or else over an empty file made only for it."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return _renamed_over_claim(copy, place)
    if not rename(_HERE, os.fsencode(copy), _HERE, os.fsencode(place), _NO_REPLACE):
        return True
    match ctypes.get_errno():
        case errno.EEXIST:
            return False
        case errno.EINVAL | errno.ENOSYS | errno.ENOTSUP:
            return _renamed_over_claim(copy, place)
        case number:
            raise OSError(number, os.strerror(number), str(place))


def _renamed_over_claim(copy: Path, place: Path) -> bool:
    try:
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644))
    except FileExistsError:
        return False
    try:
        copy.replace(place)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return True


def _seek(file: BinaryIO, start: int, stop: int | None) -> int:
    size = os.fstat(file.fileno()).st_size
    file.seek(start)
    return (size if stop is None else min(stop, size)) - start


def _written_out(path: Path) -> str:
    """The file's SHA-256, once its bytes are safely on the disk."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return digest


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
