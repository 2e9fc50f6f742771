"""A wish in Clapper's own terms: the prompt, the settings and where each came from, the references and their roles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Generic, TypeVar

from bot.domain.camera import Move
from bot.domain.join import Join
from bot.domain.media import Media, MediaKind, Problem, Role

T = TypeVar("T")

MOST_RESULTS = 100
"""How many films one wish makes; where a model gives fewer a call, they take several."""
LARGEST_SEED = 2**32 - 1


class Origin(StrEnum):
    said = "said"
    default = "default"
    model = "model"
    read = "read"  # by the language model, from a request that says it in other words

    @property
    def wished(self) -> bool:
        """Whether the person asked for it: what differs is told them."""
        return self in {Origin.said, Origin.read}


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    value: T
    origin: Origin = Origin.said


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each None where nobody and nothing has set it. `seconds` may be fractional; `camera` is moves in sequence.

    `drive_path` is relative for the person's own Drive and begins with `/space/` for the workspace's. `voice` is a line to be spoken.
    """

    model: Setting[str] | None = None
    seconds: Setting[float] | None = None
    aspect: Setting[str] | None = None
    resolution: Setting[str] | None = None
    audio: Setting[bool] | None = None
    watermark: Setting[bool] | None = None
    last_frame: Setting[bool] | None = None
    web_search: Setting[bool] | None = None
    seed: Setting[int] | None = None
    negative: Setting[str] | None = None
    count: Setting[int] | None = None
    temporary: Setting[bool] | None = None
    drive_path: Setting[str] | None = None
    camera: Setting[tuple[Move, ...]] | None = None
    voice: Setting[str] | None = None

    def items(self) -> Iterator[tuple[str, Setting[Any]]]:
        """The settings that have a value, by name."""
        for one in fields(self):
            setting = getattr(self, one.name)
            if setting is not None:
                yield one.name, setting


class SourceKind(StrEnum):
    upload = "upload"  # value: the platform's attachment id
    url = "url"
    asset = "asset"  # value: an asset id
    drive = "drive"  # value: a Drive path
    clip = "clip"  # value: a clip id


@dataclass(frozen=True, slots=True)
class Source:
    """Where a reference comes from; `name` and `mime` are as claimed and only ever shown."""

    kind: SourceKind
    value: str
    name: str = ""
    mime: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """`token` is `@Image1`-like, numbered per kind in order. `media` and `key` (its bytes in Files) are there after intake.

    `mends` says in words what was put right (each shown on the card); `problems` is why it cannot be used as it is.
    """

    token: str
    kind: MediaKind
    role: Role
    source: Source
    role_origin: Origin = Origin.default
    media: Media | None = None
    key: str = ""
    mends: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class Task(StrEnum):
    text = "text"
    first_frame = "first_frame"
    first_last = "first_last"
    references = "references"
    edit = "edit"
    extend = "extend"


_EXTENDS = re.compile(r"\s*(?:please\s+)?(?:extend|continue|prolong|lengthen)\s+@Video\d", re.IGNORECASE)
_EDITS = re.compile(r"\s*(?:please\s+)?(?:edit|change|modify|restyle|retouch|alter)\s+@Video\d", re.IGNORECASE)


def _asked_of_a_film(prompt: str) -> Task | None:
    """As in "extend @Video1 by 5 seconds", "edit @Video1 so that it snows"."""
    if _EXTENDS.match(prompt):
        return Task.extend
    return Task.edit if _EDITS.match(prompt) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRequest:
    """`prompt` holds the story alone: settings said in words or flags are taken out of it, camera brackets and tokens stay.

    With `join` it asks for films to be joined, and nothing is generated: the references of role `reference_video` are clips, in order;
    one of role `reference_audio` is the soundtrack.
    """

    prompt: str
    settings: Settings = Settings()
    references: tuple[Reference, ...] = ()
    join: Join | None = None

    @property
    def task(self) -> Task:
        """What kind of generation the roles ask for; a film that the prompt begins by extending or editing is no mere reference."""
        roles = {reference.role for reference in self.references}
        if Role.reference_video in roles and (asked := _asked_of_a_film(self.prompt)) is not None:
            return asked
        if Role.last_frame in roles:
            return Task.first_last
        if roles & {Role.reference_image, Role.reference_video}:
            return Task.references
        if Role.first_frame in roles:
            return Task.first_frame
        return Task.references if roles else Task.text

    def of_role(self, role: Role) -> tuple[Reference, ...]:
        return tuple(reference for reference in self.references if reference.role is role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A message understood: a verb with the rest of its line, or a wish; `problems` are sentences for people."""

    verb: str | None
    prompt: str
    settings: Settings = Settings()
    references: tuple[Reference, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def request(self) -> VideoRequest:
        return VideoRequest(prompt=self.prompt, settings=self.settings, references=self.references)
