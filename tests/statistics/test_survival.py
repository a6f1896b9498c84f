"""The curve: hand-made cases, a second way to compute it, and what must always hold."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics.survival import Life, curve

lives = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.booleans()).map(
        lambda t: Life(min(t[:2]), max(t[:2]), t[2])
    ),
    max_size=60,
)


def by_definition(all_lives: list[Life], month: int) -> Fraction:
    """Share that has reached the event by a month, multiplied up from counts made anew."""
    left = Fraction(1)
    for m in range(month + 1):
        watched = [life for life in all_lives if life.enters <= m <= life.leaves]
        reached = [life for life in watched if life.event and life.leaves == m]
        if reached:
            left *= 1 - Fraction(len(reached), len(watched))
    return 1 - left


def test_a_textbook_case() -> None:
    """Six subjects: events at 6, 6, 10; still watched at 6, 9, 11."""
    found = curve([
        Life(0, 6, True), Life(0, 6, True), Life(0, 6, False),
        Life(0, 9, False), Life(0, 10, True), Life(0, 11, False),
    ])  # fmt: skip
    assert [found.at(m).share for m in (5, 6, 9, 10, 11)] == [
        0, Fraction(1, 3), Fraction(1, 3), Fraction(2, 3), Fraction(2, 3),
    ]  # fmt: skip
    assert [found.at(m).at_risk for m in (0, 6, 7, 10, 11)] == [6, 6, 3, 2, 1]
    assert found.at(12) is None
    assert found.median == 10
    assert (found.lives, found.events) == (6, 3)


def test_greenwood_on_the_log_scale() -> None:
    """S = 0.8 with spread 2/(10·8): the bounds that statistics packages print for it."""
    found = curve([Life(0, 4, True)] * 2 + [Life(0, 9, False)] * 8).at(4)
    assert found is not None
    assert abs(1 - found.interval.high - Fraction("0.4087")) < Fraction(1, 10_000)
    assert abs(1 - found.interval.low - Fraction("0.9459")) < Fraction(1, 10_000)


def test_nobody_and_everybody() -> None:
    assert curve([]).steps == ()
    assert curve([]).median is None
    still = curve([Life(0, 3, False)] * 4)
    assert [s.share for s in still.steps] == [0, 0, 0, 0]
    assert still.steps[0].interval.high > 0
    done = curve([Life(0, 0, True)] * 4)
    assert done.steps[0].share == 1
    assert done.steps[0].interval.low < 1


def test_late_entries_are_not_at_risk_before() -> None:
    found = curve([Life(0, 5, True), Life(10, 12, True), Life(10, 20, False)])
    assert [found.at(m).at_risk for m in (4, 5, 6, 10)] == [1, 1, 0, 2]
    # all who were watched at month 5 reached it then: what joined later cannot undo that
    assert found.at(12).share == 1


def test_a_life_that_ends_before_it_begins_is_refused() -> None:
    for wrong in (Life(5, 4, True), Life(-1, 4, True)):
        with pytest.raises(ValueError, match="Life"):
            curve([wrong])


@given(lives)
def test_equal_to_the_definition(all_lives: list[Life]) -> None:
    found = curve(all_lives)
    for step in found.steps:
        assert step.share == by_definition(all_lives, step.month)


@given(lives)
def test_never_falls_and_lies_within_its_interval(all_lives: list[Life]) -> None:
    steps = curve(all_lives).steps
    for before, after in pairwise(steps):
        assert before.share <= after.share
    for step in steps:
        assert 0 <= step.interval.low <= step.interval.high <= 1
        assert step.interval.low <= step.share <= step.interval.high


@given(lives, st.randoms())
def test_order_does_not_matter(all_lives: list[Life], chance) -> None:
    shuffled = list(all_lives)
    chance.shuffle(shuffled)
    assert curve(shuffled) == curve(all_lives)


@given(lives)
def test_without_censoring_it_is_the_plain_share(all_lives: list[Life]) -> None:
    full = [Life(0, life.leaves, True) for life in all_lives]
    for step in curve(full).steps:
        assert step.share == Fraction(sum(x.leaves <= step.month for x in full), len(full))
