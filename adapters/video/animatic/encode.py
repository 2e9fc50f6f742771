"""The film file: H.264 High and AAC in an MP4 that plays before it is wholly loaded."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from adapters.video.animatic.plan import FPS, RATE
from adapters.video.animatic.planes import Planes, fill

THREADS = 2
AHEAD = 4  # frames drawn ahead of the encoder: enough to keep both busy, few enough to stay small
PRESET = "ultrafast"
# What ultrafast leaves out and flat skies need: measured beside superfast, three quarters of its time at the same fidelity, a fifth more bits.
EXTRAS = "log-level=none:bframes=0:8x8dct=1:subme=1:deblock=0,0:aq-mode=1"
BT709 = 1
VIDEO_RANGE = 1


def encode(
    into: Path,
    *,
    size: tuple[int, int],
    frames: int,
    crf: int,
    draw: Callable[[int], Planes],
    sound: np.ndarray | None,
    told: Callable[[int], None],
) -> Planes:
    """Writes `frames` drawn frames and `sound` (2 x samples, float, 48 kHz) and gives back the last frame.

    `draw` is called from two threads at once, a few frames ahead, in order of their numbers.
    """
    with av.open(str(into), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        picture = _picture_stream(film, size, crf)
        voice = film.add_stream("aac", rate=RATE, layout="stereo", bit_rate=160_000) if sound is not None else None
        heard = 0
        last: Planes | None = None
        for number, planes in enumerate(_drawn(draw, frames)):
            if isinstance(voice, AudioStream) and sound is not None:
                heard = _mux_sound(film, voice, sound, heard, (number + FPS) * RATE // FPS)
            film.mux(picture.encode(_frame(planes, number)))
            last = planes
            told(number + 1)
        film.mux(picture.encode(None))
        if isinstance(voice, AudioStream) and sound is not None:
            _mux_sound(film, voice, sound, heard, sound.shape[1])
            film.mux(voice.encode(None))
    assert last is not None
    return last


def _picture_stream(film: OutputContainer, size: tuple[int, int], crf: int) -> VideoStream:
    stream = film.add_stream(
        "libx264",
        rate=FPS,
        options={"preset": PRESET, "crf": str(crf), "profile": "high", "x264-params": EXTRAS},
    )
    assert isinstance(stream, VideoStream)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.time_base = Fraction(1, FPS)
    context = stream.codec_context
    context.thread_count = THREADS
    context.gop_size = FPS * 2
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = VIDEO_RANGE
    return stream


def _drawn(draw: Callable[[int], Planes], frames: int) -> Iterator[Planes]:
    with ThreadPoolExecutor(THREADS, thread_name_prefix="draw") as pool:
        waiting: deque[Future[Planes]] = deque()
        for number in range(frames):
            waiting.append(pool.submit(draw, number))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _frame(planes: Planes, number: int) -> av.VideoFrame:
    frame = av.VideoFrame(*planes.size, "yuv420p")
    fill(frame, planes)
    frame.colorspace = BT709
    frame.color_range = VIDEO_RANGE
    frame.pts = number
    frame.time_base = Fraction(1, FPS)
    return frame


def _mux_sound(film: OutputContainer, stream: AudioStream, sound: np.ndarray, start: int, stop: int) -> int:
    stop = min(stop, sound.shape[1])
    if stop <= start:
        return start
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[:, start:stop], np.float32), "fltp", "stereo")
    frame.sample_rate = RATE
    frame.pts = start
    frame.time_base = Fraction(1, RATE)
    film.mux(stream.encode(frame))
    return stop
