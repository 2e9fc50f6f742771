"""The listening socket and the server behind it."""

import asyncio
import errno
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import h11
from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.domain.errors import UserError

GRACE_SECONDS = 5
HEAD_SECONDS = 20.0
MOST_HEAD_BYTES = 32 * 1024
MOST_CONNECTIONS = max(64, min(1024, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 3))
"""A third of the files this process may open: the rest is for films and the database."""


def listen(host: str, port: int) -> socket.socket:
    """Raises UserError where the port is taken or may not be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), port), family=family, backlog=256)
    except OSError as error:
        raise UserError(_why(host, port, error)) from error


def _why(host: str, port: int, error: OSError) -> str:
    mend = "Set CLAPPER_WEB_PORT to another one; 0 takes any that is free."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is already in use. Stop what uses it, or: {mend}"
    if error.errno == errno.EACCES:
        return f"Port {port} may not be opened by this user. {mend}"
    return f"The web page cannot listen on {host}, port {port}: {error.strerror or error}. Set CLAPPER_WEB_HOST to an address of this machine."


class _Patient(H11Protocol):
    """Neither a sender that never finishes a head nor a crowd of idle connections keeps others out."""

    head_seconds = HEAD_SECONDS
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self._wait_for_a_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self.conn.trailing_data[0] and self._late is None:
            self._wait_for_a_head()  # of another request on this connection: its first bytes came

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_a_head(self) -> None:
        self._late = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()


class _Server(Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Signals are the app's: it stops everything in order."""
        yield


async def serve(
    app: ASGIApp, listening: socket.socket, before_stop: Callable[[], None], *, head_seconds: float = HEAD_SECONDS
) -> None:
    """Until cancelled; then `before_stop` ends what would never end by itself, and what is being answered is finished."""
    config = Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        http=type("_Patient", (_Patient,), {"head_seconds": head_seconds}),
        proxy_headers=False,
        h11_max_incomplete_event_size=MOST_HEAD_BYTES,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(serving)
    finally:
        before_stop()
        server.should_exit = True
        await serving
