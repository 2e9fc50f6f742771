"""What the Discord test server is made of: people, places, files and messages as it keeps them."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

PERMISSIONS = {
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "use_application_commands": 1 << 31,
    "create_public_threads": 1 << 35,
    "send_messages_in_threads": 1 << 38,
}
EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15
TEXT, DM, THREAD, FORUM = 0, 1, 11, 15
MIB = 1 << 20
UPLOAD_LIMITS = (10 * MIB, 10 * MIB, 50 * MIB, 100 * MIB)


class Clock:
    """The server's time: the machine's, ahead by as much as a test says."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def forward(self, *, minutes: float = 0, seconds: float = 0) -> None:
        self._ahead += timedelta(minutes=minutes, seconds=seconds)


@dataclass(slots=True, eq=False)
class User:
    id: int
    name: str
    title: str = ""
    bot: bool = False
    dms_open: bool = True
    permissions: int = sum(PERMISSIONS.values()) & ~PERMISSIONS["manage_messages"]
    roles: list[int] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Role:
    id: int
    name: str
    permissions: int = 0
    managed: bool = False


@dataclass(slots=True, eq=False)
class File:
    """An uploaded file. `head` is all of it while small, else its first MiB; `path` where a person's file is read from disk."""

    id: int
    name: str
    mime: str
    size: int
    sha256: str
    head: bytes = b""
    path: Path | None = None
    width: int | None = None
    height: int | None = None
    description: str | None = None
    ephemeral: bool = False
    place: int = 0

    @property
    def whole(self) -> bytes:
        content = self.path.read_bytes() if self.path else self.head
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise AssertionError(f"only the first {len(content)} of {self.size} bytes of {self.name} were kept")
        return content


@dataclass(slots=True, eq=False)
class Channel:
    id: int
    kind: int
    name: str = ""
    guild: "Guild | None" = None
    parent: "Channel | None" = None
    recipient: User | None = None
    denied: int = 0
    archived: bool = False
    locked: bool = False
    messages: "dict[int, Message]" = field(default_factory=dict)
    typing: list[datetime] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Guild:
    id: int
    name: str
    owner: User
    everyone: Role
    bot_role: Role
    tier: int = 0
    members: dict[int, User] = field(default_factory=dict)
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)

    @property
    def upload_limit(self) -> int:
        return UPLOAD_LIMITS[self.tier]


@dataclass(frozen=True, slots=True)
class Edit:
    """`at` by the server's clock; `payload` as it was sent, without the files' bytes."""

    at: datetime
    payload: Mapping[str, Any]
    by_token: str = ""


@dataclass(slots=True, eq=False)
class Message:
    """`visible_to` is set where one person alone sees it; `edits` are every change, oldest first; `payload` is how it was created."""

    id: int
    channel: Channel
    author: User
    at: datetime
    content: str = ""
    embeds: list[Any] = field(default_factory=list)
    components: list[Any] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    reply_to: "Message | None" = None
    mentions: list[User] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    visible_to: User | None = None
    via: str = ""
    edited_at: datetime | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    deleted: bool = False

    @property
    def loading(self) -> bool:
        """ "… is thinking": a deferred answer that has not come yet."""
        return bool(self.flags & LOADING)

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def text(self) -> str:
        """Everything that is written on it, in order."""
        shown = [str(part["content"]) for part in walk(self.components) if part.get("type") == 10]
        return "\n".join([self.content, *shown] if self.content else shown)

    @property
    def buttons(self) -> list[Mapping[str, Any]]:
        return [part for part in walk(self.components) if part.get("type") == 2]

    @property
    def labels(self) -> list[str]:
        return [button.get("label", "") for button in self.buttons]

    def control(self, which: str) -> Mapping[str, Any]:
        """The button or select with this label or custom id."""
        for part in walk(self.components):
            if part.get("type") in {2, 3, 5, 6, 7, 8} and which in {part.get("label"), part.get("custom_id")}:
                return part
        raise LookupError(f"no {which!r} on this message; there are {self.labels}")


def walk(components: Any) -> Iterator[Mapping[str, Any]]:
    """Every component with those inside it, in the order a reader meets them."""
    for part in components:
        yield part
        yield from walk(part.get("components") or ())
        for inside in ("accessory", "component"):
            if part.get(inside):
                yield from walk([part[inside]])
