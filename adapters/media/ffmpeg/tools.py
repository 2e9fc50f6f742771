"""The media port, answered by the worker processes."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from adapters.media.ffmpeg.pool import Pool
from bot.domain.media import Box, Media, MediaKind, MediaLimits


class FFmpegTools:
    """`seconds` bounds looking into a file, `long_seconds` making a new one."""

    def __init__(self, pool: Pool, *, seconds: float = 30.0, long_seconds: float = 180.0) -> None:
        self.pool = pool
        self._seconds = seconds
        self._long_seconds = long_seconds

    async def probe(self, path: Path) -> Media:
        return _media(await self.pool.run("probe", self._seconds, path=str(path)))

    async def fit(self, path: Path, into: Path, limits: MediaLimits) -> tuple[str, ...]:
        words = await self.pool.run("fit", self._long_seconds, path=str(path), into=str(into), limits=asdict(limits))
        return tuple(map(str, words))

    async def poster(self, path: Path, into: Path) -> None:
        await self.pool.run("poster", self._seconds, path=str(path), into=str(into))

    async def last_frame(self, path: Path, into: Path) -> None:
        await self.pool.run("last_frame", self._long_seconds, path=str(path), into=str(into))

    async def sheet(self, stills: Sequence[tuple[Path, str, Box | None]], into: Path) -> None:
        listed = [(str(path), label, asdict(crop) if crop else None) for path, label, crop in stills]
        await self.pool.run("sheet", self._seconds, stills=listed, into=str(into))

    async def aclose(self) -> None:
        await self.pool.aclose()


def _media(answer: dict[str, Any]) -> Media:
    return Media(**{**answer, "kind": MediaKind(answer["kind"]), "traits": frozenset(answer["traits"])})
