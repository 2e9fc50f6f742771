"""The doubles the core is tested with. Each keeps its port's whole promise and can be told to misbehave as the real ones do.

- SetClock: the time as set.
- Tollbooth: a paid provider that counts every film it starts. `memory` says what it can tell after a lost answer:
  `keyed` (caller's key: found, and never started twice), `listing` (found where it is there, else nobody knows), `blind` (nobody knows).
- Board: a chat that remembers what it shows; it may fail before or after a post, and posts once for a key.
- Press tools and shelves: media tools and files that need no decoding, for tests that are not about either.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.card import Card, CardMedia
from bot.domain.chat import Attachment, Command, Conversation, Message, MessageRef, Person
from bot.domain.errors import (
    Expired,
    Later,
    NotCancellable,
    ProviderError,
    RateLimited,
    Rejected,
    Taken,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged, ProviderTask, RemoteFile
from bot.domain.join import Join, Joined, Method
from bot.domain.media import Box, Media, MediaKind, MediaLimits
from bot.ports.chat import Ears
from bot.ports.fetch import Fetched
from bot.ports.files import Stat
from bot.ports.paying import last_look
from bot.ports.video import Failed, Finished, Order, Progress, Running

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Crash(BaseException):
    """The process died here."""


class SetClock:
    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        # Every look is a little later, as on a real clock, so that order by time is never a tie.
        self.at += timedelta(microseconds=10)
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


async def nothing() -> None:
    """A moment in which nothing else happens."""


@dataclass
class Tollbooth:
    """`submits`, `polls` and `cancels` are what happens next, then always the last of them.

    submit: ok, lost_after, lost_before, limited, away, rejected, bug_before, bug_after, crash_before, crash_after
    poll: running, finished, failed, away, expired      cancel: stopped, too_late, away
    """

    memory: str = "keyed"
    name: str = "tollbooth"
    in_flight: float = 10.0
    submits: list[str] = field(default_factory=lambda: ["ok"])
    polls: list[str] = field(default_factory=lambda: ["finished"])
    cancels: list[str] = field(default_factory=lambda: ["stopped"])
    started: list[str] = field(default_factory=list)  # the order key of every film that was started, and so paid for
    stopped: set[str] = field(default_factory=set)
    meanwhile: Callable[[], Awaitable[None]] = nothing
    film: bytes = b"film"

    async def submit(self, order: Order) -> ProviderTask:
        how = self._next(self.submits)
        await last_look()
        meanwhile, self.meanwhile = self.meanwhile, nothing
        await meanwhile()
        if how == "crash_before":
            raise Crash
        if how == "limited":
            raise RateLimited("too many", retry_after=7)
        if how == "away":
            raise Unavailable("connection refused")
        if how == "rejected":
            raise Rejected("not this")
        if how == "bug_before":
            raise RuntimeError("a bug in writing the order")
        if how == "lost_before":
            raise Unclear("the connection broke")
        task = self._start(order)
        if how == "lost_after":
            raise Unclear("the connection broke")
        if how == "bug_after":
            raise RuntimeError("a bug in reading the answer")
        if how == "crash_after":
            raise Crash
        return task

    async def poll(self, task: ProviderTask) -> Progress:
        match self._next(self.polls):
            case "running":
                return Running(fraction=0.5, eta=10, ask_again_in=5)
            case "failed":
                return Failed(error=Rejected("the film shows too much"), charged=Charged.no)
            case "away":
                raise Unavailable("503")
            case "expired":
                raise Expired("no such task")
            case _:
                return Finished(files=(RemoteFile(id=f"film-of-{task.id}"),), usd=None, seed=7)

    async def cancel(self, task: ProviderTask) -> Charged:
        match self._next(self.cancels):
            case "too_late":
                raise NotCancellable("it is running")
            case "away":
                raise Unavailable("503")
        self.stopped.add(task.id)
        return Charged.no

    async def find(self, order: Order) -> ProviderTask | None:
        if self.memory == "blind":
            raise Unclear("there is no way to look it up")
        known = [key for key in self.started if key == order.key]
        if known:
            return ProviderTask(id=order.key, route="films")
        if self.memory == "listing":
            raise Unclear("it may still turn up")
        return None

    async def download(self, file: str, into: Path) -> None:
        _write(into, self.film + file.encode())

    async def aclose(self) -> None:
        return None

    def _start(self, order: Order) -> ProviderTask:
        if not (self.memory == "keyed" and order.key in self.started):
            self.started.append(order.key)
        return ProviderTask(id=order.key, route="films")

    @staticmethod
    def _next(script: list[str]) -> str:
        return script.pop(0) if len(script) > 1 else script[0]


@dataclass
class Board:
    """`mood`: well, down (nothing gets through), deaf (it gets through, the answer is lost), crash (so, and we die) or full (come later).

    `said` is what an upload says of itself; `filled` are the events that stand for those of the same key once they are filled.
    `unfilled` is how often filling in an event fails first. `unhurried` counts the edits that were not urgent.
    """

    name: str = "board"
    alone: bool = False
    mood: str = "well"
    posts: dict[str, list[Card]] = field(default_factory=dict)  # by key: every version shown, the last is on the board
    places: dict[str, Conversation] = field(default_factory=dict)
    private: dict[str, Person] = field(default_factory=dict)
    uploads: dict[str, CardMedia] = field(default_factory=dict)
    attachments: dict[str, bytes] = field(default_factory=dict)
    times_posted: dict[str, int] = field(default_factory=dict)
    said: str = ""
    filled: dict[str, Message | Command] = field(default_factory=dict)
    unfilled: int = 0
    unhurried: int = 0
    admins: set[str] = field(default_factory=set)  # by id

    async def admin(self, person: Person, conversation: Conversation) -> bool:
        self._before()
        return person.id in self.admins

    async def run(self, ears: Ears) -> None:
        await asyncio.Event().wait()

    async def fill(self, event: Message | Command) -> Message | Command:
        if self.unfilled:
            self.unfilled -= 1
            raise ConnectionError("the chat does not say who wrote this")
        return self.filled.get(event.key, event)

    async def post(self, conversation: Conversation, card: Card, *, key: str, to: Person | None = None) -> MessageRef:
        self._before()
        if key not in self.posts:
            self.times_posted[key] = self.times_posted.get(key, 0) + 1
            self.posts[key] = [card]
            self.places[key] = conversation
            if to is not None:
                self.private[key] = to
        else:
            self.posts[key].append(card)
        self._after()
        return MessageRef(conversation, key)

    async def edit(self, message: MessageRef, card: Card, *, urgent: bool = True) -> None:
        self._before()
        self.posts[message.id].append(card)
        self.unhurried += not urgent
        self._after()

    async def upload(self, conversation: Conversation, film: CardMedia, *, key: str) -> str:
        self._before()
        self.uploads[key] = film
        self._after()
        return self.said

    async def open_attachment(self, attachment: Attachment) -> AsyncIterator[bytes]:
        yield self.attachments[attachment.id]

    async def aclose(self) -> None:
        return None

    def _before(self) -> None:
        if self.mood == "down":
            raise ConnectionError("the chat is down")
        if self.mood == "full":
            raise Later(40.0)

    def _after(self) -> None:
        if self.mood == "deaf":
            raise ConnectionError("the answer was lost")
        if self.mood == "crash":
            raise Crash


# A few bytes each, so that they are written before a thread would have begun to.
def _write(into: Path, held: bytes) -> None:
    into.write_bytes(held)


def _read(path: Path) -> bytes:
    return path.read_bytes()


def _drop(path: Path) -> None:
    path.unlink()


class Shelf:
    """Files in a dict."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def keep(self, path: Path, key: str) -> Stat:
        held = _read(path)
        if self.kept.get(key, held) != held:
            raise Taken(key)
        self.kept[key] = held
        _drop(path)
        return Stat(len(held), hashlib.sha256(held).hexdigest())

    async def open(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        if key not in self.kept:
            raise FileNotFoundError(key)
        yield self.kept[key][start:stop]

    async def stat(self, key: str) -> Stat | None:
        return Stat(len(self.kept[key])) if key in self.kept else None

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        if key not in self.kept:
            raise FileNotFoundError(key)
        yield Path("/dev/null")

    async def copy(self, key: str, to: str) -> None:
        if key not in self.kept:
            raise FileNotFoundError(key)
        if self.kept.get(to, self.kept[key]) != self.kept[key]:
            raise Taken(to)
        self.kept[to] = self.kept[key]

    async def link(self, key: str, seconds: int) -> str | None:
        return None

    async def forget(self, key: str) -> None:
        self.kept.pop(key, None)


def _length(held: bytes) -> float:
    return float(held.split()[-2]) if b" joined as " in held else 5.0


class Glass:
    """Media tools that see what they are told: every file is a 5 s film of 1280x720, and one they joined as long as its films together."""

    async def probe(self, path: Path) -> Media:
        held = _read(path)
        return Media(
            kind=MediaKind.video,
            mime="video/mp4",
            bytes=len(held),
            sha256=hashlib.sha256(held).hexdigest(),
            width=1280,
            height=720,
            seconds=_length(held),
            fps=24.0,
            video_codec="h264",
            picture_seconds=_length(held),
        )

    async def fit(self, path: Path, into: Path, limits: MediaLimits) -> tuple[str, ...]:
        return ()

    async def shrink(self, path: Path, into: Path, max_bytes: int) -> None:
        _write(into, b"small"[:max_bytes])

    async def poster(self, path: Path, into: Path) -> None:
        _write(into, b"poster")

    async def last_frame(self, path: Path, into: Path) -> None:
        _write(into, b"last frame")

    async def join(
        self,
        clips: Sequence[Path],
        into: Path,
        how: Join,
        *,
        soundtrack: Path | None = None,
        progress: Callable[[float], None] = lambda _: None,
    ) -> Joined:
        progress(0.5)
        seconds = 5.0 * len(clips) - how.fade_seconds * (len(clips) - 1)
        _write(into, f"{len(clips)} joined as {how.format} in {seconds} s".encode())
        progress(1.0)
        return Joined(Method.copied, "they agree")

    async def sheet(self, stills: Sequence[tuple[Path, str, Box | None]], into: Path) -> None:
        _write(into, repr(stills).encode())


async def no_fetch(url: str, into: Path, *, max_bytes: int) -> Fetched:
    """There is no outside world in these tests."""
    raise ProviderError(f"{url} must not be fetched here, not even {max_bytes} bytes of it into {into}")
