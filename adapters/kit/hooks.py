"""Addresses at which a provider may say that a task changed. What it says is not believed: it only makes the task be asked after now."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, ClassVar

MOST_BYTES = 256 * 1024
MOST_CHALLENGE = 500

Tell = Callable[[str], Awaitable[None]]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Hooks:
    """`secret` signs each address, so that nobody can guess one; `base` is where the bot is reached from outside."""

    DOOR: ClassVar[str] = "/hooks/"
    secret: bytes
    base: str

    def address(self, job: str) -> str:
        return f"{self.base.rstrip('/')}{self.DOOR}{job}/{self._sign(job)}"

    def door(self, tell: Tell) -> Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]:
        """An ASGI application for all below DOOR; `tell` is given the job whose address was knocked at."""

        async def app(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return
            job, _, sign = scope["path"].partition(self.DOOR)[2].partition("/")
            if not hmac.compare_digest(self._sign(job).encode(), sign.encode(errors="replace")):
                await _answer(send, 404, {})
                return
            if scope["method"] != "POST":
                await _answer(send, 405, {})
                return
            body = await _read(receive)
            if body is None:
                await _answer(send, 413, {})
                return
            # MiniMax first asks whether the address is ours: what it sends is to be sent back within 3 s.
            await _answer(send, 200, _challenge(body))
            await tell(job)

        return app

    def _sign(self, job: str) -> str:
        return hmac.new(self.secret, f"hook {job}".encode(errors="replace"), hashlib.sha256).hexdigest()[:40]


async def _read(receive: Receive) -> bytes | None:
    """The body; None where it is larger than any notice, or the caller went away."""
    held = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        held += message.get("body", b"")
        if len(held) > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(held)


def _challenge(body: bytes) -> dict[str, str]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    word = said.get("challenge") if isinstance(said, dict) else None
    return {"challenge": word} if isinstance(word, str) and len(word) <= MOST_CHALLENGE else {}


async def _answer(send: Send, status: int, body: Mapping[str, str]) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
