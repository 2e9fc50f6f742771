"""One thing the doctor found, and how its checks reach adapters."""

import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from bot.app import RealClock
from bot.domain.errors import NotSupported
from bot.ports.parts import Parts
from config import Settings


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


def adapter(kind: str, name: str) -> ModuleType:
    """Raises NotSupported where there is none of that name, or none that can be driven yet."""
    full = f"adapters.{kind}.{name}"
    if find_spec(full) is None:
        raise NotSupported(f"There is no {kind} adapter {name!r} in this installation.")
    try:
        module = import_module(full)
    except ModuleNotFoundError as error:
        raise NotSupported(f"{name} needs the package {error.name}, which is not installed.") from error
    if not hasattr(module, "create"):
        raise NotSupported(f"This version of Clapper cannot drive {name} yet.")
    return module


def parts(settings: Mapping[str, str]) -> Parts:
    """Enough to make an adapter that stands alone."""
    return Parts(settings=settings, folder=Path(tempfile.gettempdir()), clock=RealClock())
