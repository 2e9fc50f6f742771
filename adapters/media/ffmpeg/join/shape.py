"""What the whole looks like where films are encoded anew: its size, its rate, and how each film lies in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from adapters.media.ffmpeg.join.looking import Look
from bot.domain.join import Fill, Format, Join
from bot.domain.media import frame_size

NEARLY = 0.02
"""How far two ratios may be apart and be called the same: models make 864 x 480 and 1248 x 704 where 16:9 was asked for."""
LEAST_RATE = Fraction(12)
_CLASSES = (480, 720, 1080, 1440, 2160)
_NEAR_CLASS = 0.06
_LARGEST_SHORT, _LARGEST_LONG = 2160, 4096
_LARGEST_FADED = 1080  # all films are open at once then: five in 1080p take 0.7 GB, measured
_RATIOS = {
    Format.landscape: Fraction(16, 9),
    Format.portrait: Fraction(9, 16),
    Format.square: Fraction(1),
    Format.landscape_4_3: Fraction(4, 3),
    Format.portrait_3_4: Fraction(3, 4),
}


@dataclass(frozen=True, slots=True)
class Frame:
    width: int
    height: int
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Place:
    """The size a film is scaled to, and how far in from the left and the top it lies; where negative, its edges are cut off."""

    width: int
    height: int
    left: int
    top: int


def ratio_of(format: Format) -> Fraction | None:
    """None for `auto`."""
    return _RATIOS.get(format)


def frame(looks: Sequence[Look], how: Join) -> Frame:
    rate = max(LEAST_RATE, *(look.pictures.rate for look in looks))
    most = _LARGEST_FADED if how.fade_seconds else _LARGEST_SHORT
    ratio = ratio_of(how.format)
    if ratio is not None:
        short = max(min(look.source.width, look.source.height) for look in looks)
        return Frame(*frame_size(ratio, f"{min(_class(short), most)}p"), rate)
    first = looks[0].source
    alike = [look.source for look in looks if _alike(look, first.width / first.height)]
    largest = max(alike, key=lambda source: source.width * source.height)
    return Frame(*_bounded(largest.width, largest.height, most), rate)


def place(look: Look, frame: Frame, fill: Fill) -> Place:
    """Scaled to fit within the frame, or to cover it; centred."""
    width, height = look.source.width, look.source.height
    if _alike(look, frame.width / frame.height):
        return Place(frame.width, frame.height, 0, 0)
    factors = frame.width / width, frame.height / height
    factor = min(factors) if fill is Fill.pad else max(factors)
    inner = _even(width * factor), _even(height * factor)
    return Place(*inner, (frame.width - inner[0]) // 4 * 2, (frame.height - inner[1]) // 4 * 2)


def _alike(look: Look, ratio: float) -> bool:
    return abs(look.source.width / look.source.height / ratio - 1) <= NEARLY


def _class(short: int) -> int:
    return next((side for side in _CLASSES if abs(short - side) <= side * _NEAR_CLASS), short)


def _bounded(width: int, height: int, most: int) -> tuple[int, int]:
    factor = min(1.0, most / min(width, height), _LARGEST_LONG / max(width, height))
    return _even(width * factor), _even(height * factor)


def _even(side: float) -> int:
    return max(2, round(side / 2) * 2)
