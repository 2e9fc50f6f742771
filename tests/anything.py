"""Any value of a domain type at all, for tests of what must hold for every one."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from bot.domain.media import RESOLUTIONS

ZONES = (UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8)))
_PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=12) | st.sampled_from(["", "\x00", "@Image1 🎬 \u200fשלום", *RESOLUTIONS]),
    int: st.integers() | st.sampled_from([0, 1]),
    bool: st.booleans(),
    float: st.floats(allow_nan=False),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    datetime: st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from(ZONES)),  # noqa: DTZ001
    type(None): st.none(),
}


def anything(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a domain type, each field by its annotation: a field added later is covered by itself."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if origin in {Union, types.UnionType}:
        return st.one_of([anything(one) for one in inner])
    if origin in {tuple, frozenset}:
        return _several(origin, inner)
    if is_dataclass(origin):  # a generic one: its single type parameter stands for what it was given
        return _built(origin, inner[0])
    if is_dataclass(kind):
        return _built(kind, None)
    assert issubclass(kind, Enum), f"how to make a {kind!r} is not known here"
    return st.sampled_from(list(kind))


def _several(origin: Any, inner: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if origin is frozenset:
        return st.frozensets(anything(inner[0]), max_size=3)
    if inner[1:] == (...,):
        return st.lists(anything(inner[0]), max_size=2).map(tuple)
    return st.tuples(*map(anything, inner))


def _built(kind: Any, parameter: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    whats = {one.name: hints[one.name] for one in fields(kind)}
    return st.builds(
        kind, **{name: anything(parameter if isinstance(what, TypeVar) else what) for name, what in whats.items()}
    )
