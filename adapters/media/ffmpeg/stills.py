"""Stills out of films: the one that stands for it, and the very last."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageStat

from adapters.media.ffmpeg import films
from adapters.media.ffmpeg.pictures import DAMAGED
from adapters.media.ffmpeg.probe import sniffed_file
from bot.domain.errors import Unreadable

POSTER_WIDTH = 1280
POSTER_MOMENTS = (0.4, 0.6, 0.2, 0.0)
_DARK, _FLAT = 16.0, 6.0


def answer_poster(path: str, into: str) -> None:
    still = poster(Path(path))
    still.thumbnail((POSTER_WIDTH, still.height), Image.Resampling.LANCZOS)
    still.save(into, "JPEG", quality=88)


def answer_last_frame(path: str, into: str) -> None:
    with _film(Path(path)) as (container, stream):
        films.as_picture(films.last_frame(container, stream)).save(into, "PNG", compress_level=4)


def poster(path: Path) -> Image.Image:
    """The first of a few moments that shows something: films like to begin and end in the dark, with titles half faded in."""
    best: tuple[float, Image.Image] | None = None
    for still in _candidates(path):
        light = ImageStat.Stat(still.convert("L").resize((64, 36)))
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
        for moment in POSTER_MOMENTS:
            yield films.as_picture(films.frame_at(container, stream, seconds * moment))


@contextmanager
def _film(path: Path) -> Iterator[tuple[films.InputContainer, films.VideoStream]]:
    with films.opened(path, sniffed_file(path).reader) as container:
        stream = films.picture_stream(container)
        if stream is None:
            raise Unreadable("There is no film in it.")
        yield container, stream
