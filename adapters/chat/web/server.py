"""The listening socket and the server behind it."""

import asyncio
import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp
from uvicorn import Config, Server

from bot.domain.errors import UserError

GRACE_SECONDS = 5


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
        http="h11",
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
