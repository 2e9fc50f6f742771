"""Where settings come from: the environment with `.env`, an operator's TOML, and the defaults beside this file."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config import BadSettings, names

OPERATOR = "clapper.toml"


def variables() -> dict[str, str]:
    """The environment over a `.env` in the working directory; what is empty counts as not set."""
    return {name: value for name, value in {**_dotenv(), **os.environ}.items() if value}


def _dotenv() -> dict[str, str]:
    from dotenv import dotenv_values  # noqa: PLC0415 - only where there may be something to read

    path = Path(".env")
    if not path.is_file():
        return {}
    try:
        return {name: value or "" for name, value in dotenv_values(path, encoding="utf-8").items()}
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
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        say = f"CLAPPER_CONFIG names {str(path)!r}, and there is no such file; correct or unset it."
        raise BadSettings(say) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path} cannot be read ({_why(error)}); mend it.") from error


def defaults() -> dict[str, Any]:
    return toml(Path(__file__).with_name("default.toml"))


def _why(error: Exception) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
