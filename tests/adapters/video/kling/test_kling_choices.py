"""Whatever can be chosen of Kling's models, at every resolution, length and sound, is taken by a strict other end as it is sent."""

import io
import itertools
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from adapters.kit.body import Inline
from adapters.kit.http import Call
from adapters.video.kling.wire import orders
from adapters.video.kling.wire.route import Generation, routes
from bot.domain.media import Role
from bot.domain.model import Model
from bot.domain.request import Reference, Task
from tests.adapters.video.kling.bodies_kling import new_body, old_body
from tests.adapters.video.kling.stand_kling import clip, order, picture
from tests.shelf import RULES, TODAY, all_models, chosen, wish

LINKS = {"@Video1": "https://clapper.example.com/files/film?sign=s"}
FIRST, LAST = picture(1, Role.first_frame), picture(2, Role.last_frame)


def references(count: int, start: int = 1) -> tuple[Reference, ...]:
    return tuple(picture(number, Role.reference_image) for number in range(start, start + count))


LIVE = [model for model in all_models() if model.provider == "kling" and not model.retired(TODAY)]
ROLES: Mapping[str, tuple[Task, str, tuple[Reference, ...]]] = {
    "words": (Task.text, "A heron", ()),
    "first": (Task.first_frame, "@Image1 wakes", (FIRST,)),
    "frames": (Task.first_last, "From @Image1 to @Image2", (FIRST, LAST)),
    "pictures": (Task.references, "@Image1 meets @Image7", references(7)),
    "opened": (Task.references, "@Image2 at @Image1", (FIRST, *references(1, 2))),
    "followed": (Task.references, "As in @Video1", (clip(), *references(4))),
    "edited": (Task.edit, "Edit @Video1: snow", (clip(),)),
}


def choices() -> Iterator[Any]:
    for model, (name, (task, _, _)) in itertools.product(LIVE, ROLES.items()):
        if task in model.tasks:
            yield pytest.param(model, name, id=f"{model.id}-{name}")


@pytest.mark.parametrize(("model", "name"), tuple(choices()))
def test_whatever_can_be_chosen_is_taken_by_kling_as_it_is_sent(model: Model, name: str) -> None:
    _, prompt, given = ROLES[name]
    for resolution, audio, seconds in itertools.product(model.resolutions, (False, True), (3.0, 10.0, 15.0)):
        asked = wish(prompt, *given, model=model.id, resolution=resolution, audio=audio, seconds=seconds)
        settings = chosen(asked, "kling", rules=RULES).settings
        whole = replace(order(id=model.id), request=replace(asked, settings=settings))
        for prefers in Generation:
            taken(orders.create(whole, routes(whole, prefers)[0], LINKS))


def taken(call: Call) -> None:
    """The other end's own look at a body, with each file as the bytes that would go out."""
    kind, _, model = call.path.removeprefix("v1/videos/").partition("/")
    body = filled(call.json)
    old_body(kind, body) if call.path.startswith("v1/") else new_body(kind, model, body)


def filled(value: Any) -> Any:
    match value:
        case Inline(prefix=prefix):
            return prefix + PNG
        case dict():
            return {name: filled(one) for name, one in value.items()}
        case list():
            return [filled(one) for one in value]
    return value


def _png() -> str:
    held = io.BytesIO()
    Image.new("RGB", (640, 360)).save(held, format="PNG")
    return b64encode(held.getvalue()).decode()


PNG = _png()
