"""Answers the video port for MiniMax: each model by the API it lives on."""

from datetime import timedelta
from pathlib import Path

from adapters.kit.http import Client
from adapters.video.minimax.h3 import H3
from adapters.video.minimax.hailuo import Hailuo
from adapters.video.minimax.memory import Memory
from adapters.video.minimax.place import auth, base_url, region
from adapters.video.minimax.wire.route import Route
from bot.domain.errors import Expired, InvalidInput, Unavailable
from bot.domain.job import Charged, ProviderTask
from bot.ports.parts import Parts
from bot.ports.video import Order, Progress

YOUNG = timedelta(minutes=10)


class Minimax:
    """`settings`: `api_key`, and `base_url` where it is not the global one. A task's route and a file's id begin with their API's name."""

    name = "minimax"
    in_flight = 120.0  # as long as a caller waits for an answer

    def __init__(self, parts: Parts) -> None:
        """Raises BadSettings for a base URL that is none."""
        base = base_url(parts.settings)
        self._client = Client(self.name, base, lambda: auth(parts.settings), parts.files, watch=parts.watch)
        self._region, self._clock = region(str(self._client.base)), parts.clock
        memory = Memory(parts.storage, parts.clock)
        self._apis: dict[str, Hailuo | H3] = {
            "v1": Hailuo(self._client, parts.files, self._region),
            "v2": H3(self._client, memory, self._region),
        }

    async def submit(self, order: Order) -> ProviderTask:
        return await self._of(order).submit(order)

    async def poll(self, task: ProviderTask) -> Progress:
        """A task that is not known there although it was ordered just now is asked for again before it is given up."""
        try:
            return await self._that_has(task).poll(task)
        except Expired as gone:
            if self._clock.now() - Route.read(task.route).since < YOUNG:
                raise Unavailable(gone.message) from gone
            raise

    async def cancel(self, task: ProviderTask) -> Charged:
        return await self._that_has(task).cancel(task)

    async def find(self, order: Order) -> ProviderTask | None:
        return await self._of(order).find(order)

    async def download(self, file: str, into: Path) -> None:
        api, _, rest = file.partition(" ")
        await self._apis[api].download(rest, into)

    async def aclose(self) -> None:
        await self._client.aclose()

    def _of(self, order: Order) -> Hailuo | H3:
        """Raises InvalidInput for a row of the operator's own that does not say."""
        api = dict(order.model.wire).get("api", "")
        if api not in self._apis:
            raise InvalidInput(
                f"{order.model.title} does not say which of MiniMax's APIs it is ordered by.",
                mend='Tell your operator: its row needs wire = { api = "v1" } or { api = "v2" }.',
            )
        return self._apis[api]

    def _that_has(self, task: ProviderTask) -> Hailuo | H3:
        """Raises Unavailable where the task is in MiniMax's other world: asked for here, it would seem to be gone."""
        if task.region and self._region and task.region != self._region:
            raise Unavailable(
                f"its task is at MiniMax's {task.region} address, and this bot speaks to the {self._region} one",
                mend="Tell your operator: MINIMAX_BASE_URL and the key must be those the task was ordered with.",
            )
        return self._apis[Route.read(task.route).api]
