"""An OpenID Connect provider on loopback, strict about what it is asked, and with faults on demand."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import BasicAuth, web
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "clapper", "a secret: with/odd characters"


@cache
def key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


class Issuer:
    """`person` is who logs in next, `changes` what is told of them otherwise than it should be, `moods` what a route does instead of working.

    `signing` is the key that is published and used. A `forger` turns the claims into another token than the provider would.
    """

    def __init__(self) -> None:
        self.person: dict[str, Any] = {"sub": "p-1", "name": "Ada", "email": "ada@example.org", "email_verified": True}
        self.changes: dict[str, Any] = {}
        self.moods: dict[str, int | str] = {}
        self.signing = key("k1")
        self.forger: Any = None
        self.names = "client_secret_basic"
        self.url = ""
        self.asked: list[str] = []
        self.go = asyncio.Event()
        self._codes: dict[str, dict[str, str]] = {}

    @asynccontextmanager
    async def served(self) -> AsyncIterator["Issuer"]:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._route("discovery", self._discovery))
        app.router.add_get("/authorize", self._route("authorize", self._authorize))
        app.router.add_post("/token", self._route("token", self._token))
        app.router.add_get("/jwks", self._route("jwks", self._jwks))
        app.router.add_get("/userinfo", self._route("userinfo", self._userinfo))
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            self.go.set()
            await runner.cleanup()

    def _route(self, name: str, work: Any) -> Any:
        async def answer(request: web.Request) -> web.StreamResponse:
            self.asked.append(name)
            mood = self.moods.get(name)
            if mood == "slow":
                await self.go.wait()
            if isinstance(mood, int):
                return web.Response(status=mood, text="<html>not today</html>")
            return web.json_response(await work(request)) if name != "authorize" else await work(request)

        return answer

    async def _discovery(self, _: web.Request) -> dict[str, Any]:
        facts = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "token_endpoint_auth_methods_supported": [self.names],
        }
        return facts | {name: value for name, value in self.moods.items() if name in facts}

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        """Whoever is the next to log in says yes at once."""
        query = request.query
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["scope"].split() == ["openid", "email", "profile"]
        assert query["code_challenge_method"] == "S256"
        assert min(len(query[one]) for one in ("state", "nonce", "code_challenge")) >= 32
        code = secrets.token_hex(8)
        self._codes[code] = dict(query)
        raise web.HTTPSeeOther(f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}")

    async def _token(self, request: web.Request) -> dict[str, Any]:
        form = dict(await request.post())
        if self.names == "client_secret_basic":
            auth = BasicAuth.decode(request.headers["authorization"])
            assert auth.login == CLIENT
            assert parse_qs(f"p={auth.password}")["p"] == [SECRET]
        else:
            assert (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
        asked = self._codes.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = _text(digest)
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            raise web.HTTPBadRequest(text='{"error": "invalid_grant"}', content_type="application/json")
        return {"access_token": "at", "token_type": "Bearer", "id_token": self._signed(asked["nonce"])}

    def _signed(self, nonce: str) -> str:
        now = self.now()
        said = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        said = {name: value for name, value in (said | self.changes).items() if value is not None}
        if self.forger:
            return self.forger(said)
        return jwt.encode({"alg": "RS256", "kid": self.signing.kid}, said, self.signing)

    async def _jwks(self, _: web.Request) -> dict[str, Any]:
        strange = {"kty": "lattice", "kid": "of-tomorrow"}
        shared = {"kty": "oct", "kid": "shared", "k": "c2hhcmVk"}
        return {"keys": [strange, shared, self.signing.as_dict(private=False)]}

    async def _userinfo(self, request: web.Request) -> dict[str, Any]:
        assert request.headers["authorization"] == "Bearer at"
        return {"sub": "p-1", "email": "ada@example.org", "email_verified": True} | self.changes

    def now(self) -> int:
        return int(time.time())


def unsigned(said: dict[str, Any]) -> str:
    """As whoever hopes that nobody looks at the signature."""
    return f"{_bare({'alg': 'none'}, said)}."


def signed_with_the_public_key(said: dict[str, Any]) -> str:
    """As whoever takes the published key for a shared secret; by hand, as no library would."""
    bare = _bare({"alg": "HS256", "kid": "k1"}, said)
    return f"{bare}.{_text(hmac.digest(key('k1').as_pem(private=False), bare.encode(), 'sha256'))}"


def signed_by_a_stranger(said: dict[str, Any]) -> str:
    """Under the published key's name."""
    return jwt.encode({"alg": "RS256", "kid": "k1"}, said, key("stranger"))


def _bare(header: dict[str, str], said: dict[str, Any]) -> str:
    return ".".join(_text(json.dumps(one).encode()) for one in (header, said))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
