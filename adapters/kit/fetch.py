"""Fetches a URL that a stranger named: public addresses only, within size and time, and nothing left behind."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from adapters.kit.addresses import is_public, resolve
from bot.domain.errors import BadMedia
from bot.domain.units import plain
from bot.ports.fetch import Fetched

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Allow = Callable[[str], bool]


def open_fetch() -> "Fetcher":
    """The app's own: the system's resolver, and public addresses only."""
    return Fetcher()


class Fetcher:
    """Answers `bot.ports.fetch.Fetch`.

    `resolve` gives the addresses of a host and `allow` judges each; one that is not allowed refuses the host. The connection goes to a
    judged address and the name is not resolved again. `seconds` bounds the whole fetch, `idle_seconds` each wait for the server.
    """

    def __init__(
        self,
        *,
        resolve: Resolve = resolve,
        allow: Allow = is_public,
        tls: ssl.SSLContext | None = None,
        seconds: float = 300.0,
        idle_seconds: float = 20.0,
    ) -> None:
        self.resolve = resolve
        self.allow = allow
        self.idle_seconds = idle_seconds
        self._seconds = seconds
        self._tls = tls

    async def __call__(self, url: str, into: Path, *, max_bytes: int) -> Fetched:
        from adapters.kit.download import download  # noqa: PLC0415 - httpx is loaded with the first link

        try:
            async with asyncio.timeout(self._seconds):
                return await download(self, url, into, max_bytes)
        except TimeoutError:
            into.unlink(missing_ok=True)  # noqa: ASYNC240 - instant, and done even when cancelled
            raise BadMedia(
                f"The link takes longer than {plain(self._seconds)} seconds to download. Upload the file here instead."
            ) from None
        except BaseException:
            into.unlink(missing_ok=True)  # noqa: ASYNC240 - instant, and done even when cancelled
            raise

    async def tls(self) -> ssl.SSLContext:
        """Made once, off the loop: reading the machine's certificates takes a while."""
        if self._tls is None:
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        return self._tls
