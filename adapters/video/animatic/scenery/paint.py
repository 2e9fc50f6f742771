"""What every drawn place is made of: skies, ridges, shaded shapes."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from adapters.video.animatic.palette import Colour, Palette

Size = tuple[int, int]
DRAWN_FINER = 1.2  # layers are drawn this much larger than the film


@dataclass(frozen=True, slots=True)
class Layer:
    """`mask` is None for the farthest, which fills the frame; `depth` is its parallax, 1 being the subject's."""

    picture: Image.Image
    mask: Image.Image | None
    depth: float


def array_of(colour: Colour) -> np.ndarray:
    return np.array(colour, np.float32)


def painted_sky(
    colours: Palette,
    size: Size,
    rng: np.random.Generator,
    *,
    horizon: float = 0.72,
    sun: tuple[float, float, float] | None = None,
) -> Image.Image:
    """A gradient down to the horizon with a glowing disc at (`x`, `y`, radius) in shares of the frame."""
    width, height = size[0] // 2, size[1] // 2
    down = np.linspace(0, 1 / horizon, height, dtype=np.float32)[:, None, None]
    top, middle, low = array_of(colours.top), array_of(colours.middle), array_of(colours.low)
    upper = top + (middle - top) * np.clip(down / 0.58, 0, 1) ** 1.2
    sky = upper + (low - upper) * np.clip((down - 0.42) / 0.58, 0, 1) ** 1.5
    sky = np.repeat(sky, width, axis=1)
    if sun:
        short = min(width, height)
        x = (np.arange(width, dtype=np.float32) - sun[0] * width)[None, :]
        y = (np.arange(height, dtype=np.float32) - sun[1] * height)[:, None]
        far = np.sqrt(x * x + y * y) / (sun[2] * short)
        halo = (0.55 * np.exp(-np.maximum(far - 1, 0) * 0.75) + 0.3 * np.exp(-np.maximum(far - 1, 0) * 0.18))[..., None]
        sky += (array_of(colours.glow) - sky) * np.clip(halo, 0, 1)
        disc = np.clip((1 - far) * sun[2] * short * 0.7 + 0.5, 0, 1)[..., None]
        sky += (array_of(colours.glow) - sky) * disc
    sky += rng.normal(0, 0.9, sky.shape[:2]).astype(np.float32)[..., None]
    return Image.fromarray(np.clip(sky, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)


def ridge_line(width: int, rng: np.random.Generator, rough: float, octaves: int = 7, first: float = 1.6) -> np.ndarray:
    """Heights from 0 to 1 across the frame: waves on waves, each finer and lower."""
    x = np.linspace(0, 1, width, dtype=np.float32)
    heights = np.zeros(width, np.float32)
    strength, often = 1.0, first
    for _ in range(octaves):
        knots = rng.uniform(0, 1, math.ceil(often) + 3)
        at = x * often + rng.uniform(0, 1)
        low = np.floor(at).astype(int)
        part = at - low
        soft = part * part * (3 - 2 * part) if rough < 0.5 else part
        heights += strength * (knots[low] * (1 - soft) + knots[low + 1] * soft)
        strength *= rough
        often *= 2.1
    return (heights - heights.min()) / max(1e-6, float(np.ptp(heights)))


def filled_below(size: Size, crest: np.ndarray) -> Image.Image:
    """A mask of everything under a crest given in pixels from the top, its edge smooth."""
    down = np.arange(size[1], dtype=np.float32)[:, None]
    return Image.fromarray((np.clip(down - crest[None, :] + 0.5, 0, 1) * 255).astype(np.uint8))


def shaded_body(
    size: Size, crest: np.ndarray, colour: Colour, haze: Colour, reach: float, *, light: np.ndarray | None = None
) -> Image.Image:
    """A shape's body: its own colour at the crest, sinking into haze below it; `light` brightens columns."""
    small = (size[0] // 2, size[1] // 2)
    down = np.arange(small[1], dtype=np.float32)[:, None] * 2
    line = crest[: small[0] * 2 : 2][None, :]
    depth = np.clip((down - line) / (reach * size[1]), 0, 1)[..., None]
    body = array_of(colour) + (array_of(haze) - array_of(colour)) * depth * 0.85
    if light is not None:
        body = body * (1 + light[: small[0] * 2 : 2][None, :, None] * np.exp(-depth * 3))
    return Image.fromarray(np.clip(body, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
