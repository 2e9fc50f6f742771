"""A video provider: it takes an order, works on it, and hands over files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from bot.domain.errors import ProviderError
from bot.domain.job import Charged, ProviderTask, RemoteFile
from bot.domain.model import Model
from bot.domain.request import VideoRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One paid call. `key` is unique to it: the same key is the same order, to be made and paid once.

    `request.settings` are resolved, and ask for what one call gives (`settings.count` is at most `model.max_count`); the references'
    bytes are in Files under their `key`. `sent_at` is when the call was first about to be made. `callback` is a public address, known
    to nobody else, that may be told whenever the task changes: a knock there makes the task be polled, whatever it says.
    """

    key: str
    job: str
    model: Model
    request: VideoRequest
    sent_at: datetime
    callback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """`fraction` from 0 to 1, `eta` and `ask_again_in` in seconds; None where the provider does not say."""

    fraction: float | None = None
    eta: float | None = None
    ask_again_in: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """`usd` is what the provider reports it cost, None where it reports nothing."""

    files: tuple[RemoteFile, ...]
    usd: Decimal | None = None
    seed: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    error: ProviderError
    charged: Charged = Charged.no


Progress = Running | Finished | Failed


class VideoProvider(Protocol):
    """Every method raises only ProviderError kinds (`bot.domain.errors`), or a bug.

    `in_flight` is how many seconds after it was sent an order whose caller is gone may still turn up: only then is a None of `find`
    believed, and the order sent again. One that starts the same key only once may be short about it.
    """

    name: str
    in_flight: float

    async def submit(self, order: Order) -> ProviderTask:
        """Makes the paid call, once. Unavailable, RateLimited and Busy promise that nothing started; Unclear that nobody knows.

        Awaits `bot.ports.paying.last_look` right before the first byte of it goes out, as `adapters.kit.http.Client.pay` does.
        """
        ...

    async def poll(self, task: ProviderTask) -> Progress: ...

    async def cancel(self, task: ProviderTask) -> Charged:
        """Asks to stop; what it will cost all the same. Raises NotCancellable where the task runs on and is charged."""
        ...

    async def find(self, order: Order) -> ProviderTask | None:
        """The task of an order whose answer was lost; None where the provider surely has none of it, so that it may be sent again.

        The core believes a None only once a call that was sent at `order.sent_at` must have arrived. What cannot be looked up, or cannot
        be told from another task, raises Unclear.
        """
        ...

    async def download(self, file: str, into: Path) -> None:
        """Streams a result (`RemoteFile.id` or `.last_frame`) to a local file. Raises Expired where it is gone."""
        ...

    async def aclose(self) -> None: ...
