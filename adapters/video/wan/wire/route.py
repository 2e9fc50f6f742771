"""What is kept with a task: what a second of it costs, and which files went with it."""

from dataclasses import dataclass
from decimal import Decimal

_KINDS = {"InvalidImage": "@Image", "InvalidVideo": "@Video", "InvalidURL": "@", "InvalidParameter.DataInspection": "@"}


@dataclass(frozen=True, slots=True)
class Route:
    """Written as `0.10 @Image1 @Video1`; without a known price as `- @Image1`. `usd_a_second` is for a billed second."""

    usd_a_second: Decimal | None = None
    tokens: tuple[str, ...] = ()

    def __str__(self) -> str:
        price = "-" if self.usd_a_second is None else str(self.usd_a_second)
        return " ".join((price, *self.tokens))

    def blamed(self, code: str) -> str | None:
        """The file that a code speaks of, where there is only one that it can be."""
        kind = next((kind for name, kind in _KINDS.items() if f"{code}.".startswith(f"{name}.")), None)
        meant = [token for token in self.tokens if kind and token.startswith(kind)]
        return meant[0] if len(meant) == 1 else None


NOWHERE = Route()


def read(text: str) -> Route:
    price, *tokens = text.split() or ["-"]
    return Route(None if price == "-" else Decimal(price), tuple(tokens))
