"""Films joined into one: in which order, in which shape, and how one passes into the next."""

from dataclasses import dataclass
from enum import StrEnum

FEWEST = 2
MOST = 5
LONGEST_FADE = 2.0
MERGED = "merge"
"""In the place of a model: what a film was made with that was joined from others."""


class Format(StrEnum):
    """What the whole looks like; `auto` is as the films are. Where they differ it has the shape of the first, as large as the largest of that shape."""

    auto = "auto"
    landscape = "landscape"
    portrait = "portrait"
    square = "square"
    landscape_4_3 = "landscape-4-3"
    portrait_3_4 = "portrait-3-4"


FORMATS = (
    (Format.auto, "Auto (match inputs)"),
    (Format.landscape, "Landscape 16:9"),
    (Format.portrait, "Portrait 9:16"),
    (Format.square, "Square HD"),
    (Format.landscape_4_3, "Landscape 4:3"),
    (Format.portrait_3_4, "Portrait 3:4"),
)
"""As people choose them."""


class Fill(StrEnum):
    """What becomes of a film of another ratio: bars beside it, or its edges cut off."""

    pad = "pad"
    crop = "crop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """`fade_seconds` is how long one film passes into the next, 0 for a cut, at most LONGEST_FADE.

    With `soundtrack`, a sound plays under the whole, as long as the films last; their own sound is kept, softer.
    """

    format: Format = Format.auto
    fill: Fill = Fill.pad
    fade_seconds: float = 0.0
    soundtrack: bool = False


class Method(StrEnum):
    copied = "copy"
    encoded = "encode"


@dataclass(frozen=True, slots=True)
class Joined:
    """How it was done, and why so in words for people."""

    method: Method
    why: str
