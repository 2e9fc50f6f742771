"""What the test Slack knows: workspaces with people, channels, messages, files, views and tokens."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

SCOPES = (
    "app_mentions:read channels:history chat:write commands files:read files:write groups:history im:history im:write "
    "mpim:history users:read"
)


class Refused(Exception):
    """An answer of `ok: false` with that error and what else Slack says beside it."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


@dataclass(slots=True)
class User:
    id: str
    name: str
    is_admin: bool = False
    is_bot: bool = False
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Version:
    """A message as it was from that moment (monotonic seconds) on."""

    at: float
    message: dict[str, Any]


@dataclass(slots=True)
class Posted:
    """A message in a channel. `versions` holds every state it had, with its time."""

    channel: str
    ts: str
    versions: list[Version]
    deleted: bool = False

    @property
    def message(self) -> dict[str, Any]:
        return self.versions[-1].message

    @property
    def text(self) -> str:
        return self.message.get("text", "")

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return self.message.get("blocks", [])

    @property
    def thread(self) -> str:
        return self.message.get("thread_ts", "")

    @property
    def edits(self) -> int:
        return len(self.versions) - 1

    def change(self, message: dict[str, Any]) -> None:
        self.versions.append(Version(time.monotonic(), message))


@dataclass(slots=True)
class Ephemeral:
    """A message for one person. Slack shows one in a thread only where the thread exists."""

    channel: str
    user: str
    ts: str
    thread: str
    message: dict[str, Any]
    visible: bool
    versions: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Channel:
    id: str
    name: str
    members: set[str] = field(default_factory=set)
    is_im: bool = False
    is_private: bool = False
    is_mpim: bool = False
    user: str = ""
    archived: bool = False
    shared_outside: bool = False
    messages: dict[str, Posted] = field(default_factory=dict)
    ephemerals: list[Ephemeral] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The `channel_type` of events."""
        return "im" if self.is_im else "mpim" if self.is_mpim else "group" if self.is_private else "channel"

    def live(self) -> list[Posted]:
        return [one for one in self.messages.values() if not one.deleted]

    def thread(self, ts: str) -> list[Posted]:
        return [one for one in self.live() if ts in {one.ts, one.thread}]

    def find(self, ts: str) -> Posted:
        """Raises Refused where there is no such message."""
        found = self.messages.get(ts)
        if found is None or found.deleted:
            raise Refused("message_not_found")
        return found


@dataclass(slots=True)
class StoredFile:
    """A file: whole where a person shared it, its first MiB and sha256 where the app uploaded it."""

    id: str
    name: str
    owner: str
    size: int
    mime: str = ""
    title: str = ""
    alt: str = ""
    head: bytes = b""
    sha256: str = ""
    mode: str = "hosted"
    processed: bool = False
    received: bool = False
    completed: bool = False
    deleted: bool = False
    stub: bool = False
    sign_in: bool = False
    external_url: str = ""
    width: int = 0
    height: int = 0
    shares: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    wanted: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class View:
    id: str
    user: str
    view: dict[str, Any]
    hash: str
    opened_at: float


@dataclass(slots=True)
class Workspace:
    """One team with the app installed in it. `scopes` may be taken away, `token` may expire or be revoked."""

    id: str
    name: str
    domain: str
    bot_user: str
    bot_id: str
    token: str
    scopes: set[str] = field(default_factory=lambda: set(SCOPES.split()))
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    published: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    opened: list[View] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    old_tokens: dict[str, str] = field(default_factory=dict)
    refresh_token: str = ""
    revoked: bool = False

    def channel(self, id: str) -> Channel:
        """Raises Refused where there is no such channel."""
        found = self.channels.get(id)
        if found is None:
            raise Refused("channel_not_found")
        return found

    def person(self, id: str) -> User:
        found = self.users.get(id)
        if found is None:
            raise Refused("user_not_found")
        return found

    def file(self, id: str) -> StoredFile:
        found = self.files.get(id)
        if found is None:
            raise Refused("file_not_found")
        if found.deleted:
            raise Refused("file_deleted")
        return found

    def direct(self, user: str) -> Channel:
        """The direct messages between that person and the app."""
        for channel in self.channels.values():
            if channel.is_im and channel.user == user:
                return channel
        made = Channel(f"D{len(self.channels):08d}", "directmessage", {user, self.bot_user}, is_im=True, user=user)
        self.channels[made.id] = made
        return made


class Numbers:
    """Ids and timestamps, never twice the same in one server."""

    def __init__(self) -> None:
        self._count: Iterator[int] = itertools.count(1)
        self._last = 0

    def id(self, letters: str) -> str:
        return f"{letters}{next(self._count):09d}"

    def ts(self) -> str:
        """A message's timestamp, later than every one before."""
        self._last = max(self._last + 1, int(time.time() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
