"""The database: one transaction a call, in threads of its own, never on the event loop.

SQLite has one writer anyway: its writes queue in one thread, each BEGIN IMMEDIATE, while readers go on beside it.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from adapters.storage.sql.address import is_sqlite, place
from adapters.storage.sql.hands import Hands
from adapters.storage.sql.trouble import meaning
from adapters.storage.sql.written import Given, Written
from bot.domain.errors import ClapperError
from bot.ports.watch import Unwatched, Watch

T = TypeVar("T")
Work = Callable[[Session], T]

READERS = 2  # a read of SQLite takes tens of microseconds: more threads would wait for the interpreter's lock
CONNECTIONS = 8  # to PostgreSQL, where threads wait for the network
WAIT_SECONDS = 10.0
# A machine that went without a word is noticed after half a minute: by itself the system would wait for a quarter of an hour or two hours.
NOTICED = {"keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3", "tcp_user_timeout": "30000"}
# What a program locked that stands still, or whose machine is gone, is free again after this.
NO_LONGER = "SET idle_in_transaction_session_timeout = '30s'"
REST_SECONDS = 1.0


class Database:
    """`wait_seconds` is how long a call waits for another program's lock, or for PostgreSQL to answer a connection."""

    def __init__(self, url: URL, wait_seconds: float = WAIT_SECONDS, watch: Watch | None = None) -> None:
        sqlite = is_sqlite(url)
        self._url, self._watch = url, watch or Unwatched()
        # Of a single statement PostgreSQL makes a transaction by itself, and begins others where it is told.
        options: dict[str, Any] = {} if sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._engine = open_engine(url, wait_seconds, poolclass=NullPool, **options)
        self._begin = "BEGIN IMMEDIATE" if sqlite else "BEGIN"
        self._error = self._engine.dialect.loaded_dbapi.Error
        self._thread, self._broke_at = threading.local(), 0.0
        self._lines: set[Line] = set()
        self._readers = Hands(READERS if sqlite else CONNECTIONS, "database")
        self._writers = Hands(1, "database-writer") if sqlite else self._readers

    async def read(self, work: Work[T]) -> T:
        """Each statement sees what is committed by then."""
        return await self._run("read", self._readers, lambda line: line.alone(work))

    async def write(self, work: Work[T], *, alone: bool = False) -> T:
        """`alone` says that the work is one statement."""
        if alone:
            return await self._run("write", self._writers, lambda line: line.alone(work))
        return await self.transact(lambda transaction: work(transaction.session))

    async def transact(self, work: "Callable[[Transaction], T]", *, lasting: bool = False) -> T:
        """`lasting` waits until the disk has it: not even a power cut takes it back."""
        return await self._run("write", self._writers, lambda line: line.transact(work, self._begin, lasting=lasting))

    async def ask(self, statement: Written, given: Given) -> Sequence[Any]:
        """The rows of one statement that changes nothing."""
        return await self._run("read", self._readers, lambda line: line.run(statement, given))

    @property
    def dialect(self) -> str:
        return self._engine.dialect.name

    @property
    def joins(self) -> bool:
        """Whether one statement may change several tables."""
        return self.dialect == "postgresql"

    async def tell(self, statement: Written, given: Given) -> Sequence[Any]:
        """One statement that changes something, and the rows that it returns."""
        return await self._run("write", self._writers, lambda line: line.run(statement, given))

    async def _run(self, kind: str, threads: Hands, work: "Callable[[Line], T]") -> T:
        with self._watch.step("database", kind=kind):
            asked = perf_counter()
            done, began = await threads.do(partial(self._once, work))
            self._watch.took("database_wait", began - asked, kind=kind)
            return done

    def _once(self, work: "Callable[[Line], T]") -> tuple[T, float]:
        """What the work gave, and when its turn came. After an error of the database the thread connects anew."""
        began = perf_counter()
        try:
            return work(self._line()), began
        except (SQLAlchemyError, self._error) as error:
            self._hang_up()
            self._broke_at = perf_counter()
            told = self._told(error)
            clear = meaning(told, self._url) if isinstance(told, DBAPIError) else None
            if clear is None:
                raise
            raise clear from told

    def _told(self, error: Exception) -> Exception:
        """The driver's own error as SQLAlchemy would tell it."""
        if isinstance(error, SQLAlchemyError):
            return error
        statement, dialect = " ".join(getattr(error, "__notes__", ())), self._engine.dialect
        told = DBAPIError.instance(statement, {}, error, self._error, hide_parameters=True, dialect=dialect)
        assert isinstance(told, DBAPIError)
        return told

    def _line(self) -> "Line":
        """This thread's own connection. One that rested, or was last used before another one broke, is asked whether it still stands."""
        line: Line | None = getattr(self._thread, "line", None)
        if line is not None and not line.stands(self._broke_at):
            self._hang_up()
            line = None
        if line is None:
            line = self._thread.line = Line(self._engine)
            self._lines.add(line)
        return line

    def _hang_up(self) -> None:
        line: Line | None = getattr(self._thread, "line", None)
        if line is not None:
            self._thread.line = None
            self._lines.discard(line)
            line.close()

    async def aclose(self) -> None:
        """Finishes what is queued, then closes every connection."""
        for threads in (self._writers, self._readers):
            await asyncio.to_thread(threads.close)
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        for line in self._lines:
            line.close()
        self._engine.dispose()


class Line:
    """A thread's own connection, kept from one call to the next."""

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.connect().execution_options(begin="")
        self._driver: Any = self.connection.connection.driver_connection
        self._cursor: Any = self._driver.cursor()
        self._sqlite = engine.dialect.name == "sqlite"
        if not self._sqlite:
            self._cursor.execute(NO_LONGER)
        self._lasting = False
        self._used = perf_counter()

    def stands(self, broke_at: float) -> bool:
        now, used = perf_counter(), self._used
        self._used = now
        if self._sqlite or (now - used < REST_SECONDS and used > broke_at):
            return True
        try:
            self._cursor.execute("")
        except Exception:  # noqa: BLE001 - whatever is wrong with it, there will be another
            return False
        return True

    def run(self, statement: Written, given: Given) -> Sequence[Any]:
        return statement.run(self._cursor, self.connection.dialect, given)

    def alone(self, work: Work[T]) -> T:
        with self.session() as session, session.begin():
            return work(session)

    def session(self) -> Session:
        return Session(self.connection, autoflush=False, expire_on_commit=False)

    def transact(self, work: "Callable[[Transaction], T]", begin: str, *, lasting: bool) -> T:
        if self._sqlite and lasting is not self._lasting:
            self._cursor.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'NORMAL'}")
            self._lasting = lasting
        self._cursor.execute(begin)
        transaction = Transaction(self)
        try:
            done = work(transaction)
            transaction.end()
            self._driver.commit()
        except BaseException:
            with suppress(Exception):  # a broken connection has nothing to take back
                transaction.end(commit=False)
                self._driver.rollback()
            raise
        return done

    def close(self) -> None:
        """It may be broken, so nothing is taken back or said any more."""
        with suppress(Exception):
            self.connection.invalidate()
            self.connection.close()


class Transaction:
    """What is done in it is done all together, or not at all."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._session: Session | None = None

    @property
    def dialect(self) -> str:
        return self._line.connection.dialect.name

    def run(self, statement: Written, given: Given) -> Sequence[Any]:
        return self._line.run(statement, given)

    @property
    def session(self) -> Session:
        """For what is seldom done, with all that SQLAlchemy can do."""
        if self._session is None:
            self._session = self._line.session()
        return self._session

    def end(self, *, commit: bool = True) -> None:
        if self._session is not None:
            (self._session.commit if commit else self._session.rollback)()
            self._session.close()


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
        return create_engine(url, hide_parameters=True, **options)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise ClapperError("PostgreSQL needs a driver: install clapper[postgres].") from error


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
        if begin := connection.get_execution_options().get("begin", "BEGIN"):
            connection.exec_driver_sql(begin)
