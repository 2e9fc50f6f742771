"""What one film of several brings: how it is stored and what it shows, read off its packets without decoding any."""

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import av

from adapters.media.ffmpeg import films
from adapters.media.ffmpeg.boxes import quarter_turns
from adapters.media.ffmpeg.source import Source, look
from bot.domain.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

MOST_PACKETS = 500_000
MOST_RATE = 60
SAMPLES = 1024
"""In a packet of AAC-LC."""
_FINE = 10  # ticks to a frame from which on an odd one more or less is rounding
_RATES = tuple(
    Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60")
)
_NEAR, _NEARER_THAN_TICKS = Fraction(1, 200), Fraction(1, 40)
# Pictures that a decoder can begin with, and that no earlier picture reaches across: IDR, by their numbers in H.264 and H.265.
_WHOLE_STARTS = {"h264": {5}, "hevc": {19, 20}}
_PARAMETER_SETS = {"h264": {7, 8}, "hevc": {32, 33, 34}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """`first` and `end` are when the first frame begins and the last one ends, in ticks; `step` is how long frames are shown while it moves.

    `lead` is how many ticks before its first frame is shown a film's first packet is decoded, `after` how many of them are left behind its
    last packet. `whole` says that the film begins with a frame that needs no other, hides none and carries its setup once, in front.
    """

    codec: str
    tag: str
    setup: bytes
    size: tuple[int, int]
    turns: int | None
    stretch: Fraction
    colours: tuple[int, ...]
    tick: Fraction
    first: int
    end: int
    step: Fraction  # an average where it is even
    even: bool
    lead: int
    after: int
    whole: bool

    @property
    def seconds(self) -> Fraction:
        return (self.end - self.first) * self.tick

    @property
    def rate(self) -> Fraction:
        """Frames a second while it moves; films called "24" may measure 23.98 or 24.02."""
        found = min(Fraction(1) / (self.step * self.tick), Fraction(MOST_RATE))
        nearest = min(_RATES, key=lambda rate: abs(rate - found))
        # Where a film counts in milliseconds, a frame of 41.67 may seem to last 41.
        near = _NEAR if self.even else max(_NEAR, min(_NEARER_THAN_TICKS, 1 / self.step))
        return nearest if abs(nearest - found) <= nearest * near else found.limit_denominator(1001)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """`first` is when its first packet begins, in ticks; `packets` are all `step` ticks long and back to back where `steady`."""

    codec: str
    plain: bool
    setup: bytes
    rate: int
    channels: int
    tick: Fraction
    first: int
    packets: int
    step: int
    steady: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """`starts` is the moment at which ffmpeg begins to count this file's time."""

    path: Path
    source: Source
    pictures: Pictures
    sound: Sound | None
    starts: Fraction


def look_at_all(clips: Sequence[Path]) -> tuple[Look, ...]:
    looks = []
    for number, path in enumerate(clips, 1):
        with called(f"Clip {number}"):
            looks.append(look_at(path))
    return tuple(looks)


@contextmanager
def called(name: str) -> "Iterator[None]":
    """Says which of several files cannot be used."""
    try:
        yield
    except Unreadable as error:
        raise Unreadable(f"{name} cannot be used. {error.why}") from error


def look_at(path: Path) -> Look:
    """Raises Unreadable for what is no film, is damaged or is far too much."""
    source = look(path)
    with films.opened(path, source.reader) as container:
        stream = films.picture_stream(container)
        assert stream
        heard = next(iter(container.streams.audio), None) if source.sound else None
        shown, sounding = _packets(container, stream, heard)
        return Look(
            path=path,
            source=source,
            pictures=_pictures(path, stream, shown),
            sound=_sound(heard, source, sounding) if heard and sounding else None,
            starts=Fraction(container.start_time or 0, av.time_base),
        )


@dataclass(slots=True)
class _Times:
    """Of one stream's packets, in the order they are stored."""

    shown: list[int]
    stored: list[int]
    hidden: int = 0
    last: int = 0
    starts: tuple[int, ...] = ()
    """The kinds of NAL units that the first packet holds."""


def _packets(
    container: "InputContainer", stream: "VideoStream", heard: "AudioStream | None"
) -> tuple[_Times, _Times | None]:
    pictures, sounds = _Times([], []), _Times([], []) if heard else None
    for packet in container.demux([stream, heard] if heard else [stream]):
        if packet.pts is None or packet.dts is None:
            continue
        of = pictures if packet.stream_index == stream.index else sounds
        assert of
        if of is pictures and not of.stored:
            of.starts = _units(packet, stream)
        of.stored.append(packet.dts)
        of.last = packet.duration or 0
        if packet.is_discard and of is pictures:
            of.hidden += 1
        else:
            of.shown.append(packet.pts)
        if len(of.stored) > MOST_PACKETS:
            raise Unreadable(f"It has more than {MOST_PACKETS:,} frames, which is more than can be joined.")
    if not pictures.shown:
        raise Unreadable("There are no pictures in it that can be shown.")
    return pictures, sounds if sounds and sounds.shown else None


def _pictures(path: Path, stream: "VideoStream", times: _Times) -> Pictures:
    context = stream.codec_context
    shown = sorted(times.shown)
    steps = sorted(after - before for before, after in pairwise(shown))
    step = max(1, steps[len(steps) // 4] if steps else times.last or round(1 / (24 * (stream.time_base or 1))))
    even = not steps or (steps[0] >= step - 1 and steps[-1] <= step + 1)
    last = step if even else max(times.last, 1)
    codec, tick = films.codec_of(stream), stream.time_base or Fraction(1, 1000)
    sets = _PARAMETER_SETS.get(codec, set())
    rising = all(before < after for before, after in pairwise(times.stored))
    whole = bool(times.starts) and not sets.intersection(times.starts) and rising and not times.hidden
    return Pictures(
        codec=codec,
        tag=str(context.codec_tag),
        setup=context.extradata or b"",
        size=(stream.width, stream.height),
        turns=quarter_turns(path, stream.id),
        stretch=Fraction(stream.sample_aspect_ratio or 1),
        colours=(context.color_range, context.color_primaries, context.color_trc, context.colorspace),
        tick=tick,
        first=shown[0],
        end=shown[-1] + last,
        step=Fraction(shown[-1] - shown[0], len(steps)) if even and steps and step >= _FINE else Fraction(step),
        even=even,
        lead=shown[0] - times.stored[0],
        after=shown[-1] + last - times.stored[-1],
        whole=whole and bool(_WHOLE_STARTS.get(codec, set()).intersection(times.starts)),
    )


def _units(packet: "Packet", stream: "VideoStream") -> tuple[int, ...]:
    """The kinds of NAL units in a packet, but for parameter sets that the film's setup holds too; nothing where it is not stored as MP4 has it."""
    setup, codec = stream.codec_context.extradata or b"", films.codec_of(stream)
    where = {"h264": 4, "hevc": 21}.get(codec)
    if where is None or len(setup) <= where or setup[0] != 1:
        return ()
    held, width, at, kinds = bytes(packet), (setup[where] & 3) + 1, 0, []
    while at + width < len(held):
        length = int.from_bytes(held[at : at + width], "big")
        at += width
        kind = held[at] & 31 if codec == "h264" else held[at] >> 1 & 63
        if kind not in _PARAMETER_SETS[codec] or held[at : at + length] not in setup:
            kinds.append(kind)
        at += length
    return tuple(kinds) if at == len(held) else ()


def _sound(stream: "AudioStream", source: Source, times: _Times) -> Sound:
    context = stream.codec_context
    step = times.shown[1] - times.shown[0] if len(times.shown) > 1 else times.last
    steady = step > 0 and all(b - a == step for a, b in pairwise(times.shown))
    return Sound(
        codec=films.codec_of(stream),
        plain=bool(source.sound and source.sound.plain)
        and step == SAMPLES
        and stream.time_base == Fraction(1, stream.sample_rate),
        setup=context.extradata or b"",
        rate=stream.sample_rate or 0,
        channels=stream.channels or 0,
        tick=stream.time_base or Fraction(1, 48000),
        first=times.shown[0],
        packets=len(times.shown),
        step=max(1, step),
        steady=steady,
    )
