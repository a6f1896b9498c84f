"""Many rows of one table at once, without SQLAlchemy's work for each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table, insert

from app.core.db.session import session

#: columns by name, with what makes a value of theirs one of the driver's
Works = list[tuple[str, Any]]


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
