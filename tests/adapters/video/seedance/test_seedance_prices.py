"""What Seedance is said to cost is never less than what it charged for the tasks that are known."""

from decimal import Decimal
from typing import Any

import pytest

from bot.domain.media import Role
from bot.domain.model import AUTO, Limit
from bot.domain.pricing import tokens
from bot.domain.request import Reference
from bot.flows.quote import quote
from tests.adapters.video.seedance.stand_seedance import reference
from tests.fakes import NOON
from tests.shelf import RULES, chosen, model, wish

LIVE = ("seedance-2", "seedance-2-fast", "seedance-2-mini", "seedance-2.5", "seedance-2.5-draft")


def film(seconds: float) -> Reference:
    return reference("@Video1", Role.reference_video, "film.mp4", "video/mp4", width=1280, height=720, seconds=seconds)


def usd(name: str, prompt: str = "A heron", *references: Reference, **said: Any) -> Decimal:
    """The estimate, in dollars."""
    request = wish(prompt, *references, model=name, **said)
    choice = chosen(request)
    assert choice.model == name
    found = quote(choice, model(name), request, RULES, NOON)
    assert found.estimated
    return found.credits / RULES.credits_per_dollar


Asked = tuple[tuple[Reference, ...], dict[str, Any]]

CHARGED: dict[str, tuple[Asked, int, str]] = {
    "5 s of 720p": (((), {"seconds": 5.0, "resolution": "720p"}), 108_900, "7.0"),
    "4 s of 720p": (((), {"seconds": 4.0, "resolution": "720p"}), 87_300, "7.0"),
    "5 s of 1080p": (((), {"seconds": 5.0, "resolution": "1080p"}), 245_025, "7.7"),
    "11 s from 8 s of film": (((film(8.0),), {"seconds": 11.0, "aspect": "16:9"}), 411_300, "4.3"),
}
# Of so many seconds made from a short film, so many are counted at least.
LEAST = [(4.0, 7), (5.0, 9), (6.0, 10), (7.0, 12), (8.0, 14), (9.0, 15), (10.0, 17), (15.0, 25)]


@pytest.mark.parametrize("case", CHARGED, ids=str)
def test_a_known_charge_was_no_higher_than_its_estimate(case: str) -> None:
    (references, said), count, rate = CHARGED[case]
    estimate = usd("seedance-2", "A heron", *references, **said)
    charged = count * Decimal(rate) / 1_000_000
    assert charged.quantize(Decimal("0.0001")) <= estimate <= charged * Decimal("1.01")


def test_the_old_fixture_of_1_0_agrees_with_the_formula() -> None:
    assert tokens(*model("seedance-1-pro").frame("480p", "16:9"), 4.0) == 39_285


@pytest.mark.parametrize(("seconds", "counted"), LEAST)
def test_a_short_film_given_in_is_quoted_at_the_least_there_is_to_pay(seconds: float, counted: int) -> None:
    least = Decimal("4.3") * 900 * (24 * counted + 1) / 1_000_000
    estimate = usd("seedance-2", "x", film(2.0), seconds=seconds, resolution="720p", aspect="16:9")
    assert abs(estimate - least) < Decimal("0.001")


@pytest.mark.parametrize("name", ["seedance-2", "seedance-2-fast", "seedance-2-mini", "seedance-2.5"])
def test_a_ratio_left_to_the_model_costs_at_least_as_much_as_any(name: str) -> None:
    for resolution in model(name).resolutions:
        left = usd(name, "x", film(8.0), resolution=resolution, aspect="adaptive")
        each = [usd(name, "x", film(8.0), resolution=resolution, aspect=one) for one in model(name).aspects[1:]]
        assert left == max(each)


@pytest.mark.parametrize(
    ("name", "resolution", "second"),
    [
        ("seedance-2", "480p", ".070"),
        ("seedance-2", "720p", ".151"),
        ("seedance-2", "1080p", ".374"),
        ("seedance-2", "4k", ".778"),
        ("seedance-2-fast", "480p", ".056"),
        ("seedance-2-fast", "720p", ".121"),
        ("seedance-2-mini", "480p", ".035"),
        ("seedance-2-mini", "720p", ".076"),
        ("seedance-2.5", "480p", ".103"),
        ("seedance-2.5", "720p", ".231"),
        ("seedance-2.5", "1080p", ".569"),
    ],
)
def test_a_second_costs_what_the_price_lists_say(name: str, resolution: str, second: str) -> None:
    ten = usd(name, seconds=10.0, resolution=resolution, aspect="16:9")
    five = usd(name, seconds=5.0, resolution=resolution, aspect="16:9")
    assert abs((ten - five) / 5 - Decimal(second)) < Decimal("0.001")


def test_an_edit_on_2_5_chooses_its_length_and_is_quoted_at_the_longest() -> None:
    request = wish("Edit @Video1 so that it snows", film(8.0), model="seedance-2.5", seconds=8.0)
    choice = chosen(request)
    assert choice.settings.seconds is not None
    assert choice.settings.seconds.value == AUTO
    (changed,) = choice.adjustments
    assert changed.say.startswith(
        "Length: left to the model instead of 8. Seedance 2.5 makes a length of its own choosing by editing a film."
    )
    (line,) = quote(choice, model("seedance-2.5"), request, RULES, NOON).lines
    assert line.text.startswith("Seedance 2.5, up to 30 s, 720p adaptive")


def test_the_limits_are_each_models_own_and_4k_has_a_line_of_its_own() -> None:
    def facts(limit: Limit | None) -> tuple[str, int | None, int | None, bool]:
        assert limit is not None
        return limit.line, limit.per_minute, limit.at_once, limit.unconfirmed

    lines = {name: facts(model(name).limit("480p")) for name in LIVE}
    assert lines == {
        "seedance-2": ("seedance/seedance-2", 600, 10, True),
        "seedance-2-fast": ("seedance/seedance-2-fast", 600, 10, True),
        "seedance-2-mini": ("seedance/seedance-2-mini", 600, 10, True),
        "seedance-2.5": ("seedance/seedance-2.5", 600, 10, True),
        "seedance-2.5-draft": ("seedance/seedance-2.5", 600, 10, True),
    }
    assert facts(model("seedance-2").limit("4k")) == ("seedance/seedance-2-4k", 15, 1, True)


@pytest.mark.parametrize("name", LIVE)
def test_films_go_by_link_and_the_rest_fits_into_one_body(name: str) -> None:
    there = model(name)
    assert [role for role, rule in there.roles if rule.by_link] == [Role.reference_video]
    assert there.max_total_bytes is not None
    assert there.max_total_bytes * 4 / 3 + 1_000_000 < 64_000_000
