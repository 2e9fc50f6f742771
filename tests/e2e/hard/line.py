"""A line to the database that can be cut, and can go quiet: what a test puts between the program and PostgreSQL."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from psycopg.conninfo import conninfo_to_dict


class Line:
    """`cut()` breaks every connection and refuses new ones, `hush()` keeps them open and brings nothing more, `mend()` ends either.

    What was said while it was quiet is lost with its connections, as when a router between two machines forgot them.
    """

    def __init__(self, database: str) -> None:
        to = conninfo_to_dict(database)
        self._path = f"{to['host']}/.s.PGSQL.{to.get('port') or 5432}"
        self._name = to["dbname"]
        self._open: set[asyncio.StreamWriter] = set()
        self._refusing = False
        self._loud = asyncio.Event()
        self._loud.set()
        self._port = 0

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{self._name}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Self]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self._loud.set()
            self._abort()
            await server.wait_closed()

    def cut(self) -> None:
        self._refusing = True
        self._abort()

    def hush(self) -> None:
        self._loud.clear()

    def mend(self) -> None:
        if not self._loud.is_set():
            self._abort()
        self._refusing = False
        self._loud.set()

    def _abort(self) -> None:
        for one in list(self._open):
            one.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        their_reader, their_writer = await asyncio.open_unix_connection(self._path)
        both = {writer, their_writer}
        self._open |= both
        try:
            await asyncio.gather(self._pass(reader, their_writer), self._pass(their_reader, writer))
        finally:
            self._open -= both
            for one in both:
                one.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(1 << 16):
                await self._loud.wait()
                writer.write(piece)
                await writer.drain()
        writer.transport.abort()
