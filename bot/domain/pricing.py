"""Money: what a call costs by its rates, credits and quotes, and the rate between credits and dollars."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from math import ceil
from typing import Any

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


class PriceUnit(StrEnum):
    free = "free"
    second = "second"
    clip = "clip"
    million_tokens = "million_tokens"
    unknown = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """US dollars per unit. A None condition matches anything; the first rate whose conditions all match is used.

    `unconfirmed` says that no source is sure of it: a quote by it is an estimate.
    """

    usd: Decimal
    resolution: str | None = None
    audio: bool | None = None
    seconds: float | None = None
    video_in: bool | None = None
    unconfirmed: bool = False

    def matches(self, *, resolution: str | None, audio: bool, seconds: float, video_in: bool) -> bool:
        found = (resolution, audio, seconds, video_in)
        wanted = (self.resolution, self.audio, self.seconds, self.video_in)
        return all(want is None or want == have for want, have in zip(wanted, found, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a call costs.

    `input_seconds` says that seconds of reference video are billed too, at `input_rates` where they differ; reference pictures past
    `free_images` cost `usd_per_image` each. `tokens_fps` is the frame rate of the formula in `tokens`. Where film is
    given in, at least `floor` seconds are counted for each second made, rounded up to a whole one.
    """

    unit: PriceUnit
    rates: tuple[Rate, ...] = ()
    input_seconds: bool = False
    input_rates: tuple[Rate, ...] = ()
    free_images: int = 0
    usd_per_image: Decimal = Decimal(0)
    tokens_fps: int = 24
    floor: float = 0.0
    source: str = ""

    def counted(self, made: float, taken: float) -> float:
        """How many seconds are paid for where film is given in."""
        return max(made + (taken if self.input_seconds else 0.0), ceil(round(self.floor * made, 2)))

    def rate(self, *, resolution: str | None, audio: bool, seconds: float, video_in: bool) -> Rate | None:
        """The first rate that fits what is made."""
        return _first(self.rates, resolution=resolution, audio=audio, seconds=seconds, video_in=video_in)

    def input_rate(self, *, resolution: str | None, audio: bool, seconds: float, video_in: bool) -> Rate | None:
        """The first rate that fits, for seconds of film given in."""
        rates = self.input_rates or self.rates
        return _first(rates, resolution=resolution, audio=audio, seconds=seconds, video_in=video_in)


def _first(rates: tuple[Rate, ...], **facts: Any) -> Rate | None:
    return next((rate for rate in rates if rate.matches(**facts)), None)


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
