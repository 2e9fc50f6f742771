"""The real program as a process, and the toll server that a paid provider talks to."""

import asyncio
import contextlib
import io
import os
import random
import signal
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Self

import av
import httpx
import numpy as np
from aiohttp import web

from tests.databases import with_tables
from tests.e2e.warm import Warm

OUTSIDE = Path(__file__).parent / "outside"
CHECKOUT = Path(__file__).parents[2]
PATIENCE = 30.0


def free_port() -> int:
    """One that the system gives to no connection by itself: it is still free when a program that was killed is started again."""
    while True:
        with contextlib.suppress(OSError), socket.socket() as one:
            one.bind(("127.0.0.1", random.SystemRandom().randrange(10_000, 32_000)))
            return one.getsockname()[1]


async def shown(bot: "Program", job: str) -> None:
    """Waits until the program knows that a job's price stands in the chat: a yes counts only from then on."""
    path = f"file:{bot.folder / 'data' / 'clapper.db'}?mode=ro"
    with contextlib.closing(sqlite3.connect(path, uri=True)) as database:
        while not database.execute("SELECT 1 FROM notes WHERE key LIKE ?", [f"seen:{job}:%"]).fetchone():
            await asyncio.sleep(0.02)  # another process is being waited for


class Program:
    """`clapper run` with its own data folder and port; ended by its process id."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CLAPPER_")}
        self._env = kept | {
            "CLAPPER_DATA": str(folder / "data"),
            "CLAPPER_WEB_PORT": str(self.port),
            "CLAPPER_LEASE_SECONDS": "1",
            "PYTHONUNBUFFERED": "1",
            **(env or {}),
        }
        place = self._env.get("CLAPPER_DATABASE_URL", f"sqlite:///{folder}/data/clapper.db").partition("sqlite:///")[2]
        if place and not Path(place).exists():
            with_tables(Path(place))
        self._process: Warm | None = None
        self.log = folder / "program.log"

    def start(self) -> None:
        with self.log.open("ab") as log, Path(os.devnull).open("rb") as quiet:
            streams = [quiet.fileno(), log.fileno(), log.fileno()]
            self._process = Warm(["run"], cwd=CHECKOUT, env=self._env, streams=streams)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self._process is not None
            if self._process.poll() is not None:
                raise AssertionError(f"it stopped at once:\n{self.log.read_text()[-4000:]}")
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/healthz", timeout=5).status_code == httpx.codes.OK:
                    return
            time.sleep(0.05)  # another process is being waited for
        raise AssertionError(f"it does not get ready:\n{self.log.read_text()[-4000:]}")

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(PATIENCE)

    def freeze(self) -> None:
        """It stands still, its connections open, until it is thawed."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def works_on(self, leased_by: str | None) -> bool:
        """Whether it is this process that a lease names."""
        return self._process is not None and f"-{self._process.pid}-" in (leased_by or "")

    def _signal(self, sign: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(sign)

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(PATIENCE)


@contextlib.contextmanager
def program(folder: Path, env: Mapping[str, str] | None = None) -> Iterator[Program]:
    one = Program(folder, env)
    try:
        yield one
    finally:
        one.end()


def small_film() -> bytes:
    """One second of a moving grey."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(24):
            picture = np.full((180, 320, 3), number * 10, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return out.getvalue()


def measured(film: bytes) -> tuple[str, int, int, float]:
    """Codec, width, height and seconds."""
    with av.open(io.BytesIO(film), "r") as container:
        video = container.streams.video[0]
        assert container.duration is not None
        return video.codec_context.name, video.width, video.height, container.duration / av.time_base


class TollServer:
    """Counts what it is paid for. `hold` names the one call whose answer it keeps back: before, after, poll, film, cancel."""

    def __init__(self, film: bytes) -> None:
        self.film = film
        self.paid: list[str] = []
        self.cancelled: list[str] = []
        self.running = False
        self.hold = ""
        self.held = asyncio.Event()
        self.url = ""

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator["TollServer"]:
        app = web.Application()
        app.router.add_post("/films", self._create)
        app.router.add_get("/films/{key}", self._status)
        app.router.add_delete("/films/{key}", self._cancel)
        app.router.add_get("/film.mp4", self._film)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{port}"
        try:
            yield self
        finally:
            await runner.cleanup()

    def known_to(self, folder: Path) -> dict[str, str]:
        """The environment of a program that can order films here; its operator's file is written into the folder."""
        operator = folder / "clapper.toml"
        operator.write_text(f'[providers.tollbooth]\nenabled = true\nbase_url = "{self.url}"\n')
        return {"CLAPPER_CONFIG": str(operator), "PYTHONPATH": str(OUTSIDE)}

    def hold_next(self, what: str) -> None:
        self.hold = what
        self.held.clear()

    async def _keep_back(self, what: str) -> None:
        if self.hold == what:
            self.hold = ""
            self.held.set()
            await asyncio.sleep(PATIENCE)  # longer than its asker lives

    async def _create(self, request: web.Request) -> web.Response:
        key = (await request.json())["key"]
        await self._keep_back("before")
        if request.transport is None or request.transport.is_closing():
            return web.Response()
        self.paid.append(key)
        await self._keep_back("after")
        return web.json_response({"id": key})

    async def _status(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        if key not in self.paid:
            return web.json_response({}, status=404)
        await self._keep_back("poll")
        status = "running" if self.running else "done"
        return web.json_response({"status": status, "url": f"{self.url}/film.mp4"})

    async def _cancel(self, request: web.Request) -> web.Response:
        await self._keep_back("cancel")
        self.cancelled.append(request.match_info["key"])
        return web.json_response({})

    async def _film(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "video/mp4"})
        response.content_length = len(self.film)
        await response.prepare(request)
        await response.write(self.film[:1000])
        await self._keep_back("film")
        await response.write(self.film[1000:])
        return response


class Page:
    """The web page's interface, as a browser uses it."""

    def __init__(self, url: str, conversation: str = "") -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=PATIENCE)
        self.conversation = conversation

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def say(self, text: str) -> None:
        form = {"text": text} | ({"conversation": self.conversation} if self.conversation else {})
        answer = await self.http.post("/api/messages", data=form)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        self.conversation = answer.json()["conversation"]

    async def cards(self) -> list[dict]:
        answer = await self.http.get(f"/api/conversations/{self.conversation}")
        return answer.raise_for_status().json()["cards"]

    async def card(self, *states: str, number: int = -1, seconds: float = PATIENCE) -> dict:
        """The card of that number as soon as it is in one of these states."""
        until = time.monotonic() + seconds
        seen: list[dict] = []
        while time.monotonic() < until:
            seen = await self.cards()
            if len(seen) >= max(1, number + 1, -number) and seen[number]["state"] in states:
                return seen[number]
            await asyncio.sleep(0.03)
        raise AssertionError(f"no card is {states}: {seen}")

    async def press(self, card: dict, action: str, **more: object) -> httpx.Response:
        return await self.http.post(f"/api/cards/{card['id']}/actions", json={"action": action, **more})
