"""Stills out of films: the one that stands for it, and the very last."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from av.error import FFmpegError
from PIL import Image, ImageStat

from adapters.media.ffmpeg import films
from adapters.media.ffmpeg.pictures import DAMAGED
from adapters.media.ffmpeg.probe import sniffed_file
from bot.domain.errors import Unreadable

POSTER_WIDTH = 1280
POSTER_MOMENTS = (0.4, 0.6, 0.2, 0.0)
_DARK, _FLAT = 16.0, 6.0


def answer_poster(path: str, into: str) -> None:
    poster(Path(path)).save(into, "JPEG", quality=88)


def answer_last_frame(path: str, into: str) -> None:
    with _film(Path(path)) as (container, stream):
        films.as_picture(films.last_frame(container, stream)).save(into, "PNG", compress_level=4)


def poster(path: Path) -> Image.Image:
    """The first of a few moments that shows something, at most POSTER_WIDTH wide: films like to begin and end in the dark.

    Key frames come first: each is there at once, where any other frame asks for all between it and the key frame before it.
    """
    best: tuple[float, Image.Image] | None = None
    for still in _candidates(path):
        light = ImageStat.Stat(still.resize((64, 36), Image.Resampling.NEAREST).convert("L"))
        if light.mean[0] > _DARK and light.stddev[0] > _FLAT:
            return still
        if best is None or light.stddev[0] > best[0]:
            best = light.stddev[0], still
    if best is None:
        raise Unreadable(DAMAGED)
    return best[1]


def _candidates(path: Path) -> Iterator[Image.Image]:
    with _film(path) as (container, stream):
        seconds = films.length(container, stream) or 0.0
        yield from (films.as_picture(frame, POSTER_WIDTH) for frame in _key_frames(container, stream, seconds))
    with _film(path) as (container, stream):
        for moment in POSTER_MOMENTS:
            yield films.as_picture(films.frame_at(container, stream, seconds * moment), POSTER_WIDTH)


def _key_frames(
    container: films.InputContainer, stream: films.VideoStream, seconds: float
) -> Iterator[films.VideoFrame]:
    """Nothing where a film cannot be read from its key frames alone."""
    tried: set[int | None] = set()
    for moment in POSTER_MOMENTS:
        try:
            frame = films.key_frame_near(container, stream, seconds * moment)
        except (FFmpegError, Unreadable):
            return
        if frame.pts not in tried:
            tried.add(frame.pts)
            yield frame


@contextmanager
def _film(path: Path) -> Iterator[tuple[films.InputContainer, films.VideoStream]]:
    with films.opened(path, sniffed_file(path).reader) as container:
        stream = films.picture_stream(container)
        if stream is None:
            raise Unreadable("There is no film in it.")
        yield container, stream
