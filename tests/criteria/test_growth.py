"""Growth out of years of every sign, against the regulations' formulas on exact fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, bindparam, cast, select

from app.core.db import session
from app.criteria.growing import rate
from app.criteria.interval import WHOLE, Interval, Rate
from app.criteria.tree import HOW

Value = bool | None
Years = Sequence[int | None]
#: marks of the standards in ten-thousandths, and no growth
MARKS = (0, 400, 500, 1500, 2000, 3500)
LARGE = 10**14


def mean(first: int, second: int, last: int) -> Fraction:
    """½ (Y2/Y1 + Y3/Y2) − 1."""
    return (Fraction(second, first) + Fraction(last, second)) / 2 - 1


def expected(how: str, years: Years, op: str, mark: int) -> Value:
    """What the law says: yes, no, or that it cannot be told."""
    bar = Fraction(mark, WHOLE)

    def over(found: Fraction) -> bool:
        return found >= bar if op == "ge" else found > bar

    first, last = years[0], years[-1]
    if how == "mean_scored" and years[1] is not None and years[1] <= 0:
        return False
    if None in years[:: 2 if how == "compound" else 1] or first is None or last is None:
        return None
    if how == "yearly":
        return over(Fraction(last, first) - 1) if first > 0 else None
    if how == "compound":
        reached = Fraction(last, max(first, 1)), (1 + bar) ** 2
        passed = reached[0] >= reached[1] if op == "ge" else reached[0] > reached[1]
        return passed if first > 0 else None
    second = years[1]
    assert second is not None
    if how == "mean":
        return over(mean(first, second, last)) if first > 0 and second > 0 else None
    if first <= 0:
        return over(Fraction(last, second) - 1)
    if last < 0:  # never put into the formula: at most what a last year of nothing gives
        return None if over(mean(first, second, 0)) else False
    return over(mean(first, second, last))


def engine(how: str, rows: Sequence[Years]) -> list[list[Value]]:
    """What the database says of each row, for each mark and either operator."""
    names = [f"y{n}" for n in range(HOW[how])]
    held = [cast(bindparam(n, type_=BigInteger), BigInteger) for n in names]
    grown = Rate(tuple(Interval(one, one, one) for one in held), how)
    asked: list[Any] = [
        cast(grown.compare(op, mark), Boolean).label(f"{op}{mark}")
        for op in ("ge", "gt")
        for mark in MARKS
    ]
    query = select(*asked)
    found = [session.execute(query, dict(zip(names, row, strict=True))).one() for row in rows]
    session.rollback()
    return [[None if one is None else bool(one) for one in row] for row in found]


def agree(how: str, rows: Sequence[Years]) -> None:
    for row, said in zip(rows, engine(how, rows), strict=True):
        wanted = [expected(how, row, op, mark) for op in ("ge", "gt") for mark in MARKS]
        assert said == wanted, (how, row)


@pytest.mark.parametrize("how", HOW)
def test_every_combination_of_signs(app: Flask, how: str) -> None:
    amounts = (None, -LARGE, -100, 0, 1, 100, 105, 120, LARGE)
    agree(how, list(product(amounts, repeat=HOW[how])))


AMOUNT = st.one_of(
    st.none(), st.integers(-LARGE, LARGE), st.integers(-200, 200), st.integers(1, LARGE)
)


@pytest.mark.parametrize("how", HOW)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_years_of_any_size(app: Flask, how: str, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(*[AMOUNT] * HOW[how]), min_size=1, max_size=40))
    agree(how, rows)


@pytest.mark.parametrize(
    ("years", "points_from", "points_to"),
    [
        ((1000, 1200, 1500), True, True),  # 22.5 %: band C
        ((0, 1200, 1500), True, True),  # 25 % by the last two
        ((-100, 1200, 1500), True, True),
        ((1000, 0, 1500), False, False),  # no points
        ((1000, -5, 1500), False, False),
        ((-100, -50, -20), False, False),
        ((1000, 1200, -1), False, False),  # at most −40 %
        ((100, 1000, -1), None, None),  # 0 to the points of 400 %
        ((-1, 1000, -1), False, False),
    ],
)
def test_net_assets_below_nothing(
    app: Flask, years: Years, points_from: Value, points_to: Value
) -> None:
    said = engine("mean_scored", [years])[0]
    assert (said[MARKS.index(1500)], said[0]) == (points_from, points_to)


def test_what_a_page_shows_of_them() -> None:
    assert rate("mean_scored", [1000, 1200, 1500]) == 2250
    assert rate("mean_scored", [-100, 1200, 1500]) == 2500
    assert rate("mean_scored", [100, 1000, -1]) is None
    assert rate("mean_scored", [1000, -5, 1500]) is None
