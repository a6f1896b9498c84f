"""Exact primitives that the two engines do not share: products beyond 64 bits, the next day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Numeric, cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from app.core.db import SQLITE_FUNCTIONS

TEN_THOUSAND = 10_000


class product_ge(GenericFunction[bool]):
    """a × b ≥ c × d without rounding or overflow; NULL when any operand is NULL.

    Two amounts in fen multiplied pass 64 bits from about 30 million yuan on: SQLite would turn
    to floating point in silence, PostgreSQL would end the whole batch.
    """

    type = Boolean()
    inherit_cache = True


@compiles(product_ge, "postgresql")
def _product_ge(element: Any, compiler: Any, **kw: Any) -> str:
    a, b, c, d = (cast(part, Numeric) for part in element.clauses)
    return str(compiler.process((a * b >= c * d).self_group(), **kw))


def exact_product_ge(a: int | None, b: int | None, c: int | None, d: int | None) -> bool | None:
    """The same on Python's unbounded integers; SQLite calls it."""
    if a is None or b is None or c is None or d is None:
        return None
    return a * b >= c * d


SQLITE_FUNCTIONS["product_ge"] = (len("abcd"), exact_product_ge)


class mean_growth_ge(GenericFunction[bool]):
    """½ (b/a + c/b) − 1 ≥ t ten-thousandths for three years a, b, c, the first two positive.

    Multiplied out: t's whole × (b² + ac) ≥ 2 (whole + t) ab, exact at any size.
    """

    type = Boolean()
    inherit_cache = True


@compiles(mean_growth_ge, "postgresql")
def _mean_growth_ge(element: Any, compiler: Any, **kw: Any) -> str:
    a, b, c, t = (cast(part, Numeric) for part in element.clauses)
    bar = (TEN_THOUSAND + t) * a * b
    return str(compiler.process((TEN_THOUSAND * (b * b + a * c) >= bar + bar).self_group(), **kw))


def exact_mean_growth_ge(a: int | None, b: int | None, c: int | None, t: int | None) -> bool | None:
    """The same on Python's unbounded integers; SQLite calls it."""
    if a is None or b is None or c is None or t is None:
        return None
    bar = (TEN_THOUSAND + t) * a * b
    return TEN_THOUSAND * (b * b + a * c) >= bar + bar


SQLITE_FUNCTIONS["mean_growth_ge"] = (len("abct"), exact_mean_growth_ge)


class mean_growth_gt(GenericFunction[bool]):
    """The same growth above t."""

    type = Boolean()
    inherit_cache = True


@compiles(mean_growth_gt, "postgresql")
def _mean_growth_gt(element: Any, compiler: Any, **kw: Any) -> str:
    a, b, c, t = (cast(part, Numeric) for part in element.clauses)
    bar = (TEN_THOUSAND + t) * a * b
    return str(compiler.process((TEN_THOUSAND * (b * b + a * c) > bar + bar).self_group(), **kw))


def exact_mean_growth_gt(a: int | None, b: int | None, c: int | None, t: int | None) -> bool | None:
    """The same on Python's unbounded integers; SQLite calls it."""
    if a is None or b is None or c is None or t is None:
        return None
    bar = (TEN_THOUSAND + t) * a * b
    return TEN_THOUSAND * (b * b + a * c) > bar + bar


SQLITE_FUNCTIONS["mean_growth_gt"] = (len("abct"), exact_mean_growth_gt)


class next_day(GenericFunction[dt.date]):
    """The day after. One day is the same on both engines, unlike one month."""

    type = Date()
    inherit_cache = True


@compiles(next_day, "postgresql")
def _next_day(element: Any, compiler: Any, **kw: Any) -> str:
    (day,) = element.clauses
    return f"({compiler.process(day, **kw)} + 1)"


@compiles(next_day, "sqlite")
def _next_day_lite(element: Any, compiler: Any, **kw: Any) -> str:
    (day,) = element.clauses
    return f"date({compiler.process(day, **kw)}, '+1 day')"


class extreme(GenericFunction[int]):
    """Base of the two below. On values that are never NULL: the engines differ about NULL."""

    type = BigInteger()
    inherit_cache = True


class greatest_of(extreme):
    """The greatest of some whole numbers."""

    inherit_cache = True


class least_of(extreme):
    """The smallest of some whole numbers."""

    inherit_cache = True


def _spelled(postgresql: str, sqlite: str) -> Any:
    def spell(element: Any, compiler: Any, **kw: Any) -> str:
        parts = [compiler.process(part, **kw) for part in element.clauses]
        if len(parts) == 1:
            return str(parts[0])
        name = sqlite if compiler.dialect.name == "sqlite" else postgresql
        return f"{name}({', '.join(parts)})"

    return spell


compiles(greatest_of)(_spelled("greatest", "max"))
compiles(least_of)(_spelled("least", "min"))
