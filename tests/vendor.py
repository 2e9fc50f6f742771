"""A provider's other end: a real server on loopback that does as it is told, and a stand that puts an adapter before it.

Each provider's tests have a `Vendor` of their own, strict about every field, in `server_<name>.py`, and a `stand_<name>.py` with
`open_stand(folder) -> AsyncContextManager[Stand]`, which the contract suite finds by folder.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import av
from aiohttp import web

from bot.ports.parts import Parts
from bot.ports.video import Order, VideoProvider


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived; `body` is parsed JSON where it was JSON, else bytes."""

    route: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Mood:
    """What a route does instead of working.

    `status`: answers that, with `body` and `headers`, and does nothing. `before`: cuts the connection and does nothing. `after`: does
    its work, then cuts the connection. `slow`: does its work once `Vendor.go` is set, whoever is still listening. `garbled`: does its
    work and answers what is no JSON. Of a file: `cut` sends half and hangs up, `longer` claims more bytes than it sends, `gone` is 403.
    """

    kind: str
    status: int = 0
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


BEFORE, AFTER, SLOW, GARBLED, CUT, LONGER, GONE = map(
    Mood, ("before", "after", "slow", "garbled", "cut", "longer", "gone")
)


def status(code: int, body: Any = None, **headers: str) -> Mood:
    """`status(429, {...}, retry_after="7")`"""
    return Mood("status", code, body, {name.replace("_", "-"): value for name, value in headers.items()})


class Refused(Exception):
    """What a strict server answers to what it does not understand; raised by a vendor's own routes."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body


Work = Callable[[web.Request, Any], Awaitable[web.StreamResponse | Mapping[str, Any]]]


class Vendor:
    """`started` is the id of every film it took an order for, and so charges for, `orders` their bodies; `seen` every request; `moods` what comes next, by route.

    Routes are named `create`, `poll`, `cancel`, `list`, `upload`, … by each provider, and `file` for results, which another port serves,
    as a content network does: `cdn_seen` are the requests there. `landing` is told each new id as soon as it is there. `told` is what
    each route answered last when it worked.
    `seconds` is how long each answer takes, beside the work for it.
    """

    def __init__(self) -> None:
        self.started: list[str] = []
        self.orders: dict[str, Any] = {}
        self.seen: list[Seen] = []
        self.cdn_seen: list[Seen] = []
        self.moods: dict[str, list[Mood]] = {}
        self.films: dict[str, bytes] = {}
        self.go = asyncio.Event()
        self.landed = asyncio.Event()
        self.complaints: list[str] = []
        self.told: dict[str, Any] = {}
        self.landing: Callable[[str], None] | None = None
        self.seconds = 0.0
        self.url = self.cdn = ""
        self._late: set[asyncio.Task[Any]] = set()

    def routes(self) -> list[tuple[str, str, str, Work]]:
        """(name, method, path, work): each provider's own."""
        raise NotImplementedError

    def play(self, route: str, *moods: Mood) -> None:
        """What this route does the next times it is asked; afterwards it works again."""
        self.moods.setdefault(route, []).extend(moods)

    def calls(self, route: str) -> list[Seen]:
        return [one for one in self.seen if one.route == route]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Vendor"]:
        app, files = web.Application(client_max_size=256 * 1024 * 1024), web.Application()
        for name, method, path, work in self.routes():
            app.router.add_route(method, path, self._handler(name, work))
        app.router.add_route("*", "/{rest:.*}", self._unknown)
        files.router.add_get("/{name:.*}", self._file)
        runners = [web.AppRunner(one, access_log=None, shutdown_timeout=0.1) for one in (app, files)]
        try:
            self.url, self.cdn = [await _listen(runner) for runner in runners]
            yield self
        finally:
            self.go.set()
            for task in self._late:
                task.cancel()
            for runner in runners:
                await runner.cleanup()

    def link(self, name: str) -> str:
        """Where a result is fetched; put its bytes into `films` under this name."""
        return f"{self.cdn}/{name}?signature=s"

    def _handler(self, name: str, work: Work) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            raw = await request.read()
            body = _json(raw) if "json" in request.content_type else raw
            self.seen.append(_seen(name, request, body))
            mood = self._next(name)
            await asyncio.sleep(self.seconds)
            if mood is None:
                answer = await self._worked(work, request, body)
                self.told[name] = _json(answer.body) if isinstance(answer, web.Response) else None
                return answer
            if mood.kind == "status":
                return _answer(mood.status, mood.body, mood.headers)
            if mood.kind == "slow":
                return await asyncio.shield(self._kept(self._slowly(work, request, body)))
            if mood.kind == "before":
                return _hung_up(request)
            answer = await self._worked(work, request, body)
            self.landed.set()
            if mood.kind == "garbled":
                return web.Response(text="<html>a gateway's own page</html>", content_type="text/html")
            assert answer.status < 300, f"the {name} route refused: {answer}"
            return _hung_up(request)

        return handle

    def _kept(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._late.add(task)
        return task

    async def _slowly(self, work: Work, request: web.Request, body: Any) -> web.StreamResponse:
        await self.go.wait()
        answer = await self._worked(work, request, body)
        self.landed.set()
        return answer

    async def _worked(self, work: Work, request: web.Request, body: Any) -> web.StreamResponse:
        before = len(self.started)
        try:
            answer = await work(request, body)
        except Refused as refused:
            self.complaints.append(f"{request.method} {request.path}: {refused}")
            return _answer(refused.status, refused.body, {})
        for id in self.started[before:]:
            self.orders.setdefault(id, body)
            if self.landing is not None:
                self.landing(id)
        return answer if isinstance(answer, web.StreamResponse) else _answer(200, answer, {})

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(_seen("?", request, await request.read()))
        self.complaints.append(f"{request.method} {request.path}: no such route")
        return _answer(404, {"message": "no such route"}, {})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        self.cdn_seen.append(_seen("file", request, b""))
        name, mood = request.match_info["name"], self._next("file")
        film = self.films.get(name)
        if film is None or (mood and mood.kind == "gone"):
            return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>")
        if mood and mood.kind == "status":
            return _answer(mood.status, mood.body, mood.headers)
        response = web.StreamResponse(headers={"content-type": "video/mp4"})
        response.content_length = len(film) + (1000 if mood and mood.kind == "longer" else 0)
        await response.prepare(request)
        await response.write(film[: len(film) // 2] if mood and mood.kind == "cut" else film)
        if mood:
            return _hung_up(request)
        return response

    def _next(self, route: str) -> Mood | None:
        waiting = self.moods.get(route)
        return waiting.pop(0) if waiting else None


class Stand(Protocol):
    """An adapter before its vendor, for the contract suite.

    `memory` is what the provider can tell of an order whose answer was lost: `keyed` (by our own key: the task, or surely nothing),
    `listing` (found in a list where it is there; nothing, or nobody knows, where it is not), `blind` (nobody knows). `stops` is how far
    along a task may be for a cancel to stop it at the provider: `never`, `queued` or `running`. `parts` are what the provider was made of.
    """

    provider: VideoProvider
    vendor: Vendor
    parts: Parts
    memory: str
    stops: str

    def order(self, key: str = "J-ONE-1", **settings: Any) -> Order:
        """A wish this provider takes, in its cheapest form, its files already on the shelf; settings by name replace the usual ones."""
        ...

    def advance(self, task: str, state: str) -> None:
        """Brings a task at the vendor to `queued`, `running`, `finished` (its film is `film()`), `refused` (content policy, after it
        began), `failed` (its own fault) or `paused` (a status that nobody knows). `task` is an entry of `vendor.started`."""
        ...

    def bad_key(self) -> Mood:
        """What the vendor's create answers to a wrong key."""
        ...

    def no_credit(self) -> Mood:
        """What its create answers when the account is empty."""
        ...

    def limited(self) -> Mood:
        """What its create answers when too much is asked for at once."""
        ...


@cache
def film(seconds: float = 1.0, width: int = 320, height: int = 180) -> bytes:
    """A small real MP4."""
    from io import BytesIO

    held = BytesIO()
    with av.open(held, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(int(seconds * 24)):
            frame = av.VideoFrame(width, height, "rgb24")
            for plane in frame.planes:
                plane.update(bytes([number * 5 % 256]) * plane.buffer_size)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return held.getvalue()


class Cabinet:
    """Files that lie in a folder; `base` makes public addresses of them, as a bot with one has."""

    def __init__(self, folder: Path, base: str = "") -> None:
        self.folder, self.base = folder, base

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        if not (self.folder / key).exists():
            raise FileNotFoundError(key)
        yield self.folder / key

    async def link(self, key: str, seconds: int) -> str | None:
        return f"{self.base}/files/{key}?until={seconds}&sign=s" if self.base else None


async def _listen(runner: web.AppRunner) -> str:
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


def _seen(route: str, request: web.Request, body: Any) -> Seen:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Seen(route, request.method, request.path, tuple(request.query.items()), headers, body)


def _json(raw: bytes) -> Any:
    return json.loads(raw) if raw else None


def _answer(code: int, body: Any, headers: Mapping[str, str]) -> web.Response:
    if isinstance(body, str | bytes):
        return web.Response(status=code, body=body, headers=headers)
    return web.Response(status=code, text=json.dumps(body), content_type="application/json", headers=headers)


def _hung_up(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
