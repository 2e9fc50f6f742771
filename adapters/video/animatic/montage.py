"""Several pictures and films as one: each in its own shot with its own move, dissolves between stills, cuts to films."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from PIL import Image

from adapters.video.animatic.camera import ease, path
from adapters.video.animatic.clips import Clip
from adapters.video.animatic.plan import Input, Plan
from adapters.video.animatic.planes import Lens, Planes, blend, halves
from adapters.video.animatic.scenes import Heard
from adapters.video.animatic.story import tokens_in
from bot.domain import camera
from bot.domain.camera import Movement
from bot.domain.media import MediaKind, Role, centre_crop

DISSOLVE = 0.5  # seconds at most
LEAST = 0.6  # a shorter shot is not seen
_PLACES = {Role.first_frame: 0, Role.last_frame: 2}
_TURNS: tuple[camera.Move, ...] = (
    (Movement.push_in,),
    (Movement.truck_right,),
    (Movement.pull_out,),
    (Movement.push_in, Movement.pedestal_up),
    (Movement.truck_left,),
    (Movement.pull_out, Movement.pedestal_down),
)


def arranged(plan: Plan) -> tuple[Input, ...]:
    """What is to be seen, in order: a first frame first, a last one last, between them as the prompt names them."""
    named = tokens_in(plan.prompt)
    seen = [one for one in plan.inputs if one.kind is not MediaKind.audio]

    def place(one: Input) -> tuple[int, int]:
        token = one.token.casefold()
        return _PLACES.get(one.role, 1), named.index(token) if token in named else len(named)

    return tuple(sorted(seen, key=place))


@dataclass(slots=True)
class _Shot:
    """`begin` to `end` in film time, dissolves included."""

    begin: float
    end: float
    still: Lens | None = None
    clip: Clip | None = None


class Montage:
    notes: tuple[str, ...] = ()

    def __init__(
        self,
        seen: Sequence[Input],
        pictures: Mapping[str, Image.Image],
        clips: Mapping[str, Clip],
        *,
        size: tuple[int, int],
        seconds: float,
        moves: Sequence[camera.Move],
        seed: int,
    ) -> None:
        self.size = size
        shown = seen[: max(1, int(seconds / LEAST))]
        if len(shown) < len(seen):
            left = ", ".join(one.token for one in seen[len(shown) :])
            self.notes = (f"{left} did not fit into {seconds:g} seconds and is not shown.",)
        lengths = _lengths([clips[one.file].seconds if one.file in clips else None for one in shown], seconds)
        self.shots: list[_Shot] = []
        self._sounds: list[Heard] = []
        at = 0.0
        for number, (one, length) in enumerate(zip(shown, lengths, strict=True)):
            last = number == len(shown) - 1
            dissolve = 0.0 if last or not _both_still(one, shown[number + 1]) else min(DISSOLVE, length * 0.3)
            shot = _Shot(begin=at, end=seconds if last else at + length + dissolve / 2)
            if number and _both_still(shown[number - 1], one):
                shot.begin = at - min(DISSOLVE, lengths[number - 1] * 0.3) / 2
            if one.file in clips:
                shot.clip = clips[one.file]
                self._sounds.append(Heard(one.file, at, at + length))
            else:
                turn = (moves[number % len(moves)],) if moves else (_TURNS[(seed + number) % len(_TURNS)],)
                way = path(turn, shot.end - shot.begin, seed=seed + number)
                shot.still = Lens(pictures[one.file], size, way)
            self.shots.append(shot)
            at += length

    def heard(self) -> tuple[Heard, ...]:
        return tuple(self._sounds)

    def draw(self, t: float) -> Planes:
        here = [shot for shot in self.shots if shot.begin <= t < shot.end] or [self.shots[-1]]
        frame = self._look(here[0], t)
        for before, shot in pairwise(here):
            share = ease((t - shot.begin) / max(1e-6, before.end - shot.begin))
            frame = blend(frame, self._look(shot, t), share)
        return frame

    def _look(self, shot: _Shot, t: float) -> Planes:
        if shot.clip is not None:
            return _fitted(shot.clip.at(t - shot.begin), self.size)
        assert shot.still is not None
        return shot.still.look(t - shot.begin)


def _both_still(one: Input, other: Input) -> bool:
    return one.kind is MediaKind.image and other.kind is MediaKind.image


def _lengths(natural: Sequence[float | None], seconds: float) -> list[float]:
    """Each shot's share: films want twice a still's, and never more than they have; what they leave goes to the rest."""
    weights = [2.0 if length else 1.0 for length in natural]
    lengths = [0.0] * len(natural)
    open_shots = set(range(len(natural)))
    spare = seconds
    while open_shots:
        unit = spare / sum(weights[number] for number in open_shots)
        short = {n for n in open_shots if (own := natural[n]) is not None and own < unit * weights[n]}
        if not short or short == open_shots:
            for number in open_shots:
                lengths[number] = unit * weights[number]
            break
        for number in short:
            lengths[number] = natural[number] or 0.0
            spare -= lengths[number]
        open_shots -= short
    return lengths


def _fitted(planes: Planes, size: tuple[int, int]) -> Planes:
    """A film's frame cut to the centre and scaled to ours."""
    if planes.size == size:
        return planes
    crop = centre_crop(*planes.size, Fraction(*size))
    box = (crop.left, crop.top, crop.left + crop.width, crop.top + crop.height)
    half_box = (box[0] / 2, box[1] / 2, box[2] / 2, box[3] / 2)
    half = halves(size)
    return Planes(
        planes.y.resize(size, Image.Resampling.BICUBIC, box=box),
        planes.u.resize(half, Image.Resampling.BICUBIC, box=half_box),
        planes.v.resize(half, Image.Resampling.BICUBIC, box=half_box),
    )
