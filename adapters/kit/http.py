"""Speaks HTTP to one provider: one pool of connections, guarded addresses, and a plain answer to "may it have started?"."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx
import structlog

from adapters.kit.answers import Answer, Unreadable
from adapters.kit.body import Body, body_of
from adapters.kit.guarded import Guarded, neighbours
from adapters.kit.reading import parsed, unpacked
from adapters.kit.saving import stored
from adapters.kit.told import Told
from bot.domain.errors import BadCredentials, BadSettings, ProviderError, Unavailable, Unclear
from bot.ports.files import Files
from bot.ports.paying import Look, last_look
from bot.ports.watch import Unwatched, Watch

T = TypeVar("T")

SECONDS = 60.0
SLOWEST = 100_000  # bytes a second that a body is given to go out
MOST_ANSWER = 8 * 1024 * 1024
LARGE_ANSWER = 128 * 1024
MOST_RESULT = 4 * 1024**3
SAVING_SECONDS = 1800.0  # for one result: whoever sends a byte a second keeps nobody waiting for a day
MOST_REDIRECTS = 5
MOST_PORT = 65535
MOST_WORDS = 2000
CONNECTIONS = httpx.Limits(max_connections=100, max_keepalive_connections=50, keepalive_expiry=10.0)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WEB = frozenset({"http", "https"})
_HOST = re.compile(r"[\w.:-]+")
_SENDABLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_LEAST_SECRET = 8  # what is shorter is a word
_PLAIN = {"user-agent": "Clapper/0.1", "accept-encoding": "identity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, as a wire module writes it: pure, and compared whole in tests.

    `path` is below the base URL, or a whole address that the provider gave (an upload): such a one is never sent the key.
    `json`, `form` and `file` say what goes with it (`adapters.kit.body`); at most one of them is given.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: tuple[tuple[str, Any], ...] = ()
    file: str = ""


class Client:
    """`auth` gives the headers that carry the key, made anew for every call; they go to the base URL's own host only.

    Connections are made to the base URL's host and to public addresses; where the base URL is on this machine or network, also to
    addresses of that kind. `seconds` bounds each call, beside what its body needs.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        auth: Callable[[], Mapping[str, str]],
        files: Files | None,
        *,
        seconds: float = SECONDS,
        watch: Watch | None = None,
    ) -> None:
        """Raises BadSettings where the base URL is no address."""
        self.base = _base(name, base_url)
        self._name, self._auth, self._files, self._seconds = name, auth, files, seconds
        self._opening = asyncio.Lock()
        self._open: httpx.AsyncClient | None = None
        self._log = structlog.get_logger()
        self._told = Told(name, watch or Unwatched())

    async def ask(self, call: Call, read: Callable[[Answer], T]) -> T:
        """A call that costs nothing. Raises Unavailable where no answer came, and what `read` raises of the answer."""
        with self._told.step("ask"):
            try:
                return self.understood(await self._answer(call), read)
            except (httpx.HTTPError, OSError) as error:
                raise Unavailable(f"no answer ({type(error).__name__})") from error
            except Unreadable as error:
                raise Unavailable(str(error)) from error

    async def pay(self, call: Call, read: Callable[[Answer], T]) -> T:
        """The paid call, made once. Raises Unavailable only where nothing reached the provider, Unclear where nobody knows.

        Its caller may hold it back until its body is ready and the first byte of it goes out (`bot.ports.paying`).
        """
        with self._told.step("pay"):
            try:
                return self.understood(await self._answer(call, last_look), read)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                raise Unavailable(f"cannot be reached ({type(error).__name__})") from error
            except (httpx.HTTPError, OSError) as error:  # as a file that is gone while it is sent
                raise Unclear(f"the answer was lost ({type(error).__name__})") from error
            except Unreadable as error:
                raise Unclear(str(error)) from error

    async def save(self, url: str, into: Path, *, most: int = MOST_RESULT) -> None:
        """Streams a result to a file. Raises Expired where it is gone, Unavailable where it did not come whole."""
        with self._told.step("save"):
            try:
                async with asyncio.timeout(SAVING_SECONDS):
                    await self._follow(url, into, most)
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, TimeoutError) as error:
                raise Unavailable(f"the file did not come whole ({type(error).__name__})") from error

    @asynccontextmanager
    async def streamed(self, call: Call) -> AsyncIterator[tuple[int, Mapping[str, str], AsyncIterator[bytes]]]:
        """A free call whose answer is too large to hold: status, headers, and the body in pieces. Raises Unavailable."""
        with self._told.step("stream"):
            try:
                async with self._sent(call) as response:
                    yield response.status_code, response.headers, unpacked(response)
            except (httpx.HTTPError, TimeoutError, Unreadable) as error:
                raise Unavailable(f"no whole answer ({type(error).__name__})") from error

    async def aclose(self) -> None:
        if self._open is not None:
            await self._open.aclose()

    def understood(self, answer: Answer, read: Callable[[Answer], T]) -> T:
        """What `read` makes of it. Raises Unreadable where it makes nothing of it, and errors without our key in their words."""
        try:
            return read(answer)
        except ProviderError as error:
            self._log.warning("a provider refused", **self._facts(answer), error=type(error).__name__)
            self._tidy(error)
            raise
        # pydantic's ValidationError is a ValueError; a number or a time may be too large for what is made of it
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, OSError) as error:
            facts = self._facts(answer)
            self._log.error("a provider answered what nobody understands", **facts, why=_plain(error))
            raise Unreadable(f"its answer (status {answer.status}) is not understood") from error

    def _tidy(self, error: ProviderError) -> None:
        """One plain line of its words, without our key, which some providers quote: they come to stand on cards and in terminals."""
        error.message = "".join(filter(str.isprintable, " ".join(error.message[:MOST_WORDS].split())))
        for value in self._auth().values():
            for secret in (value, value.rpartition(" ")[2]):
                if len(secret) >= _LEAST_SECRET:
                    error.message, error.mend = (said.replace(secret, "…") for said in (error.message, error.mend))
        error.args = (error.message,)

    def _facts(self, answer: Answer) -> Mapping[str, Any]:
        return {
            "action": "video.answer",
            "provider": self._name,
            "status": answer.status,
            "code": answer.code,
            "trace": answer.trace,
        }

    async def _answer(self, call: Call, look: Look | None = None) -> Answer:
        async with self._sent(call, look) as response:
            held = bytearray()
            async for piece in unpacked(response):
                held += piece
                if len(held) > MOST_ANSWER:
                    raise Unreadable(f"its answer (status {response.status_code}) is larger than any should be")
        body = await asyncio.to_thread(parsed, held) if len(held) > LARGE_ANSWER else parsed(held)
        return Answer(
            status=response.status_code,
            headers=dict(response.headers),
            body=body,
            text=held[:500].decode(errors="replace"),
        )

    @asynccontextmanager
    async def _sent(self, call: Call, look: Look | None = None) -> AsyncIterator[httpx.Response]:
        client = await self._client()
        url = self._checked(call.path)
        async with AsyncExitStack() as stack:
            body = await self._body(call, stack)
            headers = {
                **_PLAIN,
                "accept": "application/json",
                **(self._key() if self._own(url) else {}),
                **body.headers,
                **call.headers,
            }
            request = client.build_request(
                call.method, url, params=call.query or None, headers=headers, content=body.content
            )
            if look is not None:
                await look()
            async with asyncio.timeout(self._seconds + body.length / SLOWEST):
                response = await client.send(request, stream=True)
                self._told.came(call.method, response.status_code)
                try:
                    yield response
                finally:
                    await response.aclose()

    async def _body(self, call: Call, stack: AsyncExitStack) -> Body:
        try:
            return await body_of(call.json, call.form, call.file, self._files, stack)
        except OSError as error:
            raise Unavailable(f"a file cannot be read here just now ({type(error).__name__})") from error

    def _key(self) -> Mapping[str, str]:
        """Raises BadCredentials for a key that no request can carry, before anything goes out."""
        headers = self._auth()
        if not all(map(_SENDABLE.fullmatch, headers.values())):
            mend = "Tell your operator: the key has line ends, spaces or foreign signs in it, or is empty; set it anew."
            raise BadCredentials("the key is no key", mend=mend)
        return headers

    def _checked(self, path: str) -> httpx.URL:
        """Raises Unavailable for an address of the provider's that is none."""
        try:
            url = self._url(path)
            fit = url.scheme in _WEB and url.host and not url.userinfo
        except (httpx.InvalidURL, ValueError) as error:
            raise Unavailable("it gave an address that is none") from error
        if not fit:
            raise Unavailable("it gave an address that nothing is sent to")
        return url

    def _url(self, path: str) -> httpx.URL:
        return (
            httpx.URL(path)
            if "://" in path
            else self.base.copy_with(raw_path=self.base.raw_path + path.lstrip("/").encode())
        )

    def _own(self, url: httpx.URL) -> bool:
        return (url.scheme, url.host, url.port) == (self.base.scheme, self.base.host, self.base.port)

    async def _follow(self, url: str, into: Path, most: int) -> None:
        here, client = self._url(url), await self._client()
        for _ in range(MOST_REDIRECTS + 1):
            if here.scheme not in _WEB or here.userinfo:
                raise Unavailable("the address of its file is none that is fetched")
            headers = {**_PLAIN, "accept": "*/*", **(self._key() if self._own(here) else {})}
            async with client.stream("GET", here, headers=headers) as response:
                self._told.came("GET", response.status_code)
                if response.status_code not in _REDIRECTS:
                    await stored(response, into, most, own=self._own(here))
                    return
                there = here.join(response.headers.get("location", ""))
            if here.scheme == "https" and there.scheme == "http":
                raise Unavailable("its file leads from a protected address to an unprotected one")
            here = there
        raise Unavailable("its file leads on too often")

    async def _client(self) -> httpx.AsyncClient:
        """Made with the first call, its certificates read off the loop."""
        async with self._opening:
            if self._open is None:
                tls = await asyncio.to_thread(_tls)
                guard = Guarded(self.base.host, await neighbours(self.base))
                timeout = httpx.Timeout(self._seconds, connect=min(10.0, self._seconds), pool=30.0)
                self._open = httpx.AsyncClient(
                    transport=guard.transport(tls, CONNECTIONS), timeout=timeout, follow_redirects=False
                )
        return self._open


def _base(name: str, given: str) -> httpx.URL:
    try:
        url = httpx.URL(given.strip().rstrip("/") + "/")
        fit = url.scheme in _WEB and _HOST.fullmatch(url.host) and (url.port or 0) <= MOST_PORT
    except (httpx.InvalidURL, ValueError):
        url, fit = httpx.URL(""), False
    if not fit or url.userinfo or url.query or url.fragment:
        found = "holds a name or a password" if "@" in given else f"is {given!r}"
        raise BadSettings(
            f"The base URL of {name} {found}, which is no address. Write it like https://api.example.com, as its documents do."
        )
    return url


@cache
def _tls() -> ssl.SSLContext:
    """Shared by all providers: reading the machine's certificates takes a while."""
    return ssl.create_default_context()


def _plain(error: Exception) -> str:
    """Which fields were wrong, never what stood in them."""
    found = getattr(error, "errors", None)
    if callable(found):
        return ", ".join(".".join(map(str, one["loc"])) for one in found(include_input=False))[:200]  # pyright: ignore[reportCallIssue, reportGeneralTypeIssues]
    return type(error).__name__
