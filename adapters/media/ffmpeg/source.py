"""What a film brings that matters to writing it anew: its shape on the screen, its rate, its colours, its sound."""

from dataclasses import dataclass
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from adapters.media.ffmpeg import films
from adapters.media.ffmpeg.probe import measured, sniffed_file
from bot.domain.errors import Unreadable
from bot.domain.media import Media, MediaKind

MOST_RATE = 60.0
_UNSAID, _PQ, _HLG = 2, 16, 18  # transfer curves of HDR, by their numbers in H.273
_LAYOUTS_COPIED = 2
_NO_FILM = "It is not a film: there are no moving pictures in it."


@dataclass(frozen=True, slots=True)
class Sound:
    """`bits` a second as the container says, 0 where it does not. `plain` is what every player plays: AAC-LC, mono or stereo."""

    channels: int
    rate: int
    bits: int
    plain: bool


@dataclass(frozen=True, slots=True)
class Source:
    """`width` and `height` are as shown, in square pixels; `rate` is frames a second, `uneven` where that is only their average."""

    reader: str
    width: int
    height: int
    seconds: float
    rate: float
    uneven: bool
    hdr: bool
    sound: Sound | None


def look(path: Path) -> Source:
    """Raises Unreadable for what is no film, is damaged, or does not say how long it is."""
    sniffed = sniffed_file(path)
    if sniffed.kind is MediaKind.image:
        raise Unreadable(_NO_FILM)
    media = measured(path, sniffed)
    with films.opened(path, sniffed.reader) as container:
        stream = films.picture_stream(container)
        if stream is None or not media.width or not media.height:
            raise Unreadable(_NO_FILM)
        if not media.seconds:
            raise Unreadable("It does not say how long it is. Export it again as MP4.")
        width, height = _square(stream, media)
        rate, uneven = _rate(stream)
        sound = _sound(container)
        return Source(sniffed.reader, width, height, media.seconds, rate, uneven, _hdr(container, stream), sound)


def _hdr(container: InputContainer, stream: VideoStream) -> bool:
    """By the container, or by the first frame where that does not say; H.264 is never made in HDR without saying so."""
    curve = stream.codec_context.color_trc
    if curve == _UNSAID and films.codec_of(stream) != "h264":
        shown = next(container.decode(stream), None)
        curve = shown.color_trc if shown else _UNSAID
    return curve in {_PQ, _HLG}


def _square(stream: VideoStream, media: Media) -> tuple[int, int]:
    """The size with pixels that are not square stretched the way they are shown."""
    width, height = media.width or 0, media.height or 0
    shape = float(stream.sample_aspect_ratio or 1)
    turned = (width > height) != (stream.width > stream.height)
    return (width, round(height * shape)) if turned else (round(width * shape), height)


def _rate(stream: VideoStream) -> tuple[float, bool]:
    average = float(stream.average_rate or stream.guessed_rate or 0)
    guessed = float(stream.guessed_rate or average)
    if not average:
        return 30.0, True
    return (guessed, False) if guessed <= MOST_RATE + 0.1 else (min(average, MOST_RATE), True)


def _sound(container: InputContainer) -> Sound | None:
    stream = next(iter(container.streams.audio), None)
    if not isinstance(stream, AudioStream):
        return None
    channels, rate = stream.channels or 2, stream.sample_rate or 48_000
    plain = films.codec_of(stream) == "aac" and stream.profile in {"LC", None} and channels <= _LAYOUTS_COPIED
    return Sound(channels, rate, stream.bit_rate or 0, plain)
