"""The virtual camera: named movements as a smooth path, and each moment of it as a projective view of a flat picture."""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from bot.domain.camera import MOST_TOGETHER, Move, Movement

FOCAL = 1.7  # distance to the picture, in its short sides: a moderately long lens
TRAVEL = 0.17  # how far the camera goes sideways, in frame sides
TURN = math.radians(6.5)
CLOSER = 0.24  # logarithm of how much nearer a push or a zoom comes
RAMP = 0.28  # share of a move spent speeding up, and again slowing down
ARC = 1.6  # how much farther the camera travels around its subject, so that turning back does not undo it
OVERLAP = 0.12  # how far neighbouring moves of a sequence flow into each other, as a share of one


_ARCS = (
    (Movement.truck_left, Movement.pan_right),
    (Movement.truck_right, Movement.pan_left),
    (Movement.pedestal_up, Movement.tilt_down),
    (Movement.pedestal_down, Movement.tilt_up),
)
_TRAVELS = frozenset(travel for travel, _ in _ARCS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where the camera is: `x`, `y` in frame sides (right and down), angles in radians (right, up, clockwise), logarithms of scale."""

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    dolly: float = 0.0
    zoom: float = 0.0
    shift_x: float = 0.0  # frame sides, like x and y, but by turning: the same at every depth
    shift_y: float = 0.0
    vignette: float = 0.0

    def plus(self, other: "Pose") -> "Pose":
        return Pose(
            x=self.x + other.x,
            y=self.y + other.y,
            yaw=self.yaw + other.yaw,
            pitch=self.pitch + other.pitch,
            roll=self.roll + other.roll,
            dolly=self.dolly + other.dolly,
            zoom=self.zoom + other.zoom,
            shift_x=self.shift_x + other.shift_x,
            shift_y=self.shift_y + other.shift_y,
            vignette=self.vignette + other.vignette,
        )

    def at_depth(self, depth: float) -> "Pose":
        """What a layer nearer (above 1) or farther (under 1) sees: turning and zooming have no parallax."""
        return Pose(
            x=self.x * depth,
            y=self.y * depth,
            yaw=self.yaw,
            pitch=self.pitch,
            roll=self.roll,
            dolly=self.dolly * depth,
            zoom=self.zoom,
            shift_x=self.shift_x,
            shift_y=self.shift_y,
            vignette=self.vignette,
        )


Matrix = tuple[float, float, float, float, float, float, float, float, float]


def times(a: Matrix, b: Matrix) -> Matrix:
    a0, a1, a2, a3, a4, a5, a6, a7, a8 = a
    b0, b1, b2, b3, b4, b5, b6, b7, b8 = b
    return (
        a0 * b0 + a1 * b3 + a2 * b6, a0 * b1 + a1 * b4 + a2 * b7, a0 * b2 + a1 * b5 + a2 * b8,
        a3 * b0 + a4 * b3 + a5 * b6, a3 * b1 + a4 * b4 + a5 * b7, a3 * b2 + a4 * b5 + a5 * b8,
        a6 * b0 + a7 * b3 + a8 * b6, a6 * b1 + a7 * b4 + a8 * b7, a6 * b2 + a7 * b5 + a8 * b8,
    )  # fmt: skip


def inverse(m: Matrix) -> Matrix:
    """Up to a factor, which a projection does not mind."""
    a, b, c, d, e, f, g, h, i = m
    return (
        e * i - f * h, c * h - b * i, b * f - c * e,
        f * g - d * i, a * i - c * g, c * d - a * f,
        d * h - e * g, b * g - a * h, a * e - b * d,
    )  # fmt: skip


def through(m: Matrix, x: float, y: float) -> tuple[float, float]:
    w = m[6] * x + m[7] * y + m[8]
    return (m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w


def view(pose: Pose, wide: float, high: float) -> Matrix:
    """From a point of the frame (centred, `wide` by `high`) to the point of the picture that is seen there."""
    cy, sy = math.cos(pose.yaw), math.sin(pose.yaw)
    cp, sp = math.cos(pose.pitch), math.sin(pose.pitch)
    cr, sr = math.cos(pose.roll), math.sin(pose.roll)
    lens: Matrix = (1, 0, 0, 0, 1, 0, 0, 0, FOCAL * math.exp(pose.zoom))
    roll: Matrix = (cr, -sr, 0, sr, cr, 0, 0, 0, 1)
    pitch: Matrix = (1, 0, 0, 0, cp, -sp, 0, sp, cp)
    yaw: Matrix = (cy, 0, sy, 0, 1, 0, -sy, 0, cy)
    away = FOCAL * math.exp(-pose.dolly)
    plane: Matrix = (away, 0, (pose.x + pose.shift_x) * wide, 0, away, (pose.y + pose.shift_y) * high, 0, 0, 1)
    return times(plane, times(yaw, times(pitch, times(roll, lens))))


def ease(u: float) -> float:
    """0 to 1 with a soft start and end and an even middle."""
    if u <= 0:
        return 0.0
    if u >= 1:
        return 1.0
    if u > 0.5:
        return 1.0 - ease(1.0 - u)
    if u < RAMP:
        return (u / 2 - RAMP / (2 * math.pi) * math.sin(math.pi * u / RAMP)) / (1 - RAMP)
    return (u - RAMP / 2) / (1 - RAMP)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leg:
    """One movement over its share of the time, `begin` to `end` in seconds."""

    movement: Movement
    begin: float
    end: float
    strength: float
    seed: int
    alone: bool

    def progress(self, t: float) -> float:
        return ease((t - self.begin) / max(1e-6, self.end - self.begin))

    def presence(self, t: float) -> float:
        """Rises from 0 and falls back to it, for what comes and goes: shake and sway."""
        edge = min(0.35, (self.end - self.begin) / 4)
        return ease((t - self.begin) / edge) * ease((self.end - t) / edge)


def _moved(leg: _Leg, e: float) -> Pose:  # noqa: C901, PLR0911, PLR0912 - one line for each movement reads best
    """How far the camera has gone when `e` of the movement is done."""
    travel, turn, closer = TRAVEL * leg.strength * e, TURN * leg.strength * e, CLOSER * leg.strength * e
    match leg.movement:
        case Movement.truck_left:
            return Pose(x=-travel)
        case Movement.truck_right:
            return Pose(x=travel)
        case Movement.pan_left:
            return _turned(leg, -turn, 0)
        case Movement.pan_right:
            return _turned(leg, turn, 0)
        case Movement.tilt_up:
            return _turned(leg, 0, turn * 0.8)
        case Movement.tilt_down:
            return _turned(leg, 0, -turn * 0.8)
        case Movement.pedestal_up:
            return Pose(y=-travel)
        case Movement.pedestal_down:
            return Pose(y=travel)
        case Movement.push_in:
            return Pose(dolly=closer * 1.1, y=0.005 * leg.strength * e, vignette=0.7 * leg.strength * e)
        case Movement.pull_out:
            return Pose(dolly=-closer * 1.1, y=-0.005 * leg.strength * e, vignette=-0.7 * leg.strength * e)
        case Movement.zoom_in:
            return Pose(zoom=closer)
        case Movement.zoom_out:
            return Pose(zoom=-closer)
        case Movement.tracking_shot:
            return Pose(x=travel * 1.25)
        case Movement.shake | Movement.static_shot:
            return Pose()


def _turned(leg: _Leg, yaw: float, pitch: float) -> Pose:
    """A turn, with the perspective of one where it is made alone; within a combined move that is hardly seen and doubles the work."""
    if leg.alone:
        return Pose(yaw=yaw, pitch=pitch)
    return Pose(shift_x=FOCAL * yaw * 0.9, shift_y=-FOCAL * pitch)


def _trembled(leg: _Leg, t: float) -> Pose:
    """What a movement adds that comes and goes: band-limited noise for a shake, a walker's sway for a tracking shot."""
    here = leg.presence(t)
    if leg.movement is Movement.shake:
        tremor = 0.011 * (0.6 + 0.4 * leg.strength) * here
        return Pose(
            x=tremor * noise(leg.seed, t),
            y=tremor * noise(leg.seed + 1, t),
            roll=tremor * 0.55 * noise(leg.seed + 2, t),
        )
    if leg.movement is Movement.tracking_shot:
        step = 2 * math.pi * 0.9 * (t - leg.begin)
        return Pose(y=0.0035 * here * math.sin(2 * step), roll=0.004 * here * math.sin(step))
    return Pose()


def noise(seed: int, t: float) -> float:
    """Smooth noise of about -1 to 1 without anything faster than 6 Hz, so that no frame jumps."""
    return sum(math.sin(2 * math.pi * hz * t + phase) / (1 + hz * 0.25) for hz, phase in _waves(seed)) / 1.7


@cache
def _waves(seed: int) -> tuple[tuple[float, float], ...]:
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    return tuple((rng.uniform(low, low + 1.1), rng.uniform(0, 2 * math.pi)) for low in (0.8, 2.0, 3.3, 4.6))


@dataclass(frozen=True, slots=True)
class Path:
    """A camera's way through a shot of `seconds`."""

    legs: tuple[_Leg, ...]
    seconds: float

    def pose(self, t: float, anchor: float = 0.5) -> Pose:
        """The pose at `t`; it is the resting one when `anchor` (0 to 1) of each movement is done."""
        total = Pose()
        for leg in self.legs:
            total = total.plus(_moved(leg, leg.progress(t) - anchor)).plus(_trembled(leg, t))
        return total

    def moments(self) -> Iterable[float]:
        steps = max(24, min(240, round(self.seconds * 12)))
        return (self.seconds * step / steps for step in range(steps + 1))


def _around(move: Move) -> bool:
    """Travelling one way while turning the other: the camera goes around what it looks at, and only perspective shows that."""
    return any(travel in move and turn in move for travel, turn in _ARCS)


def path(moves: Sequence[Move], seconds: float, *, seed: int = 0, strength: float = 1.0) -> Path:
    """The moves one after the other, each tuple's together; shorter shots move less far, so that nothing rushes."""
    if not moves:
        return Path((), seconds)
    share = seconds / len(moves)
    calm = strength * min(1.0, 0.45 + 0.14 * share)
    legs = tuple(
        _Leg(
            movement=movement,
            begin=max(0.0, (number - OVERLAP) * share),
            end=min(seconds, (number + 1 + OVERLAP) * share),
            strength=calm / (1 + 0.15 * (len(move) - 1)) * (ARC if _around(move) and movement in _TRAVELS else 1.0),
            seed=seed * 31 + number * 7 + place,
            alone=len(move) == 1 or _around(move),
        )
        for number, move in enumerate(moves)
        for place, movement in enumerate(move[:MOST_TOGETHER])
    )
    return Path(legs, seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """Fits a whole path into the picture: `scale` of the picture is seen at rest, around (`x`, `y`)."""

    scale: float
    x: float
    y: float

    def matrix(self) -> Matrix:
        return (self.scale, 0, self.x, 0, self.scale, self.y, 0, 0, 1)


def framing(poses: Iterable[Pose], wide: float, high: float) -> Framing:
    """The largest framing in which no pose ever sees past the picture's edge."""
    xs: list[float] = []
    ys: list[float] = []
    for pose in poses:
        matrix = view(pose, wide, high)
        for sx, sy in ((-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)):
            x, y = through(matrix, sx * wide, sy * high)
            xs.append(x)
            ys.append(y)
    scale = min(1.0, wide / (max(xs) - min(xs)), high / (max(ys) - min(ys)))
    return Framing(scale=scale, x=-scale * (max(xs) + min(xs)) / 2, y=-scale * (max(ys) + min(ys)) / 2)


def still_framing(pose: Pose, wide: float, high: float) -> Framing:
    """The largest framing around the picture's own middle for one pose: all of the picture where the pose is the resting one."""
    matrix = view(pose, wide, high)
    corners = [through(matrix, sx * wide / 2, sy * high / 2) for sx in (-1, 1) for sy in (-1, 1)]
    past = max(1.0, *(abs(x) * 2 / wide for x, _ in corners), *(abs(y) * 2 / high for _, y in corners))
    return Framing(scale=1 / past, x=0.0, y=0.0)
