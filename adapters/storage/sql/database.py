"""The database: one transaction a call, in threads of its own, never on the event loop.

SQLite has one writer anyway: its writes queue in one thread, each BEGIN IMMEDIATE, while readers go on beside it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, Executable, Row, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, NoSuchModuleError
from sqlalchemy.orm import Session

from adapters.storage.sql.address import is_sqlite, place
from adapters.storage.sql.trouble import meaning
from bot.domain.errors import ClapperError
from bot.ports.watch import Unwatched, Watch

T = TypeVar("T")
Work = Callable[[Session], T]
Given = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None

READERS = 2  # a read of SQLite takes tens of microseconds: more threads would wait for the interpreter's lock
CONNECTIONS = 8  # to PostgreSQL, where threads wait for the network
WAIT_SECONDS = 10.0
# A machine that went without a word is noticed after half a minute: by itself the system would wait for a quarter of an hour or two hours.
NOTICED = {"keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3", "tcp_user_timeout": "30000"}
REST_SECONDS = 1.0


class Database:
    """`wait_seconds` is how long a call waits for another program's lock, or for PostgreSQL to answer a connection."""

    def __init__(self, url: URL, wait_seconds: float = WAIT_SECONDS, watch: Watch | None = None) -> None:
        sqlite = is_sqlite(url)
        self._url, self._watch, self._sqlite = url, watch or Unwatched(), sqlite
        self._engine = open_engine(url, wait_seconds, pool_size=READERS + 1 if sqlite else CONNECTIONS, max_overflow=0)
        self._reading = self._engine.execution_options(begin="BEGIN")
        # Of a single statement PostgreSQL makes a transaction by itself: BEGIN and COMMIT would be two more ways there and back.
        self._alone = self._reading if sqlite else self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writing = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        self._lasting = self._engine.execution_options(begin="BEGIN IMMEDIATE", synchronous="FULL")
        self._readers = ThreadPoolExecutor(READERS if sqlite else CONNECTIONS, thread_name_prefix="database")
        self._writers = ThreadPoolExecutor(1, thread_name_prefix="database-writer") if sqlite else self._readers

    async def read(self, work: Work[T]) -> T:
        """Each statement sees what is committed by then."""
        return await self._run("read", self._readers, lambda: _in_session(self._alone, work))

    async def write(self, work: Work[T], *, lasting: bool = False, alone: bool = False) -> T:
        """`lasting` waits until the disk has it: not even a power cut takes it back. `alone` says that the work is one statement."""
        engine = self._lasting if lasting else self._writing
        if alone and not self._sqlite:
            engine = self._alone
        return await self._run("write", self._writers, lambda: _in_session(engine, work))

    async def ask(self, statement: Executable, given: Given = None) -> Sequence[Row[Any]]:
        """The rows of one statement that changes nothing; without the ORM, which takes longer than the statement."""
        return await self._run("read", self._readers, lambda: _at_once(self._alone, statement, given))

    async def tell(self, statement: Executable, given: Given = None) -> Sequence[Row[Any]]:
        """One statement that changes something, and the rows that it returns; without the ORM."""
        engine = self._writing if self._sqlite else self._alone
        return await self._run("write", self._writers, lambda: _at_once(engine, statement, given))

    async def _run(self, kind: str, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        with self._watch.step("database", kind=kind):
            asked = perf_counter()
            loop = asyncio.get_running_loop()
            done, began = await loop.run_in_executor(threads, self._once, work)
            self._watch.took("database_wait", began - asked, kind=kind)
            return done

    def _once(self, work: Callable[[], T]) -> tuple[T, float]:
        """What the work gave, and when its turn came."""
        began = perf_counter()
        try:
            return work(), began
        except DBAPIError as error:
            clear = meaning(error, self._url)
            if clear is None:
                raise
            raise clear from error

    async def aclose(self) -> None:
        """Finishes what is queued, then closes every connection."""
        for threads in (self._writers, self._readers):
            await asyncio.to_thread(threads.shutdown)
        await asyncio.to_thread(self._engine.dispose)


def _in_session(engine: Engine, work: Work[T]) -> T:
    with Session(engine, autoflush=False, expire_on_commit=False) as session, session.begin():
        return work(session)


def _at_once(engine: Engine, statement: Executable, given: Given) -> Sequence[Row[Any]]:
    with engine.begin() as connection:
        found = connection.execute(statement, given)
        return found.all() if found.returns_rows else ()


def open_engine(url: URL, wait_seconds: float = WAIT_SECONDS, *, foreign_keys: bool = True, **options: Any) -> Engine:
    """An error of it never holds what was to be stored: errors are logged, and what people write is not.

    Raises ClapperError where the driver is not installed, OSError where SQLite's folder cannot be made.
    """
    if is_sqlite(url):
        _make_folder(url)
        engine = create_engine(url, connect_args={"timeout": wait_seconds}, hide_parameters=True, **options)
        _tune_sqlite(engine, foreign_keys=foreign_keys)
        return engine
    usual = {"connect_timeout": str(max(2, round(wait_seconds))), "application_name": "clapper", **NOTICED}
    url = url.update_query_dict({name: value for name, value in usual.items() if name not in url.query})
    try:
        engine = create_engine(url, hide_parameters=True, **options)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise ClapperError("PostgreSQL needs a driver: install clapper[postgres].") from error
    _ask_after_rest(engine)
    return engine


def _ask_after_rest(engine: Engine) -> None:
    """A connection that rested is asked whether it still stands before it is used; asking each time would take as long as a read."""

    @event.listens_for(engine, "checkin")
    def rests(_connection: object, record: Any) -> None:
        record.info["since"] = perf_counter()

    @event.listens_for(engine, "checkout")
    def used(connection: Any, record: Any, _proxy: object) -> None:
        if perf_counter() - record.info.get("since", perf_counter()) < REST_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except Exception as gone:
            # The pool then drops what else it holds from before, and connects anew.
            raise DisconnectionError from gone


def _make_folder(url: URL) -> None:
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(f"The folder for {place(url)} cannot be made: {error.strerror or error}.") from error


def _tune_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # `begun` begins each transaction, the driver none
        connection.execute("PRAGMA journal_mode = WAL").close()
        connection.execute("PRAGMA synchronous = NORMAL").close()
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}").close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        begin = options.get("begin", "BEGIN")
        if begin == "BEGIN IMMEDIATE":
            connection.exec_driver_sql(f"PRAGMA synchronous = {options.get('synchronous', 'NORMAL')}")
        connection.exec_driver_sql(begin)
