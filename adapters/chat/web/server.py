"""The listening socket and the server behind it."""

import asyncio
import errno
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.domain.errors import UserError

GRACE_SECONDS = 5
HEAD_SECONDS = 20.0
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
    """Neither a sender that never finishes its head nor a crowd of idle connections keeps others out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.abort()


class _Server(Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Signals are the app's: it stops everything in order."""
        yield


async def serve(app: ASGIApp, listening: socket.socket, before_stop: Callable[[], None]) -> None:
    """Until cancelled; then `before_stop` ends what would never end by itself, and what is being answered is finished."""
    config = Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        http=_Patient,
        proxy_headers=False,
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
