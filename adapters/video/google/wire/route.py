"""What is remembered of a task and of a film, as one line of text each, so that both are found again after a restart."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

from bot.domain.errors import Expired
from bot.ports.video import Order

TOKEN_PRICE = "usd_per_million_video_tokens"  # noqa: S105 - a price, no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`each` is what one film costs in dollars by the price that was agreed, `per_million` what a million video tokens do, `count` how many films."""

    door: str
    model: str
    count: int = 1
    each: Decimal | None = None
    per_million: Decimal | None = None

    def __str__(self) -> str:
        return _line(self)

    @classmethod
    def read(cls, line: str) -> "Route":
        said = dict(parse_qsl(line))
        return cls(
            door=said["door"],
            model=said["model"],
            count=int(said["count"]),
            each=_money(said.get("each")),
            per_million=_money(said.get("per_million")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """Where a film of a task is: at `uri`, or inside the task's own answer as its `number`-th film.

    `large` is then which of that answer's large strings it is, None where it was too small to be one.
    """

    door: str
    task: str
    model: str
    number: int = 0
    large: int | None = None
    uri: str = ""

    def __str__(self) -> str:
        return _line(self)

    @classmethod
    def read(cls, line: str) -> "Film":
        """Raises Expired for what is no film of Google's."""
        said = dict(parse_qsl(line))
        try:
            return cls(
                door=said["door"],
                task=said["task"],
                model=said["model"],
                number=int(said["number"]),
                large=int(said["large"]) if "large" in said else None,
                uri=said.get("uri", ""),
            )
        except (KeyError, ValueError) as error:
            raise Expired("its film cannot be found by what is known of it") from error


def route_of(order: Order, door: str) -> Route:
    """What is to be known of the order's task later; the price is that of the card."""
    settings, facts = order.request.settings, dict(order.model.wire)
    seconds = settings.seconds.value if settings.seconds else 0.0
    rate = order.model.price.rate(
        resolution=settings.resolution.value if settings.resolution else None,
        audio=bool(settings.audio and settings.audio.value),
        seconds=seconds,
        video_in=any(reference.kind == "video" for reference in order.request.references),
    )
    return Route(
        door=door,
        model=order.model.wire_id,
        count=settings.count.value if settings.count else 1,
        each=rate and rate.usd * Decimal(str(seconds)),
        per_million=_money(facts.get(TOKEN_PRICE)),
    )


def _money(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _line(one: Any) -> str:
    said = ((field.name, getattr(one, field.name)) for field in fields(one))
    return urlencode([(name, value) for name, value in said if value is not None and value != ""])
