"""Looking into and cutting media files. All work is done off the event loop."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from bot.domain.join import Join, Joined
from bot.domain.media import Box, Media, MediaLimits


class MediaTools(Protocol):
    """Paths are local files; `into` is where the result is written, its suffix naming the format."""

    async def probe(self, path: Path) -> Media:
        """What the file really is, hashed and measured within limits of time, memory and pixels.

        Raises Unreadable for what is not a picture, film or sound, is cut off, points at other files or is a bomb.
        """
        ...

    async def fit(self, path: Path, into: Path, limits: MediaLimits) -> tuple[str, ...]:
        """Writes a copy mended to the limits where that is safe; the words say what was done ("converted from HEIC to JPEG").

        Nothing is written and () returned where nothing needs mending.
        """
        ...

    async def shrink(self, path: Path, into: Path, max_bytes: int) -> None:
        """Writes the film anew as H.264 and AAC in an MP4 of at most `max_bytes`, as good as fits. Raises Unreadable where nothing fits."""
        ...

    async def poster(self, path: Path, into: Path) -> None:
        """A still that stands for the film: JPEG, the film's own size up to 1280 pixels wide."""
        ...

    async def last_frame(self, path: Path, into: Path) -> None:
        """The very last frame, as PNG, in the film's full size."""
        ...

    async def join(
        self,
        clips: Sequence[Path],
        into: Path,
        how: Join,
        *,
        soundtrack: Path | None = None,
        progress: Callable[[float], None] = lambda _: None,
    ) -> Joined:
        """Writes the films one after the other as one MP4: their streams as they are where all agree, encoded anew otherwise.

        `progress` is told how much is done, from 0 to 1, on the event loop. Nothing works on it any more once a cancelled call returns.
        Raises Unreadable, naming the clip by its place, where one cannot be used, and OSError where the disk is full.
        """
        ...

    async def sheet(self, stills: Sequence[tuple[Path, str, Box | None]], into: Path) -> None:
        """A numbered contact sheet of (file, label, crop to draw), as JPEG: pictures, frames of films, wave forms of sounds."""
        ...
