"""Looks into and cuts media files with PyAV, Pillow and ffmpeg, in worker processes, because files are hostile."""

from typing import TYPE_CHECKING

from bot.ports.parts import Parts

if TYPE_CHECKING:
    from adapters.media.ffmpeg.tools import FFmpegTools


def create(parts: Parts) -> "FFmpegTools":
    """The tools; no process is started before the first call. `settings["workers"]` is how many there may be, 2 unless said.

    One more encodes whole films, one at a time, and one joins them.
    """
    from adapters.media.ffmpeg.pool import Pool  # noqa: PLC0415 - loaded when first made
    from adapters.media.ffmpeg.tools import FFmpegTools  # noqa: PLC0415 - loaded when first made

    short = Pool(workers=int(parts.settings.get("workers", "2")), watch=parts.watch)
    return FFmpegTools(short, films=Pool(workers=1, watch=parts.watch), joins=Pool(workers=1, watch=parts.watch))
