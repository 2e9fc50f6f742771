"""Opening a film or a sound: local files only, one demuxer, bounded in pixels and time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from adapters.media.ffmpeg.pictures import DAMAGED, reading
from bot.domain.errors import Unreadable
from bot.domain.units import side_text

MAX_FILM_PIXELS = 36_000_000
TAIL_SECONDS = 5.0
HD_HEIGHT = 720
# Whatever a container asks for, FFmpeg opens this one file; no stream is decoded merely to describe it.
_OPTIONS = {"protocol_whitelist": "file", "skip_frame": "all"}
# An MP4's header says all there is to know: reading frames to describe it would take five times as long.
_BY_HEADER = {"mov": {"analyzeduration": "1", "probesize": "32"}}


@contextmanager
def opened(path: Path, reader: str) -> Iterator[InputContainer]:
    options = _OPTIONS | _BY_HEADER.get(reader, {})
    with reading(), av.open(f"file:{path}", format=reader, options=options) as container:
        yield container


def picture_stream(container: InputContainer) -> VideoStream | None:
    """The film's pictures; cover art is none. Raises Unreadable for a bomb."""
    stream = next((s for s in container.streams.video if not s.disposition & Disposition.attached_pic), None)
    if stream and stream.width * stream.height > MAX_FILM_PIXELS:
        most = f"at most {MAX_FILM_PIXELS // 1_000_000} million pixels can be opened"
        raise Unreadable(f"Its pictures are {side_text(stream.width, stream.height)} large; {most}.")
    return stream


def codec_of(stream: VideoStream | AudioStream) -> str:
    """FFmpeg's name of the codec, not of the decoder that happens to be used."""
    return stream.codec_context.codec.canonical_name


def length(container: InputContainer, stream: VideoStream | AudioStream) -> float | None:
    if container.duration:
        return container.duration / av.time_base
    return float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None


def picture_length(whole: float | None, stream: VideoStream) -> float | None:
    """How long the pictures last, None where the file does not tell; what an edit list cuts off both is in neither."""
    if whole is None or not stream.duration or not stream.time_base:
        return None
    return min(whole, float(stream.duration * stream.time_base))


def key_frame(container: InputContainer, stream: VideoStream, *, looked_at: bool = False) -> VideoFrame:
    """The next key frame, alone: its one packet goes through the decoder and the decoder is emptied."""
    context = stream.codec_context
    if not context.is_open:
        context.thread_count = 1
        if not looked_at:
            context.options = {"skip_loop_filter": "all"}  # a quarter of the work is saved
    for packet in container.demux(stream):
        if packet.is_keyframe or not packet.size:
            frames = context.decode(packet) or context.decode(None)
            context.flush_buffers()
            if frames:
                return frames[0]
    raise Unreadable(DAMAGED)


def is_cut_off(stream: VideoStream | AudioStream, path: Path) -> bool:
    """Whether the index names a sample that lies past the end of the file."""
    last = _sample(stream, -1)
    return last is not None and last[0] + last[1] > path.stat().st_size


def is_well_formed(container: InputContainer, stream: VideoStream, path: Path) -> bool:
    """Whether the first and the last picture of an indexed film are stored as they should be. If not, only decoding can tell."""
    ends = (_sample(stream, 0), _sample(stream, -1))
    indexed = container.format.name.startswith("mov") and stream.frames == len(stream.index_entries)
    return indexed and all(end is not None and _looks_sound(path, *end, stream) for end in ends)


def _sample(stream: VideoStream | AudioStream, number: int) -> tuple[int, int] | None:
    """Where a sample begins and how long it is, by the container's own index."""
    entries = stream.index_entries
    if not len(entries):
        return None
    entry = entries[number % len(entries)]
    return entry.pos, entry.size


def _looks_sound(path: Path, at: int, size: int, stream: VideoStream) -> bool:
    """Whether a sample is a chain of NAL units that ends where it should: what zeros, noise or another file never are."""
    setup = stream.codec_context.extradata or b""
    where = {"h264": 4, "hevc": 21}.get(codec_of(stream))
    if where is None or len(setup) <= where:
        return False
    width = (setup[where] & 3) + 1
    with path.open("rb") as file:
        file.seek(at)
        sample = file.read(size)
    done = 0
    while done + width < size:
        unit = int.from_bytes(sample[done : done + width], "big")
        if not unit:
            return False
        done += width + unit
    return done == size


def tail_is_there(container: InputContainer, stream: VideoStream | AudioStream) -> bool:
    seconds = length(container, stream)
    if seconds is None:
        return True
    if isinstance(stream, VideoStream):
        end = max((frame.time or 0.0 for frame in _last_frames(container, stream, seconds)), default=None)
    else:
        end = last_moment(container, stream)
    return end is not None and end >= seconds - max(0.5, seconds * 0.02)


def _last_frames(container: InputContainer, stream: VideoStream, seconds: float) -> Iterator[VideoFrame]:
    """The frames from the last key frame on, or all of them where there is no seeking."""
    try:
        container.seek(int(max(0.0, seconds - 0.001) * av.time_base), backward=True)
    except FFmpegError:
        container.seek(0)
    until = time.monotonic() + TAIL_SECONDS
    for frame in container.decode(stream):
        yield frame
        if time.monotonic() > until:
            raise Unreadable("It takes too long to read: its key frames are too far apart.")


def last_frame(container: InputContainer, stream: VideoStream) -> VideoFrame:
    """The frame that is shown last, whatever order frames are stored in."""
    frames = _last_frames(container, stream, length(container, stream) or 0.0)
    last = max(frames, key=lambda frame: frame.time or 0.0, default=None)
    if last is None:
        raise Unreadable(DAMAGED)
    return last


def frame_at(container: InputContainer, stream: VideoStream, seconds: float) -> VideoFrame:
    """The frame shown at that moment, or the nearest before it that can be had within TAIL_SECONDS."""
    container.seek(int(seconds * av.time_base), backward=True)
    until = time.monotonic() + TAIL_SECONDS
    found: VideoFrame | None = None
    for frame in container.decode(stream):
        found = frame
        if (frame.time or 0.0) >= seconds or time.monotonic() > until:
            break
    if found is None:
        raise Unreadable(DAMAGED)
    return found


def key_frame_near(container: InputContainer, stream: VideoStream, seconds: float) -> VideoFrame:
    """The key frame nearest to that moment, as far as the film's index names any: one frame is decoded, wherever it lies."""
    tick = float(stream.time_base or 1)
    begins = [entry.timestamp for entry in stream.index_entries if entry.is_keyframe]
    nearest = min(begins, key=lambda at: abs(at * tick - seconds), default=round(seconds / tick))
    container.seek(nearest, stream=stream, backward=True)
    return key_frame(container, stream, looked_at=True)


def last_moment(container: InputContainer, stream: VideoStream | AudioStream) -> float | None:
    """The end of the last packet in seconds, None where the packets carry no time or are too many to walk through."""
    until = time.monotonic() + TAIL_SECONDS
    end: Fraction | None = None
    for packet in container.demux(stream):
        if packet.pts is not None and packet.time_base:
            moment = (packet.pts + (packet.duration or 0)) * packet.time_base
            end = moment if end is None else max(end, moment)
        if time.monotonic() > until:
            return None
    return None if end is None else float(end)


def as_picture(frame: VideoFrame, most_width: int | None = None) -> Image.Image:
    """The frame as it is displayed: turned by its display matrix, in the colours it was made in, and no wider than asked for."""
    space = frame.colorspace if frame.colorspace != _UNSPECIFIED else (_BT709 if frame.height >= HD_HEIGHT else _BT601)
    shown = frame.height if frame.rotation % 180 else frame.width
    factor = min(1.0, most_width / shown) if most_width else 1.0
    width, height = (max(1, round(side * factor)) for side in (frame.width, frame.height))
    made = frame.reformat(width, height, "rgb24", src_colorspace=space, interpolation="BICUBIC" if factor < 1 else None)
    image = Image.fromarray(made.to_ndarray())
    return image.rotate(frame.rotation, expand=True) if frame.rotation else image


_UNSPECIFIED, _BT709, _BT601 = 2, 1, 5
