"""What is to be seen and heard, from a plan: picks the kind of film, its size, its shots and its sound."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from adapters.video.animatic.clips import Clip
from adapters.video.animatic.gentle import default_move
from adapters.video.animatic.montage import Montage, arranged
from adapters.video.animatic.plan import FPS, Input, Plan
from adapters.video.animatic.planes import Planes
from adapters.video.animatic.scenes import Arrival, Move, Scene, Transition
from adapters.video.animatic.sound import soundtrack
from adapters.video.animatic.stills import cropped, open_still
from adapters.video.animatic.story import moves_in
from adapters.video.animatic.watermark import marked
from bot.domain.errors import InvalidInput
from bot.domain.media import MediaKind, Role, frame_size, ratio

WIDEST, TALLEST = Fraction(21, 9), Fraction(9, 21)
TEXT_ASPECT = "16:9"
GRAINY_CRF = 23  # the storyboard's film grain costs a quarter of the bits of 19 and looks the same


@dataclass(slots=True)
class Film:
    """`draw` gives a frame by its number, from any thread; `notes` are sentences for the person."""

    size: tuple[int, int]
    draw: Callable[[int], Planes]
    sound: np.ndarray | None
    notes: tuple[str, ...] = ()
    clips: list[Clip] = field(default_factory=list)
    crf: int = 19

    def close(self) -> None:
        for clip in self.clips:
            clip.close()


def film(folder: Path, plan: Plan, seed: int, frames: int) -> Film:
    """One result of the order. Raises InvalidInput for a file that cannot be used."""
    seconds = frames / FPS
    scene, clips = _scene(folder, plan, seed, seconds)
    draw = marked(scene.draw, scene.size) if plan.watermark else scene.draw
    sound = soundtrack(folder, plan, seed, frames, scene.heard())
    drawn = Film(scene.size, lambda number: draw(number / FPS), sound, scene.notes, clips)
    return drawn if arranged(plan) else replace(drawn, crf=GRAINY_CRF)


def _scene(folder: Path, plan: Plan, seed: int, seconds: float) -> tuple[Scene, list[Clip]]:
    seen = arranged(plan)
    if not seen:
        from adapters.video.animatic.storyboard import Storyboard  # noqa: PLC0415 - fonts load only where words are set

        return Storyboard(plan, _size(plan, None), seconds, seed), []
    stills = {one.file: open_still(folder / one.file, one.token) for one in seen if one.kind is MediaKind.image}
    clips = {one.file: Clip(folder / one.file, one.token) for one in seen if one.kind is MediaKind.video}
    first = seen[0]
    natural = stills[first.file].size if first.file in stills else clips[first.file].size
    size = _size(plan, natural)
    moves = plan.camera or moves_in(plan.prompt)
    roles = {one.role for one in seen}
    pictures = {name: cropped(still, size) for name, still in stills.items()}
    if len(seen) == 1 and stills:
        picture = pictures[first.file]
        if first.role is Role.last_frame:
            return Arrival(picture, size=size, seconds=seconds, moves=moves, seed=seed), []
        return Move(picture, size, seconds, moves or default_move(plan.prompt, seed), seed), []
    if roles == {Role.first_frame, Role.last_frame}:
        return Transition(
            _of(seen, pictures, Role.first_frame),
            _of(seen, pictures, Role.last_frame),
            size=size,
            seconds=seconds,
            moves=moves,
            seed=seed,
        ), []
    return Montage(seen, pictures, clips, size=size, seconds=seconds, moves=moves, seed=seed), list(clips.values())


def _of(seen: tuple[Input, ...], pictures: dict[str, Image.Image], role: Role) -> Image.Image:
    return next(pictures[one.file] for one in seen if one.role is role)


def _size(plan: Plan, natural: tuple[int, int] | None) -> tuple[int, int]:
    """`adaptive` is the first picture's or film's own ratio, made even; words alone are 16:9."""
    try:
        if plan.aspect != "adaptive":
            aspect = ratio(plan.aspect)
        elif natural is None:
            aspect = ratio(TEXT_ASPECT)
        else:
            aspect = Fraction(*natural)
        return frame_size(min(WIDEST, max(TALLEST, aspect)), plan.resolution)
    except (ValueError, ZeroDivisionError) as error:
        raise InvalidInput(
            f"{plan.aspect} at {plan.resolution} is no frame size. Use a ratio like 16:9 and 480p, 720p or 1080p."
        ) from error
