"""What a browser keeps between requests, signed so that nobody else can have written it, and the same to every replica."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadData, URLSafeSerializer

from adapters.chat.web.people import PLATFORM, WORKSPACE, Visitor
from bot.domain.chat import Person

SESSION_SECONDS = 12 * 60 * 60
BEGUN_SECONDS = 10 * 60
MOST_COOKIE = 4096


@dataclass(frozen=True, slots=True)
class Begun:
    """A login on its way to the identity provider and back, to go on at `page`; all else is what must come back as it went."""

    state: str
    nonce: str
    verifier: str
    page: str


class Sessions:
    """Cookies for logins, and for those that are only begun. Another secret ends them all."""

    def __init__(self, *secret: str) -> None:
        key = HKDF(SHA256(), 32, None, b"clapper web sessions").derive("\0".join(secret).encode())
        signing = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._logins = URLSafeSerializer(key, b"login", signer_kwargs=signing)
        self._begun = URLSafeSerializer(key, b"begun", signer_kwargs=signing)

    def login(self, person: Person, now: float) -> str:
        until = int(now) + SESSION_SECONDS
        return _text(
            self._logins.dumps({"id": person.id, "name": person.name, "until": until, "login": secrets.token_hex(8)})
        )

    def visitor(self, cookie: str, now: float) -> Visitor | None:
        """Whose login this is, as long as it lasts."""
        found = _read(self._logins, cookie, now)
        if found is None:
            return None
        return Visitor(Person(PLATFORM, WORKSPACE, found["id"], found["name"]), found["login"], found["until"])

    def begin(self, begun: Begun, now: float) -> str:
        return _text(self._begun.dumps(asdict(begun) | {"until": int(now) + BEGUN_SECONDS}))

    def begun(self, cookie: str, now: float) -> Begun | None:
        found = _read(self._begun, cookie, now)
        return Begun(**{name: found[name] for name in Begun.__slots__}) if found else None


def _read(signed: URLSafeSerializer, cookie: str, now: float) -> Mapping[str, Any] | None:
    """The sign is looked at first: what nobody but us can have written needs no further checks."""
    if not cookie.isascii() or len(cookie) > MOST_COOKIE:
        return None
    try:
        found = signed.loads(cookie)
    except BadData:
        return None
    return found if found["until"] >= now else None


def _text(signed: str | bytes) -> str:
    return signed if isinstance(signed, str) else signed.decode()
