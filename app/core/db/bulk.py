"""Many rows of one table at once, without SQLAlchemy's work for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table, event, insert

from app.core.db.session import engine, session

#: columns by name, with what makes a value of theirs one of the driver's
Works = list[tuple[str, Any]]

#: What SQLite may do while a new database is filled: leave each commit to the system, which a
#: power cut can undo but not spoil, and carry the journal over in large pieces.
FILLING = ("PRAGMA synchronous=NORMAL", "PRAGMA wal_autocheckpoint=50000")


@contextmanager
def filling() -> Iterator[None]:
    """Fill a database that nobody uses yet; what was written is on the disk at the end.

    For writes that are of no worth unless all are made: a power cut may take the last of them.
    PostgreSQL needs nothing.
    """
    made = engine()
    if made.dialect.name != "sqlite":
        yield
        return

    def relax(connection: Any, _record: Any, _lent: Any) -> None:
        for pragma in FILLING:
            connection.execute(pragma)

    session.rollback()
    event.listen(made, "checkout", relax)
    try:
        yield
    finally:
        session.rollback()
        event.remove(made, "checkout", relax)
        with made.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)")
        made.dispose()  # new connections wait for the disk again


def insert_rows(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns, with nothing looked up for each of them.

    As `session.execute(insert(table), rows)`, but a column left out must have its default in
    the database.
    """
    connection = session.connection()
    text, works = _spelt(table, tuple(rows[0]), connection.dialect)
    made = [dict(row) for row in rows]
    for name, work in works:
        for row in made:
            row[name] = work(row[name])
    connection.exec_driver_sql(text, made)


@lru_cache(maxsize=1000)
def _spelt(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, Works]:
    """The statement for rows of these columns, and the columns whose values it wants changed."""
    statement = insert(table).compile(dialect=dialect, column_keys=list(names))
    works = [
        (name, work)
        for name in names
        if (work := table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) is not None
    ]
    return str(statement), works
