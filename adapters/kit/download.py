"""The steps of one guarded fetch: check, resolve, judge, connect to exactly that address, follow or save."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

import httpx

from bot.domain.errors import BadMedia
from bot.domain.units import size_text
from bot.ports.fetch import Fetched
from bot.ports.opened import opened

if TYPE_CHECKING:
    from adapters.kit.fetch import Fetcher

MOST_REDIRECTS = 5
LONGEST_URL = 4096
LARGEST_PORT = 65535
PIECE = 1024 * 1024
_OK = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {"user-agent": "Clapper/0.1", "accept": "*/*", "accept-encoding": "identity"}
_FILENAME = re.compile(r"""filename\*?=(?:utf-8'')?"?([^";]+)""", re.IGNORECASE)


async def download(guard: "Fetcher", url: str, into: Path, max_bytes: int) -> Fetched:
    here = _checked(url)
    for _ in range(MOST_REDIRECTS + 1):
        async with _answer(guard, here) as response:
            if response.status_code not in _REDIRECTS:
                return await _save(response, here, into, max_bytes)
            here = _onward(here, response.headers.get("location", ""))
    raise BadMedia(f"The link leads on more than {MOST_REDIRECTS} times. Use the address it ends at.")


def _checked(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise BadMedia("The link is not a web address. Check it.") from error
    plain = parsed.scheme in {"http", "https"} and parsed.host and (parsed.port or 1) <= LARGEST_PORT
    if not plain or len(url) > LONGEST_URL:
        raise BadMedia("Only web addresses that begin with http:// or https:// can be fetched.")
    if parsed.userinfo:
        raise BadMedia("The link carries a user name or password, which is not sent on. Upload the file here instead.")
    return parsed


def _onward(here: httpx.URL, location: str) -> httpx.URL:
    try:
        there = _checked(str(here.join(location)))
    except (httpx.InvalidURL, ValueError) as error:
        raise BadMedia(f"{here.host} leads on to something that is no web address. Check the link.") from error
    if here.scheme == "https" and there.scheme == "http":
        raise BadMedia(f"{here.host} leads from a protected address to an unprotected one, which is not followed.")
    return there


@asynccontextmanager
async def _answer(guard: "Fetcher", url: httpx.URL) -> AsyncIterator[httpx.Response]:
    addresses = await _addresses(guard, url)
    timeout = httpx.Timeout(guard.idle_seconds)
    try:
        async with httpx.AsyncClient(verify=await guard.tls(), trust_env=False, timeout=timeout) as client:
            response = await _first(client, url, addresses)
            try:
                yield response
            finally:
                await response.aclose()
    except httpx.TimeoutException as error:
        raise BadMedia(f"{url.host} does not answer in time. Try again, or upload the file here.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise BadMedia(f"The connection to {url.host} fails. Check the link, or upload the file here.") from error


async def _addresses(guard: "Fetcher", url: httpx.URL) -> Sequence[str]:
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = await guard.resolve(url.raw_host.decode("ascii"), port)
    except (OSError, UnicodeError) as error:
        raise BadMedia(f"There is no host called {url.host}. Check the link.") from error
    if not found or not all(map(guard.allow, found)):
        raise BadMedia(f"{url.host} is not a public address, and only public ones are fetched. Upload the file here.")
    return found


async def _first(client: httpx.AsyncClient, url: httpx.URL, addresses: Sequence[str]) -> httpx.Response:
    """The answer of the first address that takes the connection, named by number so that nothing is resolved again."""
    for address in addresses[:-1]:
        try:
            return await _ask(client, url, address)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue
    return await _ask(client, url, addresses[-1])


async def _ask(client: httpx.AsyncClient, url: httpx.URL, address: str) -> httpx.Response:
    request = client.build_request(
        "GET",
        url.copy_with(host=address, fragment=None),
        headers={**_HEADERS, "host": url.netloc.decode("ascii")},
        extensions={"sni_hostname": url.raw_host.decode("ascii")},  # the certificate is checked against the name
    )
    return await client.send(request, stream=True, follow_redirects=False)


async def _save(response: httpx.Response, url: httpx.URL, into: Path, max_bytes: int) -> Fetched:
    headers = response.headers
    if response.status_code != _OK:
        raise BadMedia(f"{url.host} answers with status {response.status_code} instead of the file. Check the link.")
    if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise BadMedia(f"{url.host} sends the file packed, which is not unpacked here. Upload the file instead.")
    too_large = f"The file behind the link is larger than {size_text(max_bytes)}, the limit. Send a smaller one."
    said = headers.get("content-length", "")
    if said.isdecimal() and int(said) > max_bytes:
        raise BadMedia(too_large)
    size = await _stream(response.aiter_raw(65536), into, max_bytes)
    if size is None:
        raise BadMedia(too_large)
    return Fetched(_name(headers.get("content-disposition", ""), url), headers.get("content-type", "")[:100], size)


async def _stream(pieces: AsyncIterator[bytes], into: Path, max_bytes: int) -> int | None:
    """How many bytes were written; None, and nothing more is read, as soon as they are too many."""
    size, waiting = 0, bytearray()
    async with opened(lambda: into.open("wb")) as file:
        async for piece in pieces:
            size += len(piece)
            if size > max_bytes:
                return None
            waiting += piece
            if len(waiting) >= PIECE:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(file.write, bytes(waiting))
    return size


def _name(disposition: str, url: httpx.URL) -> str:
    """As the server calls it, else the last part of the address; only ever shown."""
    found = _FILENAME.search(disposition)
    claimed = unquote(found[1]) if found else unquote(url.path)
    name = PurePosixPath(claimed.replace("\\", "/")).name
    return "".join(letter for letter in name if letter.isprintable())[:120]
