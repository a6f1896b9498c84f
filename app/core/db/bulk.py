"""Many rows of one table at once, without SQLAlchemy's work for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert

from app.core.db.session import session


def insert_rows(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns, with nothing looked up for each of them.

    As `session.execute(insert(table), rows)`, but a column left out must have its default in
    the database.
    """
    connection = session.connection()
    dialect = connection.dialect
    statement = insert(table).compile(dialect=dialect, column_keys=list(rows[0]))
    made = [dict(row) for row in rows]
    for name in rows[0]:
        work = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        if work is not None:
            for row in made:
                row[name] = work(row[name])
    connection.exec_driver_sql(str(statement), made)
