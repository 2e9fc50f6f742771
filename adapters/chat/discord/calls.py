"""Discord's HTTP interface with the bot's token: one connection pool, its rate limits kept, its refusals typed.

Cards and films go through here and not through the client that listens: that one is thrown away and made anew when its connection
breaks, and a post on its way must not break with it. Nothing here sleeps long: what Discord puts off is the core's to come back with.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import aiohttp
import structlog

from adapters.chat.discord.options import Options
from bot.domain.errors import Later

log = structlog.get_logger()

VERSION = "0.1"
SECONDS = 30.0
ANSWER_SECONDS = 3.0
CONNECT_SECONDS = 10.0
TRIES = 3
SHORT_WAIT = 1.5
LONGEST_WAIT = 900.0
BANNED_SECONDS = 300.0
MOST_BUCKETS = 4096
OK, UNAUTHORIZED, TOO_MANY, BROKEN = 300, 401, 429, 500
TOO_OLD = 30046
_ID = re.compile(r"(?<=/)\d{5,}")


class DiscordRefused(Exception):
    """`code` is Discord's own, 0 where it gives none; `seconds` is how long it asks to wait, where it does."""

    def __init__(self, status: int, code: int, message: str, seconds: float = 0.0) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message, self.seconds = status, code, message, seconds


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a message. One on disk is read as it is sent."""

    name: str
    content: bytes | Path
    alt: str = ""


@dataclass(frozen=True, slots=True)
class _Call:
    """`tokened` is one with its right to be made in its path: the bot's own token stays here then."""

    method: str
    path: str
    body: Any
    files: Sequence[Upload]
    query: Mapping[str, Any] | None
    seconds: float

    @property
    def tokened(self) -> bool:
        return self.path.startswith(("/interactions/", "/webhooks/"))

    async def sent(self, held: ExitStack) -> Mapping[str, Any]:
        """Made anew for each try: what is sent once is closed afterwards."""
        if not self.files:
            return {} if self.body is None else {"json": self.body}
        contents = [
            one.content if isinstance(one.content, bytes)
            else held.enter_context(await asyncio.to_thread(one.content.open, "rb"))
            for one in self.files
        ]  # fmt: skip
        return {"data": _form(self.body, [one.name for one in self.files], contents)}


@dataclass(slots=True)
class _Bucket:
    """What Discord said last of one route in one place; times are monotonic seconds."""

    left: int = 1
    limit: int = 1
    ends: float = 0.0
    seconds: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until one more fits; 0 where it fits now and is counted."""
        if now >= self.ends:
            self.left, self.ends = self.limit, now + self.seconds
        if self.left <= 0 and self.ends > now:
            return self.ends - now
        self.left -= 1
        return 0.0

    def learn(self, headers: Mapping[str, str], now: float) -> None:
        try:
            left, limit = int(headers["X-RateLimit-Remaining"]), int(headers["X-RateLimit-Limit"])
            rest = float(headers["X-RateLimit-Reset-After"])
        except (KeyError, ValueError):
            return
        # Answers come in any order: what is counted here and not yet there stays counted.
        self.left = min(left, self.left) if self.seconds else left
        self.limit, self.ends, self.seconds = limit, now + rest, max(rest, min(self.seconds, 60.0))


@dataclass(slots=True)
class Calls:
    options: Options
    _session: aiohttp.ClientSession | None = None
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _paused_until: float = 0.0
    _refused_until: float = 0.0
    _closed: bool = False

    @property
    def session(self) -> aiohttp.ClientSession:
        """Made with the first call, in the loop that runs then."""
        if self._closed:
            raise ConnectionError("Discord is closed")
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=SECONDS, sock_connect=CONNECT_SECONDS)
            # In the form that Discord asks for: https://docs.discord.com/developers/reference#user-agent
            agent = f"DiscordBot ({self.options.public_url or 'clapper'}, {VERSION})"
            self._session = aiohttp.ClientSession(
                timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": agent}
            )
        return self._session

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        files: Sequence[Upload] = (),
        query: Mapping[str, Any] | None = None,
        seconds: float = SECONDS,
    ) -> Any:
        """The answer's JSON, None where there is none. Raises Later, OSError where Discord is away, DiscordRefused."""
        one = _Call(method, path, body, files, query, seconds)
        for last in (*(False for _ in range(TRIES - 1)), True):
            rest = self._rest(one)
            if not rest:
                said = await self._once(one)
                if not isinstance(said, Later):
                    return said
                rest = said.seconds
            if last or rest > SHORT_WAIT:
                raise Later(min(rest, LONGEST_WAIT))
            await asyncio.sleep(rest)
        raise AssertionError("the last try returns or raises")

    async def answer(self, interaction: int, token: str, kind: int, told: Mapping[str, Any] | None = None) -> None:
        """The first answer to an interaction, which must come within 3 s; tried twice where that fails soon. Raises as `call` does."""
        body = {"type": kind} if told is None else {"type": kind, "data": told}
        path, until = f"/interactions/{interaction}/{token}/callback", time.monotonic() + ANSWER_SECONDS
        try:
            await self.call("POST", path, body, seconds=ANSWER_SECONDS)
        except OSError:
            if (left := until - time.monotonic()) < ANSWER_SECONDS / 2:
                raise
            await self.call("POST", path, body, seconds=left)

    @asynccontextmanager
    async def download(self, url: str, seconds: float) -> AsyncIterator[aiohttp.ClientResponse]:
        """A file of Discord's; its signed address is all it takes, and the token stays here. Redirects are not followed."""
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS, sock_read=SECONDS)
        async with self.session.get(url, timeout=timeout, allow_redirects=False) as answer:
            yield answer

    async def aclose(self) -> None:
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _rest(self, one: _Call) -> float:
        """Seconds to wait before this call; where it is 0, the call is counted."""
        now = time.monotonic()
        held = 0.0 if one.tokened else max(self._paused_until, self._refused_until) - now
        return held if held > 0 else self._bucket(one).wait(now)

    def _bucket(self, one: _Call) -> _Bucket:
        """By route and its first id, as Discord counts: https://docs.discord.com/developers/topics/rate-limits."""
        if one.tokened:
            return _Bucket()  # each interaction is a place of its own, and soon over
        first = _ID.search(one.path)
        end = first.end() if first else len(one.path)
        name = f"{one.method} {one.path[:end]}{_ID.sub('*', one.path[end:])}"
        if name not in self._buckets and len(self._buckets) >= MOST_BUCKETS:
            del self._buckets[next(iter(self._buckets))]
        return self._buckets.setdefault(name, _Bucket())

    async def _once(self, one: _Call) -> Any:
        """The answer, or Later as a value where Discord asks for patience."""
        headers = {} if one.tokened else {"Authorization": f"Bot {self.options.token}"}
        timeout = aiohttp.ClientTimeout(total=one.seconds, sock_connect=CONNECT_SECONDS)
        url = f"{self.options.api_url}{one.path}"
        try:
            with ExitStack() as held:
                more = {"headers": headers, "params": one.query, "timeout": timeout, **await one.sent(held)}
                async with self.session.request(one.method, url, **more) as answer:
                    raw = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ConnectionError(f"Discord cannot be reached: {type(error).__name__}") from error
        self._bucket(one).learn(answer.headers, time.monotonic())
        if answer.status < OK:
            return _read(raw)
        return self._refused(answer, _told(raw), tokened=one.tokened)

    def _refused(self, answer: aiohttp.ClientResponse, told: Mapping[str, Any], *, tokened: bool) -> Later:
        if answer.status >= BROKEN:
            raise ConnectionError(f"Discord answers with status {answer.status}")
        code, said = int(told.get("code") or 0), str(told.get("message") or "")
        rest = _seconds(told.get("retry_after"), answer.headers.get("Retry-After"))
        if answer.status == TOO_MANY and code != TOO_OLD:
            self._slow_down(rest, told, by_proxy="retry_after" not in told)
            return Later(rest)
        if answer.status == UNAUTHORIZED and not tokened:
            log.error("Discord does not take the token", action="discord.token")
            # Ten thousand of these in ten minutes shut the machine's address out: https://docs.discord.com/developers/topics/rate-limits
            self._refused_until = time.monotonic() + BANNED_SECONDS
            return Later(BANNED_SECONDS)
        raise DiscordRefused(answer.status, code, said, rest)

    def _slow_down(self, rest: float, told: Mapping[str, Any], *, by_proxy: bool) -> None:
        if told.get("global") or by_proxy:
            self._paused_until = time.monotonic() + min(rest, LONGEST_WAIT)
            log.warning("Discord asks for patience everywhere", action="discord.limit", seconds=rest, proxy=by_proxy)


def _form(body: Any, names: Sequence[str], contents: Sequence[bytes | BinaryIO]) -> aiohttp.FormData:
    # Names such as files[0] are not taken where their brackets are quoted.
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(body), content_type="application/json")
    for number, (name, content) in enumerate(zip(names, contents, strict=True)):
        form.add_field(f"files[{number}]", content, filename=name, content_type="application/octet-stream")
    return form


def announced(files: Sequence[Upload]) -> list[dict[str, Any]]:
    """The `attachments` of a message that brings these."""
    return [
        {"id": str(number), "filename": file.name} | ({"description": file.alt} if file.alt else {})
        for number, file in enumerate(files)
    ]


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError as error:
        raise ConnectionError("Discord answers with what is no JSON") from error


def _told(raw: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(raw)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _seconds(*said: Any) -> float:
    for one in said:
        try:
            return max(0.05, float(one))
        except (TypeError, ValueError):
            continue
    return 60.0
