"""Words alone as a film: each shot a drawn place under its camera move, with its line set large and its data set small."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from adapters.video.animatic.camera import ease, path
from adapters.video.animatic.fonts import Face, readable
from adapters.video.animatic.gentle import default_move
from adapters.video.animatic.palette import Colour, named_palette, palette, place, weather
from adapters.video.animatic.plan import FPS, Plan
from adapters.video.animatic.planes import BLACK, Lens, Planes, blend
from adapters.video.animatic.scenery import scenery
from adapters.video.animatic.scenes import Silent
from adapters.video.animatic.story import Shot, shots, times
from adapters.video.animatic.typeset import Sprite, block, line, spaced, width_of
from adapters.video.animatic.weather import Air
from bot.domain.camera import Move

INK: Colour = (252, 250, 246)
QUIET: Colour = (214, 212, 210)
DISSOLVE = 0.36
GRAIN = 1.7
UNTITLED = "Untitled"


@dataclass(slots=True)
class _Card:
    """One shot, ready to draw: `begin` to `end` in film time."""

    begin: float
    end: float
    layers: list[Lens]
    air: Air
    words: list[Sprite]
    labels: list[Sprite]
    rule: Sprite
    rise: float


class Storyboard(Silent):
    def __init__(self, plan: Plan, size: tuple[int, int], seconds: float, seed: int) -> None:
        self.size, self.seconds = size, seconds
        self.made = shots(plan.prompt, seconds)
        self.spans = times(self.made, seconds)
        self.colours = palette(plan.prompt, seed)
        self.plan, self.seed = plan, seed
        self.short = min(size)
        self.margin = round(self.short * 0.075)
        if any(readable(shot.text, Face.heading)[1] for shot in self.made):
            self.notes = (
                "Some letters of the prompt are in no font here: the cards show them in Latin letters, or as dots.",
            )
        self.veil = _veil(size)
        self.grain = _grain(size, seed)
        self.cards = [self._card(number) for number in range(len(self.made))]
        self.corners = self._corners()
        self.ticks = self._ticks()

    def _moves(self, number: int) -> tuple[Move, ...]:
        """A shot's own brackets, else its turn of the moves said for the whole film, else a gentle one."""
        shot, said = self.made[number], self.plan.camera
        if shot.moves:
            return shot.moves
        if said and not any(other.moves for other in self.made):
            return said if len(self.made) == 1 else (said[number % len(said)],)
        return default_move(shot.text, self.seed + number * 5)

    def _card(self, number: int) -> _Card:
        shot, (begin, end) = self.made[number], self.spans[number]
        moves = self._moves(number)
        until = min(self.seconds, end + DISSOLVE)
        colours = named_palette(shot.text) or self.colours
        where = place(shot.text, self.plan.prompt, self.seed // 3 + number)
        way = path(moves, until - begin, seed=self.seed + number)
        drawn = scenery(where, colours, self.size, self.seed * 101 + number)
        layers = [Lens(one.picture, self.size, way, depth=one.depth, mask=one.mask) for one in drawn]
        words, rise, top = self._words(shot)
        rule = Image.new("L", (round(self.short * 0.09), max(2, round(self.short * 0.005))), 255)
        return _Card(
            begin=begin,
            end=end,
            layers=layers,
            air=Air(weather(shot.text, where), colours, self.size, self.seed + number),
            words=words,
            labels=self._labels(number, moves),
            rule=Sprite(rule, colours.accent, self.margin, top - self.short * 0.05),
            rise=rise,
        )

    def _words(self, shot: Shot) -> tuple[list[Sprite], float, float]:
        """The line as sprites, how far each rises as it comes, and where the first begins."""
        width, height = self.size
        upright = height > width
        text = readable(shot.text, Face.heading)[0] or UNTITLED
        room = width - 2 * self.margin
        set_in = block(
            text,
            Face.heading,
            wide=room if upright else min(room, width * 0.74),
            high=height * (0.4 if upright else 0.46),
            largest=round(self.short * (0.098 if upright else 0.122)),
            smallest=max(12, round(self.short * 0.04)),
        )
        step = set_in.size * 1.2
        foot = height - self.margin - self.short * 0.085
        sprites: list[Sprite] = []
        for number, words in enumerate(set_in.lines):
            x = (
                self.margin
                if not set_in.from_right
                else width - self.margin - width_of(words, Face.heading, set_in.size)
            )
            y = foot - step * (len(set_in.lines) - 1 - number)
            sprites.append(line(words, Face.heading, set_in.size, INK, (x, y), shadow=0.5))
        return sprites, set_in.size * 0.42, foot - step * (len(set_in.lines) - 1) - set_in.size * 0.82

    def _labels(self, number: int, moves: Sequence[Move]) -> list[Sprite]:
        small = max(10, round(self.short * 0.0265))
        apart = small * 0.14
        y = self.margin + small
        count = len(self.made)
        shot = spaced(f"SHOT {number + 1:02d}", Face.strong_label, small, INK, (self.margin, y), spacing=apart)
        of = spaced(
            f"/ {count:02d}",
            Face.label,
            small,
            QUIET,
            (self.margin + width_of("SHOT 00 ", Face.strong_label, small, apart), y),
            spacing=apart,
        )
        names = "  \u2192  ".join(" + ".join(one.value for one in move) for move in moves[:3]).upper()
        camera = spaced(names, Face.label, small, QUIET, (self.margin, y + small * 1.55), spacing=apart)
        return [shot, of, camera]

    def _corners(self) -> list[Sprite]:
        """Marks of a viewfinder."""
        width, height = self.size
        arm, thick, inset = round(self.short * 0.03), max(1, round(self.short * 0.0022)), round(self.short * 0.034)
        made: list[Sprite] = []
        for right in (False, True):
            for low in (False, True):
                mask = Image.new("L", (arm, arm), 0)
                draw = ImageDraw.Draw(mask)
                draw.rectangle((0, arm - thick if low else 0, arm, arm if low else thick - 1), fill=150)
                draw.rectangle((arm - thick if right else 0, 0, arm if right else thick - 1, arm), fill=150)
                made.append(
                    Sprite(mask, INK, width - inset - arm if right else inset, height - inset - arm if low else inset)
                )
        return made

    def _ticks(self) -> list[tuple[Sprite, Sprite, float]]:
        """The film's length as a bar, a piece for each shot: its ground, what fills it, and its length."""
        thick = max(2, round(self.short * 0.004))
        gap = self.short * 0.008
        whole = self.size[0] - 2 * self.margin
        y = self.size[1] - self.margin
        made: list[tuple[Sprite, Sprite, float]] = []
        for begin, end in self.spans:
            x = self.margin + whole * begin / self.seconds
            long = max(2.0, whole * (end - begin) / self.seconds - (gap if len(self.spans) > 1 else 0))
            ground = Sprite(Image.new("L", (round(long), thick), 70), INK, x, y)
            made.append((ground, Sprite(Image.new("L", (round(long), thick), 235), self.colours.accent, x, y), long))
        return made

    def draw(self, t: float) -> Planes:
        here = [card for card in self.cards if card.begin <= t < card.end + DISSOLVE] or [self.cards[-1]]
        frame = self._place(here[0], t)
        for card in here[1:]:
            frame = blend(frame, self._place(card, t), ease((t - card.begin) / DISSOLVE))
        frame = Planes(self._grained(frame.y, t), frame.u.copy(), frame.v.copy())
        frame.y.paste(BLACK, mask=self.veil)
        for card in here:
            self._write(card, frame, t)
        self._furnish(frame, t)
        return frame

    def _place(self, card: _Card, t: float) -> Planes:
        at = t - card.begin
        frame = card.layers[0].look(at)
        for layer in card.layers[1:]:
            layer.over(frame, at)
        card.air.draw(frame, t)
        return frame

    def _write(self, card: _Card, on: Planes, t: float) -> None:
        last = card is self.cards[-1]
        leaving = 0.0 if last else ease((t - card.end + 0.16) / 0.3)
        quick = min(1.0, (card.end - card.begin) / 2.4)
        for number, sprite in enumerate(card.words):
            come = _settle((t - card.begin - (0.16 + 0.09 * number) * quick) / (0.62 * quick))
            sprite.draw(on, alpha=come * (1 - leaving), dy=card.rise * (1 - come) - card.rise * 0.5 * leaving)
        come = _settle((t - card.begin - 0.05 * quick) / (0.5 * quick))
        for sprite in card.labels:
            sprite.draw(on, alpha=come * (1 - leaving))
        card.rule.draw(on, alpha=come * (1 - leaving), dx=-card.rise * (1 - come))

    def _furnish(self, on: Planes, t: float) -> None:
        for sprite in self.corners:
            sprite.draw(on, alpha=0.8)
        for (ground, filled, long), (begin, end) in zip(self.ticks, self.spans, strict=True):
            ground.draw(on)
            done = long * min(1.0, max(0.0, (t + 1 / FPS - begin) / (end - begin)))
            if done >= 1:
                filled.cut(round(done)).draw(on)
        small = max(10, round(self.short * 0.0265))
        frames = round(t * FPS)
        clock = f"{frames // FPS // 60:02d}:{frames // FPS % 60:02d}:{frames % FPS:02d}"
        wide = width_of(clock, Face.label, small, small * 0.14)
        spaced(
            clock,
            Face.label,
            small,
            QUIET,
            (self.size[0] - self.margin - wide, self.margin + small),
            spacing=small * 0.14,
        ).draw(on)

    def _grained(self, y: Image.Image, t: float) -> Image.Image:
        rng = random.Random(self.seed * 7919 + round(t * FPS))  # noqa: S311 - repeatable, not secret
        left, top = rng.randrange(64), rng.randrange(64)
        return ImageChops.add(y, self.grain.crop((left, top, left + y.width, top + y.height)), 1, -128)


def _settle(u: float) -> float:
    """0 to 1: quick at first, then ever slower."""
    return 1 - (1 - min(1.0, max(0.0, u))) ** 3


def _grain(size: tuple[int, int], seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    noise = rng.normal(128, GRAIN, (size[1] + 64, size[0] + 64))
    return Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))


def _veil(size: tuple[int, int]) -> Image.Image:
    """Darkness for the words to stand on: from below, and a little from above."""
    width, height = size
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    low = np.clip((down - 0.3) / 0.7, 0, 1) ** 1.5 * (0.72 - 0.22 * across)
    high = np.clip((0.24 - down) / 0.24, 0, 1) ** 1.4 * 0.46
    return Image.fromarray((np.clip(low + high, 0, 1) * 255).astype(np.uint8))
