"""Every model and task as the body it becomes, and every answer as what it means."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.kit.body import Inline
from adapters.kit.http import Call
from adapters.video.wan.wire.checks import check
from adapters.video.wan.wire.create import create, inline
from adapters.video.wan.wire.shapes import shape_of
from bot.domain.errors import (
    InvalidInput,
)
from bot.domain.media import Role
from bot.domain.model import AUTO
from tests.adapters.video.wan.new_wishes_wan import (
    FILM,
    FILM2,
    FIRST,
    HERON,
    ONE,
    PLACES,
    SOUND,
    SOUND2,
)
from tests.adapters.video.wan.stand_wan import order, reference
from tests.adapters.video.wan.wishes_wan import WISHES
from tests.fakes import SetClock
from tests.shelf import all_models, model

MODELS = [one for one in all_models() if one.provider == "wan"]


def made(name: str) -> Call:
    of, prompt, references, said, *_ = WISHES[name]
    places = {one.token: PLACES[one.token] for one in references}
    return create(order(SetClock(), of=of, prompt=prompt, references=references, **said), places)


def wished(of: str, prompt: str = HERON, *references: Any, **said: Any):
    return order(SetClock(), of=of, prompt=prompt, references=references, **said)


@pytest.mark.parametrize("name", WISHES)
def test_a_wish_becomes_exactly_this_call(name: str) -> None:
    of, _, references, _, path, input, parameters = WISHES[name]
    headers = {"X-DashScope-Async": "enable"} | ({"X-DashScope-OssResourceResolve": "enable"} if references else {})
    body = {"model": model(of).wire_id, "input": input, "parameters": parameters}
    assert made(name) == Call(method="POST", path=path, headers=headers, json=body)


def test_every_model_and_task_of_the_matrix_is_among_them() -> None:
    told = {
        (of, order(SetClock(), of=of, prompt=prompt, references=references).request.task)
        for of, prompt, references, *_ in WISHES.values()
    }
    assert told == {(one.id, task) for one in MODELS for task in one.tasks}


def test_every_row_says_how_it_is_laid_out() -> None:
    assert all(shape_of(one) for one in MODELS)
    with pytest.raises(ValueError, match="Shape"):
        shape_of(replace(MODELS[0], wire=()))


def test_the_model_is_called_what_the_operator_says() -> None:
    dated = replace(model("wan-2.7-t2v"), wire_id="wan2.7-t2v-2026-06-12")
    assert create(order(SetClock(), of=dated, resolution="720p"), {}).json["model"] == "wan2.7-t2v-2026-06-12"


def test_a_small_picture_goes_in_the_body_where_a_data_url_is_taken() -> None:
    packed = Inline("picture", "data:image/png;base64,")
    assert inline(wished("wan-2.6-i2v", HERON, FIRST), FIRST) == packed
    assert inline(wished("wan-3", HERON, ONE), ONE) == packed
    call = create(wished("wan-2.6-i2v", "cat", FIRST, resolution="720p"), {"@Image1": packed})
    assert call.json["input"] == {"prompt": "cat", "img_url": packed}
    assert call.headers == {"X-DashScope-Async": "enable"}, "nothing of the store's is in it"


@pytest.mark.parametrize(
    ("of", "one"),
    [
        ("wan-3", reference("@Image1", Role.first_frame, bytes=1024 * 1024 + 1)),
        ("wan-3", FILM),
        ("wan-3", SOUND),
        ("wan-2.6-r2v", ONE),
        ("wan-2.2-kf2v", FIRST),
        ("wan-2.7-t2v", SOUND),
    ],
)
def test_what_is_large_moves_sounds_or_has_no_data_url_is_uploaded(of: str, one: Any) -> None:
    assert inline(wished(of, HERON, one), one) is None


def test_a_token_is_not_taken_for_the_beginning_of_another() -> None:
    many = tuple(reference(f"@Image{number}", Role.reference_image) for number in range(1, 11))
    call = create(
        wished("wan-3", "@Image10 and @Image1 and @Image11", *many), dict.fromkeys((m.token for m in many), "oss://x")
    )
    assert call.json["input"]["prompt"] == "Image 10 and Image 1 and @Image11"


@pytest.mark.parametrize(("asked", "clip", "whole"), [(5.0, 5.02, 10), (5.0, 5.2, 11), (5.0, 10.2, 15), (2.0, 2.0, 4)])
def test_a_clip_that_is_carried_on_is_part_of_the_film(asked: float, clip: float, whole: int) -> None:
    given = reference("@Video1", Role.reference_video, seconds=clip)
    longer = wished("wan-2.7-i2v", "Extend @Video1", given, seconds=asked)
    check(longer)
    call = create(longer, PLACES)
    assert call.json["parameters"]["duration"] == whole


# --- what is refused before anything is paid ---

REFUSED = {
    "a long negative prompt": (
        wished("wan-2.7-t2v", negative="x" * 501),
        "What to avoid has 501 characters, and at most 500 are taken.",
    ),
    "a seed too high": (wished("wan-3", seed=2**31), "The seed is 2147483648, and it must be from 0 to 2147483647."),
    "a seed below zero": (wished("wan-3", seed=-1), "The seed is -1, and it must be from 0 to 2147483647."),
    "four films of 2.6": (
        wished("wan-2.6-r2v", HERON, *(reference(f"@Video{n}", Role.reference_video) for n in range(1, 5))),
        "At most 3 references may be films, and there are 4. Leave out @Video4.",
    ),
    "a clip with a first frame": (
        wished("wan-2.7-i2v", "Extend @Video1", FILM, FIRST, SOUND),
        "A clip is carried on without a first frame or a sound. Leave out @Image1, @Audio1.",
    ),
    "a clip that leaves no room for what is to follow": (
        wished("wan-2.7-i2v", "Extend @Video1", FILM, seconds=12.0),
        "A clip of 5 s and 12 s more are over the 15 s that a film may have. Ask for 10 s, or shorten the clip.",
    ),
    "a voice without a speaker": (
        wished("wan-2.7-r2v", HERON, ONE, SOUND, SOUND2),
        "Each sound is the voice of one reference, and there are 1 for 2. Leave out @Audio2.",
    ),
    "more than 30 s in and out": (
        wished("wan-3", HERON, FILM, FILM2, seconds=21.0),
        "10 s of film go in and 21 s come out, and together they may be 30 s. Ask for 20 s, or shorten the films.",
    ),
    "a prompt that grew too long": (
        wished("wan-2.2-i2v-flash", "x" * 790 + " @Image1", FIRST),
        "The prompt has 806 characters with the names of its files written out, and at most 800 are taken.",
    ),
    "two things at once": (
        wished("wan-2.7-t2v", negative="x" * 600, seed=-5),
        "What to avoid has 600 characters, and at most 500 are taken. The seed is -5, and it must be from 0 to 2147483647.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_row_can_say_is_told_before_it_is_sent(name: str) -> None:
    asked, words = REFUSED[name]
    with pytest.raises(InvalidInput) as refused:
        check(asked)
    assert refused.value.message == words


@pytest.mark.parametrize("name", WISHES)
def test_a_good_wish_is_not_held_back(name: str) -> None:
    of, prompt, references, said, *_ = WISHES[name]
    check(order(SetClock(), of=of, prompt=prompt, references=references, **said))


def test_the_limits_themselves_are_taken() -> None:
    check(wished("wan-2.6-r2v", HERON, *(reference(f"@Video{n}", Role.reference_video) for n in range(1, 4))))
    check(wished("wan-2.7-t2v", negative="x" * 500, seed=2**31 - 1))
    check(wished("wan-3", HERON, FILM, FILM2, seconds=20.0))
    check(wished("wan-3", HERON, FILM, FILM2, seconds=AUTO))
