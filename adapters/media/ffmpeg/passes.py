"""The two passes of x264: what is asked of ffmpeg, how it is watched, and what the first tells the second."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from adapters.media.ffmpeg.ration import Shape, Voice
from adapters.media.ffmpeg.running import run
from adapters.media.ffmpeg.source import Source
from bot.domain.errors import Unreadable

# Measured on a grainy 1080p pan of 15 s: beside `medium`, four fifths of its time and a higher SSIM at the same size; `slow` brought nothing.
PRESET = ("-preset", "faster")
PROFILE = ("-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p")
BT709 = ("-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")
SDR = ("zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv",)
_TIMEBASE = re.compile(rb"timebase=(\d+)/(\d+)")
_FRAME = re.compile(rb"^in:\d+ out:\d+ type:(\S) dur:(\d+) cpbdur:\d+ q:([\d.]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first pass found: `step` is the mean quantizer over all frames, `seconds` how long they are shown."""

    frames: int
    seconds: float
    step: float


@dataclass(frozen=True, slots=True)
class Job:
    """One film being written anew; `scratch` is a folder of its own, `path` and `into` are absolute."""

    path: Path
    source: Source
    scratch: Path
    voice: Voice | None

    def survey(self, shape: Shape, bits: int) -> tuple[Survey, int]:
        """The first pass; also the bytes that the sound takes, in a container of its own."""
        sound = self.scratch / "sound.mp4"
        pictures = (*self._pictures(shape), *PRESET, *self._rate(bits, 1), "-f", "null", "-")
        heard = (*self._sound(), "-vn", f"file:{sound}") if self.voice else ()
        self._run((*pictures, *heard))
        return _read(self.scratch / "x264-0.log"), sound.stat().st_size if self.voice else 0

    def write(self, into: Path, shape: Shape, bits: int) -> int:
        """The second pass; how many bytes were written."""
        self._run((*self._pictures(shape), *PRESET, *self._rate(bits, 2), *self._end(into)))
        return into.stat().st_size

    def rewrite(self, into: Path, shape: Shape, crf: int) -> int:
        """All in one pass at an even quality; how many bytes were written."""
        self._run((*self._pictures(shape), *PRESET, "-crf", str(crf), *self._end(into)))
        return into.stat().st_size

    def _rate(self, bits: int, number: int) -> tuple[str, ...]:
        return "-b:v", str(bits), "-pass", str(number), "-passlogfile", str(self.scratch / "x264")

    def _end(self, into: Path) -> tuple[str, ...]:
        return (*self._sound(), "-movflags", "+faststart", "-f", "mp4", f"file:{into}")

    def _sound(self) -> tuple[str, ...]:
        voice = self.voice
        if voice is None:
            return ("-an",)
        how = ("-c:a", "aac", "-b:a", str(voice.bits), "-ac", str(voice.channels), "-ar", str(voice.rate))
        return ("-map", "0:a:0", *(how if voice.bits else ("-c:a", "copy")), *PLAIN)

    def _pictures(self, shape: Shape) -> tuple[str, ...]:
        steps = [f"fps={shape.rate:.6f}"] if shape.rate else []
        steps += SDR if self.source.hdr else ()
        scale = f"scale={shape.width}:{shape.height}:flags=bicubic:out_range=tv"
        rate = ("-fps_mode", "cfr" if shape.rate else "vfr")
        colours = BT709 if self.source.hdr else ()
        return ("-map", "0:v:0", "-vf", ",".join((*steps, scale, "setsar=1,format=yuv420p")), *rate, *PROFILE, *colours, *PLAIN)  # fmt: skip

    def _run(self, wanted: Sequence[str]) -> None:
        safe = ("-protocol_whitelist", "file", "-f", self.source.reader, "-i", f"file:{self.path}")
        if run((*safe, *wanted), folder=self.scratch):
            raise Unreadable("It cannot be written anew: it is damaged or made in a way that is not known here.")


PLAIN = ("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn")


def _read(log: Path) -> Survey:
    held = log.read_bytes()
    base = _TIMEBASE.search(held)
    frames = _FRAME.findall(held)
    if not base or not frames:
        raise Unreadable("There are no pictures in it that can be shown.")
    tick = Fraction(int(base[1]), 2 * int(base[2]))  # x264 counts in fields
    seconds = float(sum(int(length) for _, length, _ in frames) * tick)
    return Survey(len(frames), seconds, sum(float(step) for *_, step in frames) / len(frames))
