"""What was sent to Discord and how far that came, kept in mind across restarts and replicas."""

import json
from base64 import b32encode
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from bot.ports.clock import Clock
from bot.ports.storage import Notes

KEPT = timedelta(days=30)
NONCE_SECONDS = 60.0
"""For so long a message sent again under its nonce is certainly the one that is there; Discord says "a few minutes".
https://docs.discord.com/developers/resources/message#create-message"""

CLOCKS_APART_SECONDS = 60.0
_EPOCH_MS = 1_420_070_400_000
_FIRST_MARK = 1 << 20


class Sent:
    """Notes by kind and key, each a small JSON object."""

    def __init__(self, notes: Notes, clock: Clock) -> None:
        self._notes, self._clock = notes, clock

    @property
    def seconds(self) -> float:
        return self._clock.now().timestamp()

    async def get(self, kind: str, key: str) -> Mapping[str, Any]:
        """Empty where nothing was noted."""
        text = await self._notes.get(f"discord:{kind}:{key}")
        return json.loads(text) if text else {}

    async def put(self, kind: str, key: str, what: Mapping[str, Any], *, kept: timedelta = KEPT) -> None:
        await self._notes.put(f"discord:{kind}:{key}", json.dumps(what), self._clock.now() + kept)


def nonce(key: str) -> str:
    """The same for the same key, in the 25 characters that Discord takes."""
    return b32encode(sha256(key.encode()).digest())[:25].decode()


def mark(key: str) -> int:
    """A component's number by which the message of this key is found again; none that Discord gives by itself."""
    return _FIRST_MARK + int.from_bytes(sha256(key.encode()).digest()[:4]) % ((1 << 31) - _FIRST_MARK)


def snowflake(seconds: float) -> int:
    """The least id that something made at this time has."""
    return max(0, int(seconds * 1000) - _EPOCH_MS) << 22


def made_at(id: str) -> float:
    """When the message of this id was made, in seconds; 0 for what is no id."""
    return ((int(id) >> 22) + _EPOCH_MS) / 1000 if id.isdigit() else 0.0
