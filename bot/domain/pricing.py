"""Money: credits, quotes and the rate between credits and dollars."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def credits(usd: Decimal, per_dollar: Decimal) -> Decimal:
    """Dollars as credits, rounded to a hundredth of a credit, halves up."""
    return (usd * per_dollar).quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class QuoteLine:
    text: str
    credits: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a job will cost, with a line per call. `estimated` where the provider settles the price afterwards."""

    credits: Decimal
    lines: tuple[QuoteLine, ...]
    estimated: bool
    valid_until: datetime
