"""One thing the doctor found, and how its checks reach adapters."""

import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from json import JSONDecodeError, loads
from pathlib import Path
from typing import Any

from bot.app import RealClock
from bot.ports.examine import Seen
from bot.ports.parts import Parts
from config import Settings

MOST_ANSWER = 10_000


class Standing(StrEnum):
    well = "well"
    note = "note"
    broken = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """`found` is a sentence; `mend` is what to do, empty where all is well."""

    name: str
    standing: Standing
    found: str
    mend: str = ""


Check = Callable[[Settings], Awaitable[Sequence[Finding]]]


def well(name: str, found: str) -> Finding:
    return Finding(name, Standing.well, found)


def broken(name: str, found: str, mend: str = "") -> Finding:
    return Finding(name, Standing.broken, found, mend)


def told(name: str, seen: Seen) -> Finding:
    """What an adapter says of itself."""
    standing = Standing.broken if seen.stops else Standing.note if seen.mend else Standing.well
    return Finding(name, standing, seen.found, seen.mend)


def parts(settings: Mapping[str, str]) -> Parts:
    """Enough to make an adapter that stands alone."""
    return Parts(settings=settings, folder=Path(tempfile.gettempdir()), clock=RealClock())


def is_ours(said: bytes) -> bool:
    """Whether an answer to /healthz is Clapper's."""
    try:
        found: Any = loads(said)
    except (JSONDecodeError, UnicodeDecodeError):
        return False
    return isinstance(found, dict) and {"live", "ready", "problems"} <= found.keys()
