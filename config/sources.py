"""Where settings come from: the environment with `.env`, an operator's TOML, and the defaults beside this file."""

import os
import tomllib
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

from config import BadSettings, names

OPERATOR = "clapper.toml"
LARGEST_BYTES = 1_000_000


def variables() -> dict[str, str]:
    """The environment over a `.env` in the working directory; what is empty counts as not set."""
    return {name: value for name, value in {**_dotenv(), **os.environ}.items() if value}


def _dotenv() -> dict[str, str]:
    from dotenv import dotenv_values  # noqa: PLC0415 - only where there may be something to read

    path = Path(".env")
    if not path.is_file():
        return {}
    try:
        return {name: value or "" for name, value in dotenv_values(stream=StringIO(_text(path))).items()}
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path.absolute()} cannot be read ({_why(error)}); mend or remove it.") from error


def environment(given: Mapping[str, str]) -> dict[str, Any]:
    """The settings among these variables, each in its place."""
    tree: dict[str, Any] = {}
    for name, place in names.environment().items():
        if name in given:
            *sections, last = place
            here = tree
            for section in sections:
                here = here.setdefault(section, {})
            here[last] = given[name]
    return tree


def operator_path(given: Mapping[str, str]) -> Path | None:
    """CLAPPER_CONFIG, else a clapper.toml in the working directory, else none."""
    if named := given.get("CLAPPER_CONFIG"):
        return Path(named)
    return Path(OPERATOR) if Path(OPERATOR).is_file() else None


def toml(path: Path) -> dict[str, Any]:
    """Raises BadSettings, naming the file and the line at fault."""
    try:
        return tomllib.loads(_text(path))
    except FileNotFoundError as error:
        say = f"CLAPPER_CONFIG names {str(path)!r}, and there is no such file; correct or unset it."
        raise BadSettings(say) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path} cannot be read ({_why(error)}); mend it.") from error


def defaults() -> dict[str, Any]:
    return toml(Path(__file__).with_name("default.toml"))


def _text(path: Path) -> str:
    """Raises BadSettings for what is no ordinary file or no settings by its size: reading a device has no end."""
    found = path.stat()
    if not S_ISREG(found.st_mode) and not S_ISDIR(found.st_mode):  # reading a folder fails by itself
        raise BadSettings(f"{path} is not an ordinary file; name one with settings.")
    if found.st_size > LARGEST_BYTES:
        limit, size = f"{LARGEST_BYTES // 1_000_000} MB", f"{found.st_size / 1e6:.1f} MB"
        raise BadSettings(f"{path} has {size}, the limit for settings is {limit}; name another file.")
    return path.read_text("utf-8")


def _why(error: Exception) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
