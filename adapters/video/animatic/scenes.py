"""Films of one or two pictures: a camera move, an arrival, a transition."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PIL import Image, ImageEnhance, ImageFilter

from adapters.video.animatic.camera import ease, path
from adapters.video.animatic.plan import FPS
from adapters.video.animatic.planes import Lens, Planes, blend
from bot.domain import camera
from bot.domain.camera import Movement

DRIFT: tuple[camera.Move, ...] = ((Movement.push_in,),)


@dataclass(frozen=True, slots=True)
class Heard:
    """A film clip's own sound: `file` from its start, between `begin` and `end` seconds of ours."""

    file: str
    begin: float
    end: float


class Scene(Protocol):
    @property
    def size(self) -> tuple[int, int]: ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the person."""
        ...

    def draw(self, t: float) -> Planes: ...

    def heard(self) -> tuple[Heard, ...]:
        """What in it has a sound of its own."""
        ...


class Silent:
    notes: tuple[str, ...] = ()

    def heard(self) -> tuple[Heard, ...]:
        return ()


class Move(Silent):
    """The camera moves over one picture."""

    def __init__(
        self, picture: Image.Image, size: tuple[int, int], seconds: float, moves: Sequence[camera.Move], seed: int
    ) -> None:
        self.size = size
        self.lens = Lens(picture, size, path(moves, seconds, seed=seed))

    def draw(self, t: float) -> Planes:
        return self.lens.look(t)


class Transition(Silent):
    """Begins exactly on the first picture and ends exactly on the last; both drift the same way while one becomes the other."""

    def __init__(
        self,
        first: Image.Image,
        last: Image.Image,
        *,
        size: tuple[int, int],
        seconds: float,
        moves: Sequence[camera.Move],
        seed: int,
    ) -> None:
        self.size, self.seconds = size, seconds
        way = path(moves or DRIFT, seconds, seed=seed)
        self.first = Lens(first, size, way, still=0.0)
        self.last = Lens(last, size, way, still=1.0)

    def draw(self, t: float) -> Planes:
        end = self.seconds - 1 / FPS
        u = min(1.0, t / end) if end > 0 else 1.0
        at = u * self.seconds
        share = ease((u - 0.18) / 0.64)
        if share <= 0:
            return self.first.look(at)
        if share >= 1:
            return self.last.look(at)
        return blend(self.first.look(at), self.last.look(at), share)


class Arrival(Transition):
    """Only the end is known: a soft, dim memory of it comes into focus."""

    def __init__(
        self, picture: Image.Image, *, size: tuple[int, int], seconds: float, moves: Sequence[camera.Move], seed: int
    ) -> None:
        small = picture.resize((max(2, size[0] // 8), max(2, size[1] // 8)), Image.Resampling.BOX)
        soft = small.filter(ImageFilter.GaussianBlur(max(small.size) / 40)).resize(size, Image.Resampling.BICUBIC)
        dim = ImageEnhance.Brightness(ImageEnhance.Color(soft).enhance(0.7)).enhance(0.35)
        super().__init__(dim, picture, size=size, seconds=seconds, moves=moves, seed=seed)
