"""`clapper db upgrade`: the tables of this version."""

from importlib import import_module

from bot.cli import out
from bot.cli.ready import ready


def upgrade(*, json: bool) -> int:
    """Raises ClapperError where a newer Clapper wrote the database, OSError where it cannot be reached."""
    settings = ready(working=True)
    changed = import_module("adapters.storage.sql").upgrade(settings.database_url)
    if json:
        out.document({"changed": changed})
    else:
        out.say("The database is brought up to date." if changed else "The database was up to date already.")
    return 0
