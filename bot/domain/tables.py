"""Reading values from TOML: each one checked, each mistake told by file, entry and key."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from enum import StrEnum
from math import isfinite
from typing import Any, TypeVar

from bot.domain.errors import BadSettings

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands: in which file, in which entry, under which key."""

    file: str
    entry: str
    key: str = ""

    def at(self, key: str) -> "Spot":
        return Spot(self.file, self.entry, f"{self.key}.{key}" if self.key else key)

    def must(self, wanted: str, found: object) -> BadSettings:
        return self.wrong(f"must be {wanted}, but is {found!r}")

    def wrong(self, what: str) -> BadSettings:
        where = f" {self.key}" if self.key else ""
        return BadSettings(f"{self.file}, {self.entry!r}:{where} {what}.")


Reader = Callable[[object, Spot], Any]
Keys = Mapping[str, Reader]


def text(value: object, spot: Spot) -> str:
    if not isinstance(value, str):
        raise spot.must("text in quotes", value)
    return value


def flag(value: object, spot: Spot) -> bool:
    if not isinstance(value, bool):
        raise spot.must("true or false", value)
    return value


def number(value: object, spot: Spot) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise spot.must("a number", value)
    return float(value)


def whole(value: object, spot: Spot) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise spot.must("a whole number, 0 or more", value)
    return value


def money(value: object, spot: Spot) -> Decimal:
    """Dollars, written as text (`"0.151"`) or as a number."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise spot.must('an amount such as "0.15"', value) from error
    if isinstance(value, bool) or not amount.is_finite() or amount < 0:
        raise spot.must('an amount such as "0.15", 0 or more', value)
    return amount


def day(value: object, spot: Spot) -> date | None:
    """A TOML date; the word `never` takes one away again."""
    if value == "never":
        return None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise spot.must('a date such as 2026-11-20, or "never"', value)
    return value


def one_of(kind: type[E]) -> Reader:
    def read(value: object, spot: Spot) -> E:
        if not isinstance(value, str) or value not in {str(member) for member in kind}:
            raise spot.must(f"one of {', '.join(kind)}", value)
        return kind(value)

    return read


def several(each: Reader) -> Reader:
    def read(value: object, spot: Spot) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise spot.must("a list", value)
        return tuple(each(one, spot) for one in value)

    return read


def record(kind: type[T], keys: Keys) -> Callable[[object, Spot], T]:
    """A table that has every field of `kind` that has no default."""

    def read(value: object, spot: Spot) -> T:
        found = part(value, keys, spot)
        for name in required(kind):
            if name not in found:
                raise spot.wrong(f"lacks {name}")
        return kind(**found)

    return read


def part(value: object, keys: Keys, spot: Spot) -> dict[str, Any]:
    """The fields a table gives, each read by its key's reader."""
    if not isinstance(value, Mapping):
        raise spot.must("a table", value)
    for key in value:
        if key not in keys:
            near = get_close_matches(str(key), keys, n=1)
            raise spot.wrong(f"has the unknown key {key!r}" + (f" (perhaps {near[0]!r})" if near else ""))
    return {key: keys[key](found, spot.at(key)) for key, found in value.items()}


def required(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass that have no default."""
    return tuple(f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING)
