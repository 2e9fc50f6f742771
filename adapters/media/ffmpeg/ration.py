"""How the bytes of a film are shared out: sound, container and pictures; and how coarse pictures must be to do with theirs."""

from dataclasses import dataclass, replace
from math import log2

from adapters.media.ffmpeg.source import Sound, Source

# (bits a second for the whole film, of these for the sound); mono from the last but one on.
_SOUNDS = ((2_500_000, 160_000), (1_000_000, 128_000), (500_000, 96_000), (250_000, 64_000), (120_000, 48_000), (60_000, 32_000), (0, 16_000))  # fmt: skip
_MONO_BELOW = 40_000
_COPIED_UP_TO = 1.35
# Where a pass ends with coarser steps than this on average, fewer pixels look better than blocks.
STARVED_STEP = 38.0
_GOOD_STEP = 34.0
_HOPELESS_STEP = 47.0
_STEPS_PER_HALF = 6.0  # seen for test patterns, noise and zooms: half the pixels, six steps finer
_LEAST_HALVING = 0.5
_SHORTEST_SIDE = 144
_SLOW_RATE, _SLOWEST_RATE = 31.0, 16.0
LEAST_PICTURE_BITS = 12_000


@dataclass(frozen=True, slots=True)
class Voice:
    """`bits` a second; copied as it is where 0."""

    bits: int
    channels: int
    rate: int


@dataclass(frozen=True, slots=True)
class Shape:
    """The pictures' size and frames a second; `rate` is None where they come as they are."""

    width: int
    height: int
    rate: float | None = None

    @property
    def smallest(self) -> bool:
        return min(self.width, self.height) <= _SHORTEST_SIDE


def voice(sound: Sound | None, bits: float) -> Voice | None:
    """What the sound of a film may take that has `bits` a second for everything."""
    if sound is None:
        return None
    wanted = next(share for most, share in _SOUNDS if bits >= most)
    if sound.plain and 0 < sound.bits <= wanted * _COPIED_UP_TO:
        return Voice(0, sound.channels, sound.rate)
    channels = 1 if wanted < _MONO_BELOW else min(2, sound.channels)
    most = 24_000 if wanted < _MONO_BELOW else 48_000
    return Voice(wanted if channels == 2 else min(wanted, 96_000), channels, min(sound.rate, most))


def full(source: Source) -> Shape:
    """As shown, with even sides; a rate only where the film's own is none that players keep up with."""
    width, height = (max(2, side // 2 * 2) for side in (source.width, source.height))
    return Shape(width, height, source.rate if source.uneven else None)


def coarser(shape: Shape, step: float, rate: float) -> Shape:
    """A shape that needs as much less as the quantizer `step` was too high: every other frame of a fast film, then fewer pixels, then fewer frames."""
    shown, halvings = shape.rate or rate, max(_LEAST_HALVING, (step - _GOOD_STEP) / _STEPS_PER_HALF)
    if shown > _SLOW_RATE:
        shape, shown, halvings = replace(shape, rate=shown / 2), shown / 2, halvings - 1
    smaller = _scaled(shape, 2 ** -(max(0.0, halvings) / 2))
    left = halvings - log2(shape.width * shape.height / (smaller.width * smaller.height))
    return replace(smaller, rate=shown / 2) if left > 1 and shown > _SLOWEST_RATE else smaller


def hopeless(shape: Shape, step: float) -> bool:
    return shape.smallest and step > _HOPELESS_STEP


def _scaled(shape: Shape, factor: float) -> Shape:
    factor = max(factor, min(1.0, _SHORTEST_SIDE / min(shape.width, shape.height)))
    width, height = (max(2, round(side * factor / 2) * 2) for side in (shape.width, shape.height))
    return replace(shape, width=width, height=height)
