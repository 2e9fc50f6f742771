"""A bucket for tests: moto's S3 server on loopback, and a proxy before it that can lose, cut and refuse.

The server is started once, when first asked for, and each test has a folder of its own in its bucket.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count

import httpx

KEYS = {"access_key_id": "AKIATEST", "secret_access_key": "test-secret", "region": "us-east-1"}
BUCKET = "films"
SLOW = b"<Error><Code>SlowDown</Code></Error>"
_numbers = count(1)


@cache
def server() -> str:
    """Its address. It ends with the process."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    httpx.put(f"http://{host}:{port}/{BUCKET}").raise_for_status()
    return f"http://{host}:{port}"


def settings(address: str = "", *, bucket: str = BUCKET) -> dict[str, str]:
    """Those of a Drive that nothing is on yet."""
    return {"url": f"s3://{bucket}/the/prefix-{next(_numbers)}", "endpoint_url": address or server(), **KEYS}


def half_uploads() -> list[str]:
    return re.findall(r"<UploadId>(.*?)</UploadId>", httpx.get(f"{server()}/{BUCKET}?uploads").text)


def listed(url: str) -> list[str]:
    """What lies on this Drive, by its own keys."""
    prefix = url.removeprefix(f"s3://{BUCKET}/") + "/"
    there = httpx.get(f"{server()}/{BUCKET}?list-type=2", params={"list-type": "2", "prefix": prefix}).text
    return [key.removeprefix(prefix) for key in re.findall(r"<Key>(.*?)</Key>", there)]


@dataclass
class Proxy:
    """Passes each request on, on a connection of its own; `does` says what befalls it, by its first line: "" for nothing,

    lost: it is carried out and its answer lost; cut: the answer breaks off in the middle; or the status and body of a refusal.
    """

    address: str = ""
    does: Callable[[str], str | tuple[int, bytes]] = lambda _: ""
    seen: list[str] = field(default_factory=list)
    open: int = 0
    most_open: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await self._pass(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line = head.split(b"\r\n", 1)[0].decode()
        self.seen.append(line)
        fate = self.does(line)
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        body = await reader.readexactly(int(length[1])) if length else b""
        if isinstance(fate, tuple):
            status, said = fate
            writer.write(
                b"HTTP/1.1 %d X\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (status, len(said), said)
            )
            await writer.drain()
            return
        host, _, port = server().removeprefix("http://").partition(":")
        there, back = await asyncio.open_connection(host, int(port))
        try:
            back.write(head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) + body)
            answer = await there.read()
        finally:
            back.close()
        if fate == "lost":
            return
        writer.write(answer[: len(answer) - 50_000] if fate == "cut" else answer)
        await writer.drain()


@asynccontextmanager
async def proxied() -> AsyncIterator[Proxy]:
    await asyncio.to_thread(server)
    proxy = Proxy()
    listening = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        listening.close()


def first(times: int, kind: str, fate: str | tuple[int, bytes]) -> Callable[[str], str | tuple[int, bytes]]:
    """This befalls the first so many requests whose line has `kind` in it."""
    left = [times]

    def does(line: str) -> str | tuple[int, bytes]:
        if kind in line and left[0]:
            left[0] -= 1
            return fate
        return ""

    return does
