"""The number of days between two dates, which the engines spell differently."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class days_between(GenericFunction[int]):
    """Days from the first date to the second, negative when the second is earlier."""

    type = Integer()
    inherit_cache = True


@compiles(days_between, "postgresql")
def _subtracted(element: Any, compiler: Any, **kw: Any) -> str:
    first, last = (compiler.process(day, **kw) for day in element.clauses)
    return f"(CAST({last} AS DATE) - CAST({first} AS DATE))"


@compiles(days_between, "sqlite")
def _counted(element: Any, compiler: Any, **kw: Any) -> str:
    first, last = (compiler.process(day, **kw) for day in element.clauses)
    return f"CAST(julianday({last}) - julianday({first}) AS INTEGER)"
