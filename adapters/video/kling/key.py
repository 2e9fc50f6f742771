"""What opens Kling's door: an API key as it is, or tokens minted from an access and a secret key."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Protocol

from adapters.video.kling.wire.route import Generation
from bot.ports.clock import Clock

LIFETIME = 30 * 60  # seconds, as in Kling's own samples
MINT_AGAIN = 24 * 60
EARLIER = 5  # a token begins to hold a little before it is made, as clocks differ


class Key(Protocol):
    """`name` is the environment's; `prefers` is the API that is asked first, `opens_all` whether the other takes it too."""

    name: str
    prefers: Generation
    opens_all: bool

    def headers(self) -> Mapping[str, str]: ...

    def renew(self) -> bool:
        """Whether another call may be made with something fresher."""
        ...


class ApiKey:
    name = "KLINGAI_API_KEY"
    prefers = Generation.v3
    opens_all = True

    def __init__(self, key: str) -> None:
        self._key = key

    def headers(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self._key}"}

    def renew(self) -> bool:
        return False


class KeyPair:
    """The newer API refuses such tokens: 401 with code 1002, "does not support AK/SK"."""

    name = "KLINGAI_ACCESS_KEY"
    prefers = Generation.v1
    opens_all = False

    def __init__(self, access: str, secret: str, clock: Clock) -> None:
        self._access, self._secret, self._clock = access, secret, clock
        self._token, self._minted = "", 0

    def headers(self) -> Mapping[str, str]:
        now = int(self._clock.now().timestamp())
        if not self._token or not 0 <= now - self._minted < MINT_AGAIN:
            self._token, self._minted = token(self._access, self._secret, now), now
        return {"authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        self._token = ""
        return True


def key_of(settings: Mapping[str, str], clock: Clock) -> Key:
    """The API key where both are there: it opens every door."""
    if given := settings.get("api_key"):
        return ApiKey(given)
    return KeyPair(settings["access_key"], settings["secret_key"], clock)


def token(access: str, secret: str, now: int) -> str:
    """A JWT by HS256 with the claims Kling asks for and no others."""
    claims = {"iss": access, "exp": now + LIFETIME, "nbf": now - EARLIER}
    signed = f"{_packed({'alg': 'HS256', 'typ': 'JWT'})}.{_packed(claims)}"
    mark = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_bare(mark)}"


def _packed(value: Any) -> str:
    return _bare(json.dumps(value, separators=(",", ":")).encode())


def _bare(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
