"""A 500 MB film passes from the provider to the Drive to a browser without being held in memory."""

import struct
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
from aiohttp import web

from tests.e2e.programs import OUTSIDE, Page, TollServer, program, small_film

MEGABYTES = 500
MOST_GROWTH = 32


class BigServer(TollServer):
    """Its film ends in a `free` box of half a gigabyte: a real MP4 of that size."""

    async def _film(self, request: web.Request) -> web.StreamResponse:
        padding = MEGABYTES * 1_000_000
        response = web.StreamResponse(headers={"Content-Type": "video/mp4"})
        response.content_length = len(self.film) + 8 + padding
        await response.prepare(request)
        await response.write(self.film + struct.pack(">I4s", padding + 8, b"free"))
        piece = bytes(1_000_000)
        for _ in range(MEGABYTES):
            await response.write(piece)
        return response


def memory(pid: int) -> tuple[float, float]:
    """Resident and highest resident memory, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = dict(line.split(":", 1) for line in status.splitlines() if line.startswith("Vm"))
    return tuple(int(found[name].split()[0]) / 1000 for name in ("VmRSS", "VmHWM"))


async def test_half_a_gigabyte_passes_in_32_megabytes(tmp_path):
    """Download, Drive and HTTP together; the highest resident memory of the bot's own process is what counts."""
    async with AsyncExitStack() as stack, BigServer(small_film()).serving() as toll:
        operator = tmp_path / "clapper.toml"
        operator.write_text(f'[providers.tollbooth]\nenabled = true\nbase_url = "{toll.url}"\n')
        with program(tmp_path, {"CLAPPER_CONFIG": str(operator), "PYTHONPATH": str(OUTSIDE)}) as bot:
            bot.start()
            page = await stack.enter_async_context(Page(bot.url))
            # A small film first: what is loaded once is not growth.
            small, toll._film = toll._film, super(BigServer, toll)._film
            await page.say("A fox crosses the frozen lake --model toll-1")
            await page.press(await page.card("awaiting_confirmation"), "confirm")
            await page.card("complete")
            toll._film = small
            pid = bot._process.pid
            before, _ = memory(pid)
            Path(f"/proc/{pid}/clear_refs").write_text("5")
            await page.say("A heron lands on the pier --model toll-1")
            await page.press(await page.card("awaiting_confirmation"), "confirm")
            card = await page.card("complete")
            size = 0
            url = next(one["url"] for one in card["media"] if one["kind"] == "video")
            async with httpx.AsyncClient(base_url=bot.url, timeout=60) as http, http.stream("GET", url) as answer:
                async for piece in answer.aiter_bytes():
                    size += len(piece)
            after, highest = memory(pid)
    print(f"\n{size / 1e6:.0f} MB through: {before:.1f} MB before, {highest:.1f} MB at most, {after:.1f} MB after")
    assert size > MEGABYTES * 1_000_000
    assert highest - before < MOST_GROWTH
