"""What a database's own errors mean, in one place.

ConnectionError   PostgreSQL does not answer, went away or takes no changes just now; the next call connects anew
TimeoutError      somebody else holds a lock for too long; the call may be made again
OSError           the file or its disk: cannot be opened, is read-only, full or damaged
ClapperError      the tables are missing, older than this program, or somebody else's
Anything else stays what it is: a bug.
"""

import re
import sqlite3

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from adapters.storage.sql.address import is_sqlite, place
from bot.domain.errors import ClapperError

_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DISK = {
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: is the folder there, and may this user write to it?",
    sqlite3.SQLITE_PERM: "may not be opened by this user.",
    sqlite3.SQLITE_READONLY: "is read-only: let this user write to the file and its folder.",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full. Free some space.",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk reports an error.",
    sqlite3.SQLITE_CORRUPT: "is damaged. Restore it from a backup.",
    sqlite3.SQLITE_NOTADB: "is not a database. Name another file, or move this one away.",
}
_SQLITE_NO_TABLE = re.compile("^no such (table|column)|has no column named")
_SQLITE_THEIR_TABLE = re.compile("^table .* already exists$")
_NO_TABLE = {"42P01", "42703"}  # undefined_table, undefined_column
_THEIR_TABLE = {"42P07"}  # duplicate_table
_DISK_FULL = "53100"
# Told as errors of PostgreSQL's own (seen with 18 and psycopg 3.3): it hung up on a program that stood still, or is a standby just now.
_ELSEWHERE = {"25P03", "25006"}  # idle_in_transaction_session_timeout, read_only_sql_transaction
_CONFLICT = {"40001", "40P01", "55P03", "57014"}  # serialization, deadlock, lock timeout, statement timeout


def _upgrade_first(url: URL) -> ClapperError:
    return ClapperError(f"In {place(url)} tables are missing or old. Run `clapper db upgrade`.")


def _not_ours(url: URL) -> ClapperError:
    return ClapperError(
        f"In {place(url)} there are tables that are not Clapper's. Name another database; nothing was changed."
    )


def meaning(error: DBAPIError, url: URL) -> Exception | None:
    """The error to raise instead; None where the database's own says best what a programmer did wrong."""
    return _of_sqlite(error.orig, url) if is_sqlite(url) else _of_postgresql(error, url)


def _of_sqlite(error: object, url: URL) -> Exception | None:
    if not isinstance(error, sqlite3.Error):
        return None
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _LOCKED:
        return TimeoutError(f"Another program keeps {place(url)} locked. It is tried again; close what holds it open.")
    if code in _DISK:
        where = place(url)
        return OSError(f"{where[0].upper()}{where[1:]} {_DISK[code]}")
    if _SQLITE_NO_TABLE.search(str(error)):
        return _upgrade_first(url)
    return _not_ours(url) if _SQLITE_THEIR_TABLE.search(str(error)) else None


def _of_postgresql(error: DBAPIError, url: URL) -> Exception | None:
    state = getattr(error.orig, "sqlstate", None)
    if state in _NO_TABLE:
        return _upgrade_first(url)
    if state in _THEIR_TABLE:
        return _not_ours(url)
    if state in _CONFLICT:
        return TimeoutError(f"Somebody else held a lock in {place(url)} for too long. It may be tried again.")
    if state == _DISK_FULL:
        return OSError(f"The disk of {place(url)} is full. Free some space.")
    if state in _ELSEWHERE or isinstance(error, OperationalError | InterfaceError):
        why = " ".join(str(error.orig).split())
        return ConnectionError(f"There is no connection to {place(url)}: {why}")
    return None
