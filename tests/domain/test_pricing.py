"""Credits are rounded once, and tokens are counted as finished tasks counted them."""

from decimal import Decimal

import pytest

from bot.domain import pricing
from bot.domain.pricing import tokens

SEEN = {  # width, height, seconds given in and made together -> tokens on the finished task
    "720p, 5 s": (1280, 720, 5, 108_900),
    "720p, 4 s": (1280, 720, 4, 87_300),
    "720p, 11 s made from 8 s given in": (1280, 720, 19, 411_300),
    "1080p, 5 s": (1920, 1080, 5, 245_025),
    "480p of the first generation, 4 s": (864, 480, 4, 39_285),
}


@pytest.mark.parametrize("case", SEEN, ids=str)
def test_tokens_are_those_of_finished_tasks(case: str) -> None:
    width, height, seconds, expected = SEEN[case]
    assert tokens(width, height, seconds) == expected


def test_a_broken_token_is_counted_whole() -> None:
    assert tokens(864, 496, 5) == 50_639  # 418.5 x 121 = 50,638.5: a quote is never too low by rounding


@pytest.mark.parametrize(
    ("usd", "per_dollar", "expected"),
    [
        ("0.7623", 100, "76.23"),
        ("0.00004", 100, "0.00"),
        ("0.00005", 100, "0.01"),
        ("0.123450", 100, "12.35"),
        ("1.5", "0.5", "0.75"),
        ("0", 100, "0.00"),
    ],
)
def test_credits_are_rounded_half_up_to_a_hundredth(usd: str, per_dollar: object, expected: str) -> None:
    assert str(pricing.credits(Decimal(usd), Decimal(str(per_dollar)))) == expected
