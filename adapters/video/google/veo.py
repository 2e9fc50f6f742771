"""Films by Veo, over Vertex AI."""

from functools import partial
from pathlib import Path

from adapters.kit.answers import Answer
from adapters.kit.http import Client
from adapters.video.google.doors import Door
from adapters.video.google.large import ask_large, save_large
from adapters.video.google.wire import veo as wire
from adapters.video.google.wire.route import Film, Route
from bot.domain.errors import NotCancellable
from bot.domain.job import Charged
from bot.ports.video import Order, Progress


class Veo:
    def __init__(self, door: Door, client: Client) -> None:
        self._client, self._mend, self._models = client, door.mend, door.models

    async def submit(self, order: Order) -> str:
        return await self._client.pay(wire.create(order, self._models), partial(wire.begun, mend=self._mend))

    async def poll(self, task: str, route: Route) -> Progress:
        def read(answer: Answer) -> Progress:
            return wire.progress(wire.operation(answer, mend=self._mend), route, mend=self._mend)

        return await ask_large(self._client, wire.look(task, route.model, self._models), read)

    async def cancel(self, task: str) -> Charged:  # noqa: ARG002 - as its sibling takes it
        raise NotCancellable("Vertex AI has no way to stop a film that has begun")

    async def download(self, film: Film, into: Path) -> None:
        call = wire.look(film.task, film.model, self._models)
        await save_large(self._client, call, self._data, film, into)

    def _data(self, answer: Answer) -> list[str]:
        response = wire.operation(answer, mend=self._mend).response
        return [video.bytes or "" for video in response.videos] if response else []
