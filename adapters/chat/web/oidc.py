"""The other end of a login: an OpenID Connect provider is asked who somebody is.

As OpenID Connect Core 1.0 (3.1, authorization code flow) and Discovery 1.0 have it, with PKCE (RFC 7636, S256); authlib 1.9 and joserfc 1.8.
"""

import asyncio
import json
import secrets
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlsplit

import httpx
import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from adapters.chat.web.options import Provider, is_loopback
from adapters.chat.web.refusal import Refusal
from adapters.chat.web.sessions import Begun
from adapters.chat.web.tokens import UnknownKey, claims
from bot.ports.clock import Clock

log = structlog.get_logger()
SECONDS = 10.0
MOST_BYTES = 1024 * 1024
KEPT = timedelta(hours=1)
KEYS_APART = timedelta(seconds=5)
"""How soon keys may be asked for again: a token of an unknown key costs one request, and not one each."""
FAILED_KEPT = timedelta(seconds=5)
"""How soon a provider that did not answer is asked again: while it is away, everybody who waits at it would be one more request."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SCOPE = "openid email profile"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What was read of the provider, and when."""

    what: T
    at: datetime


class Issuer:
    """Asks the provider; what it says of itself is kept for an hour, its keys until one is missing."""

    def __init__(self, provider: Provider, clock: Clock, seconds: float = SECONDS) -> None:
        self._provider, self._clock, self._seconds = provider, clock, seconds
        self._facts: Read[Mapping[str, Any]] | None = None
        self._failed: datetime | None = None
        self._discovering = asyncio.Lock()
        self._keys: Read[KeySet] | None = None

    async def begin(self, back: str, page: str) -> tuple[str, Begun]:
        """Where a browser goes to log in, and what is to be kept until it comes back to `back`. Raises Refusal where the provider is away."""
        facts = await self._asked(self._discovered)
        begun = Begun(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), page)
        url = prepare_grant_uri(
            facts["authorization_endpoint"],
            client_id=self._provider.client_id,
            response_type="code",
            redirect_uri=back,
            scope=SCOPE,
            state=begun.state,
            nonce=begun.nonce,
            code_challenge=create_s256_code_challenge(begun.verifier),
            code_challenge_method="S256",
        )
        return url, begun

    async def finish(self, begun: Begun, code: str, back: str) -> Mapping[str, Any]:
        """What the provider says of whoever came back with this code, all of it checked. Raises Refusal."""
        return await self._asked(lambda: self._finish(begun, code, back))

    async def _finish(self, begun: Begun, code: str, back: str) -> Mapping[str, Any]:
        facts = await self._discovered()
        token = await self._token(facts, begun, code, back)
        said = await self._claims(facts, str(token.get("id_token", "")), begun.nonce)
        if "email" in said or "userinfo_endpoint" not in facts:
            return said
        more = await self._json(
            "GET", facts["userinfo_endpoint"], headers={"authorization": f"Bearer {token.get('access_token')}"}
        )
        return {**more, **said} if more.get("sub") == said["sub"] else said

    async def _claims(self, facts: Mapping[str, Any], token: str, nonce: str) -> Mapping[str, Any]:
        keys = await self._fetched_keys(facts, anew=False)
        try:
            return claims(token, keys, self._provider, nonce, self._clock.now())
        except UnknownKey:
            keys = await self._fetched_keys(facts, anew=True)
        try:
            return claims(token, keys, self._provider, nonce, self._clock.now())
        except UnknownKey as error:
            raise Refusal(401, "The identity provider signed with a key it does not publish. Log in again.") from error

    async def _asked(self, asking: Callable[[], Awaitable[T]]) -> T:
        """Whatever may go wrong with somebody else's server, in one place and in words."""
        try:
            async with asyncio.timeout(self._seconds):
                return await asking()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, JoseError) as error:
            log.warning(
                "The identity provider does not answer as it should", action="web.oidc", error=type(error).__name__
            )
            raise Refusal(
                503, "The identity provider does not answer as it should just now. Try again in a minute.", 60
            ) from error

    async def _discovered(self) -> Mapping[str, Any]:
        """Asked by one for all who wait; where that failed, nobody asks again for a while."""
        async with self._discovering:
            now = self._clock.now()
            if self._failed is not None and self._failed + FAILED_KEPT > now:
                raise ValueError("the provider did not answer a moment ago")
            if self._facts is None or self._facts.at + KEPT < now:
                self._failed = now
                self._facts = Read(await self._discover(), now)
            self._failed = None
            return self._facts.what

    async def _discover(self) -> Mapping[str, Any]:
        issuer = self._provider.issuer
        facts = await self._json("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if facts.get("issuer") != issuer:
            raise ValueError("the provider calls itself something else than the settings do")
        if not all(_safe(facts.get(name)) for name in ENDPOINTS):
            raise ValueError("an endpoint is missing, or open to be listened to")
        if "userinfo_endpoint" in facts and not _safe(facts["userinfo_endpoint"]):
            raise ValueError("what people are asked about is open to be listened to")
        return facts

    async def _fetched_keys(self, facts: Mapping[str, Any], *, anew: bool) -> KeySet:
        now = self._clock.now()
        if self._keys is None or (anew and self._keys.at + KEYS_APART <= now):
            given = (await self._json("GET", facts["jwks_uri"])).get("keys")
            self._keys = Read(KeySet(_usable(given if isinstance(given, list) else [])), now)
        return self._keys.what

    async def _token(self, facts: Mapping[str, Any], begun: Begun, code: str, back: str) -> Mapping[str, Any]:
        provider = self._provider
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": begun.verifier}
        if "client_secret_basic" in facts.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            # RFC 6749, 2.3.1: both are encoded like a form before they are a user and a password.
            auth = httpx.BasicAuth(quote(provider.client_id, safe=""), quote(provider.client_secret, safe=""))
            return await self._json("POST", facts["token_endpoint"], data=form, auth=auth)
        secret = {"client_id": provider.client_id, "client_secret": provider.client_secret}
        return await self._json("POST", facts["token_endpoint"], data=form | secret)

    async def _json(self, method: str, url: str, **how: Any) -> Mapping[str, Any]:
        """An answer that is a JSON object of no great size. Redirects are not followed: what is sent is for this address."""
        client = httpx.AsyncClient(timeout=self._seconds, verify=_trusted())
        async with client, client.stream(method, url, **how) as answer:
            read = bytearray()
            async for piece in answer.aiter_bytes():
                read += piece
                if len(read) > MOST_BYTES:
                    raise ValueError("the answer has no end")
        if answer.status_code in {400, 401} and method == "POST":
            raise Refusal(401, "The identity provider does not know this login any more. Log in again.")
        if not answer.is_success:
            raise ValueError(f"the provider answered {answer.status_code}")
        found = json.loads(read)
        if not isinstance(found, dict):
            raise ValueError("the answer is no object")  # noqa: TRY004 - what a server says wrongly is no mistake of types
        return found


@cache
def _trusted() -> ssl.SSLContext:
    """Read once: it takes 40 ms, and nothing else is done meanwhile."""
    return httpx.create_ssl_context()


def _safe(url: Any) -> bool:
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _usable(keys: list[Any]) -> list[Any]:
    """Those that are for signatures with a public half; a kind that nobody knows yet is no reason to refuse the rest."""
    found = []
    for key in keys:
        if not isinstance(key, dict) or key.get("kty") == "oct" or key.get("use", "sig") != "sig":
            continue
        try:
            found.append(JWKRegistry.import_key(key))
        except (JoseError, ValueError, TypeError):
            log.info("A key of the identity provider is of no known kind", action="web.oidc")
    return found
