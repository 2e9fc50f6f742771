"""Tables without the ORM, for statements that run many times for each film."""

from sqlalchemy import Table

from adapters.storage.sql.rows import Row


def tabled(row: type[Row]) -> Table:
    """The table of a row: statements on it skip what the ORM does around each."""
    return row.metadata.tables[str(row.__tablename__)]
