"""Inserting a row unless its key is there already."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.storage.sql.rows import Row

_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def add_once(session: Session, row: type[Row], columns: dict[str, Any], unique: str = "id") -> bool:
    """True where the row was added; False where one of the same `unique` is there."""
    insert = _INSERT[session.get_bind().dialect.name]
    added = insert(row).values(**columns).on_conflict_do_nothing(index_elements=[unique]).returning(col(row.number))
    return session.scalar(added) is not None
