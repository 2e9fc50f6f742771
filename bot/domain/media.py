"""Pictures, films and sounds: what a probe found, what a model accepts, and what is wrong between the two."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class MediaKind(StrEnum):
    image = "image"
    video = "video"
    audio = "audio"


class Role(StrEnum):
    reference_image = "reference_image"
    first_frame = "first_frame"
    last_frame = "last_frame"
    reference_video = "reference_video"
    reference_audio = "reference_audio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One probed file. `width` and `height` are as displayed: after EXIF or display-matrix rotation, in pixels.

    Codec names are FFmpeg's (`h264`, `hevc`, `aac`, `mp3`, `pcm_s16le`); `mime` is the sniffed type, never the claimed one.
    `traits` names what a strict model may refuse and what can be mended: `alpha`, `cmyk`, `16-bit`, `animated`, `rotated`.
    """

    kind: MediaKind
    mime: str
    bytes: int
    sha256: str = ""
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    fps: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    traits: frozenset[str] = frozenset()

    @property
    def aspect(self) -> float | None:
        """Width divided by height."""
        return self.width / self.height if self.width and self.height else None


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason a file is not acceptable, each part a short phrase a person understands.

    `mendable` says that Clapper can put it right safely (re-encode a HEIC as JPEG, flatten alpha, scale down, trim).
    """

    what: str
    limit: str
    found: str
    mend: str
    mendable: bool = False

    @property
    def say(self) -> str:
        return f"{self.what}: {self.found}, the limit is {self.limit}. {self.mend}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLimits:
    """What one role of one model accepts of one file; None means no limit is known.

    `formats` are mime types; sides are in pixels, `min_aspect`/`max_aspect` are width over height, sizes in bytes, times in seconds.
    `slack_seconds` is how far past `max_seconds` a file may measure and still be accepted (a provider's own "15 s" film measures 15.2 s).
    """

    formats: tuple[str, ...] = ()
    max_bytes: int | None = None
    min_side: int | None = None
    max_side: int | None = None
    min_aspect: float | None = None
    max_aspect: float | None = None
    min_pixels: int | None = None
    max_pixels: int | None = None
    min_seconds: float | None = None
    max_seconds: float | None = None
    slack_seconds: float = 0.0
    min_fps: float | None = None
    max_fps: float | None = None
    video_codecs: tuple[str, ...] = ()
    audio_codecs: tuple[str, ...] = ()
    alpha: bool = True


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle inside a picture, in pixels from its top left corner."""

    left: int
    top: int
    width: int
    height: int


RATIOS = ("adaptive", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16")
RESOLUTIONS = ("480p", "720p", "1080p")
FALLBACK_ASPECT = "16:9"


def ratio(aspect: str) -> Fraction:
    """`"16:9"` as 16/9. Raises ValueError for anything but two positive whole numbers."""
    width, _, height = aspect.partition(":")
    value = Fraction(int(width), int(height))
    if value <= 0:
        raise ValueError(f"{aspect!r} is not a ratio")
    return value


def nearest_aspect(width: int, height: int, aspects: tuple[str, ...]) -> str:
    """The concrete ratio of `aspects` nearest to a picture, FALLBACK_ASPECT where there is none."""
    concrete = [aspect for aspect in aspects if aspect != "adaptive"]
    if not concrete or not width or not height:
        return FALLBACK_ASPECT
    here = width / height
    return min(concrete, key=lambda aspect: abs(_log_distance(here, float(ratio(aspect)))))


def _log_distance(one: float, other: float) -> float:
    return max(one, other) / min(one, other) - 1.0


def frame_size(aspect: float | Fraction, resolution: str) -> tuple[int, int]:
    """Pixels of a frame: the short side is the resolution's number, both sides even.

    `resolution` is `480p`-like; `2k` means a short side of 1440, `4k` one of 2160.
    """
    short = short_side(resolution)
    if aspect >= 1:
        return _even(short * aspect), _even(short)
    return _even(short), _even(short / aspect)


def short_side(resolution: str) -> int:
    """Pixels of the short side: 720 for `720p`. Raises ValueError for what is no resolution."""
    name = resolution.lower()
    return {"2k": 1440, "4k": 2160}.get(name) or int(name.removesuffix("p"))


def _even(value: float | Fraction) -> int:
    return max(2, round(value / 2) * 2)


def centre_crop(width: int, height: int, aspect: float | Fraction) -> Box:
    """The largest rectangle of that ratio, centred, wholly inside the picture: only one dimension is cut."""
    if width / height > aspect:
        inner = max(1, min(width, int(height * aspect)))
        return Box((width - inner) // 2, 0, inner, height)
    inner = max(1, min(height, int(width / aspect)))
    return Box(0, (height - inner) // 2, width, inner)
