"""The door of the Discord test server: one aiohttp application for REST, gateway and CDN."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.adapters.chat.discord.server_errors import Refused
from tests.adapters.chat.discord.server_gateway import Gateway
from tests.adapters.chat.discord.server_trouble import Call, Fault, Harm, Limits, too_many
from tests.adapters.chat.discord.server_world import World

API = "/api/v10"
OPEN = ("/interactions/", "/webhooks/", "/gateway")
"""Called without the bot's token: `GET /gateway`, and everything that has a token in its path."""


class Door:
    def __init__(
        self, world: World, gateway: Gateway, calls: Mapping[tuple[str, str], Callable[[web.Request], Awaitable[Any]]]
    ) -> None:
        self._world, self._gateway = world, gateway
        self.limits = Limits()
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._app = web.Application(client_max_size=1 << 40)
        self._app.router.add_get("/gateway", gateway.handle)
        self._app.router.add_get("/gateway/", gateway.handle)
        for kind in ("attachments", "ephemeral-attachments"):
            self._app.router.add_get(f"/{kind}/{{place}}/{{id}}/{{name}}", self._file)
        for (method, path), handler in calls.items():
            self._app.router.add_route(method, API + path, self._guarded(handler))
        self._app.router.add_route("*", "/{unknown:.*}", self._unknown)

    @asynccontextmanager
    async def open(self, port: int) -> AsyncIterator[str]:
        runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await self._gateway.drop(1001)
            await runner.cleanup()

    def _guarded(self, handler: Callable[[web.Request], Awaitable[Any]]) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.StreamResponse:
            path = request.path.removeprefix(API)
            harm = [one for one in self.faults if one.takes(f"{request.method} {path}")]
            for one in harm:
                one.times -= 1
            try:
                response = await self._answer(request, path, handler, harm)
            except Refused as error:
                await _drained(request)
                response = _json(error.body, error.status, error.headers)
            self.calls.append(Call(request.method, path, response.status, datetime.now(UTC)))
            self._world.touch()
            if any(one.harm in {Harm.lose, Harm.cut} for one in harm) and request.transport:
                request.transport.abort()
            return response

        return answer

    async def _answer(
        self, request: web.Request, path: str, handler: Callable[[web.Request], Awaitable[Any]], harm: list[Fault]
    ) -> web.Response:
        for one in harm:
            match one.harm:
                case Harm.delay:
                    await asyncio.sleep(one.seconds)
                case Harm.cut:
                    return web.Response(status=500)
                case Harm.fail:
                    raise Refused(one.status, one.code, "The server has trouble")
                case Harm.limit:
                    raise too_many(one.seconds, everywhere=one.everywhere)
                case Harm.lose | Harm.hold:
                    pass
        if not path.startswith(OPEN[:2]) and path != OPEN[2]:
            self._known(request)
        headers = self.limits.count(request.method, path)
        answer = await handler(request)
        for one in harm:
            if one.harm is Harm.hold:
                one.done.set()
                await one.go.wait()
        return _json(answer, 200, headers)

    def _known(self, request: web.Request) -> None:
        said = request.headers.get("Authorization", "")
        if not hmac.compare_digest(said.encode(), f"Bot {self._world.token}".encode()):
            raise Refused(401, 0, "401: Unauthorized")

    async def _unknown(self, request: web.Request) -> web.Response:
        """A call that this server does not have is told, not guessed."""
        await _drained(request)
        self._world.violations.append(f"no such call: {request.method} {request.path}")
        return _json({"message": "404: Not Found", "code": 0}, 404, {})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A signed link until it ends; a changed or ended one is gone. While the gate is closed, nothing comes."""
        await self.gate.wait()
        info, query, world = request.match_info, request.query, self._world
        expires, issued = query.get("ex", ""), query.get("is", "")
        signed = hmac.compare_digest(query.get("hm", ""), world.signature(request.path, expires, issued))
        file = world.files.get(int(info["id"])) if info["id"].isdigit() else None
        if not signed or file is None or int(expires, 16) < world.clock.now().timestamp():
            return web.Response(status=404, text="This content is no longer available.")
        if file.path is not None:
            return web.FileResponse(file.path, headers={"Content-Type": file.mime})
        return web.Response(body=file.whole, content_type=file.mime)


async def _drained(request: web.Request) -> None:
    """Reads what is still coming, so that the refusal arrives instead of a broken pipe."""
    async for _ in request.content.iter_chunked(1 << 16):
        pass


def _json(body: Any, status: int, headers: Mapping[str, str]) -> web.Response:
    """`application/json` and nothing more: discord.py reads any other content type as text."""
    if body is None:
        return web.Response(status=204, headers=headers)
    raw = json.dumps(body).encode()
    return web.Response(status=status, body=raw, content_type="application/json", headers=headers)
