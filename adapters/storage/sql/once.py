"""Inserting a row unless its key is there already."""

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.rows import Row


def inserting(session: Session) -> Any:
    """The database's own `insert`, which knows of conflicts; the other's is not loaded."""
    return _module(session.get_bind().dialect.name).insert


@cache
def _module(dialect: str) -> Any:
    return import_module(f"sqlalchemy.dialects.{dialect}")


def add_once(session: Session, row: type[Row], columns: dict[str, Any], unique: str = "id") -> bool:
    """True where the row was added; False where one of the same `unique` is there."""
    return added(session, row, columns, unique) is not None


def added(session: Session, row: type[Row], columns: dict[str, Any], unique: str = "id") -> int | None:
    """The number of the row that was added; None where one of the same `unique` is there."""
    adding = (
        inserting(session)(row)
        .values(**columns)
        .on_conflict_do_nothing(index_elements=[unique])
        .returning(col(row.number))
    )
    return session.scalar(adding)
