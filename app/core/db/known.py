"""The only door to the past: a record's rows as they were known at a cut."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, FromClause, bindparam, select, union_all

from app.core.db.base import Recorded


def known(
    model: type[Recorded],
    cut: int | Any | None = None,
    name: str | None = None,
    columns: Iterable[str] | None = None,
) -> FromClause:
    """Rows of `model` as known at revision `cut`; the table itself when `cut` is None.

    `cut` may be a bound parameter, so that one statement serves every cut. `columns` leaves out
    the others, which spares an engine that writes the past rows down (long texts above all).
    """
    table: Any = model.__table__  # type: ignore[attr-defined]
    if cut is None:
        return table  # type: ignore[no-any-return]
    bound = cut if not isinstance(cut, int) else bindparam(None, cut, BigInteger)
    history = model.__history__
    columns = list(columns or (column.name for column in table.columns))
    return union_all(
        select(*(table.c[c] for c in columns)).where(table.c.rev <= bound),
        select(*(history.c[c] for c in columns)).where(
            history.c.rev <= bound, history.c.rev_to > bound
        ),
    ).subquery(name or f"{table.name}_known")
