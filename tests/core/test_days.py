"""Calendar arithmetic by the anniversary rule, and what people type."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.days import Period, add_months, month_ord, months_between, working_days_after
from app.core.filters import wan, wan_exact, wan_hidden
from app.core.forms import parse_day, parse_wan

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))


def test_the_limit_day_is_still_within() -> None:
    assert add_months(dt.date(2021, 3, 15), 48) == dt.date(2025, 3, 15)
    assert add_months(dt.date(2024, 2, 29), 12) == dt.date(2025, 2, 28)
    assert add_months(dt.date(2025, 1, 31), 1) == dt.date(2025, 2, 28)


@given(DAYS, st.integers(-240, 240))
def test_months_between_undoes_add_months(day: dt.date, months: int) -> None:
    later = add_months(day, months)
    if months >= 0:
        assert months_between(day, later) == months


@given(DAYS, DAYS)
def test_month_ord_keeps_the_order_of_days(one: dt.date, two: dt.date) -> None:
    assert (month_ord(one) < month_ord(two)) == (one < two)


@given(DAYS)
def test_a_day_lies_in_its_period(day: dt.date) -> None:
    for quarterly in (True, False):
        period = Period.of(day, quarterly)
        assert period.starts <= day < period.ends
        assert Period.parse(period.code) == period
        assert period.previous.ends == period.starts


def test_working_days_skip_weekends() -> None:
    assert working_days_after(dt.date(2026, 11, 20), 10) == dt.date(2026, 12, 4)


@pytest.mark.parametrize(
    "typed",
    [
        "2024-3-15",
        "2024.3.15",
        "2024/03/15",
        "20240315",
        "2024年3月15日",
        "２０２４-０３-１５",
        " 2024-03-15 ",
    ],
)
def test_days_as_people_type_them(typed: str) -> None:
    assert parse_day(typed) == dt.date(2024, 3, 15)


@pytest.mark.parametrize("typed", ["2024-13-01", "2024-02-30", "15/3/2024", "1889-01-01", "明天"])
def test_days_that_are_none(typed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_day(typed)


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("600", 600_000_000),
        ("1,234.56", 1_234_560_000),
        ("500万", 500_000_000),
        ("500万元", 500_000_000),
        ("1.2亿", 12_000_000_000),
        ("3,200元", 320_000),
        ("3 千元", 300_000),
        ("０.０００００１", 1),
        ("0", 0),
    ],
)
def test_money_as_people_type_it(typed: str, fen: int) -> None:
    assert parse_wan(typed) == fen


@pytest.mark.parametrize(
    "typed",
    ["-1", "1e5", "0.0000001", "abc", "100000001", "1.2.3", "", "1,5", "1 2", "-", "—", "(3)"],
)
def test_money_that_is_none(typed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_wan(typed)


@given(st.integers(-(10**14), 10**14))
def test_what_a_box_shows_is_read_back_exactly(fen: int) -> None:
    shown = wan_exact(fen)
    assert parse_wan(shown, signed=True) == fen
    assert parse_wan(f"({wan_exact(abs(fen))})", signed=True) == -abs(fen)
    assert len(shown.partition(".")[2]) >= 2
    assert (wan_hidden(fen) is None) == (shown == wan(fen))


@given(st.integers(0, 10**14))
def test_every_amount_can_be_typed_exactly(fen: int) -> None:
    assert parse_wan(f"{fen // 1_000_000}.{fen % 1_000_000:06d}") == fen
