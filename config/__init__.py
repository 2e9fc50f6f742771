"""Settings: the environment first, then an operator's TOML, then the defaults beside this file."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from config.settings import Settings

__all__ = ["BadSettings", "Settings", "load"]


class BadSettings(Exception):
    """`say` is for the operator: each wrong setting in one sentence, what it may be and what it is."""

    def __init__(self, say: str) -> None:
        super().__init__(say)
        self.say = say


def load() -> "Settings":
    """All settings, checked. Raises BadSettings."""
    from config.settings import read  # noqa: PLC0415 - pydantic takes a fifth of a second: only who loads pays

    return read()


def __getattr__(name: str) -> Any:
    if name == "Settings":
        from config.settings import Settings  # noqa: PLC0415 - as above

        return Settings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
