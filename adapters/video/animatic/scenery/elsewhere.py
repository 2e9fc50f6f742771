"""Places made or imagined: city, space, stage, plain forms."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from adapters.video.animatic.palette import Palette, relative
from adapters.video.animatic.scenery.paint import (
    Layer,
    Size,
    array_of,
    filled_below,
    painted_sky,
    shaded_body,
)


def draw_city(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    width, height = size
    sun = (float(rng.uniform(0.35, 0.65)), 0.5, 0.12)
    layers = [Layer(painted_sky(colours, size, rng, horizon=0.85, sun=sun), None, 0.2)]
    steps = (
        (0.36, 0.62, 0.035, relative(colours.far, colours.low, 0.3), 0.42, 0.1),
        (0.34, 0.72, 0.05, relative(colours.far, colours.between, 0.5), 0.62, 0.3),
        (0.42, 0.84, 0.075, colours.between, 0.85, 0.4),
        (0.72, 0.97, 0.13, colours.near, 1.15, 0.16),
    )
    for top, bottom, wide, colour, depth, lights in steps:
        mask = Image.new("L", size, 0)
        body = shaded_body(
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


def _building(  # noqa: PLR0917 - a shape, its body, its place, its lights
    mask: ImageDraw.ImageDraw,
    body: ImageDraw.ImageDraw,
    box: tuple[float, float, float, float],
    colours: Palette,
    lights: float,
    rng: np.random.Generator,
) -> None:
    left, roof, right, ground = box
    mask.rectangle(box, fill=255)
    if rng.uniform() < 0.3:
        middle = (left + right) / 2
        mask.line(
            (middle, roof - (ground - roof) * 0.13, middle, roof), fill=255, width=max(1, round((right - left) * 0.03))
        )
    elif rng.uniform() < 0.4:
        inset = (right - left) * 0.22
        mask.rectangle((left + inset, roof - (right - left) * 0.25, right - inset, roof), fill=255)
    step = max(5.0, (right - left) / max(3, round((right - left) / 13)))
    across, down = step * 0.46, step * 0.6
    y = roof + step
    while y < ground - step:
        x = left + step * 0.5
        while x < right - step * 0.6:
            if rng.uniform() < lights:
                colour = colours.glow if rng.uniform() < 0.7 else colours.accent
                body.rectangle(
                    (x, y, x + across, y + down), fill=relative(colours.between, colour, float(rng.uniform(0.35, 0.95)))
                )
            x += step
        y += step * 1.35


def draw_space(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    width, height = size
    small = (width // 4, height // 4)
    cloud = np.zeros((small[1], small[0]), np.float32)
    for scale, strength in ((3, 1.0), (6, 0.6), (12, 0.35), (24, 0.2)):
        grid = Image.fromarray(rng.uniform(0, 1, (scale + 1, scale * 2)).astype(np.float32))
        cloud += strength * np.asarray(grid.resize(small, Image.Resampling.BICUBIC))
    cloud = np.clip((cloud - 0.95) / 1.0, 0, 1)[..., None] ** 1.6
    back = array_of(colours.top) * 0.6 + cloud * (array_of(colours.middle) * 1.2 + array_of(colours.low) * 0.35)
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
        _planet(colours, size, (float(rng.uniform(0.6, 0.8)), 0.4), 0.3, float(rng.uniform(2.2, 2.8)), rng, depth=0.5)
    )
    layers.append(_planet(colours, size, (0.3, 1.42), 0.78, float(rng.uniform(1.9, 2.3)), rng, depth=1.1))
    return layers


def _planet(  # noqa: PLR0917 - a globe has that many sides
    colours: Palette,
    size: Size,
    centre: tuple[float, float],
    radius: float,
    light: float,
    rng: np.random.Generator,
    *,
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
    ground = array_of(colours.far) + (array_of(colours.low) - array_of(colours.far)) * bands[..., None] * 0.6
    rim = np.clip((far - 0.9) * 10, 0, 1) * lit
    body = ground * (0.08 + 1.05 * lit[..., None]) + array_of(colours.glow) * rim[..., None] * 0.5
    mask = np.clip((1 - far) * radius * short + 0.5, 0, 1)
    return Layer(
        Image.fromarray(np.clip(body, 0, 255).astype(np.uint8)), Image.fromarray((mask * 255).astype(np.uint8)), depth
    )


def draw_stage(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    """A backdrop with pools of light, a floor, and two beams from above."""
    width, height = size
    small = (width // 2, height // 2)
    x = np.linspace(0, 1, small[0], dtype=np.float32)[None, :]
    y = np.linspace(0, 1, small[1], dtype=np.float32)[:, None]
    pool_x = float(rng.uniform(0.5, 0.66))
    pool = np.exp(-(((x - pool_x) / 0.3) ** 2 + ((y - 0.42) / 0.42) ** 2))[..., None]
    wall = array_of(colours.top) * 0.75 + (array_of(colours.middle) - array_of(colours.top) * 0.4) * pool
    back = Image.fromarray(np.clip(wall, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    disc = Image.new("L", size, 0)
    r = min(size) * 0.27
    ImageDraw.Draw(disc).ellipse((pool_x * width - r, 0.4 * height - r, pool_x * width + r, 0.4 * height + r), fill=255)
    lit = painted_sky(colours, size, rng, horizon=0.85)
    floor = np.full(width, height * 0.74, np.float32)
    ground = Image.fromarray(
        np.clip(
            array_of(colours.between) * 0.7
            + array_of(colours.low) * 0.5 * np.exp(-(((x - pool_x) / 0.32) ** 2 + ((y - 0.82) / 0.1) ** 2))[..., None],
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
        Layer(ground.resize(size, Image.Resampling.BICUBIC), filled_below(size, floor), 0.9),
        Layer(Image.new("RGB", size, colours.glow), beams.filter(ImageFilter.GaussianBlur(min(size) * 0.018)), 1.1),
    ]


def draw_forms(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    """A composition of a disc, arcs and slopes: for stories that play nowhere in particular."""
    width, height = size
    short = min(size)
    layers = [Layer(painted_sky(colours, size, rng, horizon=1.0), None, 0.2)]
    x, y = float(rng.uniform(0.58, 0.76)) * width, float(rng.uniform(0.32, 0.44)) * height
    r = short * float(rng.uniform(0.24, 0.32))
    disc = Image.new("L", size, 0)
    ImageDraw.Draw(disc).ellipse((x - r, y - r, x + r, y + r), fill=255)
    face = painted_sky(
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
            Layer(
                shaded_body(size, crest, colour, relative(colour, colours.near, 0.5), 0.35),
                filled_below(size, crest),
                depth,
            )
        )
    return layers
