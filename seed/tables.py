"""Writing rows with ids chosen here: tables of models, next ids, sequences of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, func, insert, select

from app.core.db import session


def table_of(model: Any) -> Table:
    """The table of a model."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def next_id(model: Any) -> int:
    """The first unused id of a table."""
    return (session.scalar(select(func.max(model.id))) or 0) + 1


def set_sequences(models: Iterable[Any]) -> None:
    """Let PostgreSQL go on numbering after the ids given by hand; SQLite does so by itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for model in models:
        sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
        session.execute(select(func.setval(sequence, next_id(model), False)))


def load(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns, with nothing looked up for each of them.

    As `session.execute(insert(table), rows)` in a third of the time; a column left out must
    have its default in the database.
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
