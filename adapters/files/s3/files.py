"""Files in a bucket: kept by a conditional write, read a few megabytes at a time, so that who reads slowly holds no connection."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar
from uuid import uuid4

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError

from adapters.files.s3.bucket import Bucket
from adapters.files.s3.sending import Described, described, send
from adapters.files.s3.trouble import trouble
from adapters.kit.keys import parts_of
from adapters.kit.links import Links, secret
from adapters.kit.sniffed import UNKNOWN
from bot.domain.errors import Taken
from bot.ports.files import Stat
from bot.ports.opened import opened
from bot.ports.parts import Parts

T = TypeVar("T")

PIECE = 1024 * 1024
BLOCK = 4 * PIECE
ASKING, SENDING = 32, 4  # requests at a time
TRIES = 2  # of what obstore itself tries again where it can tell
SIGNED = timedelta(hours=1)
LONGEST = 7 * 24 * 3600  # as long as a signature is good for


class S3Files:
    def __init__(self, bucket: Bucket, parts: Parts) -> None:
        self._bucket, self._folder, self._clock, self._watch = bucket, parts.folder, parts.clock, parts.watch
        self._store = bucket.store()
        self._asking, self._sending = asyncio.Semaphore(ASKING), asyncio.Semaphore(SENDING)
        self._page, token = parts.settings.get("public_url", ""), parts.settings.get("token", "")
        self._links = Links(secret(parts.folder, token)) if self._page and token else None

    async def keep(self, path: Path, key: str) -> Stat:
        """What is there already is compared byte by byte: it may be this very file, sent before its answer was lost."""
        _checked(key)
        it = await asyncio.to_thread(described, path)
        async with self._sending:
            if await self.stat(key) is not None or not await self.put(path, key, it):
                await self._same(key, it.stat)
        await asyncio.to_thread(path.unlink, missing_ok=True)
        self._watch.count("stored_files", where="s3")
        self._watch.count("stored_bytes", it.stat.bytes, where="s3")
        return it.stat

    async def put(self, path: Path, key: str, it: Described) -> bool:
        """One conditional write; False where something is there."""
        url = await self._ask(lambda: obstore.sign_async(self._store, "PUT", key, SIGNED))
        return await send(path, url, it)

    async def _same(self, key: str, it: Stat) -> None:
        there = await self.stat(key)
        if there is None:
            raise BlockingIOError(f"{key!r} was deleted while it was kept")
        if there.bytes != it.bytes or await self._digest(key) != it.sha256:
            raise Taken(f"{key!r} is already used")

    async def open(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        if not await self._reaches(key, start, stop):
            return
        at, etag = start, None
        while stop is None or at < stop:
            end = min(at + BLOCK, at + BLOCK if stop is None else stop)
            block, etag, size = await self._block(key, at, end, etag)
            for offset in range(0, len(block), PIECE):
                yield bytes(block[offset : offset + PIECE])
            at = end
            if at >= size:
                return

    async def _reaches(self, key: str, start: int, stop: int | None) -> bool:
        """Whether there is anything to read from there on. Raises FileNotFoundError."""
        there = await self.stat(key)
        if there is None:
            raise FileNotFoundError(f"there is no file {key!r}")
        return start < there.bytes and (stop is None or start < stop)

    async def _block(self, key: str, at: int, end: int, etag: str | None) -> tuple[memoryview, str | None, int]:
        """Its bytes, and the file's ETag and size. The bucket keeps to one file: it may be deleted and another kept there meanwhile."""
        options: Any = {"range": (at, end), **({"if_match": etag} if etag else {})}

        async def get() -> tuple[memoryview, str | None, int]:
            got = await obstore.get_async(self._store, key, options=options)
            return memoryview(await got.bytes_async()), got.meta["e_tag"], got.meta["size"]

        return await self._ask(get, again=True)

    async def stat(self, key: str) -> Stat | None:
        try:
            _checked(key)
            there = await self._ask(lambda: obstore.head_async(self._store, key))
        except FileNotFoundError:
            return None
        except PermissionError:
            start: Any = {"range": (0, 1)}  # the answer to a HEAD has no words: this one says why
            await self._ask(lambda: obstore.get_async(self._store, key, options=start))
            raise
        return Stat(there["size"])

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        path = self._folder / f"drive-{uuid4().hex}{PurePosixPath(key).suffix}"
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        try:
            async with opened(lambda: path.open("xb")) as file:
                async for piece in self.open(key):
                    await asyncio.to_thread(file.write, piece)
            yield path
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def copy(self, key: str, to: str) -> None:
        _checked(key)
        _checked(to)
        head: Any = {"head": True}
        there = await self._ask(lambda: obstore.get_async(self._store, key, options=head))
        store = self._bucket.store(str(there.attributes.get("Content-Type") or UNKNOWN))
        try:
            await self._ask(lambda: obstore.copy_async(store, key, to, overwrite=False), again=True)
        except AlreadyExistsError:
            await self._same(to, Stat(there.meta["size"], await self._digest(key)))

    async def link(self, key: str, seconds: int) -> str | None:
        """The bucket's own address; else one of the web page, where the bucket is inside and the page is not."""
        if self._bucket.public:
            good = timedelta(seconds=max(1, min(seconds, LONGEST)))
            return await self._ask(lambda: obstore.sign_async(self._store, "GET", _checked(key), good))
        if self._links is None:
            return None
        return self._page.rstrip("/") + self._links.path(key, self._clock.now().timestamp(), seconds=seconds)

    async def forget(self, key: str) -> None:
        _checked(key)
        try:
            await self._ask(lambda: obstore.delete_async(self._store, key), again=True)
        except FileNotFoundError:
            return

    async def _digest(self, key: str) -> str:
        sha = hashlib.sha256()
        async for piece in self.open(key):
            await asyncio.to_thread(sha.update, piece)
        return sha.hexdigest()

    async def _ask(self, asking: Callable[[], Awaitable[T]], *, again: bool = False) -> T:
        """One request, with the errors of the port; `again` for what does no harm twice, as an answer may break in the middle."""
        left = TRIES if again else 1
        while True:
            left -= 1
            try:
                async with self._asking:
                    return await asking()
            except AlreadyExistsError:
                raise
            except (BaseError, FileNotFoundError) as error:
                wrong = trouble(str(error))
                if not left or isinstance(wrong, FileNotFoundError | PermissionError):
                    raise wrong from None  # its own words hold signatures


def _checked(key: str) -> str:
    parts_of(key)
    return key
