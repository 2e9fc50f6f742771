"""A full disk, a locked database, a crowd of idle connections: told in words, and nobody else is kept out."""

import asyncio
import errno
from contextlib import AsyncExitStack

import httpx
import pytest

from adapters.chat.web.server import MOST_CONNECTIONS


@pytest.mark.parametrize(
    ("trouble", "status", "words"),
    [
        (TimeoutError("database is locked"), 503, "does not answer just now"),
        (OSError(errno.ENOSPC, "No space left on device"), 507, "no room left on the disk"),
    ],
)
async def test_trouble_with_storage_is_told_as_such_and_not_as_a_bug(bot, web, trouble, status, words):
    async def in_trouble(message):
        raise trouble

    bot.ears.answer = in_trouble
    answer = await web.post("/api/messages", data={"text": "a fox"})
    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert answer.headers["retry-after"] == "30"


async def test_a_crowd_of_idle_connections_keeps_nobody_out_who_is_in(bot, web):
    assert (await web.get("/api/clips")).status_code == 200
    host, port = bot.url.removeprefix("http://").split(":")
    async with AsyncExitStack() as stack:
        for _ in range(MOST_CONNECTIONS + 8):
            _, writer = await asyncio.open_connection(host, int(port))
            stack.push_async_callback(_closed, writer)
        assert (await web.get("/api/clips")).status_code == 200
        with pytest.raises(httpx.TransportError):
            async with httpx.AsyncClient(verify=False, base_url=bot.url, timeout=5) as another:
                await another.get("/api/clips")
    async with httpx.AsyncClient(verify=False, base_url=bot.url, timeout=5) as later:
        assert (await later.get("/api/clips")).status_code == 200


async def _closed(writer):
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        return
