"""Who may ask for what: hosts, origins, the login token, and the headers of every answer."""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.chat.web.left import Left
from adapters.chat.web.options import LONG_TOKEN, Options, is_address, is_loopback
from adapters.chat.web.people import OPERATOR, Visitor
from adapters.chat.web.refusal import Refusal
from adapters.chat.web.sessions import Sessions
from adapters.chat.web.tries import Tries

WRONG_DELAY_SECONDS = 0.3
OPEN_TO_ALL = ("/healthz", "/files/")  # files carry their own signature
OPEN_BEFORE_LOGIN = (*OPEN_TO_ALL, "/login", "/static/")

_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[^\[\]:/?#@\\,\s]+)(?::[0-9]{1,5})?")

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
FILE_POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}

HTTPS_ONLY = "max-age=31536000"
"""For a year a browser that was here asks by https alone, whatever link it follows. Other hosts under the same name decide for themselves."""


def check_host(host: str, options: Options) -> None:
    """Raises Refusal for a name that is not ours: a strange page's name may have been made to resolve to this machine."""
    bare = bare_host(host) if _HOST.fullmatch(host) else ""
    ours = {options.host.strip("[]").lower(), bare_host(options.public_host)} - {""}
    if is_loopback(bare) or bare in ours:
        return
    if options.login and is_address(bare):
        return
    raise Refusal(
        421,
        f"This page is not served as {host[:80]!r}. Set CLAPPER_PUBLIC_URL to the address people use, or open that one.",
    )


def check_origin(method: str, headers: Mapping[str, str]) -> None:
    """Raises Refusal for a write that another site's page makes in the name of the person who has this one open.

    And for what its scripts read: the browser would keep the answer from them, but a stream of events would go on all the same.
    """
    if method in {"GET", "HEAD", "OPTIONS"}:
        if headers.get("sec-fetch-site") in {"cross-site", "same-site"} and headers.get("sec-fetch-mode") in {
            "cors",
            "no-cors",
        }:
            raise Refusal(403, "Another site's page asked for this. Use the page itself.")
        return
    site, origin = headers.get("sec-fetch-site", ""), headers.get("origin", "")
    elsewhere = site not in {"", "same-origin", "none"}
    if origin and origin.partition("://")[2].lower() != headers.get("host", "").lower():
        elsewhere = True
    if elsewhere:
        raise Refusal(403, "Another site asked for this, so nothing was done. Use the page itself.")


def bare_host(host: str) -> str:
    """A Host header without its port, lower case.

    >>> bare_host("[::1]:8080")
    '::1'
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].rstrip(".").lower()


def address_of(scope: Mapping[str, Any]) -> str:
    """Where a request comes from: behind a proxy that is the proxy's, since what it says of others anybody could say."""
    client = scope.get("client")
    return client[0] if client else ""


@dataclass(slots=True)
class Door:
    """The login: a token, or an identity provider (`provider` is the secret shared with it), then a signed cookie.

    `left` knows the logins that were ended. With neither only this machine's own names come in. Wrong tokens are counted by address,
    whether they come by the form or as a Bearer.
    """

    token: str = ""
    provider: str = ""
    left: Left | None = None
    wrong_delay_seconds: float = WRONG_DELAY_SECONDS
    sessions: Sessions = field(init=False)
    _tries: Tries = field(default_factory=Tries)

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.token, self.provider)

    async def check(
        self, path: str, host: str, headers: Mapping[str, str], cookie: str, now: float, *, address: str = ""
    ) -> Visitor | None:
        """Who asks, None where anybody may. Raises Refusal with 401 where a login is needed, 403 where there can be none, 429 after too many wrong tokens."""
        if not self._locked:
            if is_loopback(bare_host(host)):
                return Visitor(OPERATOR)
            if path.startswith(OPEN_TO_ALL):
                return None
            raise Refusal(
                403, "This page is open on its own machine only. Set CLAPPER_WEB_TOKEN to let people in from elsewhere."
            )
        if path.startswith(OPEN_BEFORE_LOGIN):
            return None
        if known := await self.known(headers, cookie, now, address=address):
            return known
        with_token = ", or send the token as 'Authorization: Bearer …'" if self.token else ""
        raise Refusal(401, f"Log in first: open /login{with_token}.")

    async def known(self, headers: Mapping[str, str], cookie: str, now: float, *, address: str = "") -> Visitor | None:
        """Who this is, where they may be here. Raises Refusal after too many wrong tokens."""
        if not self._locked:
            return Visitor(OPERATOR)
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return Visitor(OPERATOR) if await self._guess(given, address) else None
        found = self.sessions.visitor(cookie, now)
        ended = found is not None and self.left is not None and await self.left.has(found)
        return None if ended else found

    async def enter(self, given: str, now: float, *, address: str = "") -> str:
        """A token for a session's cookie. Raises Refusal for a wrong one, slowly, and after many from one address for a while."""
        if not await self._guess(given, address):
            raise Refusal(401, "That is not the token. It is the value of CLAPPER_WEB_TOKEN.")
        return self.sessions.login(OPERATOR, now)

    @property
    def _locked(self) -> bool:
        return bool(self.token or self.provider)

    async def _guess(self, given: str, address: str) -> bool:
        """The right token is known at once and never held up, whoever guesses beside it, unless it is so short that guessing may find it."""
        right = bool(self.token) and hmac.compare_digest(_digest(given.strip()), _digest(self.token))
        wait = self._tries.wait(address)
        if right and (not wait or len(self.token) >= LONG_TOKEN):
            return True
        if not wait:
            self._tries.wrong(address)
        await asyncio.sleep(self.wrong_delay_seconds)
        if wait:
            raise Refusal(429, f"Too many wrong tokens. Try again in {wait} seconds.", wait)
        return False


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
