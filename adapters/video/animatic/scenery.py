"""Drawn places in layers, far to near, for the camera to move through."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from adapters.video.animatic.palette import Colour, Palette, Place, relative

Size = tuple[int, int]
DRAWN_FINER = 1.2  # layers are drawn this much larger than the film


@dataclass(frozen=True, slots=True)
class Layer:
    """`mask` is None for the farthest, which fills the frame; `depth` is its parallax, 1 being the subject's."""

    picture: Image.Image
    mask: Image.Image | None
    depth: float


def scenery(where: Place, colours: Palette, film: Size, seed: int) -> list[Layer]:
    """The layers of a place, the farthest first."""
    size = (round(film[0] * DRAWN_FINER), round(film[1] * DRAWN_FINER))
    return _DRAWERS[where](colours, size, np.random.default_rng(seed))


def _array(colour: Colour) -> np.ndarray:
    return np.array(colour, np.float32)


def _sky(
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
    top, middle, low = _array(colours.top), _array(colours.middle), _array(colours.low)
    upper = top + (middle - top) * np.clip(down / 0.58, 0, 1) ** 1.2
    sky = upper + (low - upper) * np.clip((down - 0.42) / 0.58, 0, 1) ** 1.5
    sky = np.repeat(sky, width, axis=1)
    if sun:
        short = min(width, height)
        x = (np.arange(width, dtype=np.float32) - sun[0] * width)[None, :]
        y = (np.arange(height, dtype=np.float32) - sun[1] * height)[:, None]
        far = np.sqrt(x * x + y * y) / (sun[2] * short)
        halo = (0.55 * np.exp(-np.maximum(far - 1, 0) * 0.75) + 0.3 * np.exp(-np.maximum(far - 1, 0) * 0.18))[..., None]
        sky += (_array(colours.glow) - sky) * np.clip(halo, 0, 1)
        disc = np.clip((1 - far) * sun[2] * short * 0.7 + 0.5, 0, 1)[..., None]
        sky += (_array(colours.glow) - sky) * disc
    sky += rng.normal(0, 0.9, sky.shape[:2]).astype(np.float32)[..., None]
    return Image.fromarray(np.clip(sky, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)


def _ridge(width: int, rng: np.random.Generator, rough: float, octaves: int = 7, first: float = 1.6) -> np.ndarray:
    """Heights from 0 to 1 across the frame: waves on waves, each finer and lower."""
    x = np.linspace(0, 1, width, dtype=np.float32)
    heights = np.zeros(width, np.float32)
    strength, often = 1.0, first
    for _ in range(octaves):
        knots = rng.uniform(0, 1, math.ceil(often) + 3)
        at = x * often + rng.uniform(0, 1)
        low = np.floor(at).astype(int)
        part = at - low
        soft = part * part * (3 - 2 * part) if rough < 0.5 else part  # noqa: PLR2004 - half way from dunes to rock
        heights += strength * (knots[low] * (1 - soft) + knots[low + 1] * soft)
        strength *= rough
        often *= 2.1
    return (heights - heights.min()) / max(1e-6, float(np.ptp(heights)))


def _filled(size: Size, crest: np.ndarray) -> Image.Image:
    """A mask of everything under a crest given in pixels from the top, its edge smooth."""
    down = np.arange(size[1], dtype=np.float32)[:, None]
    return Image.fromarray((np.clip(down - crest[None, :] + 0.5, 0, 1) * 255).astype(np.uint8))


def _shaded(
    size: Size, crest: np.ndarray, colour: Colour, haze: Colour, reach: float, light: np.ndarray | None = None
) -> Image.Image:
    """A shape's body: its own colour at the crest, sinking into haze below it; `light` brightens columns."""
    small = (size[0] // 2, size[1] // 2)
    down = np.arange(small[1], dtype=np.float32)[:, None] * 2
    line = crest[: small[0] * 2 : 2][None, :]
    depth = np.clip((down - line) / (reach * size[1]), 0, 1)[..., None]
    body = _array(colour) + (_array(haze) - _array(colour)) * depth * 0.85
    if light is not None:
        body = body * (1 + light[: small[0] * 2 : 2][None, :, None] * np.exp(-depth * 3))
    return Image.fromarray(np.clip(body, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)


def _mountains(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    width, height = size
    sun = (float(rng.uniform(0.28, 0.74)), float(rng.uniform(0.26, 0.42)), float(rng.uniform(0.055, 0.1)))
    layers = [Layer(_sky(colours, size, rng, sun=sun), None, 0.25)]
    steps = (
        (0.46, 0.22, 0.56, relative(colours.far, colours.low, 0.45), 0.45),
        (0.58, 0.2, 0.54, colours.far, 0.62),
        (0.7, 0.18, 0.5, colours.between, 0.82),
        (0.86, 0.16, 0.46, colours.near, 1.12),
    )
    for base, tall, rough, colour, depth in steps:
        shape = _ridge(width, rng, rough)
        crest = height * (base + tall * 0.5 - tall * shape)
        slope = np.convolve(np.clip(-np.gradient(crest) * 0.2, -0.1, 0.12), np.hanning(65) / 32, "same")
        haze = relative(colour, colours.low, 0.42 if depth < 1 else 0.0)
        layers.append(Layer(_shaded(size, crest, colour, haze, 0.3, slope), _filled(size, crest), depth))
    return layers


def _forest(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    width, height = size
    sun = (float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.3, 0.42)), float(rng.uniform(0.06, 0.09)))
    layers = [Layer(_sky(colours, size, rng, horizon=0.8, sun=sun), None, 0.25)]
    steps = (
        (0.56, 0.1, relative(colours.far, colours.low, 0.3), 0.5, 0.07, 90),
        (0.66, 0.1, relative(colours.far, colours.between, 0.5), 0.7, 0.12, 60),
        (0.78, 0.1, colours.between, 0.88, 0.2, 38),
        (0.95, 0.08, colours.near, 1.2, 0.42, 15),
    )
    for base, tall, colour, depth, tree, count in steps:
        crest = height * (base + tall * 0.5 - tall * _ridge(width, rng, 0.4))
        mask = _filled(size, crest)
        draw = ImageDraw.Draw(mask)
        for _ in range(count):
            x = float(rng.uniform(-0.02, 1.02)) * width
            _pine(
                draw,
                x,
                float(crest[int(np.clip(x, 0, width - 1))]),
                tree * height * float(rng.uniform(0.55, 1.15)),
                rng,
            )
        haze = relative(colour, colours.low, 0.5 if depth < 1 else 0.0)
        layers.append(Layer(_shaded(size, crest - tree * height * 0.5, colour, haze, 0.4), mask, depth))
    return layers


def _pine(draw: ImageDraw.ImageDraw, x: float, ground: float, tall: float, rng: np.random.Generator) -> None:
    points: list[tuple[float, float]] = [(x, ground - tall)]
    tiers = 7
    for side in (1, -1):
        edge: list[tuple[float, float]] = []
        for tier in range(1, tiers + 1):
            y = ground - tall + tall * 0.96 * tier / tiers
            wide = tall * 0.2 * tier / tiers * float(rng.uniform(0.85, 1.15))
            edge += [(x + side * wide, y), (x + side * wide * 0.55, y - tall * 0.015)]
        points += edge if side == 1 else edge[::-1]
    draw.polygon(points, fill=255)
    draw.rectangle((x - tall * 0.012, ground - tall * 0.05, x + tall * 0.012, ground + tall * 0.05), fill=255)


def _sea(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    width, height = size
    horizon = float(rng.uniform(0.54, 0.6))
    sun_x = float(rng.uniform(0.32, 0.68))
    layers = [Layer(_sky(colours, size, rng, horizon=horizon, sun=(sun_x, horizon - 0.13, 0.085)), None, 0.3)]
    coast = height * (horizon + 0.005 - 0.07 * np.clip(_ridge(width, rng, 0.5) - 0.45, 0, 1))
    layers.append(
        Layer(
            _shaded(size, coast, relative(colours.far, colours.low, 0.35), colours.low, 0.2), _filled(size, coast), 0.4
        )
    )
    line = np.full(width, height * horizon, np.float32)
    water = _shaded(size, line, relative(colours.between, colours.low, 0.35), colours.near, 0.5)
    layers.append(Layer(_glittered(water, colours, sun_x, horizon, rng), _filled(size, line), 0.6))
    for base, share, depth in ((0.8, 0.35, 0.9), (0.92, 0.75, 1.2)):
        x = np.linspace(0, 1, width, dtype=np.float32)
        swell = np.sin(x * 2 * np.pi * rng.uniform(1.2, 2.2) + rng.uniform(0, 6)) + 0.35 * np.sin(
            x * 2 * np.pi * rng.uniform(3, 5)
        )
        crest = height * (base + 0.018 * swell)
        colour = relative(colours.between, colours.near, share)
        body = _shaded(size, crest, relative(colour, colours.accent, 0.16), relative(colour, colours.near, 0.7), 0.14)
        layers.append(Layer(body, _filled(size, crest), depth))
    return layers


def _glittered(
    water: Image.Image, colours: Palette, sun_x: float, horizon: float, rng: np.random.Generator
) -> Image.Image:
    """Short bright strokes under the sun, denser towards the horizon."""
    width, height = water.size
    strokes = Image.new("L", water.size, 0)
    draw = ImageDraw.Draw(strokes)
    for _ in range(420):
        down = float(rng.uniform(0, 1)) ** 1.7
        y = height * (horizon + 0.004 + down * (1 - horizon))
        spread = 0.035 + 0.16 * down
        x = width * (sun_x + float(rng.normal(0, spread)))
        long = width * (0.006 + 0.03 * down) * float(rng.uniform(0.4, 1.3))
        thick = max(1.0, height * 0.0035 * (0.4 + 1.6 * down))
        draw.rounded_rectangle((x - long, y, x + long, y + thick), thick / 2, fill=int(rng.integers(50, 190)))
    lit = water.copy()
    lit.paste(colours.glow, mask=strokes.filter(ImageFilter.GaussianBlur(0.8)))
    return lit


def _city(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    width, height = size
    sun = (float(rng.uniform(0.35, 0.65)), 0.5, 0.12)
    layers = [Layer(_sky(colours, size, rng, horizon=0.85, sun=sun), None, 0.2)]
    steps = (
        (0.36, 0.62, 0.035, relative(colours.far, colours.low, 0.3), 0.42, 0.1),
        (0.34, 0.72, 0.05, relative(colours.far, colours.between, 0.5), 0.62, 0.3),
        (0.42, 0.84, 0.075, colours.between, 0.85, 0.4),
        (0.72, 0.97, 0.13, colours.near, 1.15, 0.16),
    )
    for top, bottom, wide, colour, depth, lights in steps:
        mask = Image.new("L", size, 0)
        body = _shaded(
            size,
            np.full(width, height * top, np.float32),
            colour,
            relative(colour, colours.low, 0.35 if depth < 1 else 0),
            0.6,
        )
        x = -wide * width * float(rng.uniform(0, 1))
        while x < width:
            across = wide * width * float(rng.uniform(0.6, 1.5))
            roof = height * float(rng.uniform(top, bottom))
            _building(ImageDraw.Draw(mask), ImageDraw.Draw(body), (x, roof, x + across, height), colours, lights, rng)
            x += across + wide * width * float(rng.choice([0, 0, 0.15, 0.4]))
        layers.append(Layer(body, mask, depth))
    return layers


def _building(
    mask: ImageDraw.ImageDraw,
    body: ImageDraw.ImageDraw,
    box: tuple[float, float, float, float],
    colours: Palette,
    lights: float,
    rng: np.random.Generator,
) -> None:
    left, roof, right, ground = box
    mask.rectangle(box, fill=255)
    if rng.uniform() < 0.3:  # noqa: PLR2004 - some roofs carry a mast
        middle = (left + right) / 2
        mask.line(
            (middle, roof - (ground - roof) * 0.13, middle, roof), fill=255, width=max(1, round((right - left) * 0.03))
        )
    elif rng.uniform() < 0.4:  # noqa: PLR2004 - some a set-back storey
        inset = (right - left) * 0.22
        mask.rectangle((left + inset, roof - (right - left) * 0.25, right - inset, roof), fill=255)
    step = max(5.0, (right - left) / max(3, round((right - left) / 13)))
    across, down = step * 0.46, step * 0.6
    y = roof + step
    while y < ground - step:
        x = left + step * 0.5
        while x < right - step * 0.6:
            if rng.uniform() < lights:
                colour = colours.glow if rng.uniform() < 0.7 else colours.accent  # noqa: PLR2004 - mostly warm, some bright
                body.rectangle(
                    (x, y, x + across, y + down), fill=relative(colours.between, colour, float(rng.uniform(0.35, 0.95)))
                )
            x += step
        y += step * 1.35


def _desert(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    width, height = size
    sun = (float(rng.uniform(0.25, 0.75)), float(rng.uniform(0.22, 0.36)), float(rng.uniform(0.07, 0.1)))
    layers = [Layer(_sky(colours, size, rng, horizon=0.66, sun=sun), None, 0.25)]
    steps = (
        (0.56, 0.08, 2.2, relative(colours.far, colours.low, 0.4), 0.5),
        (0.64, 0.13, 1.5, colours.far, 0.7),
        (0.76, 0.16, 1.1, colours.between, 0.9),
        (0.92, 0.14, 0.8, colours.near, 1.15),
    )
    for base, tall, first, colour, depth in steps:
        shape = _ridge(width, rng, 0.22, octaves=4, first=first)
        crest = height * (base + tall * 0.5 - tall * shape)
        slope = np.clip(np.gradient(crest) * 0.9, -0.22, 0.2)
        layers.append(
            Layer(
                _shaded(size, crest, colour, relative(colour, colours.near, 0.35), 0.3, slope),
                _filled(size, crest),
                depth,
            )
        )
    return layers


def _space(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    width, height = size
    small = (width // 4, height // 4)
    cloud = np.zeros((small[1], small[0]), np.float32)
    for scale, strength in ((3, 1.0), (6, 0.6), (12, 0.35), (24, 0.2)):
        grid = Image.fromarray(rng.uniform(0, 1, (scale + 1, scale * 2)).astype(np.float32))
        cloud += strength * np.asarray(grid.resize(small, Image.Resampling.BICUBIC))
    cloud = np.clip((cloud - 0.95) / 1.0, 0, 1)[..., None] ** 1.6
    back = _array(colours.top) * 0.6 + cloud * (_array(colours.middle) * 1.2 + _array(colours.low) * 0.35)
    sky = Image.fromarray(np.clip(back, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(sky)
    short = min(size)
    for _ in range(520):
        x, y = float(rng.uniform(0, width)), float(rng.uniform(0, height))
        r = short * 0.0007 * (1 + 2.2 * float(rng.uniform()) ** 6)
        draw.ellipse(
            (x - r, y - r, x + r, y + r), fill=relative(colours.top, (255, 255, 255), float(rng.uniform(0.25, 1)))
        )
    layers = [Layer(sky, None, 0.15)]
    layers.append(
        _planet(colours, size, (float(rng.uniform(0.6, 0.8)), 0.4), 0.3, float(rng.uniform(2.2, 2.8)), rng, 0.5)
    )
    layers.append(_planet(colours, size, (0.3, 1.42), 0.78, float(rng.uniform(1.9, 2.3)), rng, 1.1))
    return layers


def _planet(
    colours: Palette,
    size: Size,
    centre: tuple[float, float],
    radius: float,
    light: float,
    rng: np.random.Generator,
    depth: float,
) -> Layer:
    """A banded globe lit from one side (`light` in radians), with a thin bright rim."""
    width, height = size
    short = min(size)
    x = (np.arange(width, dtype=np.float32)[None, :] - centre[0] * width) / (radius * short)
    y = (np.arange(height, dtype=np.float32)[:, None] - centre[1] * height) / (radius * short)
    far = np.sqrt(x * x + y * y)
    z = np.sqrt(np.clip(1 - far * far, 0, 1))
    lit = np.clip(x * math.cos(light) * 0.8 + y * math.sin(light) * 0.8 * -1 + z * 0.45, 0, 1)
    tilt = y * 0.95 + x * 0.3
    bands = 0.5 + 0.5 * np.sin(tilt * 9 + np.sin(tilt * 23 + rng.uniform(0, 6)) * 0.7)
    ground = _array(colours.far) + (_array(colours.low) - _array(colours.far)) * bands[..., None] * 0.6
    rim = np.clip((far - 0.9) * 10, 0, 1) * lit
    body = ground * (0.08 + 1.05 * lit[..., None]) + _array(colours.glow) * rim[..., None] * 0.5
    mask = np.clip((1 - far) * radius * short + 0.5, 0, 1)
    return Layer(
        Image.fromarray(np.clip(body, 0, 255).astype(np.uint8)), Image.fromarray((mask * 255).astype(np.uint8)), depth
    )


def _stage(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    """A backdrop with pools of light, a floor, and two beams from above."""
    width, height = size
    small = (width // 2, height // 2)
    x = np.linspace(0, 1, small[0], dtype=np.float32)[None, :]
    y = np.linspace(0, 1, small[1], dtype=np.float32)[:, None]
    pool_x = float(rng.uniform(0.5, 0.66))
    pool = np.exp(-(((x - pool_x) / 0.3) ** 2 + ((y - 0.42) / 0.42) ** 2))[..., None]
    wall = _array(colours.top) * 0.75 + (_array(colours.middle) - _array(colours.top) * 0.4) * pool
    back = Image.fromarray(np.clip(wall, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    disc = Image.new("L", size, 0)
    r = min(size) * 0.27
    ImageDraw.Draw(disc).ellipse((pool_x * width - r, 0.4 * height - r, pool_x * width + r, 0.4 * height + r), fill=255)
    lit = _sky(colours, size, rng, horizon=0.85)
    floor = np.full(width, height * 0.74, np.float32)
    ground = Image.fromarray(
        np.clip(
            _array(colours.between) * 0.7
            + _array(colours.low) * 0.5 * np.exp(-(((x - pool_x) / 0.32) ** 2 + ((y - 0.82) / 0.1) ** 2))[..., None],
            0,
            255,
        ).astype(np.uint8)
    )
    beams = Image.new("L", size, 0)
    draw = ImageDraw.Draw(beams)
    for top, strength in ((pool_x - 0.34, 46), (pool_x + 0.26, 34)):
        draw.polygon(
            [
                (top * width, -10),
                ((top + 0.015) * width, -10),
                ((pool_x + 0.15) * width, height * 0.84),
                ((pool_x - 0.13) * width, height * 0.84),
            ],
            fill=strength,
        )
    return [
        Layer(back, None, 0.4),
        Layer(lit, disc.filter(ImageFilter.GaussianBlur(0.7)), 0.65),
        Layer(ground.resize(size, Image.Resampling.BICUBIC), _filled(size, floor), 0.9),
        Layer(Image.new("RGB", size, colours.glow), beams.filter(ImageFilter.GaussianBlur(min(size) * 0.018)), 1.1),
    ]


def _forms(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    """A composition of a disc, arcs and slopes: for stories that play nowhere in particular."""
    width, height = size
    short = min(size)
    layers = [Layer(_sky(colours, size, rng, horizon=1.0), None, 0.2)]
    x, y = float(rng.uniform(0.58, 0.76)) * width, float(rng.uniform(0.32, 0.44)) * height
    r = short * float(rng.uniform(0.24, 0.32))
    disc = Image.new("L", size, 0)
    ImageDraw.Draw(disc).ellipse((x - r, y - r, x + r, y + r), fill=255)
    face = _sky(
        Palette(colours.glow, relative(colours.glow, colours.accent, 0.6), colours.accent, *([colours.far] * 5)),
        size,
        rng,
        horizon=0.8,
    )
    layers.append(Layer(face, disc.filter(ImageFilter.GaussianBlur(0.8)), 0.5))
    arcs = Image.new("L", size, 0)
    draw = ImageDraw.Draw(arcs)
    for ring in range(5):
        ring_r = r * (1.28 + 0.2 * ring)
        draw.arc(
            (x - ring_r, y - ring_r, x + ring_r, y + ring_r),
            0,
            360,
            fill=150 - 24 * ring,
            width=max(1, round(short * 0.0035)),
        )
    layers.append(Layer(Image.new("RGB", size, colours.accent), arcs.filter(ImageFilter.GaussianBlur(0.6)), 0.62))
    for base, colour, depth in ((0.66, colours.far, 0.78), (0.8, colours.between, 0.95), (0.95, colours.near, 1.2)):
        across = np.linspace(-1, 1, width, dtype=np.float32)
        lean = float(rng.uniform(-0.16, 0.16))
        bow = float(rng.uniform(0.04, 0.14))
        crest = height * (base + lean * across + bow * across**2 - bow * 0.5)
        layers.append(
            Layer(_shaded(size, crest, colour, relative(colour, colours.near, 0.5), 0.35), _filled(size, crest), depth)
        )
    return layers


_DRAWERS: dict[Place, Callable[[Palette, Size, np.random.Generator], list[Layer]]] = {
    Place.mountains: _mountains,
    Place.forest: _forest,
    Place.sea: _sea,
    Place.city: _city,
    Place.desert: _desert,
    Place.space: _space,
    Place.stage: _stage,
    Place.forms: _forms,
}
