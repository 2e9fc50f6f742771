"""Films by Gemini Omni, over the Gemini API."""

from functools import partial
from pathlib import Path

from adapters.kit.answers import Answer
from adapters.kit.http import Client
from adapters.video.google.doors import Door
from adapters.video.google.large import ask_large, save_large
from adapters.video.google.wire import omni as wire
from adapters.video.google.wire.route import Film, Route
from bot.domain.errors import Expired, InvalidInput, NotCancellable, Unavailable
from bot.domain.job import Charged
from bot.ports.video import Failed, Finished, Order, Progress, Running


class Omni:
    def __init__(self, door: Door, client: Client) -> None:
        self._client, self._mend = client, door.mend
        self._interaction = partial(wire.interaction, mend=door.mend)

    async def submit(self, order: Order) -> str:
        return await self._client.pay(wire.create(order), partial(wire.begun, mend=self._mend))

    async def poll(self, task: str, route: Route) -> Progress:
        """Finished once Google has put the film's file together as well."""
        found = wire.progress(one := await self._look(task), route)
        path = wire.file_of(one.film.uri) if isinstance(found, Finished) and one.film and one.film.uri else None
        if path is None:
            return found
        try:
            ready = await self._client.ask(wire.look_at(path), partial(wire.file_ready, mend=self._mend))
        except Expired as gone:
            return Failed(error=gone, charged=Charged.yes)
        return found if ready else Running(ask_again_in=wire.ASK_AGAIN)

    async def cancel(self, task: str) -> Charged:
        """Google's own word counts: one that was faster is finished, and paid for."""
        try:
            one = await self._client.ask(wire.cancel(task), self._interaction)
        except InvalidInput:  # it refuses what has ended already
            one = await self._look(task)
        if one.status in {wire.Status.queued, wire.Status.in_progress}:
            raise Unavailable("has not stopped yet")
        if one.film:
            raise NotCancellable("the film was made before it could be stopped")
        return one.charged

    async def download(self, film: Film, into: Path) -> None:
        if not film.uri:
            await save_large(self._client, wire.look(film.task), self._data, film, into)
            return
        try:
            await self._client.save(wire.address(film.uri), into)
        except Expired:  # the address may have run out and the film be there still
            fresh = wire.film_of(await self._look(film.task), film.model)
            await self._client.save(wire.address(fresh.uri), into)

    async def _look(self, task: str) -> wire.Interaction:
        return await ask_large(self._client, wire.look(task), self._interaction)

    def _data(self, answer: Answer) -> list[str]:
        film = self._interaction(answer).film
        return [film.data] if film and film.data else []
