"""Business days: dates in Asia/Shanghai, month arithmetic, reporting periods."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import current_app

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_DAY = dt.date(1990, 1, 1)
LAST_DAY = dt.date(2100, 12, 31)


def now() -> dt.datetime:
    """The present instant in UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The business day in Shanghai; `TODAY` in the configuration fixes it."""
    fixed = current_app.config.get("TODAY") if current_app else None
    if fixed:
        return fixed if isinstance(fixed, dt.date) else dt.date.fromisoformat(str(fixed))
    return now().astimezone(SHANGHAI).date()


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later (or earlier) month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_years(day: dt.date, years: int) -> dt.date:
    """The same day `years` later; 29 February becomes 28 February."""
    return add_months(day, 12 * years)


def months_between(start: dt.date, end: dt.date) -> int:
    """Full months from start to end by the anniversary rule; negative when end is earlier."""
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def month_ord(day: dt.date) -> int:
    """An integer in which one month is always 32: comparable in SQL on both engines."""
    return (day.year * 12 + day.month) * 32 + day.day


def day_by_ord(ordinal: int) -> dt.date:
    """The last day whose `month_ord` is not greater than this."""
    index, date = divmod(ordinal, 32)
    year, month = (index - 1) // 12, (index - 1) % 12 + 1
    if date == 0:
        return dt.date(year, month, 1) - dt.timedelta(days=1)
    return dt.date(year, month, min(date, calendar.monthrange(year, month)[1]))


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The day `count` Monday-to-Friday days later. Public holidays are not known here."""
    while count > 0:
        day += dt.timedelta(days=1)
        if day.weekday() < 5:
            count -= 1
    return day


@dataclass(frozen=True, order=True)
class Period:
    """A reporting period: a year (`quarter=0`) or a quarter of it. Days are half-open."""

    year: int
    quarter: int = 0

    def __hash__(self) -> int:
        return self.year * 8 + self.quarter  # the generated one builds a tuple first

    @property
    def starts(self) -> dt.date:
        """First day."""
        return dt.date(self.year, 3 * max(self.quarter, 1) - 2, 1)

    @property
    def ends(self) -> dt.date:
        """The day after the last one."""
        return add_months(self.starts, 3 if self.quarter else 12)

    @property
    def last_day(self) -> dt.date:
        """The last day of the period."""
        return self.ends - dt.timedelta(days=1)

    @property
    def previous(self) -> Period:
        """The period before, of the same length."""
        if not self.quarter:
            return Period(self.year - 1)
        return Period(self.year, self.quarter - 1) if self.quarter > 1 else Period(self.year - 1, 4)

    @property
    def code(self) -> str:
        """`2026` or `2026Q3`."""
        return f"{self.year}Q{self.quarter}" if self.quarter else str(self.year)

    @classmethod
    def parse(cls, code: str) -> Period:
        """Read a code; raises ValueError on anything else."""
        year, _, quarter = code.upper().partition("Q")
        period = cls(int(year), int(quarter or 0))
        if not (1990 <= period.year <= 2100 and 0 <= period.quarter <= 4):
            raise ValueError(code)
        return period

    @classmethod
    def of(cls, day: dt.date, quarterly: bool = True) -> Period:
        """The quarter (or year) that holds a day."""
        return cls(day.year, (day.month + 2) // 3 if quarterly else 0)
