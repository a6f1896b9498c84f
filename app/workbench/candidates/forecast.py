"""When a firm's own series reaches the mark of 连续年度累计: the method and nothing else.

The running year is told from the quarters it has, scaled as the year before was; without quarters
the last year goes on growing as it did. Later years grow by the same ratio, which is held between
a half and a double. A forecast looks at the running year and the next one and no further; with
fewer than two things to go by there is none. How often it is right, `hindsight` counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from app.core.days import Period

#: a year-on-year ratio beyond these is not carried on
SLOWEST, FASTEST = Fraction(1, 2), Fraction(2)
QUARTERS = 4


@dataclass
class Series:
    """Turnover in fen: of full years, and cumulative by (year, quarter)."""

    years: dict[int, int] = field(default_factory=dict)
    parts: dict[tuple[int, int], int] = field(default_factory=dict)

    def until(self, day: dt.date, due: str) -> Series:
        """What was due by a day: years from the month and day that `due` (MM-DD) names in the
        year after, quarters from a month after their end."""
        last = due_year(day, due)
        return Series(
            {year: amount for year, amount in self.years.items() if year <= last},
            {
                part: amount
                for part, amount in self.parts.items()
                if Period(*part).ends + dt.timedelta(days=30) <= day
            },
        )


@dataclass(frozen=True)
class Mark:
    """The clause: more than `amount` fen over `years` consecutive years; `strict`: not exactly
    as much. `due` is the month and day (MM-DD) by which the year after brings a year's figures."""

    amount: int
    years: int
    strict: bool
    due: str

    def reached(self, run: int) -> bool:
        """Whether a sum is enough."""
        return run > self.amount if self.strict else run >= self.amount

    def overdue(self, year: int, day: dt.date) -> bool:
        """Whether the figures of a year were due by a day."""
        return year <= due_year(day, self.due)

    def quarter(self, year: int) -> Period:
        """The quarter in which the figures of a year are due."""
        return due_quarter(self.due, year)


def due_quarter(due: str, year: int) -> Period:
    """The quarter in which the figures of a year are due, by a month and day of the next."""
    month = int(due.partition("-")[0])
    return Period(year + 1, (month + 2) // 3)


@dataclass(frozen=True)
class Answer:
    """The year with which the mark is reached; None: not within the running and the next year.

    `few` says that there is too little to go by; `done` that recorded years reach it already.
    """

    year: int | None = None
    few: bool = False
    done: bool = False


def forecast(series: Series, mark: Mark, day: dt.date) -> Answer:
    """What a firm's own figures say on a day."""
    if first_reached(series.years, mark) is not None:
        return Answer(done=True)
    years = project(series, day)
    return Answer(few=True) if years is None else Answer(year=first_reached(years, mark))


def project(series: Series, day: dt.date) -> dict[int, int] | None:
    """The years on record with the running and the next one as they are told; None where there is
    too little to go by."""
    years = dict(series.years)
    running = day.year
    if running - 1 not in years and (now := _running(series, running - 1)) is not None:
        years[running - 1] = now
    now = _running(series, running)
    if now is None:
        ratio = _ratio(years.get(running - 1), years.get(running - 2))
        if ratio is None:
            return None
        now = int(years[running - 1] * ratio)
    ratio = _ratio(now, years.get(running - 1))
    if ratio is None:
        return None
    years[running], years[running + 1] = now, int(now * ratio)
    return years


def wanted(series: Series, day: dt.date) -> list[int]:
    """The years whose figures a forecast would need beside those on record; none where it is not
    for want of figures that there is no forecast."""
    quarters, running = {year for year, _quarter in series.parts}, day.year
    last = running - 1 not in series.years and running - 1 not in quarters
    second = running not in quarters and running - 2 not in series.years
    return [running - 2] * second + [running - 1] * last


def first_reached(years: Mapping[int, int], mark: Mark) -> int | None:
    """The first year with which a run of known consecutive years is enough."""
    for year in sorted(years):
        run = [years.get(year - back) for back in range(mark.years)]
        if None not in run and mark.reached(sum(amount or 0 for amount in run)):
            return year
    return None


def _running(series: Series, year: int) -> int | None:
    """A whole year from its last cumulative quarter, in the proportions of the year before."""
    known = [quarter for of, quarter in series.parts if of == year]
    if not known:
        return None
    last = max(known)
    amount = series.parts[year, last]
    before, whole = series.parts.get((year - 1, last)), series.years.get(year - 1)
    if before and whole:
        return amount * whole // before
    return amount * QUARTERS // last


def _ratio(now: int | None, before: int | None) -> Fraction | None:
    """Growth over a year within bounds; None where either is missing or began at nothing."""
    if now is None or not before or now < 0 or before < 0:
        return None
    return min(max(Fraction(now, before), SLOWEST), FASTEST)


def due_year(day: dt.date, due: str) -> int:
    """The last year whose figures were due by a day, by a month and day of the next."""
    month, number = (int(part) for part in due.split("-"))
    return day.year - (1 if (day.month, day.day) >= (month, number) else 2)


@dataclass
class Score:
    """How forecasts of earlier days did. `late`: forecast and not reached by then; `missed`:
    reached by the year that was looked at, and not forecast; `few`: nothing to go by."""

    hits: int = 0
    late: int = 0
    missed: int = 0
    few: int = 0
    days: list[dt.date] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many forecasts were put to the test."""
        return self.hits + self.late


def hindsight(every: Mapping[int, Series], mark: Mark, days: list[dt.date]) -> Score:
    """Forecasts of earlier days for the year that ran then, beside what its figures turned out
    to be. Firms whose figures of that year are not known tell nothing."""
    score = Score(days=days)
    for day in days:
        for series in every.values():
            actual = series.years.get(day.year)
            if actual is None:
                continue
            answer = forecast(series.until(day, mark.due), mark, day)
            if answer.done:
                continue
            known = {year: amount for year, amount in series.years.items() if year <= day.year}
            came = first_reached(known, mark) is not None
            if answer.few:
                score.few += 1
            elif answer.year == day.year:
                score.hits += came
                score.late += not came
            elif came:
                score.missed += 1
    return score
