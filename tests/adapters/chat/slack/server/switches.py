"""The awkward sides of a platform, to be turned on for the next calls of a method."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

EVERY = "*"


@dataclass(slots=True)
class Trouble:
    """What the next `times` calls of one method meet. Exactly one of the kinds is set."""

    times: int
    retry_after: float | None = None
    status: int = 0
    error: str = ""
    lost: bool = False
    cut: bool = False
    seconds: float = 0.0
    hold: "Hold | None" = None


@dataclass(slots=True)
class Hold:
    """A call kept back: `arrived` is set once it is there, `release()` lets it go on."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self.go.set()


class Switches:
    """Method names are Slack's; `upload` and `download` name the two file addresses, `*` is whatever comes."""

    def __init__(self) -> None:
        self.latency_seconds = 0.0
        self._next: dict[str, list[Trouble]] = defaultdict(list)

    def limit(self, method: str, *, retry_after: float = 1, times: int = 1) -> None:
        """429 with Retry-After."""
        self._next[method].append(Trouble(times, retry_after=retry_after))

    def break_down(self, method: str, *, status: int = 503, times: int = 1) -> None:
        """An HTML page with that status."""
        self._next[method].append(Trouble(times, status=status))

    def refuse(self, method: str, error: str, *, times: int = 1) -> None:
        """`ok: false` with that error, without doing anything."""
        self._next[method].append(Trouble(times, error=error))

    def lose(self, method: str, *, times: int = 1) -> None:
        """The work is done and the connection cut before the answer."""
        self._next[method].append(Trouble(times, lost=True))

    def cut(self, method: str, *, times: int = 1) -> None:
        """The connection is cut before anything is done, as when Slack is away."""
        self._next[method].append(Trouble(times, cut=True))

    def slow(self, method: str, seconds: float, *, times: int = 1) -> None:
        """The answer comes that much later."""
        self._next[method].append(Trouble(times, seconds=seconds))

    def hold(self, method: str, *, times: int = 1) -> Hold:
        """The call waits, before anything is done, until `release()`."""
        hold = Hold()
        self._next[method].append(Trouble(times, hold=hold))
        return hold

    def clear(self, method: str = "") -> None:
        """Takes back what has not happened yet, of one method or of all."""
        if method:
            self._next.pop(method, None)
        else:
            self._next.clear()

    def take(self, method: str) -> Trouble | None:
        for name in (method, EVERY):
            waiting = self._next.get(name)
            if waiting:
                trouble = waiting[0]
                trouble.times -= 1
                if trouble.times <= 0:
                    waiting.pop(0)
                return trouble
        return None
