"""Inserting a row unless its key is there already."""

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from adapters.storage.sql.database import Database, Transaction
from adapters.storage.sql.plain import tabled
from adapters.storage.sql.rows import Row
from adapters.storage.sql.written import Written


def inserting(session: Session) -> Any:
    """The database's own `insert`, which knows of conflicts; the other's is not loaded."""
    return _module(session.get_bind().dialect.name).insert


@cache
def _module(dialect: str) -> Any:
    return import_module(f"sqlalchemy.dialects.{dialect}")


def add_once(transaction: Transaction, row: type[Row], columns: dict[str, Any], unique: str = "id") -> bool:
    """True where the row was added; False where one of the same `unique` is there."""
    return added(transaction, row, columns, unique) is not None


def added(transaction: Transaction, row: type[Row], columns: dict[str, Any], unique: str = "id") -> int | None:
    """The number of the row that was added; None where one of the same `unique` is there."""
    rows = transaction.run(_adding(transaction.dialect, tabled(row), unique, tuple(columns)), columns)
    return rows[0].number if rows else None


async def put_once(database: Database, row: type[Row], columns: dict[str, Any], unique: str = "id") -> bool:
    """`add_once` alone in its transaction."""
    return bool(await database.tell(_adding(database.dialect, tabled(row), unique, tuple(columns)), columns))


@cache
def _adding(dialect: str, rows: Table, unique: str, fills: tuple[str, ...]) -> Written:
    adding = _module(dialect).insert(rows).on_conflict_do_nothing(index_elements=[unique])
    return Written(adding.returning(rows.c.number), fills)
