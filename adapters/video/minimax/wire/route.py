"""What is kept of a task beside its id: all that is needed to ask for it again after a restart."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from adapters.video.minimax.wire.tariff import Tariff
from bot.ports.video import Order


@dataclass(frozen=True, slots=True)
class Route:
    """The API the task lives on, when it was ordered, to the second, and what its use is paid by."""

    api: str
    since: datetime
    tariff: Tariff | None = None

    @classmethod
    def of(cls, api: str, order: Order, tariff: Tariff | None = None) -> Self:
        return cls(api, order.sent_at, tariff)

    @classmethod
    def read(cls, text: str) -> Self:
        api, since, *rates = text.split(" ")
        return cls(api, datetime.fromtimestamp(int(since), UTC), Tariff.read(rates) if rates else None)

    @property
    def text(self) -> str:
        rates = self.tariff.rates if self.tariff else ()
        return " ".join((self.api, str(int(self.since.timestamp())), *rates))
