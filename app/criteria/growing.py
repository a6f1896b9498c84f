"""Growth for show: the rate of a row's years, cut off to ten-thousandths. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor, isqrt
from typing import Any

from app.criteria.interval import WHOLE
from app.criteria.plan import Plan
from app.criteria.tree import Growth


def growth_of(
    plan: Plan, growth: Growth, row: Mapping[Any, Any]
) -> tuple[int | None, int | None]:  # fmt: skip
    """The rate where every year it needs is known and the base is positive, else unknown."""
    numbers = [plan.fact(year) for year in growth.years]
    bounds = [(row[f"f{n}_lo"], row[f"f{n}_hi"]) for n in numbers]
    known = [low if low == high else None for low, high in bounds]
    found = rate(growth.how, known)
    return found, found


def rate(how: str, years: list[int | None]) -> int | None:
    """Ten-thousandths grown, the oldest year first; None where it cannot be told."""
    first, last = years[0], years[-1]
    if how == "yearly":
        return _cut(_step(first, last))
    if how == "compound":
        if first is None or last is None or first <= 0 or last < 0:
            return None
        return isqrt(last * WHOLE * WHOLE // first) - WHOLE
    second = years[1]
    late = _step(second, last)
    if how == "mean_scored" and last is not None and last < 0:
        return None
    if how == "mean_scored" and first is not None and first <= 0:
        return _cut(late)
    early = _step(first, second)
    return None if early is None or late is None else _cut((early + late) / len("ab"))


def _step(base: int | None, value: int | None) -> Fraction | None:
    if base is None or value is None or base <= 0:
        return None
    return Fraction(value - base, base)


def _cut(value: Fraction | None) -> int | None:
    return None if value is None else floor(value * WHOLE)
