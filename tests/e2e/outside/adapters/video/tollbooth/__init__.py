"""A paid provider from outside the project: its server stands in the test, counts what it is paid for, and holds its answers when told."""

from decimal import Decimal
from pathlib import Path

import httpx

from bot.domain.errors import Unavailable, Unclear
from bot.domain.job import Charged, ProviderTask, RemoteFile
from bot.ports.parts import Parts
from bot.ports.video import Finished, Order, Progress, Running


def create(parts: Parts) -> "Tollbooth":
    return Tollbooth(parts.settings["base_url"])


class Tollbooth:
    name = "tollbooth"
    in_flight = 10.0

    def __init__(self, base_url: str) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=30)

    async def submit(self, order: Order) -> ProviderTask:
        try:
            answer = await self._http.post("/films", json={"key": order.key, "prompt": order.request.prompt})
        except httpx.ConnectError as error:
            raise Unavailable(str(error)) from error
        except httpx.TransportError as error:
            raise Unclear(str(error)) from error
        answer.raise_for_status()
        return ProviderTask(id=answer.json()["id"])

    async def poll(self, task: ProviderTask) -> Progress:
        try:
            film = (await self._http.get(f"/films/{task.id}")).raise_for_status().json()
        except httpx.TransportError as error:
            raise Unavailable(str(error)) from error
        if film["status"] == "running":
            return Running(fraction=0.5, ask_again_in=0.1)
        return Finished(files=(RemoteFile(id=film["url"]),), usd=Decimal("0.40"), seed=7)

    async def cancel(self, task: ProviderTask) -> Charged:
        try:
            (await self._http.delete(f"/films/{task.id}")).raise_for_status()
        except httpx.TransportError as error:
            raise Unavailable(str(error)) from error
        return Charged.no

    async def find(self, order: Order) -> ProviderTask | None:
        try:
            answer = await self._http.get(f"/films/{order.key}")
        except httpx.TransportError as error:
            raise Unavailable(str(error)) from error
        return ProviderTask(id=order.key) if answer.is_success else None

    async def download(self, file: str, into: Path) -> None:
        try:
            async with self._http.stream("GET", file) as answer:
                with into.open("wb") as out:
                    async for piece in answer.aiter_bytes():
                        out.write(piece)
        except httpx.TransportError as error:
            raise Unavailable(str(error)) from error

    async def aclose(self) -> None:
        await self._http.aclose()
