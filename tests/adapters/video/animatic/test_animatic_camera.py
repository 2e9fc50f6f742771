"""The virtual camera: every movement goes where its name says, evenly, and never looks past the picture's edge."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from adapters.video.animatic.camera import Framing, Path, ease, framing, path, through, times, view
from adapters.video.animatic.plan import FPS
from adapters.video.animatic.planes import Lens
from bot.domain.camera import Movement

SIZE = (426, 240)


def marker() -> Image.Image:
    """Four soft dots around the middle, far enough from the edges to stay in sight."""
    picture = Image.new("RGB", (852, 480), (30, 40, 60))
    draw = ImageDraw.Draw(picture)
    for x, y in ((-90, -60), (90, -60), (-90, 60), (90, 60)):
        draw.ellipse((426 + x - 12, 240 + y - 12, 426 + x + 12, 240 + y + 12), fill=(240, 240, 240))
    return picture


def dots(lens: Lens, t: float) -> np.ndarray:
    """Centres of the four dots in output pixels: upper left, upper right, lower left, lower right."""
    y = np.asarray(lens.look(t).y, dtype=np.float64)
    bright = np.clip(y - 110, 0, None)
    middle = centre(bright, 0, 0)
    cut_x, cut_y = int(middle[0]), int(middle[1])
    quarters = ((0, 0, cut_x, cut_y), (cut_x, 0, SIZE[0], cut_y), (0, cut_y, cut_x, SIZE[1]), (cut_x, cut_y, *SIZE))
    return np.array([centre(bright[t:b, le:r], le, t) for le, t, r, b in quarters])


def centre(bright: np.ndarray, left: int, top: int) -> tuple[float, float]:
    down, across = np.mgrid[0 : bright.shape[0], 0 : bright.shape[1]]
    whole = bright.sum()
    return left + float((across * bright).sum() / whole), top + float((down * bright).sum() / whole)


def shot(*moves: Movement, seconds: float = 2.0) -> Lens:
    return Lens(marker(), SIZE, path((moves,), seconds, seed=5))


def change(*moves: Movement) -> tuple[float, float, float]:
    """How far the picture's content went right and down, in pixels, and how much it grew, from the first to the last moment."""
    lens = shot(*moves)
    before, after = dots(lens, 0.0), dots(lens, 2.0)
    shift = after.mean(axis=0) - before.mean(axis=0)
    spread = [float(np.ptp(one[:, 0])) for one in (before, after)]
    return float(shift[0]), float(shift[1]), spread[1] / spread[0]


@pytest.mark.parametrize(
    ("movement", "right", "down", "bigger"),
    [
        (Movement.truck_left, 1, 0, 0),
        (Movement.truck_right, -1, 0, 0),
        (Movement.pan_left, 1, 0, 0),
        (Movement.pan_right, -1, 0, 0),
        (Movement.push_in, 0, 0, 1),
        (Movement.pull_out, 0, 0, -1),
        (Movement.pedestal_up, 0, 1, 0),
        (Movement.pedestal_down, 0, -1, 0),
        (Movement.tilt_up, 0, 1, 0),
        (Movement.tilt_down, 0, -1, 0),
        (Movement.zoom_in, 0, 0, 1),
        (Movement.zoom_out, 0, 0, -1),
        (Movement.shake, 0, 0, 0),
        (Movement.tracking_shot, -1, 0, 0),
        (Movement.static_shot, 0, 0, 0),
    ],
)
def test_each_movement_goes_where_its_name_says(movement: Movement, right: int, down: int, bigger: int) -> None:
    x, y, grew = change(movement)
    assert sign(x, 8) == right
    assert sign(y, 6) == down
    assert sign(grew - 1, 0.06) == bigger


def sign(value: float, clear: float) -> int:
    """-1 or 1 where it is clearly so; 0 where it is under a third of that."""
    if abs(value) < clear / 3:
        return 0
    assert abs(value) > clear, f"{value} is neither clear nor nothing"
    return 1 if value > 0 else -1


def test_movements_made_together_all_show() -> None:
    x, y, grew = change(Movement.push_in, Movement.truck_left, Movement.pedestal_up)
    assert x > 5
    assert y > 3
    assert grew > 1.05


@pytest.mark.parametrize(
    "moves",
    [
        (Movement.truck_left, Movement.pan_right),
        (Movement.truck_right, Movement.pan_left),
        (Movement.pedestal_up, Movement.tilt_down),
    ],
)
def test_travelling_one_way_and_turning_the_other_goes_around_and_does_not_stand_still(
    moves: tuple[Movement, ...],
) -> None:
    lens = shot(*moves)
    before, after = (np.asarray(lens.look(t).y, dtype=np.float64) for t in (0.0, 2.0))
    alone = shot(moves[0])
    first, last = (np.asarray(alone.look(t).y, dtype=np.float64) for t in (0.0, 2.0))
    assert np.abs(after - before).mean() > np.abs(last - first).mean() / 2


def test_movements_in_sequence_come_one_after_the_other() -> None:
    lens = Lens(marker(), SIZE, path(((Movement.truck_right,), (Movement.pedestal_up,)), 4.0))
    first, middle, last = (dots(lens, t).mean(axis=0) for t in (0.0, 2.0, 4.0))
    assert middle[0] - first[0] < -10 * abs(middle[1] - first[1])
    assert last[1] - middle[1] > 8
    assert abs(last[0] - middle[0]) < 3


def test_a_pan_turns_and_a_truck_does_not() -> None:
    """Turning the camera makes one side of the picture taller than the other; going sideways keeps it square."""

    def lean(lens: Lens) -> float:
        four = dots(lens, 2.0)
        return abs((four[2][1] - four[0][1]) - (four[3][1] - four[1][1]))

    assert lean(shot(Movement.pan_right)) > 0.4
    assert lean(shot(Movement.truck_right)) < 0.1


def test_a_push_in_darkens_the_corners_and_a_zoom_does_not() -> None:
    grey = Image.new("RGB", (852, 480), (128, 128, 128))

    def corner(movement: Movement) -> int:
        y = Lens(grey, SIZE, path(((movement,),), 2.0)).look(2.0).y
        level = y.getpixel((2, 2))
        assert isinstance(level, int)
        return level

    assert corner(Movement.push_in) < corner(Movement.zoom_in) - 3


def test_a_static_shot_does_not_move_at_all() -> None:
    lens = shot(Movement.static_shot)
    assert lens.look(0.0).y.tobytes() == lens.look(1.3).y.tobytes()


def test_a_shake_trembles_differently_for_another_seed() -> None:
    one, other = (Lens(marker(), SIZE, path(((Movement.shake,),), 2.0, seed=seed)) for seed in (1, 2))
    assert np.abs(dots(one, 0.9) - dots(other, 0.9)).max() > 0.3
    assert np.abs(dots(one, 0.9) - dots(one, 1.1)).max() > 0.3


@pytest.mark.parametrize(
    "movement", [Movement.truck_right, Movement.pan_left, Movement.tilt_up, Movement.push_in, Movement.zoom_out]
)
def test_a_move_is_smooth_below_the_pixel(movement: Movement) -> None:
    """Frame to frame, the picture neither stalls nor jumps: steps change little from one to the next."""
    lens = shot(movement)
    places = np.array([dots(lens, n / FPS)[3] for n in range(2 * FPS + 1)])
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    assert steps.max() > 0.2
    assert np.abs(np.diff(steps)).max() < 0.27
    middle = steps[20:40]
    assert middle.min() > 0.55 * middle.max()


def test_a_move_starts_and_ends_gently() -> None:
    assert ease(0.02) < 0.005
    assert ease(0.5) == pytest.approx(0.5)
    assert 1 - ease(0.98) < 0.005


@pytest.mark.parametrize("movement", list(Movement))
@pytest.mark.parametrize("size", [(16.0 / 9, 1.0), (1.0, 16.0 / 9), (1.0, 1.0)])
def test_no_moment_of_a_move_sees_past_the_edge(movement: Movement, size: tuple[float, float]) -> None:
    way = path(((movement, Movement.shake), (movement, Movement.tracking_shot, Movement.pan_left)), 3.0, seed=3)
    framed = framing((way.pose(t) for t in way.moments()), *size)
    assert framed.scale > 0.55
    for t in way.moments():
        for x, y in corners_seen(way, t, size, framed):
            assert abs(x) <= size[0] / 2 + 1e-9
            assert abs(y) <= size[1] / 2 + 1e-9


def corners_seen(way: Path, t: float, size: tuple[float, float], framed: Framing) -> list[tuple[float, float]]:
    matrix = times(framed.matrix(), view(way.pose(t), *size))
    return [through(matrix, sx * size[0] / 2, sy * size[1] / 2) for sx in (-1, 1) for sy in (-1, 1)]


@pytest.mark.parametrize("moves", [(Movement.pan_left,), (Movement.tilt_down,), (Movement.truck_right, Movement.shake)])
def test_four_pixels_at_a_time_see_what_each_alone_would(moves: tuple[Movement, ...]) -> None:
    lens = shot(*moves)
    assert lens.warps
    quick = [lens.look(t) for t in (0.0, 0.9, 2.0)]
    lens.warps = ()
    for fast, slow in zip(quick, (lens.look(t) for t in (0.0, 0.9, 2.0)), strict=True):
        for one, other in zip(fast, slow, strict=True):
            assert one.size == other.size
            difference = np.abs(np.asarray(one, dtype=np.int16) - np.asarray(other, dtype=np.int16))
            assert difference.mean() < 0.25
            assert difference.max() < 40


def test_a_view_that_changes_too_much_is_drawn_pixel_by_pixel() -> None:
    way = path(((Movement.push_in, Movement.zoom_in, Movement.shake), (Movement.push_in,)), 4.0, strength=2.0)
    assert not Lens(marker(), SIZE, way).warps
