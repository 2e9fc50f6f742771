"""Whether a database is as this program needs it, and whether somebody else has it open."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Index, NullPool, Table, inspect, text
from sqlalchemy.exc import OperationalError

from adapters.storage.sql.address import address, is_sqlite, place
from adapters.storage.sql.database import open_engine
from adapters.storage.sql.migrate import NEEDED, connected, sentence, stored
from adapters.storage.sql.passing import HoldRow, PassingRow  # noqa: F401 - tables are known once they are imported
from adapters.storage.sql.rows import Row
from bot.domain.errors import ClapperError

SEARCH = "clip_search"
MOST_TOLD = 10
_RESTORE = "Restore it from a backup."
_OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
AND application_name = current_setting('application_name')
"""
_INVALID = "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid ORDER BY 1"


@dataclass(frozen=True, slots=True)
class Health:
    """`has` and `needs` are revisions; `problems` are sentences, each with what to do. None of them where all is well."""

    place: str
    has: str | None
    needs: str
    problems: tuple[str, ...]


def check(url: str) -> Health:
    """Reads everything once and writes nothing. Raises ClapperError or OSError where the database cannot be asked at all."""
    where = address(url)
    if is_sqlite(where) and not Path(where.database or "").exists():
        return Health(place(where), None, NEEDED, (str(sentence(where, None)),))
    with connected(where, "BEGIN IMMEDIATE") as connection:
        has = stored(connection)
        problems = [*_writable(connection, where), *_whole(connection, where)]
        if (say := sentence(where, has)) is not None:
            problems.append(say)
        else:
            problems += _missing(connection, where)
        return Health(place(where), has, NEEDED, tuple(problems[:MOST_TOLD]))


def others(url: str) -> bool:
    """Whether another Clapper has the database open, even if it does nothing just now."""
    where = address(url)
    if not is_sqlite(where):
        with connected(where, "BEGIN") as connection:
            return bool(connection.execute(text(_OTHERS)).scalar())
    engine = open_engine(where, 0.5, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.rollback()
            # SQLite leaves its write-ahead log only for whoever is alone with the file; the next to open it returns to it.
            return driver.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete"
    except (sqlite3.OperationalError, OperationalError):
        return True
    finally:
        engine.dispose()


def check_alone(url: str) -> None:
    """Raises ClapperError where another Clapper has the database open."""
    if others(url):
        where = place(address(url))
        raise ClapperError(f"Another Clapper has {where} open. Stop each that runs, then do this again.")


def _writable(connection: Connection, where: URL) -> Iterator[str]:
    if not is_sqlite(where) and connection.execute(text("SHOW transaction_read_only")).scalar() == "on":
        yield f"{_named(where)} takes no writes. Name the primary server in CLAPPER_DATABASE_URL, not a standby."


def _whole(connection: Connection, where: URL) -> Iterator[str]:
    if not is_sqlite(where):
        for (index,) in connection.execute(text(_INVALID)):
            yield f"{_named(where)} has an index that was not built to its end. Run `REINDEX INDEX {index}` in it."
        return
    damage = [row[0] for row in connection.exec_driver_sql("PRAGMA quick_check(3)")]
    if damage != ["ok"]:
        yield f"{_named(where)} is damaged ({damage[0]}). {_RESTORE}"
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3):
        yield f"{_named(where)} has a row in {table} ({row}) that belongs to nothing in {parent}. {_RESTORE}"


def _missing(connection: Connection, where: URL) -> Iterator[str]:
    """What the revision says is there and is not: somebody changed the tables by hand, or a restore went only half way."""
    found = inspect(connection)
    tables = set(found.get_table_names())
    for table in Row.metadata.sorted_tables:
        if table.name not in tables:
            yield f"{_named(where)} has no table {table.name}. {_RESTORE}"
            continue
        lacking = set(table.columns.keys()) - {column["name"] for column in found.get_columns(table.name)}
        for name in sorted(lacking):
            yield f"{_named(where)} has no column {table.name}.{name}. {_RESTORE}"
        there = {index["name"] for index in found.get_indexes(table.name)}
        for index in _indexes(table):
            if index.name not in there:
                yield f"{_named(where)} has no index {index.name}: it is slow without. {_RESTORE}"
    if SEARCH not in tables:
        yield f"{_named(where)} has no index of words ({SEARCH}), so no film is found. {_RESTORE}"


def _indexes(table: Table) -> list[Index]:
    return sorted(table.indexes, key=lambda index: str(index.name))


def _named(where: URL) -> str:
    said = place(where)
    return said[0].upper() + said[1:]
