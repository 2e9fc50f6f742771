"""A 300 MB film goes into a Slack thread without being held in memory."""

import struct
from pathlib import Path

from aiohttp import web

from tests.adapters.chat.slack.server.slack import Slack
from tests.bench.test_big_file import BigServer, memory
from tests.e2e.programs import OUTSIDE, program, small_film
from tests.e2e.slack import ASKER, GENERAL, PRICE, READY, WISH, films

MEGABYTES = 300
MOST_GROWTH = 32
SECONDS = 90


class Cinema(BigServer):
    """Its first film is small, the others end in a `free` box: real MP4s of that size."""

    served = 0

    async def _film(self, request: web.Request) -> web.StreamResponse:
        self.served += 1
        padding = MEGABYTES * 1_000_000 if self.served > 1 else 0
        response = web.StreamResponse(headers={"Content-Type": "video/mp4"})
        response.content_length = len(self.film) + 8 + padding
        await response.prepare(request)
        await response.write(self.film + struct.pack(">I4s", padding + 8, b"free"))
        for _ in range(padding // 1_000_000):
            await response.write(bytes(1_000_000))
        return response


async def filmed(slack: Slack) -> str:
    said = await slack.mention(GENERAL, ASKER, WISH)
    card = await slack.card(GENERAL, thread=said.thread, having=PRICE, seconds=SECONDS)
    await slack.press(card, "Confirm", ASKER)
    await slack.card(GENERAL, thread=said.thread, having=READY, seconds=SECONDS)
    return said.thread


async def test_300_megabytes_reach_the_thread_in_32(tmp_path):
    """Download, Drive and upload together; the highest resident memory of the bot's own process is what counts."""
    async with Slack().serving() as slack, Cinema(small_film()).serving() as toll:
        operator = tmp_path / "clapper.toml"
        operator.write_text(f'[providers.tollbooth]\nenabled = true\nbase_url = "{toll.url}"\n')
        env = {"CLAPPER_CONFIG": str(operator), "PYTHONPATH": str(OUTSIDE), **slack.environment()}
        with program(tmp_path, env) as bot:
            bot.start()
            await slack.connected(2)
            await filmed(slack)  # what is loaded once is not growth
            assert bot._process is not None
            pid = bot._process.pid
            before, _ = memory(pid)
            Path(f"/proc/{pid}/clear_refs").write_text("5")
            thread = await filmed(slack)
            after, highest = memory(pid)
            await slack.until(lambda: films(slack, thread))
        (film,) = films(slack, thread)
    print(f"\n{film.size / 1e6:.0f} MB: {before:.1f} MB before, {highest:.1f} MB at most, {after:.1f} MB after")
    assert film.size > MEGABYTES * 1_000_000
    assert slack.violations == []
    assert highest - before < MOST_GROWTH
