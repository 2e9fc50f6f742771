"""What a file really is: sniffed, hashed, measured, and read to its end."""

import hashlib
import stat
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from adapters.media.ffmpeg import films, pictures
from adapters.media.ffmpeg.boxes import quarter_turns
from adapters.media.ffmpeg.sniff import HEAD_BYTES, Sniffed, sniff
from bot.domain.errors import Unreadable
from bot.domain.media import Media, MediaKind

_STREAMED = frozenset({0, 0xFFFFFFFF})  # a WAV written on the fly does not know its length


def answer_probe(path: str) -> Mapping[str, Any]:
    media = probe(Path(path))
    return {**asdict(media), "traits": sorted(media.traits)}


def probe(path: Path) -> Media:
    sniffed = sniffed_file(path)
    hashed = _beside().submit(_sha256, path)
    media = measured(path, sniffed)
    return replace(media, sha256=hashed.result())


def sniffed_file(path: Path) -> Sniffed:
    there = path.stat()
    if not stat.S_ISREG(there.st_mode):
        raise Unreadable("It is not an ordinary file.")
    if not there.st_size:
        raise Unreadable("It is empty: it has 0 bytes.")
    with path.open("rb") as file:
        return sniff(file.read(HEAD_BYTES))


@cache
def _beside() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def measured(path: Path, sniffed: Sniffed) -> Media:
    size = path.stat().st_size
    if sniffed.kind is MediaKind.image:
        return _picture(path, sniffed, size)
    with films.opened(path, sniffed.reader) as container:
        film = films.picture_stream(container)
        if film:
            return _film(path, sniffed, size, container, film)
        return _sound(path, sniffed, size, container)


def _picture(path: Path, sniffed: Sniffed, size: int) -> Media:
    with pictures.opened(path, sniffed.reader) as image:
        traits = pictures.traits(image, path)
        width, height = pictures.displayed_size(image)
        pictures.decode(image)
    return Media(kind=MediaKind.image, mime=sniffed.mime, bytes=size, width=width, height=height, traits=traits)


def _film(path: Path, sniffed: Sniffed, size: int, container: films.InputContainer, film: films.VideoStream) -> Media:
    width, height, turns = _shape(path, container, film)
    # Only an index that counts the frames gives a true average; a film in fragments has none.
    rate = (film.average_rate if film.frames else None) or film.guessed_rate or film.average_rate
    seconds = films.length(container, film)
    pictures_last = films.picture_length(seconds, film)
    sound = next(iter(container.streams.audio), None)
    return Media(
        kind=MediaKind.video,
        mime=sniffed.mime,
        bytes=size,
        width=height if turns % 2 else width,
        height=width if turns % 2 else height,
        seconds=None if seconds is None else round(seconds, 3),
        fps=round(float(rate), 3) if rate else None,
        video_codec=films.codec_of(film),
        audio_codec=films.codec_of(sound) if sound else None,
        traits=frozenset({"rotated"} if turns else ()),
        picture_seconds=None if pictures_last is None else round(pictures_last, 3),
    )


def _shape(path: Path, container: films.InputContainer, film: films.VideoStream) -> tuple[int, int, int]:
    """Width, height and quarter turns of a film that is all there; decoded at both ends unless its container vouches for them."""
    if films.is_cut_off(film, path):
        raise Unreadable(pictures.DAMAGED)
    turns = quarter_turns(path, film.id) if films.is_well_formed(container, film, path) else None
    # A film may name another file to take its pictures from, which FFmpeg does not open: then no packet comes.
    if turns is not None and film.width and film.height and next(container.demux(film)).size:
        return film.width, film.height, turns
    frame = films.key_frame(container, film)
    if not films.tail_is_there(container, film):
        raise Unreadable(pictures.DAMAGED)
    return frame.width, frame.height, round(frame.rotation / 90) % 4


def _sound(path: Path, sniffed: Sniffed, size: int, container: films.InputContainer) -> Media:
    sound = next(iter(container.streams.audio), None)
    if sound is None:
        raise Unreadable("There is neither a picture nor a sound in it.")
    whole = sniffed.reader != "wav" or _wav_is_whole(path)
    if not whole or next(container.decode(sound), None) is None:
        raise Unreadable(pictures.DAMAGED)
    said = films.length(container, sound)
    end = films.last_moment(container, sound)
    if said and end is not None and end < said - max(0.5, said * 0.1):
        raise Unreadable(pictures.DAMAGED)
    seconds = said if end is None else end
    return Media(
        kind=MediaKind.audio,
        mime=_sound_mime(sniffed.mime),
        bytes=size,
        seconds=None if seconds is None else round(seconds, 3),
        audio_codec=films.codec_of(sound),
    )


def _wav_is_whole(path: Path) -> bool:
    """Whether the samples a WAV promises are all there; FFmpeg reads a shorter one without a word."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(12)
        while len(chunk := file.read(8)) == 8:
            length = int.from_bytes(chunk[4:], "little")
            if chunk[:4] == b"data":
                return length in _STREAMED or file.tell() + length <= size
            file.seek(length + length % 2, 1)
    return False


def _sound_mime(mime: str) -> str:
    return {"video/quicktime": "audio/mp4", "video/webm": "audio/webm"}.get(mime, mime.replace("video/", "audio/"))
