"""The media port, answered by the worker processes."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

from adapters.media.ffmpeg.pool import Pool
from bot.domain.join import FEWEST, LONGEST_FADE, MOST, Join, Joined, Method
from bot.domain.media import Box, Media, MediaKind, MediaLimits


class FFmpegTools:
    """`seconds` bounds looking into a file, `long_seconds` making a new one, `film_seconds` encoding a whole film.

    `films` is where whole films are encoded, else `pool`. With one worker they take turns, as each keeps every processor busy, and
    whoever waits for a poster does not wait for them. `joins` is where films are joined that must be encoded for that, else `films`:
    a merge that nobody pays for does not keep anybody from the film they paid for. What is only copied is done where posters are.
    """

    def __init__(
        self,
        pool: Pool,
        *,
        films: Pool | None = None,
        joins: Pool | None = None,
        seconds: float = 30.0,
        long_seconds: float = 180.0,
        film_seconds: float = 1200.0,
    ) -> None:
        self.pool = pool
        self._films = films or pool
        self._joins = joins or self._films
        self._seconds = seconds
        self._long_seconds = long_seconds
        self._film_seconds = film_seconds

    async def probe(self, path: Path) -> Media:
        return _media(await self.pool.run("probe", self._seconds, path=str(path)))

    async def fit(self, path: Path, into: Path, limits: MediaLimits) -> tuple[str, ...]:
        words = await self.pool.run("fit", self._long_seconds, path=str(path), into=str(into), limits=asdict(limits))
        return tuple(map(str, words))

    async def shrink(self, path: Path, into: Path, max_bytes: int) -> None:
        scratch = into.with_name(f"{into.name}.{uuid4().hex}.passes")
        args = {"path": str(path), "into": str(into), "max_bytes": max_bytes, "scratch": str(scratch)}
        try:
            await self._films.run("shrink", self._film_seconds, stop=True, **args)
        except BaseException:
            # A worker that was ended in the middle could not clear up after itself.
            into.unlink(missing_ok=True)  # noqa: ASYNC240 - instant, and done even when cancelled
            shutil.rmtree(scratch, ignore_errors=True)
            raise

    async def poster(self, path: Path, into: Path) -> None:
        await self.pool.run("poster", self._seconds, path=str(path), into=str(into))

    async def last_frame(self, path: Path, into: Path) -> None:
        await self.pool.run("last_frame", self._long_seconds, path=str(path), into=str(into))

    async def join(
        self,
        clips: Sequence[Path],
        into: Path,
        how: Join,
        *,
        soundtrack: Path | None = None,
        progress: Callable[[float], None] = lambda _: None,
    ) -> Joined:
        _check(clips, how, soundtrack)
        args = {
            "clips": [str(clip) for clip in clips],
            "into": str(into),
            "how": asdict(how),
            "soundtrack": str(soundtrack) if soundtrack else None,
        }
        try:
            answer = await self.pool.run("copy_joined", self._long_seconds, stop=True, **args)
            if not answer["copied"]:
                await self._joins.run("encode_joined", self._film_seconds, stop=True, tell=progress, **args)
        except BaseException:
            # A worker that was ended in the middle could not clear up after itself.
            into.unlink(missing_ok=True)  # noqa: ASYNC240 - instant, and done even when cancelled
            raise
        progress(1.0)
        return Joined(Method.copied if answer["copied"] else Method.encoded, str(answer["why"]))

    async def sheet(self, stills: Sequence[tuple[Path, str, Box | None]], into: Path) -> None:
        listed = [(str(path), label, asdict(crop) if crop else None) for path, label, crop in stills]
        await self.pool.run("sheet", self._seconds, stills=listed, into=str(into))

    async def aclose(self) -> None:
        await self.pool.aclose()
        await self._films.aclose()
        await self._joins.aclose()


def _check(clips: Sequence[Path], how: Join, soundtrack: Path | None) -> None:
    if not FEWEST <= len(clips) <= MOST:
        raise ValueError(f"{len(clips)} clips are to be joined, not {FEWEST} to {MOST}")
    if not 0 <= how.fade_seconds <= LONGEST_FADE:
        raise ValueError(f"a fade of {how.fade_seconds} s is not between 0 and {LONGEST_FADE}")
    if how.soundtrack and soundtrack is None:
        raise ValueError("there is no soundtrack to lay under the clips")


def _media(answer: dict[str, Any]) -> Media:
    return Media(**{**answer, "kind": MediaKind(answer["kind"]), "traits": frozenset(answer["traits"])})
