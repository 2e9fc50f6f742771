"""A quote has a line per call, adds up, and is never given where no price is known (C1)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.catalogue import override
from bot.domain.errors import NotSupported
from bot.domain.media import Role
from bot.domain.model import AUTO, Model
from bot.domain.pricing import PriceUnit, Quote, QuoteLine
from bot.domain.request import VideoRequest
from bot.domain.rules import Rules
from bot.flows.choose import choose
from bot.flows.quote import quote
from tests.shelf import all_models, film, model, picture, shelf, sound, wish

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RULES = Rules(public_links=True)
WIDE = picture("@Image1", Role.first_frame, 1920, 1080)


def quoted(request: VideoRequest, rules: Rules = RULES, models: tuple[Model, ...] | None = None) -> Quote:
    catalogue = replace(shelf(), models=models or all_models())
    choice, problems = choose(request, catalogue, rules, date(2026, 11, 20))
    assert (choice is not None, problems) == (True, ())
    assert choice is not None
    chosen = catalogue.get(choice.model)
    assert chosen is not None
    return quote(choice, chosen, request, rules, NOW)


# What is wanted -> its lines as (words, credits), and whether it is an estimate. A credit is a cent.
QUOTES: dict[str, tuple[VideoRequest, tuple[tuple[str, str], ...], bool]] = {
    "free": (
        wish(model="animatic", seconds=8.0, count=2),
        (("Free: 2 × Animatic, 8 s, 720p 16:9, silent", "0.00"),),
        False,
    ),
    "by the second, silent": (
        wish(model="kling", seconds=5.0),
        (("Kling 3.0, 5 s, 720p 16:9, silent", "42.00"),),
        False,
    ),
    "by the second, with sound": (
        wish(model="kling", seconds=10.0, resolution="1080p", audio=True),
        (("Kling 3.0, 10 s, 1080p 16:9, with sound", "168.00"),),
        False,
    ),
    "by the second, several at once": (
        wish(model="veo", seconds=8.0, count=2, audio=True),
        (("2 × Veo 3.1, 8 s, 720p 16:9, with sound", "640.00"),),
        False,
    ),
    "a price that is not certain": (
        wish(model="veo-fast", seconds=4.0),
        (("Veo 3.1 Fast, 4 s, 720p 16:9, silent", "60.00"),),
        True,
    ),
    "by the clip": (
        wish(model="hailuo", seconds=10.0),
        (("Hailuo 2.3, 10 s, 768p, silent", "56.00"),),
        False,
    ),
    "by tokens": (
        wish(model="seedance", seconds=5.0),
        (("Seedance 2.0, 5 s, 720p 16:9, silent: about 108,900 tokens", "76.23"),),
        True,
    ),
    "by tokens, with a film given in": (
        wish("x", film("@Video1", 8.0), model="seedance", seconds=11.0, audio=True),
        (("Seedance 2.0, 11 s, 720p adaptive, with sound, with 8 s of film given in: about 413,893 tokens", "177.97"),),
        True,
    ),
    "by tokens, the length left to the model": (
        wish(model="seedance", seconds=AUTO),
        (("Seedance 2.0, up to 15 s, 720p 16:9, silent: about 324,900 tokens", "227.43"),),
        True,
    ),
    "films and pictures given in": (
        wish("x", *(picture(f"@Image{n}") for n in range(7)), film("@Video1", 8.0), model="minimax-h3", aspect="16:9"),
        (
            ("MiniMax H3, 5 s, 768p 16:9, with sound", "40.00"),
            ("8 s of film given in", "64.00"),
            ("2 reference pictures past the first 5", "8.00"),
        ),
        False,
    ),
    "films given in at their own rate": (
        wish("x", *(picture(f"@Image{n}") for n in range(3)), film("@Video1", 4.0), model="h3-max", resolution="480p", aspect="1:1"),
        (
            ("MiniMax H3 Max, 5 s, 480p 1:1, with sound", "25.00"),
            ("4 s of film given in", "22.12"),
            ("1 reference picture past the first 2", "7.40"),
        ),
        False,
    ),
    "films given in that are not billed by their length": (
        wish("x", film("@Video1", 5.0), model="kling-o1"),
        (("Kling O1, 5 s, 720p adaptive, silent", "63.00"),),
        False,
    ),
    "no more pictures than are free": (
        wish("x", *(picture(f"@Image{n}") for n in range(5)), model="minimax-h3", aspect="16:9"),
        (("MiniMax H3, 5 s, 768p 16:9, with sound", "40.00"),),
        False,
    ),
    "a sound costs nothing": (
        wish("x", WIDE, sound("@Audio1"), model="wan-2.7-i2v", resolution="720p"),
        (("Wan 2.7 (pictures), 5 s, 720p adaptive, with sound", "50.00"),),
        False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", QUOTES, ids=str)
def test_a_quote_says_what_is_paid_for_and_adds_up(case: str) -> None:
    request, lines, estimated = QUOTES[case]
    expected = tuple(QuoteLine(text, Decimal(amount)) for text, amount in lines)
    assert quoted(request) == Quote(
        credits=sum((line.credits for line in expected), Decimal(0)),
        lines=expected,
        estimated=estimated,
        valid_until=NOW + timedelta(minutes=30),
    )


# Dollars a second of 16:9 as the price lists round them, to be met by the token formula within half a tenth of a cent.
A_SECOND = [
    ("seedance-2", "480p", False, "0.070"),
    ("seedance-2", "720p", False, "0.151"),
    ("seedance-2", "1080p", False, "0.374"),
    ("seedance-2", "4k", False, "0.778"),
    ("seedance-2-fast", "480p", False, "0.056"),
    ("seedance-2-fast", "720p", False, "0.121"),
    ("seedance-2-mini", "480p", False, "0.035"),
    ("seedance-2-mini", "720p", False, "0.076"),
    ("seedance-2.5", "480p", False, "0.103"),
    ("seedance-2.5", "720p", False, "0.231"),
    ("seedance-2.5", "1080p", False, "0.569"),
    ("seedance-1.5-pro", "720p", True, "0.052"),
    ("seedance-1.5-pro", "720p", False, "0.026"),
]


@pytest.mark.parametrize(("id", "resolution", "audio", "usd"), A_SECOND)
def test_one_more_second_costs_what_the_price_list_says(id: str, resolution: str, audio: bool, usd: str) -> None:
    models = override(all_models(), {id: {"retired_on": "never"}})
    rules = Rules(credits_per_dollar=Decimal(10_000))
    six, five = (
        quoted(wish(model=id, seconds=seconds, resolution=resolution, audio=audio), rules, models).credits
        for seconds in (6.0, 5.0)
    )
    assert abs((six - five) / 10_000 - Decimal(usd)) <= Decimal("0.0006")


def test_credits_follow_the_operators_rate_and_the_quote_ends_when_the_card_does() -> None:
    rules = Rules(credits_per_dollar=Decimal("2.5"), confirm_seconds=60)
    found = quoted(wish(model="kling", seconds=5.0), rules)
    assert (found.credits, found.valid_until) == (Decimal("1.05"), NOW + timedelta(seconds=60))


def test_the_total_is_the_sum_of_the_lines_shown_even_where_each_is_rounded() -> None:
    request = wish(
        "x", *(picture(f"@Image{n}") for n in range(3)), film("@Video1", 3.3), model="h3-max", resolution="480p"
    )
    found = quoted(request, Rules(credits_per_dollar=Decimal("0.37")))
    assert len(found.lines) == 3
    assert found.credits == sum(line.credits for line in found.lines)


@pytest.mark.parametrize("name", ["hedra", "videogen", "t2v-01"])
def test_a_model_without_a_price_is_not_quoted(name: str) -> None:
    request = (
        wish("x", picture("@Image1", Role.first_frame), sound("@Audio1"), model=name)
        if name == "hedra"
        else wish(model=name)
    )
    with pytest.raises(NotSupported, match="has no price set, so its cost cannot be said beforehand"):
        quoted(request)


def test_settings_without_a_price_are_not_quoted() -> None:
    with pytest.raises(NotSupported) as caught:
        quoted(wish("x", WIDE, model="hailuo-fast", seconds=10.0))
    assert caught.value.say == (
        "Hailuo 2.3 Fast has no known price for 10 s, 768p adaptive, silent. "
        "The operator can set one; until then choose another model or other settings."
    )


def test_an_operators_price_makes_a_model_quotable() -> None:
    models = override(
        all_models(), {"videogen": {"price": {"unit": "clip", "rates": [{"usd": "0.50", "unconfirmed": True}]}}}
    )
    found = quoted(wish(model="videogen", count=3), models=models)
    assert found.lines == (QuoteLine("3 × VideoGen, 6 s, 16:9, silent", Decimal("150.00")),)
    assert found.estimated


def test_a_film_not_yet_measured_makes_an_estimate() -> None:
    unmeasured = replace(film("@Video1"), media=None)
    assert quoted(wish("x", unmeasured, model="minimax-h3", aspect="16:9")).estimated
    assert not quoted(wish("x", film("@Video1"), model="minimax-h3", aspect="16:9")).estimated


def test_free_is_free_whatever_is_asked() -> None:
    assert model("animatic").price.unit is PriceUnit.free
    assert quoted(wish(model="animatic", seconds=60.0, resolution="1080p", audio=True)).credits == 0
