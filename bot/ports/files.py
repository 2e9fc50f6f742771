"""The Drive's bytes: named, never overwritten, streamed."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stat:
    bytes: int
    sha256: str = ""


class Files(Protocol):
    """Keys are relative POSIX paths, already safe (`bot.domain.drive`); an adapter still refuses one that leaves its root."""

    async def keep(self, path: Path, key: str) -> Stat:
        """Moves a local file in under `key`, atomically: a reader sees all of it or nothing. `path` is gone afterwards.

        Keeping the same bytes under the same key again is fine; raises Taken where other bytes are there.
        """
        ...

    def open(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to but not including `stop`, in pieces of at most 1 MiB. Raises FileNotFoundError."""
        ...

    async def stat(self, key: str) -> Stat | None: ...

    def local(self, key: str) -> AbstractAsyncContextManager[Path]:
        """A local, read-only path to the bytes while the context lasts. Raises FileNotFoundError."""
        ...

    async def copy(self, key: str, to: str) -> None:
        """The same bytes under another key too, without a way through here where the store can. Copying again is fine.

        Raises FileNotFoundError where nothing is under `key`, Taken where other bytes are under `to`.
        """
        ...

    async def link(self, key: str, seconds: int) -> str | None:
        """A public URL good for that long, None where this store has none."""
        ...

    async def forget(self, key: str) -> None:
        """Deletes; nothing happens where nothing is."""
        ...
