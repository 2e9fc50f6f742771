"""Names become adapters, by the names of their folders."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from bot.domain.errors import UserError


def adapter(kind: str, name: str) -> ModuleType:
    """The adapter's module. Raises UserError where its folder, what it depends on or its `create` is missing."""
    full = f"adapters.{kind}.{name}"
    if find_spec(full) is None:
        raise UserError(
            f"{name!r} is set up, but there is no {kind} adapter of that name. Remove its settings or install it."
        )
    try:
        module = import_module(full)
    except ModuleNotFoundError as error:
        raise UserError(f"{name!r} is set up, but its package {error.name!r} is not installed.") from error
    if not hasattr(module, "create"):
        raise UserError(
            f"{name!r} is set up, but this version of Clapper cannot drive it yet. Remove its key to start."
        )
    return module


def make_folder(folder: Path) -> None:
    """Raises UserError where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder {str(folder)!r} cannot be made ({error.strerror}). Set CLAPPER_DATA to one that can."
        ) from error
