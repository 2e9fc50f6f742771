"""Bringing a database to this program's tables; Alembic is loaded only where there is something to do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, NullPool, inspect, text
from sqlalchemy.exc import DBAPIError

from adapters.storage.sql.address import address, is_sqlite, place
from adapters.storage.sql.database import open_engine
from adapters.storage.sql.trouble import meaning
from bot.domain.errors import ClapperError

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
"""Every revision in `migrations/versions`, in order; the last is what this program needs."""

NEEDED = REVISIONS[-1]
FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x0C1A99E8  # any number, the same for every replica


def behind(url: str) -> str | None:
    """Why this program cannot use the database yet, as a sentence; None where it can. Raises OSError where it cannot be asked."""
    where = address(url)
    if is_sqlite(where) and not Path(where.database or "").exists():
        return sentence(where, None)
    with connected(where, "BEGIN") as connection:
        return sentence(where, stored(connection))


def upgrade(url: str) -> bool:
    """Brings the tables up to date, all or nothing, once even where several programs start together; False where they were.

    Raises ClapperError where a newer Clapper wrote the database, OSError where it cannot be reached or written.
    """
    where = address(url)
    with connected(where, "BEGIN IMMEDIATE") as connection:
        if not is_sqlite(where):
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        revision = stored(connection)
        if revision == NEEDED:
            return False
        if revision is not None and revision not in REVISIONS:
            raise ClapperError(sentence(where, revision))
        _run(connection, "upgrade", "head")
        if is_sqlite(where) and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
            raise ClapperError(
                f"After the upgrade {place(where)} would hold broken rows ({broken[0]}); nothing was changed."
            )
        return True


def downgrade(url: str, revision: str) -> None:
    """Takes the tables back to those of an older revision, all or nothing; what only the newer ones held is gone.

    Raises ClapperError where the database is not at a revision that this program knows, OSError where it cannot be reached or written.
    """
    where = address(url)
    with connected(where, "BEGIN IMMEDIATE") as connection:
        if not is_sqlite(where):
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _older(where, stored(connection), revision)
        _run(connection, "downgrade", revision)


def would_lose(url: str, revision: str | None = None) -> tuple[str, Sequence[str]]:
    """The older revision that is meant, the one before where none is named, and what each newer one's tables are for, in words.

    Raises ClapperError where the database is not at a newer revision that this program knows, OSError where it cannot be asked.
    """
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as below

    where = address(url)
    with connected(where, "BEGIN") as connection:
        has = stored(connection)
    if revision is None:
        revision = REVISIONS[max(REVISIONS.index(has) - 1, 0)] if has in REVISIONS else NEEDED
    newer = _older(where, has, revision)
    scripts = ScriptDirectory(str(FOLDER))
    return revision, [scripts.get_revision(one).doc for one in newer]  # pyright: ignore[reportOptionalMemberAccess] - the tests hold that each is there


def _older(where: URL, has: str | None, wanted: str) -> Sequence[str]:
    """The revisions to take back."""
    if has not in REVISIONS:
        raise ClapperError(sentence(where, has))
    if wanted not in REVISIONS[: REVISIONS.index(has)]:
        older = REVISIONS[: REVISIONS.index(has)]
        there = f"Name one of {', '.join(older)}." if older else "There is none before it."
        raise ClapperError(f"{wanted!r} is no revision before the database's own, {has!r}. {there}")
    return REVISIONS[REVISIONS.index(wanted) + 1 : REVISIONS.index(has) + 1]


def sentence(url: URL, revision: str | None) -> str | None:
    """Why a database at this revision cannot be used; None where it can."""
    if revision == NEEDED:
        return None
    where = place(url)
    if revision is None:
        return f"{where[0].upper()}{where[1:]} has no tables of Clapper's yet. Run `clapper db upgrade`."
    if revision in REVISIONS:
        return f"{where[0].upper()}{where[1:]} has the tables of an older Clapper. Run `clapper db upgrade`."
    return f"{where[0].upper()}{where[1:]} was written by a newer Clapper ({revision!r}). Install that version, or name another database."


def stored(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def connected(url: URL, begin: str) -> Iterator[Connection]:
    """One transaction; foreign keys are off on SQLite, where changing a table means making it anew."""
    engine = open_engine(url, foreign_keys=False, poolclass=NullPool)
    try:
        with engine.execution_options(begin=begin).begin() as connection:
            yield connection
    except DBAPIError as error:
        clear = meaning(error, url)
        if clear is None:
            raise
        raise clear from error
    finally:
        engine.dispose()


def _run(connection: Connection, which: str, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - 11 MB that a start with tables up to date does without
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    getattr(command, which)(config, revision)
