"""What drifts through the air of a storyboard: dust, snow, rain, embers."""

import math
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from adapters.video.animatic.palette import Colour, Palette, Weather
from adapters.video.animatic.planes import Planes
from adapters.video.animatic.typeset import Sprite

WHITE: Colour = (250, 250, 252)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Speck:
    """Starts at (`x`, `y`) in frame shares; goes `across` and `down` frames a second, swaying."""

    sprite: Sprite
    x: float
    y: float
    across: float
    down: float
    sway: float
    phase: float
    alpha: float


class Air:
    """Draws its specks onto a frame for any time."""

    def __init__(self, kind: Weather, colours: Palette, size: tuple[int, int], seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.size, self.kind = size, kind
        count = {Weather.dust: 14, Weather.snow: 70, Weather.rain: 80, Weather.embers: 46, Weather.none: 0}[kind]
        colour = {Weather.dust: colours.glow, Weather.embers: colours.accent}.get(kind, WHITE)
        shapes = [_shape(kind, min(size), colour, scale) for scale in (0.6, 0.9, 1.3, 1.9)]
        self.specks = [self._speck(rng, shapes) for _ in range(count)]

    def _speck(self, rng: random.Random, shapes: list[Sprite]) -> _Speck:
        near = rng.random() ** 1.6
        speed = {
            Weather.dust: (0.008, -0.012),
            Weather.snow: (0.03, 0.16),
            Weather.rain: (-0.16, 1.5),
            Weather.embers: (0.03, -0.2),
            Weather.none: (0.0, 0.0),
        }[self.kind]
        return _Speck(
            sprite=shapes[min(3, int(near * 4))],
            x=rng.random(),
            y=rng.random(),
            across=speed[0] * (0.5 + near),
            down=speed[1] * (0.5 + near),
            sway=0.0 if self.kind is Weather.rain else rng.uniform(0.003, 0.012),
            phase=rng.uniform(0, 2 * math.pi),
            alpha=rng.uniform(0.25, 0.8) * (0.55 if self.kind in {Weather.dust, Weather.rain} else 1.0),
        )

    def draw(self, on: Planes, t: float) -> None:
        width, height = self.size
        for speck in self.specks:
            x = (speck.x + speck.across * t + speck.sway * math.sin(speck.phase + t * 1.1)) % 1.1 - 0.05
            y = (speck.y + speck.down * t) % 1.1 - 0.05
            twinkle = 0.75 + 0.25 * math.sin(speck.phase + t * 2.3)
            speck.sprite.draw(on, alpha=speck.alpha * twinkle, dx=x * width, dy=y * height)


def _shape(kind: Weather, short: int, colour: Colour, scale: float) -> Sprite:
    if kind is Weather.rain:
        long = max(6, round(short * 0.032 * scale))
        mask = Image.new("L", (max(3, long // 7), long), 0)
        ImageDraw.Draw(mask).line((mask.width - 1, 0, 0, long), fill=190, width=1)
        return Sprite(mask, colour, 0, 0)
    radius = max(1.0, short * 0.0022 * scale)
    side = math.ceil(radius * 6)
    mask = Image.new("L", (side, side), 0)
    middle = side / 2
    ImageDraw.Draw(mask).ellipse((middle - radius, middle - radius, middle + radius, middle + radius), fill=255)
    return Sprite(mask.filter(ImageFilter.GaussianBlur(radius * 0.5)), colour, 0, 0)
