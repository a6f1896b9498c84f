"""Intervals: published values, and what must hold for any count."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.statistics.intervals import PARTS, change, poisson, rate, rounded, wilson

# Garwood (1936) and the tables made from it, as many places as told.
GARWOOD = {
    0: ("0.0000", "3.6889"),
    1: ("0.0253", "5.5716"),
    2: ("0.2422", "7.2247"),
    5: ("1.6235", "11.6683"),
    9: ("4.1154", "17.0848"),
    10: ("4.7954", "18.3904"),
    100: ("81.36", "121.63"),
}


@pytest.mark.parametrize(("events", "bounds"), GARWOOD.items())
def test_poisson_agrees_with_the_published_table(events: int, bounds: tuple[str, str]) -> None:
    for found, told in zip(poisson(events), bounds, strict=True):
        places = len(told.partition(".")[2])
        assert rounded(found, places) == Decimal(told)


def test_poisson_of_a_whole_district() -> None:
    low, high = poisson(5_000)
    assert 4_861 < low < 4_863
    assert 5_140 < high < 5_142


@given(st.integers(0, 300))
@settings(deadline=None)
def test_poisson_holds_the_count_and_grows_with_it(events: int) -> None:
    low, high = poisson(events)
    assert (low < events < high) if events else (low == 0 < high)
    later = poisson(events + 1)
    assert low < later.low
    assert high < later.high


# Wilson (1927); the shares of Newcombe's (1998) examples, to four places.
WILSON = {
    (81, 263): ("0.2553", "0.3662"),
    (15, 148): ("0.0624", "0.1605"),
    (0, 20): ("0.0000", "0.1611"),
    (1, 29): ("0.0061", "0.1718"),
}


@pytest.mark.parametrize(("seen", "bounds"), WILSON.items())
def test_wilson_agrees_with_the_published_examples(
    seen: tuple[int, int], bounds: tuple[str, str]
) -> None:
    low, high = wilson(*seen)
    assert (rounded(low, 4), rounded(high, 4)) == tuple(map(Decimal, bounds))


@given(st.integers(0, 50_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_is_symmetric(seen: tuple[int, int]) -> None:
    part, whole = seen
    low, high = wilson(part, whole)
    assert 0 <= low <= high <= 1
    if whole:
        assert low <= Fraction(part, whole) <= high
    other = wilson(whole - part, whole)
    assert abs((1 - other.high) - low) <= Fraction(1, PARTS)
    assert abs((1 - other.low) - high) <= Fraction(1, PARTS)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_bounds_solve_its_equation(seen: tuple[int, int]) -> None:
    """One part outside the interval the equation no longer holds; one part inside it does."""
    part, whole = seen
    square = Fraction("1.959963984540054") ** 2

    def holds(p: Fraction) -> bool:
        return (Fraction(part, whole) - p) ** 2 <= square * p * (1 - p) / whole

    low, high = wilson(part, whole)
    step = Fraction(1, PARTS)
    assert low == 0 or not holds(low)
    assert low == 0 or holds(low + step)
    assert high == 1 or not holds(high)
    assert high == 1 or holds(high - step)


def test_impossible_shares_are_refused() -> None:
    for part, whole in ((-1, 3), (4, 3)):
        with pytest.raises(ValueError, match="of 3"):
            wilson(part, whole)
    with pytest.raises(ValueError, match="-1"):
        poisson(-1)


@given(st.fractions(min_value=0, max_value=1_000), st.integers(0, 4))
def test_rounding_is_half_up_and_outwards_on_demand(value: Fraction, places: int) -> None:
    unit = Fraction(1, 10**places)
    assert abs(Fraction(rounded(value, places)) - value) <= unit / 2
    assert Fraction(rounded(value, places, "ROUND_FLOOR")) <= value
    assert Fraction(rounded(value, places, "ROUND_CEILING")) >= value


def test_rounding_of_a_half_goes_up() -> None:
    assert rounded(Fraction(5, 100), 1) == Decimal("0.1")
    assert rounded(Fraction(-5, 100), 1) == Decimal("0.0")


def test_a_rate_without_exposure_is_no_rate() -> None:
    assert rate(0, Fraction(0)) is None
    assert rate(3, Fraction(0)) is None


def test_a_rate_and_its_interval() -> None:
    found = rate(9, Fraction("118.4"))
    assert found is not None
    value, interval = found
    assert rounded(value, 1) == Decimal("7.6")
    assert (rounded(interval.low, 1), rounded(interval.high, 1)) == (
        Decimal("3.5"),
        Decimal("14.4"),
    )


def test_change_on_the_year_before() -> None:
    assert change(138, 134) == Fraction(4, 134)
    assert change(5, 0) is None
    assert change(0, 5) == -1
