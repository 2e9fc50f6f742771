"""Mending films and sounds: trimmed, scaled down, or converted by ffmpeg, which the worker's limits hold too."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from adapters.media.ffmpeg.probe import probe, sniffed_file
from adapters.media.ffmpeg.running import run
from bot.domain.errors import Unreadable
from bot.domain.formats import codec_name, format_name
from bot.domain.media import SECONDS_SLACK, Media, MediaKind, MediaLimits
from bot.domain.units import seconds_text, side_text

# A cut ends a little early: the last packet is written whole, and a strict model counts it.
CUT_EARLY = 0.05
_H264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "17", "-pix_fmt", "yuv420p")
_SOUNDS = {".mp3": ("-c:a", "libmp3lame", "-q:a", "2"), ".wav": ("-c:a", "pcm_s16le")}


def encode(path: Path, into: Path, media: Media, limits: MediaLimits) -> tuple[str, ...]:
    """Copies the streams where only the end is cut off and that is enough; encodes them anew otherwise."""
    problems = {problem.what for problem in limits.check(media) if problem.mendable}
    if media.kind is MediaKind.audio:
        _run(path, into, (*_cut(problems, limits), "-vn", *_SOUNDS.get(into.suffix.lower(), _SOUNDS[".mp3"])))
    elif not (problems == {"Length"} and _copied(path, into, limits)):
        _run(path, into, (*_cut(problems, limits), *_film(media, limits)))
    return tuple(_words(media, probe(into), problems))


def _copied(path: Path, into: Path, limits: MediaLimits) -> bool:
    streams = ("-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-movflags", "+faststart")
    _run(path, into, (*_cut({"Length"}, limits), *streams))
    return not limits.check(probe(into))


def _cut(problems: set[str], limits: MediaLimits) -> tuple[str, ...]:
    if "Length" not in problems or limits.max_seconds is None:
        return ()
    return "-t", f"{limits.max_seconds - CUT_EARLY:.3f}"


def _film(media: Media, limits: MediaLimits) -> Iterator[str]:
    yield from ("-map", "0:v:0", "-map", "0:a:0?", *_H264, "-movflags", "+faststart")
    yield from ("-c:a", "aac", "-b:a", "192k") if "aac" in (limits.audio_codecs or ("aac",)) else _SOUNDS[".mp3"]
    width, height = (max(2, int(side * limits.scale(media) / 2) * 2) for side in (media.width or 2, media.height or 2))
    yield from ("-vf", f"scale={width}:{height}:flags=lanczos,setsar=1")


def _run(path: Path, into: Path, wanted: Sequence[str]) -> None:
    safe = ("-protocol_whitelist", "file", "-f", sniffed_file(path).reader, "-i", f"file:{path.absolute()}")
    if run((*safe, *wanted, "-map_metadata", "-1", "-sn", "-dn", f"file:{into.absolute()}")):
        into.unlink(missing_ok=True)
        raise Unreadable("It cannot be converted: it is damaged or made in a way that is not known here.")


def _words(old: Media, new: Media, problems: set[str]) -> Iterator[str]:
    if old.mime != new.mime:
        yield f"converted from {format_name(old.mime)} to {format_name(new.mime)}"
    if "Video codec" in problems and old.video_codec and new.video_codec:
        yield f"pictures converted from {codec_name(old.video_codec)} to {codec_name(new.video_codec)}"
    if "Audio codec" in problems and old.audio_codec and new.audio_codec:
        yield f"sound converted from {codec_name(old.audio_codec)} to {codec_name(new.audio_codec)}"
    if "Picture size" in problems:
        before = side_text(old.width or 0, old.height or 0)
        yield f"scaled from {before} to {side_text(new.width or 0, new.height or 0)}"
    if (old.seconds or 0) > (new.seconds or 0) + SECONDS_SLACK and "Length" in problems:
        yield f"trimmed from {seconds_text(old.seconds or 0)} to {seconds_text(new.seconds or 0)}"
