"""The Drive: where films are kept, and names that are safe on every disk."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from bot.domain.chat import Person
from bot.domain.media import Media

SPACE = "/space/"
MAX_PART = 80
MAX_PARTS = 8
_UNSAFE = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One film on the Drive. `key`, `poster` and `last_frame` are Files keys; sizes in pixels, bytes and seconds."""

    id: str
    workspace: str
    owner: Person
    job: str
    drive_path: str
    key: str
    bytes: int
    seconds: float
    width: int
    height: int
    made_at: datetime
    poster: str = ""
    last_frame: str = ""
    expires_at: datetime | None = None

    def owned_by(self, person: Person) -> bool:
        """By whatever name they go now."""
        owner = self.owner
        return (person.platform, person.workspace, person.id) == (owner.platform, owner.workspace, owner.id)

    def listed_for(self, person: Person, now: datetime) -> bool:
        """Whether a library shows it to this person: theirs, or anybody's that is not temporary."""
        return self.expires_at is None or (self.expires_at > now and self.owned_by(person))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """An input file, kept by its content. `id` is `A-` and ten letters or digits; people may name it as `asset:A-…`."""

    id: str
    workspace: str
    owner: Person
    name: str
    key: str
    media: Media
    made_at: datetime


def safe_path(wanted: str, extension: str = ".mp4") -> str:
    """A Drive path made safe: relative, or under `/space/`; no way out, no odd names, with an extension.

    >>> safe_path("../../etc/passwd")
    'etc/passwd.mp4'
    """
    text = unicodedata.normalize("NFC", wanted).replace("\\", "/").strip()
    shared = text.lower().startswith(SPACE)
    parts = [part for part in map(_safe_part, text[len(SPACE) if shared else 0 :].split("/")) if part]
    path = PurePosixPath(*(parts[-MAX_PARTS:] or ["film"]))
    if not path.suffix:
        path = path.with_name(path.name + extension)
    return (SPACE if shared else "") + str(path)


def _safe_part(part: str) -> str:
    cleaned = "".join(c for c in _UNSAFE.sub("-", part) if unicodedata.category(c) not in {"Cf", "Cc", "Cs"})
    cleaned = cleaned.strip(" .")
    if _RESERVED.match(cleaned):
        cleaned = f"_{cleaned}"
    stem, dot, suffix = cleaned.rpartition(".")
    if len(cleaned) > MAX_PART and dot:
        return f"{stem[: MAX_PART - len(suffix) - 1]}.{suffix[: MAX_PART // 2]}"
    return cleaned[:MAX_PART]


def numbered(path: str) -> Iterator[str]:
    """The path itself, then with a number added: `a.mp4`, `a-2.mp4`, `a-3.mp4` and so on."""
    yield path
    pure = PurePosixPath(path)
    number = 2
    while True:
        yield str(pure.with_name(f"{pure.stem}-{number}{pure.suffix}"))
        number += 1


def drive_key(path: str, person: Person) -> str:
    """Where a safe Drive path lies in Files: the workspace's shared space, or this person's own folder."""
    workspace = _safe_part(f"{person.platform}-{person.workspace}") or "workspace"
    if path.startswith(SPACE):
        return f"{workspace}/space/{path[len(SPACE) :]}"
    return f"{workspace}/people/{_safe_part(person.id) or 'someone'}/{path}"


def asset_key(sha256: str) -> str:
    """Where an input's bytes lie in Files: by content, once."""
    return f".assets/{sha256[:2]}/{sha256}"
