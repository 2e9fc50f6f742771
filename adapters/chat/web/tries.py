"""Wrong tokens, counted by the address they come from: who guesses waits, and nobody else."""

import ipaddress
import time
from collections import deque
from dataclasses import dataclass, field

MOST_WRONG = 8
WINDOW_SECONDS = 60.0
MOST_ADDRESSES = 10_000
_SITE = 64
"""Bits of an IPv6 address that name a network: the rest is anybody's there to choose."""


@dataclass(slots=True)
class Tries:
    """Of the last minute; where very many addresses guess, those that began first are forgotten."""

    _wrong: dict[str, deque[float]] = field(default_factory=dict)

    def wait(self, address: str) -> int:
        """Seconds until the next try from there, 0 for none to wait."""
        now = time.monotonic()
        tries = self._wrong.get(_from(address), deque())
        while tries and tries[0] < now - WINDOW_SECONDS:
            tries.popleft()
        return int(tries[0] + WINDOW_SECONDS - now) + 1 if len(tries) >= MOST_WRONG else 0

    def wrong(self, address: str) -> None:
        self._wrong.setdefault(_from(address), deque(maxlen=MOST_WRONG)).append(time.monotonic())
        if len(self._wrong) > MOST_ADDRESSES:
            del self._wrong[next(iter(self._wrong))]


def _from(address: str) -> str:
    """Whose guesses are counted together."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.IPv6Network((int(found), _SITE), strict=False))
