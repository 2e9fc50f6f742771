"""The Drive: where films are kept, who may see them, and how they are looked for."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.chat import Person
from bot.domain.media import Media
from bot.domain.paths import SPACE, numbered, safe_part, safe_path  # noqa: F401 - a Drive's names belong to the Drive

HEADING = 60
_SIGNS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One film on the Drive. `key`, `poster` and `last_frame` are Files keys; sizes in pixels, bytes and seconds.

    `prompt`, `model` (an id) and `title` (what people call that model) say what it was made from and with; `channel` is where it was
    asked for. One in the trash has `trashed_at`. `version` is one higher after each change.
    """

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
    prompt: str = ""
    model: str = ""
    title: str = ""
    channel: str = ""
    trashed_at: datetime | None = None
    version: int = 1

    @property
    def shared(self) -> bool:
        """Whether it lies in the workspace's space."""
        return self.drive_path.startswith(SPACE)

    @property
    def name(self) -> str:
        return self.drive_path.rsplit("/", 1)[-1]

    @property
    def heading(self) -> str:
        """What people know it by: the name that somebody gave it, else the first words of its prompt."""
        unchosen = re.fullmatch(rf"{re.escape(self.id)}(-\d+)?\.\w+", self.name)
        said, number = _first_words(self.prompt) if unchosen else "", self.id.rpartition("-")[2]
        several = (
            number.isdecimal() and int(number) > 1
        )  # films of one wish show the same; in front, where no cut takes it away
        return f"({number}) {said}" if said and several else said or self.name

    def owned_by(self, person: Person) -> bool:
        """By whatever name they go now."""
        owner = self.owner
        return (person.platform, person.workspace, person.id) == (owner.platform, owner.workspace, owner.id)

    def seen_by(self, person: Person, channel: str, now: datetime) -> bool:
        """Whether this person may see it in this channel: their own, the space's, and what was made in that very channel.

        What is in the trash or temporary is its owner's alone, and nobody's once its time is over.
        """
        if (self.owner.platform, self.workspace) != (person.platform, person.workspace):
            return False
        if self.expires_at is not None and self.expires_at <= now:
            return False
        if self.owned_by(person):
            return True
        passing = self.expires_at is not None or self.trashed_at is not None
        return not passing and (self.shared or (bool(channel) and self.channel == channel))

    @property
    def folders(self) -> tuple[str, ...]:
        """Every folder that it lies in, the widest first: `promo/`, `promo/teasers/`; of the space with `/space/` before them."""
        start = len(SPACE) if self.shared else 0
        ends = [at + 1 for at, sign in enumerate(self.drive_path) if sign == "/" and at >= start]
        return tuple(self.drive_path[:end] for end in ends)

    @property
    def words(self) -> tuple[str, ...]:
        """What it is looked for by."""
        return words_of(self.drive_path, self.title, self.model, self.owner.name, self.job, self.prompt)

    def change(self, **changes: Any) -> "Clip":
        return replace(self, version=self.version + 1, **changes)


def in_trash(clip: Clip) -> str:
    """That it has to be taken out first, and how: its id names it wherever it is said."""
    return f"{clip.drive_path} is in the trash. Restore it first: “restore {clip.id}”."


def _first_words(text: str) -> str:
    """One line, cut between words where there are any."""
    line = " ".join(text.split())
    if len(line) <= HEADING:
        return line
    cut = line.rfind(" ", HEADING // 2, HEADING + 1)
    return line[: cut if cut > 0 else HEADING].rstrip(" ,.;:") + " …"


TRASH_LIFETIME = timedelta(hours=24)
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which films a person is looking for, among those they may see in `channel` (`Clip.seen_by`).

    Each of `words` begins a word of the prompt, the Drive path, the model's id or title, the owner's name or the job's id, whatever the
    case. `model` is an id; `by` is an owner's id or name in lower case. Times are aware, `since` inclusive and `before` exclusive;
    lengths in seconds, both inclusive. `folder` is "" for what lies on the person's own Drive, `/space/` for the workspace's space, or a
    folder of either that ends with a slash; None for all. `trashed` looks in the trash instead.
    """

    viewer: Person
    now: datetime
    channel: str = ""
    words: tuple[str, ...] = ()
    model: str = ""
    by: str = ""
    since: datetime | None = None
    before: datetime | None = None
    min_seconds: float | None = None
    max_seconds: float | None = None
    folder: str | None = None
    trashed: bool = False

    def fits(self, clip: Clip) -> bool:
        if not clip.seen_by(self.viewer, self.channel, self.now) or (clip.trashed_at is not None) is not self.trashed:
            return False
        if self.folder is not None and not self._in_folder(clip):
            return False
        if (self.model and clip.model != self.model) or (
            self.by and self.by not in {clip.owner.id, clip.owner.name.lower()}
        ):
            return False
        early = self.since is not None and clip.made_at < self.since
        late = self.before is not None and clip.made_at >= self.before
        short = self.min_seconds is not None and clip.seconds < self.min_seconds
        long = self.max_seconds is not None and clip.seconds > self.max_seconds
        return not (early or late or short or long) and self._named(clip)

    def _in_folder(self, clip: Clip) -> bool:
        assert self.folder is not None
        own = clip.owned_by(self.viewer) and not clip.shared
        return clip.drive_path.startswith(self.folder) and (clip.shared if self.folder.startswith(SPACE) else own)

    def _named(self, clip: Clip) -> bool:
        return all(any(one.startswith(word) for one in clip.words) for word in words_of(*self.words))


@dataclass(frozen=True, slots=True)
class Found:
    """Newest first; `total` counts all there are, up to MOST_COUNTED."""

    clips: tuple[Clip, ...]
    total: int


def words_of(*texts: str) -> tuple[str, ...]:
    """The words of some texts as they are looked for: letters and digits, whatever the case and however they are encoded.

    Chinese, Japanese and Korean do without spaces: each of their signs is a word.
    """
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", " ".join(texts)).casefold()))


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


def drive_key(path: str, person: Person) -> str:
    """Where a safe Drive path lies in Files: the workspace's shared space, or this person's own folder."""
    workspace = safe_part(f"{person.platform}-{person.workspace}") or "workspace"
    if path.startswith(SPACE):
        return f"{workspace}/space/{path[len(SPACE) :]}"
    return f"{workspace}/people/{safe_part(person.id) or 'someone'}/{path}"


def asset_key(sha256: str) -> str:
    """Where an input's bytes lie in Files: by content, once."""
    return f".assets/{sha256[:2]}/{sha256}"
