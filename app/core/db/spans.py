"""Days between dates and ends of months, which the engines spell differently."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Integer
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


class ends_month(GenericFunction[bool]):
    """Whether a date is the last of its month; NULL of none."""

    type = Boolean()
    inherit_cache = True


@compiles(ends_month, "postgresql")
def _turns(element: Any, compiler: Any, **kw: Any) -> str:
    (day,) = (compiler.process(one, **kw) for one in element.clauses)
    return f"(EXTRACT(DAY FROM CAST({day} AS DATE) + 1) = 1)"


@compiles(ends_month, "sqlite")
def _turns_here(element: Any, compiler: Any, **kw: Any) -> str:
    (day,) = (compiler.process(one, **kw) for one in element.clauses)
    return f"(strftime('%d', {day}, '+1 day') = '01')"
