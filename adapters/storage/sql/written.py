"""Statements that run many times for each film: put together once, then run by the driver itself.

SQLAlchemy writes them for each database and says how each type is stored; around every run it would do again what it did the first time, which
takes longer than the statement.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.types import TypeEngine

Given = Mapping[str, Any]
Change = Callable[[Any], Any]


class Written:
    """A Core statement whose parameters have names; `fills` are the columns of an insert, filled by parameters of their names.

    It takes no lists (`in_`). A parameter that is not given raises KeyError.
    """

    def __init__(self, statement: Executable, fills: Sequence[str] | None = None) -> None:
        self._statement, self._fills = statement, fills
        self._forms: dict[str, _Form] = {}

    def run(self, cursor: Any, dialect: Dialect, given: Given) -> Sequence[Any]:
        """The rows that it gives, with a field for each column, on a cursor of the driver."""
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _Form(self._statement, self._fills, dialect)
        return form.run(cursor, given)


class _Form:
    """The statement as one kind of database takes it."""

    def __init__(self, statement: Any, fills: Sequence[str] | None, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=fills)
        self._sql = str(compiled)
        self._usual = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
        self._order: Sequence[str] | None = compiled.positiontup
        # What a table gives by itself is one value for all rows: numbers and words, never a function.
        self._usual |= {column.key: column.default.arg for column in getattr(compiled, "insert_prefetch", ())}
        names = list(compiled.params)
        self._stored = [(name, _storing(compiled.binds[name].type, dialect)) for name in names]
        columns = list(getattr(statement, "exported_columns", ()))
        self._row = namedtuple("Row", [one.key for one in columns], rename=True) if columns else None  # noqa: PYI024 - the columns are known only here
        self._columns, self._dialect = columns, dialect
        self._read: Sequence[tuple[int, Change]] | None = None

    def run(self, cursor: Any, given: Given) -> Sequence[Any]:
        values = {**self._usual, **given}
        stored = {name: values[name] if change is None else change(values[name]) for name, change in self._stored}
        asked = stored if self._order is None else [stored[name] for name in self._order]
        try:
            cursor.execute(self._sql, asked)
        except Exception as error:
            error.add_note(self._sql)  # without what was given, which is people's
            raise
        if self._row is None:
            return ()
        rows = cursor.fetchall()
        if not rows:
            return ()
        if self._read is None:
            kinds = [column[1] for column in cursor.description]
            read = [_reading(one.type, self._dialect, kinds[at]) for at, one in enumerate(self._columns)]
            self._read = [(at, change) for at, change in enumerate(read) if change is not None]
        return [self._made(self._row, self._read, row) for row in rows]

    @staticmethod
    def _made(kind: Any, read: Sequence[tuple[int, Change]], row: Sequence[Any]) -> Any:
        values = list(row)
        for at, change in read:
            values[at] = change(values[at])
        return kind._make(values)


def _storing(type: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return type.dialect_impl(dialect).bind_processor(dialect)


def _reading(type: TypeEngine[Any], dialect: Dialect, given_as: Any) -> Change | None:
    """`given_as` is the driver's own name of the column's type."""
    return type.dialect_impl(dialect).result_processor(dialect, given_as)
