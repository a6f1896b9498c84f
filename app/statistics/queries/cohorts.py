"""Entry cohorts: what became of them, and the curve of graduation by months since entry."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.statistics.asof import AsOf, month_end
from app.statistics.indicators import Outcome
from app.statistics.queries.cubes import RECENT, Cube, entered, ever_entered
from app.statistics.queries.figures import Desk, Figure
from app.statistics.survival import Curve, Life, curve

#: Months at which a curve is read in tables.
MARKS = (12, 24, 36, 48, 60)


def full_months(start: dt.date, end: dt.date) -> int:
    """`months_between` for end ≥ start, told from the parts of the dates."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end.day < start.day and not month_end(end))


def lives(rows: Iterable[Any], day: dt.date) -> Iterator[Life]:
    """Entries as lives: watched from when they were on record to graduation or the day.

    One that left without graduating stays under watch and never reaches it. One that had
    graduated before it was on record was never watched, and is left out.
    """
    for began, seen_on, graduated_on in rows:
        enters = full_months(began, seen_on) if seen_on > began else 0
        last = min(graduated_on or day, day)
        leaves = full_months(began, last) if last > began else 0
        if graduated_on is not None and graduated_on < seen_on and seen_on > began:
            continue
        if enters <= leaves:
            yield Life(enters, leaves, graduated_on is not None)


@dataclass(frozen=True)
class Cohort:
    """Entries of some years with their curve."""

    first: int
    last: int
    entered: Figure
    curve: Curve


def _lives(desk: Desk, entries: Cube) -> Iterator[Life]:
    return lives(entries.columns("day", "seen_on", "graduated_on"), desk.asof.day)


def cohort(desk: Desk, first: int, last: int) -> Cohort:
    """The cohort that entered in the years `first` to `last`."""
    years = {"year_from": str(first), "year_to": str(last)}

    def counted() -> tuple[int, Curve]:
        found = entered(desk).where("year", lambda year: first <= year <= last)
        return found.sum(), curve(_lives(desk, found))

    number, made = desk.held(("cohort", first, last), counted)
    return Cohort(first, last, desk.figure("F-01", number, **years), made)


def pair(asof: AsOf) -> tuple[tuple[int, int], tuple[int, int]]:
    """Two runs of three entry years: the older one watched for five years and more."""
    return (asof.year - RECENT, asof.year - 5), (asof.year - 4, asof.year - 2)


@dataclass(frozen=True)
class Year:
    """An entry year in figures."""

    year: int
    entered: Figure
    outcomes: dict[str, Figure]
    curve: Curve


def by_year(desk: Desk) -> list[Year]:
    """Entry years, newest first, with what became of each."""

    def counted() -> list[tuple[int, Counter[Any], Curve]]:
        entries = ever_entered(desk)
        years = ((year, entries.cut(year=year)) for year in entries.by("year"))
        return [(year, own.by("outcome"), curve(_lives(desk, own))) for year, own in years]

    found = desk.held("entry years", counted)
    return [_year(desk, *one) for one in sorted(found, key=lambda one: -one[0])]


def _year(desk: Desk, year: int, numbers: Counter[Any], made: Curve) -> Year:
    own = {o.value: numbers[o.value] for o in Outcome}
    return Year(
        year,
        desk.figure("F-01", sum(own.values()), year=str(year)),
        {o: desk.figure("F-01", n, year=str(year), outcome=o) for o, n in own.items()},
        made,
    )
