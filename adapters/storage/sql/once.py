"""Inserting a row unless its key is there already."""

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from adapters.storage.sql.plain import tabled
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
    adding = _adding(session.get_bind().dialect.name, tabled(row), unique)
    return session.connection().execute(adding, columns).scalar()


@cache
def _adding(dialect: str, rows: Table, unique: str) -> Any:
    """Written once: putting it together takes longer than running it."""
    adding = _module(dialect).insert(rows).on_conflict_do_nothing(index_elements=[unique])
    return adding.returning(rows.c.number)
