"""A model says what it makes, everywhere and in its narrow corners."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.media import Role, nearest_aspect
from bot.domain.model import AUTO, Adjustment, Model, Seconds, Sound, When
from bot.domain.pricing import Price, PriceUnit, Rate
from bot.domain.request import Task
from tests.shelf import film, picture, wish

PLAIN = Model(
    id="m",
    provider="p",
    title="M",
    tasks=frozenset({Task.text, Task.first_frame}),
    seconds=Seconds(minimum=4, maximum=10, default=5),
    aspects=("16:9", "9:16"),
    resolutions=("720p", "1080p"),
    audio=Sound.optional,
    price=Price(unit=PriceUnit.free),
)

LENGTHS = {
    "inside": (Seconds(minimum=4, maximum=15), 8, 8),
    "too long": (Seconds(minimum=4, maximum=15), 99, 15),
    "too short": (Seconds(minimum=4, maximum=15), 0.5, 4),
    "between two whole seconds, the longer": (Seconds(minimum=4, maximum=15), 7.5, 8),
    "any length": (Seconds(minimum=1, maximum=60, step=0), 7.25, 7.25),
    "half seconds": (Seconds(minimum=1, maximum=3, step=0.5), 2.3, 2.5),
    "the nearest of few": (Seconds(minimum=4, maximum=8, choices=(4, 6, 8)), 6.4, 6),
    "between two of few, the longer": (Seconds(minimum=5, maximum=10, choices=(5, 10)), 7.5, 10),
    "left to a model that can": (Seconds(minimum=4, maximum=15, auto=True), AUTO, AUTO),
    "left to a model that cannot": (Seconds(minimum=4, maximum=15), AUTO, 4),
    "always left to the model": (Seconds(minimum=4, maximum=30, choices=(AUTO,), default=AUTO, auto=True), 8, AUTO),
}


@pytest.mark.parametrize("case", LENGTHS, ids=str)
def test_a_length_is_fitted_to_the_nearest_the_model_makes(case: str) -> None:
    seconds, wanted, expected = LENGTHS[case]
    assert seconds.fit(wanted) == expected


@given(st.floats(1, 20), st.floats(0, 40), st.sampled_from([0.0, 0.5, 1.0, 2.0]), st.floats(-5, 100, allow_nan=False))
def test_a_fitted_length_is_never_outside_and_fits_itself(
    minimum: float, more: float, step: float, wanted: float
) -> None:
    seconds = Seconds(minimum=minimum, maximum=minimum + more, step=step)
    fitted = seconds.fit(wanted)
    assert seconds.minimum <= fitted <= seconds.maximum
    assert seconds.fit(fitted) == pytest.approx(fitted)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (Seconds(minimum=4, maximum=15), "4 to 15 s"),
        (Seconds(minimum=4, maximum=8, choices=(4, 6, 8)), "4, 6 or 8 s"),
        (Seconds(minimum=6, maximum=6, choices=(6,)), "6 s"),
        (Seconds(minimum=5, maximum=5), "5 s"),
        (Seconds(minimum=4, maximum=30, choices=(AUTO,), auto=True), "a length of its own choosing"),
    ],
)
def test_lengths_are_told_in_words(seconds: Seconds, words: str) -> None:
    assert seconds.words == words


def test_a_narrow_corner_replaces_only_what_it_names() -> None:
    short = Seconds(minimum=6, maximum=6, choices=(6,), default=6)
    whens = (
        When(resolution="1080p", seconds=short),
        When(tasks=frozenset({Task.text}), aspects=("1:1",)),
        When(roles=frozenset({Role.reference_video}), audio=Sound.never),
    )
    model = replace(PLAIN, when=whens)

    framed = wish("x", picture("@Image1", Role.first_frame))
    assert model.under(framed, "720p") == model
    assert model.under(framed, "1080p").seconds == short
    assert model.under(wish("x"), "720p").aspects == ("1:1",)
    filmed = model.under(wish("x", film("@Video1")), "720p")
    assert (filmed.audio, filmed.aspects) == (Sound.never, PLAIN.aspects)


def test_a_model_that_follows_the_picture_has_no_ratio_to_choose_once_there_is_one() -> None:
    model = replace(PLAIN, aspect_follows_image=True)
    assert model.under(wish("x")).aspects == ("16:9", "9:16")
    assert model.under(wish("x", picture("@Image1", Role.first_frame))).aspects == ("adaptive",)
    assert model.under(wish("x", picture("@Image1"))).aspects == ("16:9", "9:16")


@pytest.mark.parametrize(
    ("resolution", "aspect", "size"),
    [
        ("720p", "16:9", (1248, 704)),  # its own size
        ("720p", "adaptive", (1248, 704)),
        ("1080p", "9:16", (1080, 1920)),  # worked out
        ("4k", "16:9", (3840, 2160)),
        ("2k", "16:9", (2560, 1440)),
        (None, None, (1280, 720)),
    ],
)
def test_the_frame_is_the_models_own_size_where_known(resolution: str, aspect: str, size: tuple[int, int]) -> None:
    model = replace(PLAIN, sizes=(("720p", "16:9", 1248, 704),))
    assert model.frame(resolution, aspect) == size


def test_a_ratio_left_to_the_model_counts_as_the_largest_frame_it_may_become() -> None:
    sizes = (("720p", "16:9", 1280, 720), ("720p", "4:3", 1112, 834), ("720p", "1:1", 960, 960))
    assert replace(PLAIN, sizes=sizes).frame("720p", "adaptive") == (1112, 834)


@pytest.mark.parametrize(
    ("made", "taken", "counted"), [(4, 2, 7), (5, 2, 9), (6, 2, 10), (11, 8, 19), (15, 2, 25), (5, 9, 14)]
)
def test_a_film_given_in_counts_and_there_is_a_least_that_does(made: float, taken: float, counted: float) -> None:
    price = Price(unit=PriceUnit.million_tokens, input_seconds=True, floor=1.6667)
    assert price.counted(made, taken) == counted
    assert replace(price, input_seconds=False, floor=0.0).counted(made, taken) == made


def test_a_model_is_retired_from_its_day_on() -> None:
    model = replace(PLAIN, retired_on=date(2026, 11, 11))
    assert [model.retired(date(2026, 11, day)) for day in (10, 11, 12)] == [False, True, True]
    assert not PLAIN.retired(date(2099, 1, 1))


def test_a_rate_without_conditions_matches_anything_and_one_with_all_only_that() -> None:
    here: dict[str, Any] = {"resolution": "720p", "audio": True, "seconds": 6.0, "video_in": False}
    assert Rate(usd=Decimal(1)).matches(**here)
    exact = Rate(usd=Decimal(1), resolution="720p", audio=True, seconds=6, video_in=False)
    assert exact.matches(**here)
    others: tuple[dict[str, Any], ...] = (
        {"resolution": "480p"},
        {"audio": False},
        {"seconds": 10.0},
        {"video_in": True},
    )
    for other in others:
        assert not exact.matches(**here | other)


def test_an_adjustment_says_what_why_and_what_instead() -> None:
    changed = Adjustment("seconds", "20", "15", "Seedance 2.0 makes 4 to 15 s.", "seedance-2.5")
    dropped = Adjustment("seed", "42", "", "Seedance 2.0 takes no seeds.")
    assert changed.say == "Length: 15 instead of 20. Seedance 2.0 makes 4 to 15 s. seedance-2.5 would honour it."
    assert dropped.say == "Seed 42 ignored. Seedance 2.0 takes no seeds."


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_the_nearest_ratio_is_always_one_that_is_offered(width: int, height: int) -> None:
    assert nearest_aspect(width, height, ("adaptive", "16:9", "1:1", "9:16")) in {"16:9", "1:1", "9:16"}
