"""Fetching a URL a person named, safely."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Fetched:
    """`name` and `mime` are as the server claims; only ever shown."""

    name: str
    mime: str
    bytes: int


class Fetch(Protocol):
    async def __call__(self, url: str, into: Path, *, max_bytes: int) -> Fetched:
        """Streams a public http(s) URL to a local file within size and time.

        Raises BadMedia, saying which rule was broken: scheme, private address, redirect, size, time, status.
        """
        ...
