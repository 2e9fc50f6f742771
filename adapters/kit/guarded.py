"""Connections that are made only to addresses that are allowed: judged at the moment of connecting, so that no name can change in between."""

import asyncio
import select
import socket
import ssl
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any, cast

import httpcore
import httpx

from adapters.kit.addresses import is_public, resolve

_PORTS = {"http": 80, "https": 443}
WIDTH = 256 * 1024


async def neighbours(base: httpx.URL) -> frozenset[str]:
    """What kinds of not public addresses a base URL stands for: where the provider is reached on this machine, its files are there too."""
    try:
        found = await resolve(base.host, base.port or _PORTS.get(base.scheme, 443))
    except OSError:
        return frozenset()
    return frozenset(_kind(address) for address in found if not is_public(address))


def _kind(address: str) -> str:
    """`loopback` for this machine, else the address itself."""
    return "loopback" if ip_address(address.partition("%")[0]).is_loopback else address


class Guarded(httpcore.AsyncNetworkBackend):
    """`home` is the base URL's host, which the operator named and which is never judged; `near` is what `neighbours` gave."""

    def __init__(self, home: str, near: frozenset[str]) -> None:
        self._home, self._near = home, near
        self._real = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    def transport(self, tls: ssl.SSLContext, limits: httpx.Limits) -> httpx.AsyncHTTPTransport:
        made = httpx.AsyncHTTPTransport(verify=tls, limits=limits)
        # httpx has no public way to say how connections are made, see https://github.com/encode/httpx/discussions/3075
        made._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001 - as said above
            ssl_context=tls,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=self,
        )
        return made

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            found = await asyncio.wait_for(resolve(host, port), timeout)
        except (OSError, TimeoutError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} is not known") from error
        if not found or (host != self._home and not all(map(self._allowed, found))):
            raise httpcore.ConnectError(f"{host} is not a public address")
        for address in found[:-1]:
            try:
                return Wide(await self._real.connect_tcp(address, port, timeout, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return Wide(await self._real.connect_tcp(found[-1], port, timeout, local_address, socket_options))

    def _allowed(self, address: str) -> bool:
        return is_public(address) or _kind(address) in self._near

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Wide(httpcore.AsyncNetworkStream):
    """Reads all that has come in, and tells quickly whether something has.

    httpcore reads 64 KB at a time, and what each read costs on its way up from the socket counts for large files: they come half as fast
    again in pieces as large as asyncio takes them from a socket. With every call it asks all idle connections whether they were hung up,
    and each time puts together anew how to find that out: for a fifth of what a call costs.
    """

    def __init__(self, real: httpcore.AsyncNetworkStream) -> None:
        self._real = real
        self._socket: socket.socket = real.get_extra_info("socket")
        self._looking = select.poll()
        self._looking.register(self._socket, select.POLLIN)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the interface of httpcore
        return await self._real.read(max(max_bytes, WIDTH), timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as above
        await self._real.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._real.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
    ) -> httpcore.AsyncNetworkStream:
        return Wide(await self._real.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self._socket.fileno() < 0 or bool(self._looking.poll(0))
        return self._real.get_extra_info(info)
