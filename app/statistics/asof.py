"""The two clocks of a figure: 统计时点 (business day) and 数据截至 (revision), and the counting.

A figure as of a day holds what is so at the end of that day. As known at a cut it holds what
the database had been told up to that revision, however much was corrected since.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, or_

from app.core.days import Period, add_months, add_years
from app.core.db import Recorded, known, last_revision
from app.core.text import N_, Coded
from app.pipeline.models import GraduationState
from app.pipeline.stage import EFFECTIVE


class Count(Coded):
    """Which graduations count: those the district verified, or all that were reported."""

    VERIFIED = "verified", N_("核定")
    REPORTED = "reported", N_("申报")

    @property
    def states(self) -> tuple[GraduationState, ...]:
        """核定数 holds verified ones; 申报数 also those still unverified or returned."""
        if self is Count.VERIFIED:
            return (GraduationState.VERIFIED,)
        return EFFECTIVE


@dataclass(frozen=True)
class AsOf:
    """What a figure is asked for. `current`: the cut is the newest revision."""

    day: dt.date
    cut: int
    current: bool = True
    count: Count = Count.VERIFIED
    #: 可比口径: carriers stand together as on this day, also in figures of other days; None: each
    #: carrier for itself
    joined: dt.date | None = None

    def at(self, model: type[Recorded], name: str, columns: str) -> FromClause:
        """Columns of a model as known at the cut, under a name of its own in the statement."""
        if self.current:
            table: Any = model
            return _present(table, name)
        return known(model, self.cut, name, columns.split())

    def at_day(self, day: dt.date) -> AsOf:
        """The same question for another day."""
        return replace(self, day=day)

    def counting(self, count: Count) -> AsOf:
        """The same question with the other counting."""
        return replace(self, count=count)

    @property
    def year_before(self) -> AsOf:
        """上年同期: the same day a year earlier; the last day of a month stays the last day."""
        return self.at_day(same_day_before(self.day))

    @property
    def year(self) -> int:
        """The year of the day."""
        return self.day.year

    @property
    def ended(self) -> Any:
        """The last quarter that had ended by the end of the day, as year × 10 + quarter."""
        period = last_quarter(self.day)
        return period.year * 10 + period.quarter

    @property
    def due_quarter(self) -> Period:
        """The quarter before the day's: its returns are due. One that ends with the day is not."""
        return Period.of(self.day).previous

    def window(self, years: int) -> dt.date:
        """First day of the window of so many years that ends with the day."""
        return add_years(self.day + dt.timedelta(days=1), -years)


@cache
def _present(model: Any, name: str) -> FromClause:
    """The table itself under a name; kept, because an alias copies every column."""
    return known(model).alias(name)


def now(day: dt.date, count: Count = Count.VERIFIED) -> AsOf:
    """The question as of a day with all that is known."""
    return AsOf(day, last_revision(), True, count)


def month_end(day: dt.date) -> bool:
    """Whether a day is the last of its month."""
    return day.day == calendar.monthrange(day.year, day.month)[1]


def same_day_before(day: dt.date) -> dt.date:
    """The day a year earlier, to compare with: month ends are compared with month ends."""
    before = add_years(day, -1)
    if month_end(day):
        return before.replace(day=calendar.monthrange(before.year, before.month)[1])
    return before


def last_quarter(day: dt.date) -> Period:
    """The last quarter that had ended by a day; its last day counts as ended."""
    period = Period.of(day)
    return period if period.last_day <= day else period.previous


def last_year_end(day: dt.date) -> dt.date:
    """上年末."""
    return dt.date(day.year - 1, 12, 31)


def pace(day: dt.date) -> int:
    """序时进度: the share of its year that has passed by the end of a day, in per cent."""
    first, last = dt.date(day.year, 1, 1), dt.date(day.year, 12, 31)
    return ((day - first).days + 1) * 100 // ((last - first).days + 1)


def covers(tie: FromClause, day: dt.date | ColumnElement[dt.date]) -> ColumnElement[bool]:
    """Whether a row with days [starts, ends) holds a day."""
    return and_(tie.c.starts <= day, or_(tie.c.ends.is_(None), tie.c.ends > day))


def months_back(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier, or that month's last day."""
    return add_months(day, -months)
