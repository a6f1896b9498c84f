"""Share that has reached an event by a number of full months (Kaplan–Meier), in fractions.

A life is followed from `enters` to `leaves`, both in full months since its own beginning. One
that joins late (left-truncated) is at risk only from the month it joined; one that is still
under way when it leaves (right-censored) is at risk up to and including that month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from app.statistics.intervals import DEVIATE, PARTS, Interval, wilson

_WORK = Context(prec=28)


class Life(NamedTuple):
    """One subject: months at which it comes into view and leaves it, and whether by the event."""

    enters: int
    leaves: int
    event: bool


@dataclass(frozen=True)
class Step:
    """The state of a curve at a month: share reached, its interval, and who is still watched."""

    month: int
    share: Fraction
    interval: Interval
    at_risk: int
    events: int


@dataclass(frozen=True)
class Curve:
    """A curve with one step for each month from 0 to the last one that anybody was watched."""

    lives: int
    events: int
    steps: tuple[Step, ...]

    def at(self, month: int) -> Step | None:
        """The step at a month; None where nobody was watched so long."""
        return self.steps[month] if 0 <= month < len(self.steps) else None

    @property
    def median(self) -> int | None:
        """The first month at which half have reached the event."""
        half = (step.month for step in self.steps if 2 * step.share >= 1)
        return next(half, None)


def curve(lives: Iterable[Life]) -> Curve:
    """The curve of the lives. Raises ValueError for one that leaves before it enters."""
    joined: Counter[int] = Counter()
    ended: Counter[int] = Counter()
    events: Counter[int] = Counter()
    total = 0
    for life in lives:
        if life.leaves < life.enters or life.enters < 0:
            raise ValueError(life)
        total += 1
        joined[life.enters] += 1
        ended[life.leaves] += 1
        if life.event:
            events[life.leaves] += 1
    return Curve(total, sum(events.values()), tuple(_steps(joined, ended, events)))


def _steps(joined: Counter[int], ended: Counter[int], events: Counter[int]) -> Iterable[Step]:
    survival, spread, at_risk = Fraction(1), Fraction(0), 0
    for month in range(max(ended, default=-1) + 1):
        at_risk += joined[month]
        reached = events[month]
        if reached:
            survival *= Fraction(at_risk - reached, at_risk)
            if at_risk > reached:
                spread += Fraction(reached, at_risk * (at_risk - reached))
        yield Step(month, 1 - survival, _interval(survival, spread, at_risk), at_risk, reached)
        at_risk -= ended[month]


def _interval(survival: Fraction, spread: Fraction, at_risk: int) -> Interval:
    """Greenwood's spread on the log-minus-log scale; at 0 and 1, where that fails, Wilson's."""
    if survival == 1:
        return Interval(Fraction(0), wilson(0, at_risk).high)
    if survival == 0:
        return Interval(wilson(at_risk, at_risk).low, Fraction(1))
    log = _WORK.ln(_decimal(survival))
    swing = _WORK.exp(_WORK.divide(_WORK.multiply(DEVIATE, _WORK.sqrt(_decimal(spread))), -log))
    more = _WORK.exp(_WORK.multiply(log, swing))
    less = _WORK.exp(_WORK.divide(log, swing))
    return Interval(1 - _part(less), 1 - _part(more))


def _decimal(value: Fraction) -> Decimal:
    return _WORK.divide(Decimal(value.numerator), Decimal(value.denominator))


def _part(value: Decimal) -> Fraction:
    return Fraction(int((value * PARTS).to_integral_value()), PARTS)
