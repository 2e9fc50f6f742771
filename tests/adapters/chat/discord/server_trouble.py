"""What goes wrong on the way to the Discord test server, on request; and its rate limits, which are always there."""

import asyncio
import fnmatch
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from tests.adapters.chat.discord.server_errors import Refused

MESSAGE = re.compile(r"/channels/(\d+)/messages(/\d+)?$")
MAJOR = re.compile(r"/(?:channels|guilds)/(\d+)|/webhooks/\d+/([^/]+)|/interactions/(\d+)")
CREATE, EDIT = "create message", "edit message"


class Harm(StrEnum):
    """`fail` answers `status`; `lose` does the work and cuts the line; `cut` does nothing and cuts it; `delay` waits; `limit` is a 429.

    `hold` does the work and keeps the answer back until `go`.
    """

    fail = "fail"
    lose = "lose"
    cut = "cut"
    delay = "delay"
    limit = "limit"
    hold = "hold"


@dataclass(slots=True)
class Fault:
    """`on` is a pattern over "METHOD /path", such as "POST /channels/*/messages"; `times` counts down.

    `done` is set once the work of a call that is held is done.
    """

    on: str
    harm: Harm
    times: int = 1
    status: int = 500
    code: int = 0
    seconds: float = 0.0
    everywhere: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def takes(self, call: str) -> bool:
        return self.times > 0 and fnmatch.fnmatchcase(call, self.on)


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    status: int
    at: datetime

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


@dataclass(slots=True)
class Window:
    ends: float
    used: int = 0


@dataclass(slots=True)
class Limits:
    """Fixed windows a route and place, by the machine's own clock since clients sleep by it: (requests, seconds).

    `rules` are for "create message", "edit message" or "METHOD /path" with ids as *; every other route takes `other`.
    """

    rules: dict[str, tuple[int, float]] = field(default_factory=dict)
    other: tuple[int, float] = (50, 1.0)
    all_together: tuple[int, float] = (50, 1.0)
    exceeded: list[str] = field(default_factory=list)
    _windows: dict[str, Window] = field(default_factory=dict)

    def count(self, method: str, path: str) -> dict[str, str]:
        """The headers of the answer; raises Refused (429) where a limit is reached."""
        now = asyncio.get_running_loop().time()
        outside = path.startswith(("/interactions/", "/webhooks/"))
        if not outside:
            self._take("global", self.all_together, now, everywhere=True)
        name = route(method, path)
        limit = self.rules.get(name, self.other)
        major = next((str(part) for found in MAJOR.finditer(path) for part in found.groups() if part), "")
        window = self._take(f"{name} {major}", limit, now, everywhere=False)
        left = max(window.ends - now, 0.0)
        return {
            "X-RateLimit-Limit": str(limit[0]),
            "X-RateLimit-Remaining": str(limit[0] - window.used),
            "X-RateLimit-Reset": f"{datetime.now(UTC).timestamp() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": f"{abs(hash(name)):x}"[:16],
        }

    def _take(self, key: str, limit: tuple[int, float], now: float, *, everywhere: bool) -> Window:
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = Window(now + limit[1])
        if window.used >= limit[0]:
            self.exceeded.append(key)
            raise too_many(window.ends - now, everywhere=everywhere)
        window.used += 1
        return window


def too_many(seconds: float, *, everywhere: bool = False, code: int = 0, message: str = "") -> Refused:
    """429 as Discord words it; clients take one without a Via header for a ban by the proxy in front."""
    scope = {"X-RateLimit-Scope": "global" if everywhere else "user"} | (
        {"X-RateLimit-Global": "true"} if everywhere else {}
    )
    more = {"retry_after": round(seconds, 3), "global": everywhere}
    headers = {"Retry-After": str(int(seconds) + 1), "Via": "1.1 google", **scope}
    return Refused(429, code, message or "You are being rate limited.", more=more, headers=headers)


def route(method: str, path: str) -> str:
    found = MESSAGE.search(path)
    if found and method == "POST" and not found[2]:
        return CREATE
    if found and method == "PATCH":
        return EDIT
    return f"{method} {re.sub(r'[0-9]{5,}', '*', path)}"
