"""Answers the video port with Kling's two APIs. The order's own key is its name there, so that a lost answer can be looked up."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from adapters.kit.answers import Answer
from adapters.kit.http import Call, Client
from adapters.kit.public import public_link
from adapters.video.kling.key import key_of
from adapters.video.kling.wire import orders, tasks
from adapters.video.kling.wire.errors import KeyExpired, NotThere
from adapters.video.kling.wire.route import Generation, Route, routes
from bot.domain.errors import BadSettings, Expired, InvalidInput, NotCancellable, Rejected, Unavailable
from bot.domain.job import Charged, ProviderTask
from bot.ports.parts import Parts
from bot.ports.video import Order, Progress

T = TypeVar("T")

BASE = "https://api-singapore.klingai.com"
REGIONS = {"api-singapore.klingai.com": "global", "api.klingai.com": "global", "api-beijing.klingai.com": "china"}
LINK_SECONDS = 24 * 60 * 60  # Kling fetches a film when its turn has come


class Kling:
    """`settings["generation"]`, `v1` or `v3`, says which API goes first where a model is in both. Raises BadSettings for another."""

    name = "kling"
    in_flight = 10.0  # the same key is started only once

    def __init__(self, parts: Parts) -> None:
        self._key = key_of(parts.settings, parts.clock)
        self._files = parts.files
        self._prefers = generation_of(parts.settings) or self._key.prefers
        base = parts.settings.get("base_url") or BASE
        self._client = Client(self.name, base, self._key.headers, parts.files, watch=parts.watch)
        self._region = REGIONS.get(self._client.base.host, "")

    async def submit(self, order: Order) -> ProviderTask:
        route = routes(order, self._prefers)[0]
        call = orders.create(order, route, await self._links(order))
        return self._task(await self._call(self._client.pay, call, partial(tasks.read_created, route=route)), route)

    async def find(self, order: Order) -> ProviderTask | None:
        """Looks behind every door the order may have gone through that these keys open: they may have been changed since."""
        for route in routes(order, self._prefers)[: None if self._key.opens_all else 1]:
            read = partial(tasks.read_found, route=route, key=order.key)
            found = await self._call(self._client.ask, tasks.by_name(route, order.key), read)
            if found is not None:
                return self._task(found, route)
        return None

    async def poll(self, task: ProviderTask) -> Progress:
        """Raises Unavailable for a task that Kling does not know: jobs end long before Kling forgets."""
        if task.region and self._region and task.region != self._region:
            raise Unavailable(f"the task is at Kling {task.region}", mend="Tell your operator: see KLINGAI_BASE_URL.")
        route = Route.read(task.route)
        try:
            return tasks.progress(await self._told(task.id, route), route)
        except NotThere as error:
            raise tasks.gone(error) from error

    async def cancel(self, task: ProviderTask) -> Charged:
        """Kling has no way to stop a task."""
        raise NotCancellable(
            f"Kling cannot stop task {task.id}: it is made to its end and its units are spent, unless it fails."
        )

    async def download(self, file: str, into: Path) -> None:
        """An address that no longer leads anywhere is asked for anew, once."""
        where, id, url = file.split(" ", 2)
        try:
            await self._client.save(url, into)
        except Expired:
            fresh = await self._renewed(Route.read(where), id, url)
            await self._client.save(fresh, into)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _renewed(self, route: Route, id: str, old: str) -> str:
        try:
            films = (await self._told(id, route)).films
        except NotThere as error:
            raise Expired("Kling no longer keeps this film.") from error
        if not films:
            raise Expired(f"Kling names no film for task {id} any more.")
        same = (film for film in films if _bare(tasks.address(film, route)) == _bare(old))
        return tasks.address(next(same, films[0]), route)

    async def _told(self, id: str, route: Route) -> tasks.Told:
        """Raises NotThere, and else only what says nothing of the task: it may be finished and paid for."""
        try:
            told = await self._call(
                self._client.ask, tasks.by_id(route, id), partial(tasks.read_task, route=route, id=id)
            )
        except NotThere:
            raise
        except (InvalidInput, Rejected, Expired) as error:
            raise Unavailable(error.message) from error
        yuan = self._region == "china" and route.generation is Generation.v1  # a figure without its money
        return replace(told, usd=None) if yuan else told

    async def _links(self, order: Order) -> dict[str, str]:
        """Public addresses of the order's films, by token. Raises InvalidInput where there is none."""
        return {film.token: await public_link(film, self._files, LINK_SECONDS) for film in orders.films(order)}

    async def _call(
        self,
        send: Callable[[Call, Callable[[Answer], T]], Awaitable[T]],
        call: Call,
        read: Callable[[Answer], T],
    ) -> T:
        """Once more with a fresh token where the old one was refused: who is not let in has started nothing."""
        try:
            return await send(call, read)
        except KeyExpired:
            if not self._key.renew():
                raise
            return await send(call, read)

    def _task(self, id: str, route: Route) -> ProviderTask:
        return ProviderTask(id=id, route=str(route), region=self._region, key_name=self._key.name)


def generation_of(settings: Mapping[str, str]) -> Generation | None:
    """Raises BadSettings."""
    said = settings.get("generation")
    if said and said not in set(Generation):
        raise BadSettings(f"providers.kling.generation is {said!r}; it may be {' or '.join(Generation)}, or left out.")
    return Generation(said) if said else None


def _bare(url: str) -> str:
    """An address without what signs it."""
    return url.partition("?")[0]
