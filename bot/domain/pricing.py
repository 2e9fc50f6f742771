"""Money: credits, quotes and the rate between credits and dollars."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def credits(usd: Decimal, per_dollar: Decimal) -> Decimal:
    """Dollars as credits, rounded to a hundredth of a credit, halves up."""
    return (usd * per_dollar).quantize(CENT, rounding=ROUND_HALF_UP)


def tokens(width: int, height: int, seconds: float, fps: int = 24) -> int:
    """Video tokens of that many seconds, input included: width x height / 1024 x (fps x seconds + 1), rounded up.

    Seen on finished Seedance tasks: 720p and 5 s counted 108,900. How a broken number is rounded there is not known.
    """
    frames = Decimal(str(seconds)) * fps + 1
    return int((Decimal(width * height) / 1024 * frames).to_integral_value(rounding=ROUND_CEILING))


@dataclass(frozen=True, slots=True)
class QuoteLine:
    text: str
    credits: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """So many calls alike, each for `count` results at the sum of these lines."""

    times: int
    count: int
    lines: tuple[QuoteLine, ...]

    @property
    def credits(self) -> Decimal:
        """Of each of them."""
        return sum((line.credits for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a job will cost, with a line per call. `estimated` where the provider settles the price afterwards.

    `calls` are the calls in their order where it takes more than one, else empty.
    """

    credits: Decimal
    lines: tuple[QuoteLine, ...]
    estimated: bool
    valid_until: datetime
    calls: tuple[Calls, ...] = ()
