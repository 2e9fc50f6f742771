"""How commands print: one JSON document, or text and tables for people."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from bot.domain.plain import plain
from bot.domain.pricing import CENT


def document(value: Any) -> None:
    """Exactly one JSON document on stdout."""
    print(json.dumps(simple(value), ensure_ascii=False, indent=2))


def simple(value: Any) -> Any:  # noqa: PLR0911 - one answer a type
    """Plain JSON types: whole numbers whole, credits as text with two decimals, sets sorted."""
    match value:
        case bool() | int() | None:
            return value
        case float():
            return int(value) if value.is_integer() else value
        case Decimal():
            return str(value.quantize(CENT))
        case dict():
            return {str(name): simple(one) for name, one in value.items()}
        case frozenset() | set():
            return sorted(simple(one) for one in value)
        case list() | tuple():
            return [simple(one) for one in value]
        case _ if is_dataclass(value):
            return {field.name: simple(getattr(value, field.name)) for field in fields(value)}
        case _:
            return str(value)


def say(text: str) -> None:
    """A line for people on stdout."""
    print(plain(text))


def complain(text: str) -> None:
    """A line for people on stderr."""
    print(plain(text), file=sys.stderr)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns for people; where nobody looks, tab-separated lines for `cut` and `grep`."""
    clean = [[plain(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _draw(head, clean)
        return
    for row in clean:
        print("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row))


def _draw(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, name in enumerate(head):
        drawn.add_column(name, overflow="fold", no_wrap=number == 0)
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    Console(markup=False, highlight=False, emoji=False).print(drawn)
