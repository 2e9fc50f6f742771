"""A plane seen in perspective, four neighbouring pixels at a time: half the work of asking for each alone."""

import numpy as np
from PIL import Image

from adapters.video.animatic.camera import Matrix, through, times

EDGE = 4  # pixels around a source that are given up to shifting it
EVEN = 0.12  # how much a step between neighbours may differ from the usual one: 0.06 pixels, which nobody sees
_CORNERS = tuple((x, y) for y in (-0.5, 0.5) for x in (-0.5, 0.5))

Steps = tuple[float, float, float, float]
"""How far one pixel right, and one pixel down, of the output leads in the source: (x, y, x, y)."""


def steps(m: Matrix, x: float, y: float) -> Steps:
    """At one pixel of the output."""
    at, right, down = through(m, x, y), through(m, x + 1, y), through(m, x, y + 1)
    return right[0] - at[0], right[1] - at[1], down[0] - at[0], down[1] - at[1]


def alike(one: Steps, other: Steps) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < EVEN


class Warp:
    """`usual` are the steps about which all views of this plane keep; `soft` planes are seen to the nearest half pixel."""

    def __init__(self, plane: Image.Image, usual: Steps, *, soft: bool = False) -> None:
        # A band for each corner of a block of two by two: the plane as that corner sees it from the block's middle.
        self.finer = 2 if soft else 1
        self.bands = Image.merge("CMYK", [_shifted(plane, usual, x, y, self.finer) for x, y in _CORNERS])
        self.how = Image.Resampling.NEAREST if soft else Image.Resampling.BILINEAR

    def look(self, m: Matrix, size: tuple[int, int]) -> Image.Image:
        """`m` leads from the output, of `size`, to the plane."""
        width, height = (size[0] + 1) // 2, (size[1] + 1) // 2
        fine, edge = self.finer, EDGE * self.finer
        to_bands = times(times((fine, 0, -edge, 0, fine, -edge, 0, 0, 1), m), (2, 0, 0, 0, 2, 0, 0, 0, 1))
        weights = tuple(cell / to_bands[8] for cell in to_bands[:8])
        blocks = self.bands.transform((width, height), Image.Transform.PERSPECTIVE, weights, self.how)
        pairs = np.asarray(blocks).view(np.uint16)
        rows = np.empty((2 * height, width), np.uint16)
        rows[0::2], rows[1::2] = pairs[:, :, 0], pairs[:, :, 1]
        return Image.fromarray(rows.view(np.uint8)[: size[1], : size[0]])


def _shifted(plane: Image.Image, usual: Steps, x: float, y: float, finer: int) -> Image.Image:
    across, down = EDGE + x * usual[0] + y * usual[2], EDGE + x * usual[1] + y * usual[3]
    width, height = plane.width - 2 * EDGE, plane.height - 2 * EDGE
    box = (across, down, across + width, down + height)
    return plane.resize((width * finer, height * finer), Image.Resampling.BICUBIC, box=box)
