"""Everything Clapper remembers, in SQLite or PostgreSQL.

Settings: `url` (sqlite:///data/clapper.db or postgresql://…), `wait_seconds` (how long to wait for a lock, 10).
"""

from adapters.storage.sql.address import DEFAULT, address
from adapters.storage.sql.database import WAIT_SECONDS, Database
from adapters.storage.sql.examine import examine
from adapters.storage.sql.health import check, check_alone
from adapters.storage.sql.migrate import behind, downgrade, upgrade, would_lose
from adapters.storage.sql.store import store
from bot.domain.errors import ClapperError
from bot.ports.parts import Parts
from bot.ports.storage import Storage

__all__ = ["DEFAULT", "behind", "check", "check_alone", "create", "downgrade", "examine", "upgrade", "would_lose"]


def create(parts: Parts) -> Storage:
    """Opens nothing yet but makes SQLite's folder. Raises ClapperError or OSError with a plain sentence."""
    wait = parts.settings.get("wait_seconds", WAIT_SECONDS)
    try:
        seconds = float(wait)
    except ValueError as error:
        raise ClapperError(f"wait_seconds of the database is a number of seconds, not {wait!r}.") from error
    database = Database(address(parts.settings.get("url") or DEFAULT), seconds, parts.watch)
    return store(database, parts.clock, parts.watch)
