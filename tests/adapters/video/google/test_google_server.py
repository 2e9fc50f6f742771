"""The Gemini API that Omni is tried against counts files and seconds as the models' rows do, and refuses one more."""

import json
from typing import Any

import pytest

from adapters.video.google.wire import omni
from bot.domain.media import Role
from bot.domain.model import Model
from bot.domain.request import Reference, Task
from tests.adapters.video.google.server_google import check_interaction
from tests.adapters.video.google.stand_google import order, reference
from tests.shelf import all_models
from tests.vendor import Refused

OMNI = [model for model in all_models() if dict(model.wire).get("door") == "gemini"]
FRAMES = (reference("@Image1", Role.first_frame), reference("@Image2", Role.last_frame))
FILM = reference("@Video1", Role.reference_video)


def sent(model: Model, *references: Reference, prompt: str = "A heron", seconds: float = 8.0) -> Any:
    body = omni.create(order(model.id, *references, prompt=prompt, seconds=seconds)).json
    return json.loads(json.dumps(body, default=lambda _: "AAAA"))


def several(count: int, role: Role) -> tuple[Reference, ...]:
    kind = "Image" if role is Role.reference_image else "Video"
    return tuple(reference(f"@{kind}{number}", role) for number in range(1, count + 1))


@pytest.mark.parametrize("model", OMNI, ids=lambda model: model.id)
@pytest.mark.parametrize("role", [Role.reference_image, Role.reference_video])
def test_as_many_files_are_taken_as_the_row_says_and_no_more(model: Model, role: Role) -> None:
    rule = model.rule(role)
    assert rule is not None
    check_interaction(sent(model, *several(rule.max_count, role)))
    with pytest.raises(Refused):
        check_interaction(sent(model, *several(rule.max_count + 1, role)))


@pytest.mark.parametrize("model", OMNI, ids=lambda model: model.id)
@pytest.mark.parametrize(
    ("task", "references", "prompt"),
    [
        (Task.text, (), "A heron"),
        (Task.first_frame, FRAMES[:1], "A heron"),
        (Task.first_last, FRAMES, "A heron"),
        (Task.edit, (FILM,), "Edit @Video1"),
        (Task.extend, (FILM,), "Extend @Video1"),
    ],
    ids=lambda value: value if isinstance(value, Task) else "",
)
def test_films_are_made_as_long_as_the_row_says_and_no_longer(
    model: Model, task: Task, references: tuple[Reference, ...], prompt: str
) -> None:
    request = order(model.id, *references, prompt=prompt).request
    assert request.task is task
    longest = model.under(request).seconds.maximum
    check_interaction(sent(model, *references, prompt=prompt, seconds=longest))
    with pytest.raises(Refused):
        check_interaction(sent(model, *references, prompt=prompt, seconds=longest + 1))


def test_a_picture_without_a_tag_is_noticed() -> None:
    body = sent(OMNI[0], *FRAMES)
    text = body["input"][0]["content"][-1]
    text["text"] = text["text"].replace("<LAST_FRAME>", "")
    with pytest.raises(Refused):
        check_interaction(body)
