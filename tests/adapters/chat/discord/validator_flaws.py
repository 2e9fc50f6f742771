"""What a flaw is, and the checks that every part of a payload shares."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Flaw:
    """`path` leads to the field; `code` is Discord's own word where it has one."""

    path: tuple[str | int, ...]
    code: str
    say: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path)) or 'body'}: {self.say} ({self.code})"


Flaws = Iterator[Flaw]


def text_flaws(path: tuple[str | int, ...], value: Any, low: int, high: int) -> Flaws:
    """A string whose length is in bounds; Discord counts characters, not bytes."""
    if not isinstance(value, str):
        yield Flaw(path, "STRING_TYPE_CONVERT", f"must be a string, not {type(value).__name__}")
    elif not low <= len(value) <= high:
        yield Flaw(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length, is {len(value)}.")


def number_flaws(path: tuple[str | int, ...], value: Any, low: int, high: int) -> Flaws:
    if not isinstance(value, int) or isinstance(value, bool):
        yield Flaw(path, "NUMBER_TYPE_COERCE", f"must be a whole number, not {value!r}")
    elif not low <= value <= high:
        yield Flaw(path, "NUMBER_TYPE_RANGE", f"must be between {low} and {high}, is {value}")


def key_flaws(path: tuple[str | int, ...], value: Any, needed: set[str], allowed: set[str]) -> Flaws:
    """An object with what it needs and nothing unknown."""
    if not isinstance(value, dict):
        yield Flaw(path, "DICT_TYPE_CONVERT", f"must be an object, not {type(value).__name__}")
        return
    for key in sorted(needed - value.keys()):
        yield Flaw((*path, key), "BASE_TYPE_REQUIRED", "This field is required")
    for key in sorted(value.keys() - needed - allowed):
        yield Flaw((*path, key), "UNKNOWN_KEY", "a field that Discord does not know here")


def list_flaws(path: tuple[str | int, ...], value: Any, low: int, high: int) -> Flaws:
    if not isinstance(value, list):
        yield Flaw(path, "LIST_TYPE_CONVERT", f"must be a list, not {type(value).__name__}")
    elif not low <= len(value) <= high:
        yield Flaw(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length, has {len(value)}.")
