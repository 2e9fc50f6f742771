"""Which database a URL names, and what is said where it names none."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import ClapperError

DEFAULT = "sqlite:///data/clapper.db"
_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_EXAMPLES = "Write sqlite:///data/clapper.db or postgresql://user:password@host/database in CLAPPER_DATABASE_URL."


def address(url: str) -> URL:
    """The URL with its driver named. Raises ClapperError with a sentence; a URL may hold a password and is never repeated."""
    try:
        parsed = make_url(url.strip())
    except (ArgumentError, ValueError) as error:
        raise ClapperError(f"The database URL cannot be read. {_EXAMPLES}") from error
    driver = _DRIVERS.get(parsed.drivername.lower())
    if driver is None:
        raise ClapperError(
            f"Clapper keeps its records in SQLite or PostgreSQL, not in {parsed.drivername!r}. {_EXAMPLES}"
        )
    named = parsed.set(drivername=driver)
    if driver == "sqlite+pysqlite":
        if not named.database or named.database == ":memory:":
            raise ClapperError(f"A database in memory would forget every job at a restart. {_EXAMPLES}")
        named = named.set(database=str(Path(named.database).expanduser()))
    return named


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def place(url: URL) -> str:
    """The database in words, without its password."""
    if is_sqlite(url):
        return f"the database file {url.database}"
    return f"the database {url.database or ''!r} at {url.host or url.query.get('host') or 'this machine'}"
