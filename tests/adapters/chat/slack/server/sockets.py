"""Socket Mode: one-use addresses, several connections, acknowledgements, and everything that goes wrong with them."""

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from tests.adapters.chat.slack.server.state import State

MOST = 10


@dataclass(slots=True, eq=False)
class Connection:
    """`deaf` sends nothing and answers no ping, though the connection stays open."""

    number: int
    socket: web.WebSocketResponse
    opened_at: float
    transport: asyncio.Transport | None
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    deaf: bool = False
    leaving: bool = False
    pings: int = 0

    @property
    def open(self) -> bool:
        return not self.socket.closed and not self.gone.is_set()

    async def send(self, message: dict[str, Any]) -> None:
        if not self.deaf:
            with contextlib.suppress(ConnectionError):
                await self.socket.send_str(json.dumps(message))


@dataclass(slots=True)
class Sockets:
    """`acks` answers for each envelope what came back, `open` are the connections that live."""

    slack: "State"
    connections: list[Connection] = field(default_factory=list)
    pending: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    unknown_acks: list[str] = field(default_factory=list)
    lifetime_seconds: int = 3600
    _tickets: set[str] = field(default_factory=set)
    _turn: int = 0

    @property
    def open(self) -> list[Connection]:
        return [one for one in self.connections if one.open]

    def ticket(self) -> str:
        """A ws address that works once."""
        id = self.slack.numbers.id("")
        self._tickets.add(id)
        return f"{self.slack.url.replace('http', 'ws', 1)}/link/?ticket={id}&app_id={self.slack.app_id}"

    def next(self) -> Connection | None:
        """The connection whose turn it is; Slack gives each envelope to any one."""
        able = [one for one in self.open if not one.leaving]
        if not able:
            return None
        self._turn += 1
        return able[self._turn % len(able)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404, text="this address was used before, or never given")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        connection = Connection(len(self.connections) + 1, socket, time.monotonic(), request.transport)
        if len(self.open) >= MOST:
            await connection.send({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self.connections.append(connection)
        await self._hello(connection)
        self.slack.changed()
        try:
            await self._listen(connection)
        finally:
            connection.gone.set()
        self.slack.changed()
        return socket

    async def _hello(self, connection: Connection) -> None:
        debug = {"host": "applink-1", "build_number": 1, "approximate_connection_time": self.lifetime_seconds}
        app = {"app_id": self.slack.app_id}
        await connection.send({"type": "hello", "num_connections": len(self.open), "debug_info": debug, "connection_info": app})  # fmt: skip

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is WSMsgType.PING:
                connection.pings += 1
                if not connection.deaf:
                    with contextlib.suppress(ConnectionError):
                        await connection.socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._acknowledge(message.data)

    def _acknowledge(self, text: str) -> None:
        try:
            answer = json.loads(text)
            id = answer["envelope_id"]
        except (ValueError, KeyError, TypeError):
            self.slack.violations.append(f"socket: not an acknowledgement: {text[:200]!r}")
            return
        waiting = self.pending.pop(id, None)
        if waiting is None or waiting.done():
            self.unknown_acks.append(id)
        else:
            waiting.set_result(answer)

    def expect(self, envelope: str) -> asyncio.Future[dict[str, Any]]:
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.pending[envelope] = future
        return future

    async def ping(self) -> None:
        """Slack's own ping, to every connection."""
        for one in self.open:
            if not one.deaf:
                await one.socket.ping(f"Ping from applink-1-{one.number}".encode())

    async def refresh(self, connection: Connection | None = None, reason: str = "refresh_requested") -> None:
        """Asks the app to come by a new connection, warns, and closes the old one once another is there."""
        for one in [connection] if connection else self.open:
            one.leaving = True
            await one.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})

    async def drop(self, connection: Connection | None = None) -> None:
        """Cuts connections without a word."""
        for one in [connection] if connection else self.open:
            if one.transport is not None:
                one.transport.abort()
            await one.gone.wait()

    async def close(self) -> None:
        for one in self.open:
            await one.socket.close(code=1000)
