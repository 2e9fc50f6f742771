"""Which of Kling's two APIs an order goes to, and by which of its doors: decided by the order alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.model import FRAMES
from bot.domain.request import Task
from bot.ports.video import Order


class Generation(StrEnum):
    """`v1` is `/v1/videos/{kind}` with the model in the body, `v3` is `/{kind}/{model}`."""

    v1 = "v1"
    v3 = "v3"


_DOORS = {
    Generation.v1: ("text2video", "image2video"),
    Generation.v3: ("text-to-video", "image-to-video"),
}


@dataclass(frozen=True, slots=True)
class Route:
    """Saved with the task as text: `v1/image2video`, with `/watermark` where the marked one of two films is wanted."""

    generation: Generation
    kind: str
    watermark: bool = False

    def __str__(self) -> str:
        return "/".join([self.generation, self.kind, *(["watermark"] if self.watermark else [])])

    @classmethod
    def read(cls, text: str) -> "Route":
        generation, kind, *more = text.split("/")
        return cls(Generation(generation), kind, more == ["watermark"])


def routes(order: Order, preferred: Generation) -> Sequence[Route]:
    """Every door this order could have gone through, the one it goes through first.

    Only the older API takes a negative prompt, so an order with one goes there where the model is there.
    """
    has = [one for one in Generation if one in dict(order.model.wire)]
    first = Generation.v1 if order.request.settings.negative and Generation.v1 in has else preferred
    return [_door(order, one) for one in sorted(has, key=lambda one: one is not first)]


def _door(order: Order, generation: Generation) -> Route:
    framed = any(reference.role in FRAMES for reference in order.request.references)
    kind = dict(order.model.wire).get("kind") or _DOORS[generation][framed]
    watermark = order.request.settings.watermark
    return Route(generation, kind, bool(watermark and watermark.value))


def edits(order: Order) -> bool:
    """Whether a film is changed, rather than taken as a model for another."""
    return order.request.task is Task.edit
