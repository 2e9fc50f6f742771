"""Pictures, films and sounds: what a probe found, what a model accepts, and what is wrong between the two."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from bot.domain.formats import codec_name, either, format_name
from bot.domain.units import between, pixels_text, plain, seconds_text, side_text, size_text


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
    `seconds` is how long the whole lasts, `picture_seconds` how long a film's pictures do, where its file tells: a sound may run past them.
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
    picture_seconds: float | None = None

    @property
    def aspect(self) -> float | None:
        """Width divided by height."""
        return self.width / self.height if self.width and self.height else None


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason a file is not acceptable, each part a short phrase a person understands; `limit` is empty where there is none to name.

    `mendable` says that Clapper can put it right safely (re-encode a HEIC as JPEG, flatten alpha, scale down, trim).
    """

    what: str
    limit: str
    found: str
    mend: str
    mendable: bool = False

    @property
    def say(self) -> str:
        limit = f", the limit is {self.limit}" if self.limit else ""
        return f"{self.what}: {self.found}{limit}. {self.mend}".rstrip()


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

    def check(self, media: Media) -> tuple[Problem, ...]:
        """Every problem at once; nothing where the file may be used as it is."""
        found = [*self._form(media), *self._weight(media), *self._size(media), *self._time(media)]
        return tuple(found)

    def _form(self, media: Media) -> Iterator[Problem]:
        if self.formats and media.mime not in self.formats:
            names = either(map(format_name, self.formats))
            yield _convertible("Format", names, format_name(media.mime), _target(self.formats, media.kind))
        if media.video_codec and self.video_codecs and media.video_codec not in self.video_codecs:
            target = "H.264" if "h264" in self.video_codecs else ""
            yield _convertible(
                "Video codec", either(map(codec_name, self.video_codecs)), codec_name(media.video_codec), target
            )
        if media.audio_codec and self.audio_codecs and media.audio_codec not in self.audio_codecs:
            target = codec_name(self.audio_codecs[0])
            yield _convertible(
                "Audio codec", either(map(codec_name, self.audio_codecs)), codec_name(media.audio_codec), target
            )
        if media.kind is MediaKind.image:
            yield from (_TRAITS[trait] for trait in _TRAITS if trait in media.traits)
            if "alpha" in media.traits and not self.alpha:
                yield Problem("Transparency", "none", "see-through parts", "It is flattened onto white.", mendable=True)

    def _weight(self, media: Media) -> Iterator[Problem]:
        if self.max_bytes is None or media.bytes <= self.max_bytes:
            return
        picture = media.kind is MediaKind.image
        mend = "It is saved again, smaller." if picture else "Export it at a lower bit rate."
        limit, found = size_text(self.max_bytes), size_text(media.bytes)
        shown = f"{media.bytes:,} bytes" if found == limit else found
        yield Problem("File size", limit, shown, mend, mendable=picture)

    def _size(self, media: Media) -> Iterator[Problem]:
        if not media.width or not media.height or not media.aspect:
            return
        found = side_text(media.width, media.height)
        pixels = media.width * media.height
        small = min(media.width, media.height) < (self.min_side or 0) or pixels < (self.min_pixels or 0)
        if small:
            yield Problem("Picture size", self._size_limit(), found, "Send a larger version of it.")
        elif (scale := self.scale(media)) < 1:
            enough = min(media.width, media.height) * scale >= (self.min_side or 0)
            mend = "It is scaled down." if enough else "Crop it closer to a square first."
            yield Problem("Picture size", self._size_limit(), found, mend, mendable=enough)
        if (
            not (self.min_aspect or 0) - ASPECT_SLACK
            <= media.aspect
            <= (self.max_aspect or media.aspect) + ASPECT_SLACK
        ):
            limit = between(
                self.min_aspect and plain(self.min_aspect, 2), self.max_aspect and plain(self.max_aspect, 2)
            )
            yield Problem("Width over height", limit, plain(media.aspect, 2), "Crop it to a less extreme shape.")

    def scale(self, media: Media) -> float:
        """The factor that brings a picture under `max_side` and `max_pixels`; 1 where it is."""
        if not media.width or not media.height:
            return 1.0
        by_side = self.max_side / max(media.width, media.height) if self.max_side else 1.0
        by_pixels = (self.max_pixels / (media.width * media.height)) ** 0.5 if self.max_pixels else 1.0
        return min(1.0, by_side, by_pixels)

    def _size_limit(self) -> str:
        sides = between(self.min_side and str(self.min_side), self.max_side and str(self.max_side))
        pixels = between(
            self.min_pixels and pixels_text(self.min_pixels), self.max_pixels and pixels_text(self.max_pixels)
        )
        return " and ".join([f"{sides} px a side"] * bool(sides) + [pixels] * bool(pixels))

    def _time(self, media: Media) -> Iterator[Problem]:
        if media.seconds is not None:
            yield from self._length(media.seconds)
        if media.fps is not None:
            low, high = (self.min_fps or 0) - FPS_SLACK, (self.max_fps or media.fps) + FPS_SLACK
            if not low <= media.fps <= high:
                limit = between(self.min_fps and plain(self.min_fps), self.max_fps and plain(self.max_fps))
                found = f"{plain(media.fps, 2)} frames a second"
                yield Problem("Frame rate", limit, found, "Export it at a rate within the limit.")

    def _length(self, seconds: float) -> Iterator[Problem]:
        limit = between(
            self.min_seconds and seconds_text(self.min_seconds), self.max_seconds and seconds_text(self.max_seconds)
        )
        if seconds < (self.min_seconds or 0) - SECONDS_SLACK:
            yield Problem("Length", limit, f"{plain(seconds, 2)} s", "Send a longer piece.")
        if self.max_seconds and seconds > self.max_seconds + max(self.slack_seconds, SECONDS_SLACK):
            slight = seconds <= self.max_seconds + TRIM_SECONDS
            mend = (
                f"Its end is trimmed to {seconds_text(self.max_seconds)}." if slight else "Cut out the part you need."
            )
            yield Problem("Length", limit, f"{plain(seconds, 2)} s", mend, mendable=slight)


ASPECT_SLACK = 0.005
FPS_SLACK = 0.05  # films called "24 fps" measure 23.976 or 23.97
SECONDS_SLACK = 0.02  # containers round the last frame or packet up
TRIM_SECONDS = 0.5  # no more than this is ever cut off a film or a sound unasked

_TRAITS = {
    "animated": Problem("Animation", "a still", "a moving picture", "Its first frame is taken.", mendable=True),
    "rotated": Problem("Orientation", "upright", "stored turned on its side", "It is turned upright.", mendable=True),
    "cmyk": Problem("Colours", "RGB", "CMYK, made for print", "They are converted to RGB.", mendable=True),
    "16-bit": Problem("Colour depth", "8 bits", "16 bits", "It is reduced to 8 bits.", mendable=True),
}


def _convertible(what: str, limit: str, found: str, target: str) -> Problem:
    mend = f"It is converted to {target}." if target else f"Export it as {limit}."
    return Problem(what, limit, found, mend, mendable=bool(target))


def _target(formats: tuple[str, ...], kind: MediaKind) -> str:
    wanted = next((mime for mime in _CONVERTS[kind] if mime in formats), "")
    return format_name(wanted) if wanted else ""


_CONVERTS = {
    MediaKind.image: ("image/jpeg", "image/png"),
    MediaKind.video: ("video/mp4",),
    MediaKind.audio: ("audio/mpeg", "audio/wav"),
}


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
