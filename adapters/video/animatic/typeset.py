"""Words set for the screen: fitted, wrapped evenly, in whichever direction they are read; each line a sprite that can move and fade."""

import bisect
import math
import unicodedata
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from adapters.video.animatic.fonts import Face, face, right_to_left, run_font, runs
from adapters.video.animatic.palette import Colour
from adapters.video.animatic.planes import BLACK, Planes

MOST_LINES = 5
MOST_LETTERS = 280  # more is not read from a card
MARGIN = 12  # pixels around a sprite, for its shadow and its way


def yuv(colour: Colour) -> tuple[int, int, int]:
    """BT.709 in video range."""
    red, green, blue = (level / 255 for level in colour)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return round(16 + 219 * luma), round(128 + 224 * (blue - luma) / 1.8556), round(128 + 224 * (red - luma) / 1.5748)


@dataclass(slots=True)
class Sprite:
    """A shape of one colour at a place; `shadow` is how dark the soft shade behind it is, 0 to 1."""

    mask: Image.Image
    colour: Colour
    x: float
    y: float
    shadow: float = 0.0
    _shade: Image.Image | None = field(default=None, repr=False)
    _last: "_Shape | None" = field(default=None, repr=False)

    def __post_init__(self) -> None:
        padded = Image.new("L", (self.mask.width + 2 * MARGIN, self.mask.height + 2 * MARGIN), 0)
        padded.paste(self.mask, (MARGIN, MARGIN))
        self.mask = padded
        if self.shadow:
            self._shade = padded.filter(ImageFilter.GaussianBlur(MARGIN / 3))

    def cut(self, width: int) -> "Sprite":
        """Its first pixels from the left; itself where that is all of it."""
        height = self.mask.height - 2 * MARGIN
        if width >= self.mask.width - 2 * MARGIN:
            return self
        part = self.mask.crop((MARGIN, MARGIN, MARGIN + width, MARGIN + height))
        return Sprite(part, self.colour, self.x, self.y, self.shadow)

    def draw(self, on: Planes, *, alpha: float = 1.0, dx: float = 0.0, dy: float = 0.0) -> None:
        """Onto the frame, in place, moved by parts of a pixel if need be."""
        if alpha <= 0:
            return
        x, y = self.x - MARGIN + dx, self.y - MARGIN + dy
        left, top = math.floor(x / 2) * 2, math.floor(y / 2) * 2
        shape = self._shape(x - left, y - top, alpha)
        colour = yuv(self.colour)
        if shape.shade is not None:
            on.y.paste(BLACK, (left, top), shape.shade)
        on.y.paste(colour[0], (left, top), shape.mask)
        on.u.paste(colour[1], (left // 2, top // 2), shape.half)
        on.v.paste(colour[2], (left // 2, top // 2), shape.half)

    def _shape(self, dx: float, dy: float, alpha: float) -> "_Shape":
        """The last one again where nothing changed: most of what stands on a card stands still."""
        last = self._last
        if last is not None and (last.dx, last.dy, last.alpha) == (dx, dy, alpha):
            return last
        size = ((self.mask.width + 5) // 2 * 2, (self.mask.height + 5) // 2 * 2)
        mask = _shifted(self.mask, size, dx, dy, alpha)
        shade = None if self._shade is None else _shifted(self._shade, size, dx, dy, alpha * self.shadow)
        self._last = _Shape(dx, dy, alpha, mask, mask.reduce(2), shade)
        return self._last


@dataclass(frozen=True, slots=True)
class _Shape:
    """A sprite's masks, moved by less than two pixels and faded: for Y, for U and V, for the shade."""

    dx: float
    dy: float
    alpha: float
    mask: Image.Image
    half: Image.Image
    shade: Image.Image | None


def _shifted(mask: Image.Image, size: tuple[int, int], dx: float, dy: float, alpha: float) -> Image.Image:
    moved = mask.transform(size, Image.Transform.AFFINE, (1, 0, -dx, 0, 1, -dy), Image.Resampling.BILINEAR)
    return moved if alpha >= 1 else ImageChops.multiply(moved, Image.new("L", size, round(alpha * 255)))


def width_of(text: str, role: Face, size: int, spacing: float = 0.0) -> float:
    """In pixels; `spacing` is added after each letter."""
    return sum(run_font(name, size).getlength(piece) for name, piece in runs(text, role)) + spacing * len(text)


def line(text: str, role: Face, size: int, colour: Colour, at: tuple[float, float], *, shadow: float = 0.0) -> Sprite:
    """One line with its baseline's left end at `at`."""
    ascent, descent = face(role, size).getmetrics()
    mask = Image.new("L", (math.ceil(width_of(text, role, size)) + 4, ascent + descent), 0)
    draw = ImageDraw.Draw(mask)
    pieces = runs(text, role)
    x = 0.0
    for name, piece in reversed(pieces) if right_to_left(text) else pieces:
        font = run_font(name, size)
        draw.text((x, ascent), piece, font=font, fill=255, anchor="ls")
        x += font.getlength(piece)
    return Sprite(mask, colour, at[0], at[1] - ascent, shadow)


def spaced(text: str, role: Face, size: int, colour: Colour, at: tuple[float, float], *, spacing: float) -> Sprite:
    """A label, its letters set apart."""
    ascent, descent = face(role, size).getmetrics()
    mask = Image.new("L", (math.ceil(width_of(text, role, size, spacing)) + 4, ascent + descent), 0)
    draw = ImageDraw.Draw(mask)
    x = 0.0
    for letter in text:
        name = runs(letter, role)[0][0]
        draw.text((x, ascent), letter, font=run_font(name, size), fill=255, anchor="ls")
        x += run_font(name, size).getlength(letter) + spacing
    return Sprite(mask, colour, at[0], at[1] - ascent, 0.45)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines as wrapped, their size, and whether they are set from the right."""

    lines: tuple[str, ...]
    size: int
    from_right: bool


def block(text: str, role: Face, *, wide: float, high: float, largest: int, smallest: int) -> Block:
    """The text in the largest size at which it fits; at the smallest, what does not fit ends in an ellipsis."""
    if len(text) > MOST_LETTERS:
        text = f"{text[:MOST_LETTERS].rstrip()}\u2026"
    for size in range(largest, smallest - 1, -max(1, largest // 24)):
        lines = wrapped(text, role, size, wide)
        if (
            len(lines) <= MOST_LINES
            and len(lines) * size * 1.22 <= high
            and all(_fits(one, role, size, wide) for one in lines)
        ):
            return Block(tuple(balanced(text, role, size, wide, len(lines))), size, right_to_left(text))
    room = max(1, min(MOST_LINES + 2, int(high / (smallest * 1.22))))
    lines = wrapped(text, role, smallest, wide)
    if len(lines) > room:
        lines = [*lines[: room - 1], _shortened(lines[room - 1], role, smallest, wide)]
    return Block(tuple(lines), smallest, right_to_left(text))


def _fits(text: str, role: Face, size: int, wide: float) -> bool:
    return width_of(text, role, size) <= wide


def _shortened(text: str, role: Face, size: int, wide: float) -> str:
    while text and not _fits(f"{text}\u2026", role, size, wide):
        text = text[:-1]
    return f"{text.rstrip()}\u2026"


def wrapped(text: str, role: Face, size: int, wide: float) -> list[str]:
    """Broken at spaces, and inside words only where one is wider than a line; East Asian letters break anywhere."""
    lines: list[str] = []
    here = ""
    for atom in _atoms(text):
        longer = here + atom
        if not here or _fits(longer.rstrip(), role, size, wide):
            here = longer
        else:
            lines.append(here.rstrip())
            here = atom.lstrip()
        while not _fits(here.rstrip(), role, size, wide) and len(here.rstrip()) > 1:
            cut = max(1, bisect.bisect_right(range(1, len(here)), wide, key=lambda n: width_of(here[:n], role, size)))
            lines.append(here[:cut])
            here = here[cut:]
    return [*lines, here.rstrip()] if here.strip() or not lines else lines


def _atoms(text: str) -> list[str]:
    atoms: list[str] = [""]
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        if (wide or (atoms[-1].endswith(" ") and character != " ")) and atoms[-1]:
            atoms.append(character)
        else:
            atoms[-1] += character
    return atoms


def balanced(text: str, role: Face, size: int, wide: float, count: int) -> list[str]:
    """As many lines, as even as they can be."""
    narrow, fits = wide * 0.3, wide
    for _ in range(9):
        middle = (narrow + fits) / 2
        tried = wrapped(text, role, size, middle)
        if len(tried) <= count and all(_fits(one, role, size, middle) for one in tried):
            fits = middle
        else:
            narrow = middle
    return wrapped(text, role, size, fits)
