"""A film in words: what an idea and its references are made into before anybody films it."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    narrative = "narrative"
    studio = "studio"
    action = "action"
    performance = "performance"
    atmospheric = "atmospheric"


class Purpose(StrEnum):
    """What a reference is for."""

    identity = "identity"
    wardrobe = "wardrobe"
    environment = "environment"
    voice = "voice"
    atmosphere = "atmosphere"
    motion = "motion"


class Dialect(StrEnum):
    """How a model wants to be written to: Seedance with each token bound to its purpose, the others in plain prose."""

    seedance = "seedance"
    general = "general"


@dataclass(frozen=True, slots=True)
class Use:
    """What a reference is for, by its token."""

    token: str
    purpose: Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """`seconds` is how long the film is to be, None where nobody has said."""

    idea: str
    mode: Mode
    dialect: Dialect
    uses: tuple[Use, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """`camera` is one movement in square brackets, "" for a camera that stands."""

    action: str
    camera: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`subject` is the one that is locked across all shots; `avoid` are single things, each said as `Avoid X.` in the end."""

    subject: str
    place: str
    light: str
    shots: tuple[Shot, ...]
    avoid: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()
