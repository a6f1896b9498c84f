"""Entry cohorts: what became of them, and the curve of graduation by months since entry."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.core.db import session
from app.statistics.asof import AsOf, month_end
from app.statistics.indicators import Outcome
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


def _entries(desk: Desk, **filters: str) -> list[Any]:
    rows, statement = desk.filtered("F-02", filters)
    wanted = (rows.c.day, rows.c.seen_on, rows.c.graduated_on)
    return list(
        session.execute(statement.with_only_columns(*wanted, maintain_column_froms=True)).all()
    )


def cohort(desk: Desk, first: int, last: int) -> Cohort:
    """The cohort that entered in the years `first` to `last`."""
    years = {"year_from": str(first), "year_to": str(last)}
    found = _entries(desk, **years)
    made = curve(lives(found, desk.asof.day))
    return Cohort(first, last, desk.figure("F-01", len(found), **years), made)


def pair(asof: AsOf) -> tuple[tuple[int, int], tuple[int, int]]:
    """Two runs of three entry years: the older one watched for five years and more."""
    return (asof.year - 7, asof.year - 5), (asof.year - 4, asof.year - 2)


@dataclass(frozen=True)
class Year:
    """An entry year in figures."""

    year: int
    entered: Figure
    outcomes: dict[str, Figure]
    curve: Curve


def by_year(desk: Desk) -> list[Year]:
    """Entry years, newest first, with what became of each."""
    numbers = desk.groups("F-01", "year", "outcome")
    entries: dict[int, list[Any]] = defaultdict(list)
    for row in _entries(desk):
        entries[row.day.year].append(row)
    return [
        _year(desk, year, numbers, curve(lives(entries[year], desk.asof.day)))
        for year in sorted({year for year, _outcome in numbers}, reverse=True)
    ]


def _year(desk: Desk, year: int, numbers: dict[tuple[int, str], int], made: Curve) -> Year:
    own = {o.value: numbers.get((year, o.value), 0) for o in Outcome}
    return Year(
        year,
        desk.figure("F-01", sum(own.values()), year=str(year)),
        {o: desk.figure("F-01", n, year=str(year), outcome=o) for o, n in own.items()},
        made,
    )
