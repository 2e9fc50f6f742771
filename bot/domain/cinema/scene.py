"""What an idea is made into: a scene of one to four shots around one subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_SHOTS = 4


class Mode(StrEnum):
    narrative = "narrative"
    studio = "studio"
    action = "action"
    performance = "performance"
    atmospheric = "atmospheric"


AVOIDED: Mapping[Mode, tuple[str, str]] = {
    Mode.narrative: ("a changed face between shots", "written words in the picture"),
    Mode.studio: ("a changed shape of the subject", "clutter in the background"),
    Mode.action: ("smeared limbs", "leaps between places"),
    Mode.performance: ("stiff gestures", "extra fingers"),
    Mode.atmospheric: ("flicker", "sudden cuts"),
}
"""What films of each mode suffer from most."""


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
    """`seconds` is how long the film is to be, None where nobody has said; `avoid` is what the person wants not to see.

    `moves` are the camera movements that were asked for, each as its bracket, in order. `plain` says that the idea is not in English:
    its words are kept as they are. `telling` counts the ways the same idea was told.
    """

    idea: str
    mode: Mode
    dialect: Dialect
    uses: tuple[Use, ...] = ()
    seconds: float | None = None
    avoid: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    plain: bool = False
    telling: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """`camera` is one movement in square brackets, "" for a camera that stands."""

    action: str
    camera: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`subject` is the one that is locked across all shots; `avoid` are single things, each said as `Avoid X.` in the end.

    `place` and `light` may be empty where the idea says nothing of them.
    """

    subject: str
    place: str
    light: str
    shots: tuple[Shot, ...]
    avoid: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()
