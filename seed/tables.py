"""Writing rows with ids chosen here: tables of models, next ids, sequences of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, func, select

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
