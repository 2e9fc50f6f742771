"""Serves one large file as fast as it can, by sendfile, in a process of its own. Prints its address, then answers until it is ended."""

import asyncio
import sys
from pathlib import Path

from aiohttp import web


async def main(file: Path) -> None:
    app = web.Application()

    async def film(_: web.Request) -> web.FileResponse:
        return web.FileResponse(file)

    app.router.add_get("/film.mp4", film)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


asyncio.run(main(Path(sys.argv[1])))
