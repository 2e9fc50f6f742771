"""Places outdoors: mountains, forest, desert, sea."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from adapters.video.animatic.palette import Palette, relative
from adapters.video.animatic.scenery.paint import Layer, Size, filled_below, painted_sky, ridge_line, shaded_body


def draw_mountains(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    width, height = size
    sun = (float(rng.uniform(0.28, 0.74)), float(rng.uniform(0.26, 0.42)), float(rng.uniform(0.055, 0.1)))
    layers = [Layer(painted_sky(colours, size, rng, sun=sun), None, 0.25)]
    steps = (
        (0.46, 0.22, 0.56, relative(colours.far, colours.low, 0.45), 0.45),
        (0.58, 0.2, 0.54, colours.far, 0.62),
        (0.7, 0.18, 0.5, colours.between, 0.82),
        (0.86, 0.16, 0.46, colours.near, 1.12),
    )
    for base, tall, rough, colour, depth in steps:
        shape = ridge_line(width, rng, rough)
        crest = height * (base + tall * 0.5 - tall * shape)
        slope = np.convolve(np.clip(-np.gradient(crest) * 0.2, -0.1, 0.12), np.hanning(65) / 32, "same")
        haze = relative(colour, colours.low, 0.42 if depth < 1 else 0.0)
        layers.append(Layer(shaded_body(size, crest, colour, haze, 0.3, light=slope), filled_below(size, crest), depth))
    return layers


def draw_forest(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    width, height = size
    sun = (float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.3, 0.42)), float(rng.uniform(0.06, 0.09)))
    layers = [Layer(painted_sky(colours, size, rng, horizon=0.8, sun=sun), None, 0.25)]
    steps = (
        (0.56, 0.1, relative(colours.far, colours.low, 0.3), 0.5, 0.07, 90),
        (0.66, 0.1, relative(colours.far, colours.between, 0.5), 0.7, 0.12, 60),
        (0.78, 0.1, colours.between, 0.88, 0.2, 38),
        (0.95, 0.08, colours.near, 1.2, 0.42, 15),
    )
    for base, tall, colour, depth, tree, count in steps:
        crest = height * (base + tall * 0.5 - tall * ridge_line(width, rng, 0.4))
        mask = filled_below(size, crest)
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
        layers.append(Layer(shaded_body(size, crest - tree * height * 0.5, colour, haze, 0.4), mask, depth))
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


def draw_sea(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    width, height = size
    horizon = float(rng.uniform(0.54, 0.6))
    sun_x = float(rng.uniform(0.32, 0.68))
    layers = [Layer(painted_sky(colours, size, rng, horizon=horizon, sun=(sun_x, horizon - 0.13, 0.085)), None, 0.3)]
    coast = height * (horizon + 0.005 - 0.07 * np.clip(ridge_line(width, rng, 0.5) - 0.45, 0, 1))
    layers.append(
        Layer(
            shaded_body(size, coast, relative(colours.far, colours.low, 0.35), colours.low, 0.2),
            filled_below(size, coast),
            0.4,
        )
    )
    line = np.full(width, height * horizon, np.float32)
    water = shaded_body(size, line, relative(colours.between, colours.low, 0.35), colours.near, 0.5)
    layers.append(Layer(_glittered(water, colours, sun_x, horizon, rng), filled_below(size, line), 0.6))
    for base, share, depth in ((0.8, 0.35, 0.9), (0.92, 0.75, 1.2)):
        x = np.linspace(0, 1, width, dtype=np.float32)
        swell = np.sin(x * 2 * np.pi * rng.uniform(1.2, 2.2) + rng.uniform(0, 6)) + 0.35 * np.sin(
            x * 2 * np.pi * rng.uniform(3, 5)
        )
        crest = height * (base + 0.018 * swell)
        colour = relative(colours.between, colours.near, share)
        body = shaded_body(
            size, crest, relative(colour, colours.accent, 0.16), relative(colour, colours.near, 0.7), 0.14
        )
        layers.append(Layer(body, filled_below(size, crest), depth))
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


def draw_desert(colours: Palette, size: Size, rng: np.random.Generator) -> list[Layer]:
    width, height = size
    sun = (float(rng.uniform(0.25, 0.75)), float(rng.uniform(0.22, 0.36)), float(rng.uniform(0.07, 0.1)))
    layers = [Layer(painted_sky(colours, size, rng, horizon=0.66, sun=sun), None, 0.25)]
    steps = (
        (0.56, 0.08, 2.2, relative(colours.far, colours.low, 0.4), 0.5),
        (0.64, 0.13, 1.5, colours.far, 0.7),
        (0.76, 0.16, 1.1, colours.between, 0.9),
        (0.92, 0.14, 0.8, colours.near, 1.15),
    )
    for base, tall, first, colour, depth in steps:
        shape = ridge_line(width, rng, 0.22, octaves=4, first=first)
        crest = height * (base + tall * 0.5 - tall * shape)
        slope = np.clip(np.gradient(crest) * 0.9, -0.22, 0.2)
        layers.append(
            Layer(
                shaded_body(size, crest, colour, relative(colour, colours.near, 0.35), 0.3, light=slope),
                filled_below(size, crest),
                depth,
            )
        )
    return layers
