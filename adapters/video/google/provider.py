"""Answers the video port for Google: each task goes through the door that its model is behind."""

import asyncio
from contextlib import suppress
from pathlib import Path

from adapters.kit.http import Client
from adapters.video.google.doors import DOORS, GEMINI, VERTEX, Door, door_of, open_door
from adapters.video.google.omni import Omni
from adapters.video.google.veo import Veo
from adapters.video.google.wire.route import Film, Route, route_of
from bot.domain.errors import BadCredentials, Unavailable, Unclear
from bot.domain.job import Charged, ProviderTask
from bot.ports.parts import Parts
from bot.ports.video import Order, Progress

VERTEX_SECONDS = 180.0  # an answer there may hold four films


class Google:
    """One pool of connections for each door whose key is set."""

    name = "google"
    in_flight = 120.0  # as long as a caller waits for an answer

    def __init__(self, parts: Parts) -> None:
        """Raises BadSettings for a base URL that is none."""
        self._settings, self._files, self._watch = parts.settings, parts.files, parts.watch
        self._clients: dict[str, Client] = {}
        for name in DOORS:
            with suppress(BadCredentials):  # most have the key of one door alone
                self._way(open_door(name, self._settings))

    async def submit(self, order: Order) -> ProviderTask:
        name = door_of(order.model)
        door = open_door(name, self._settings)
        id = await self._way(door).submit(order)
        route = route_of(order, name)
        return ProviderTask(id=id, route=str(route), region=door.region, key_name=door.key_name)

    async def poll(self, task: ProviderTask) -> Progress:
        route = Route.read(task.route)
        return await self._way(self._door(route.door, task)).poll(task.id, route)

    async def cancel(self, task: ProviderTask) -> Charged:
        return await self._way(self._door(Route.read(task.route).door, task)).cancel(task.id)

    async def find(self, order: Order) -> ProviderTask | None:  # noqa: ARG002 - no order can be found
        """Google lists nothing and knows no key of ours."""
        raise Unclear("Google keeps no list in which a lost order could be found")

    async def download(self, file: str, into: Path) -> None:
        film = Film.read(file)
        await self._way(self._door(film.door)).download(film, into)

    async def aclose(self) -> None:
        await asyncio.gather(*(client.aclose() for client in self._clients.values()))

    def _door(self, name: str, task: ProviderTask | None = None) -> Door:
        """The door of a task that runs. Raises Unavailable where it cannot be reached from here as things are set now."""
        try:
            door = open_door(name, self._settings)
        except BadCredentials as error:
            raise Unavailable(f"cannot be asked: {error.message}", mend=error.mend) from error
        if task is not None and task.region != door.region:
            before = task.region or "no location of its own"
            raise Unavailable(
                f"the film is made in {before}, and {door.region or 'none'} is set now",
                mend="Tell your operator to set GOOGLE_CLOUD_LOCATION back.",
            )
        return door

    def _way(self, door: Door) -> Omni | Veo:
        client = self._clients.get(door.name)
        if client is None:
            seconds = {VERTEX: VERTEX_SECONDS}.get(door.name, 60.0)
            client = Client(
                "google", door.base_url, lambda: door.headers, self._files, seconds=seconds, watch=self._watch
            )
            self._clients[door.name] = client
        return Omni(door, client) if door.name == GEMINI else Veo(door, client)
