"""Days that a statement needs, computed in Python and bound: SQL does no calendar arithmetic.

The name of a bound day says what it is, so its value follows from the name and the day alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Date, Integer, bindparam

from app.core.days import Period, add_months, month_ord

#: the quarter whose cumulative figures are those of its year
LAST_QUARTER = len("1234")


def day() -> BindParameter[dt.date]:
    """The day of the assessment."""
    return bindparam("day", type_=Date)


def day_ordinal() -> BindParameter[int]:
    """The day as `month_ord`."""
    return bindparam("ordinal", type_=Integer)


def month_close() -> BindParameter[int]:
    """The date of the day where it is the last of its month, else more than any date: months since
    a day of which this month has none are full on its last day (民法典 第二百零二条)."""
    return bindparam("close", type_=Integer)


def cut() -> BindParameter[int]:
    """The revision as of which the record is read."""
    return bindparam("cut", type_=BigInteger)


def within(months: int) -> BindParameter[dt.date]:
    """近 N 个月, terms of so many months: the first day that lies no longer ago than so. What began
    on a day is within them up to the same day of the last month, that day included (民法典
    第二百零二条); the last day of a month where it has no such day."""
    return bindparam(f"within_{months}", type_=Date)


def elapsed(months: int) -> BindParameter[dt.date]:
    """满 N 个月: the last day since which so many months have gone by."""
    return bindparam(f"elapsed_{months}", type_=Date)


def fresh_since(days: int) -> BindParameter[dt.date]:
    """An attestation up to this day or later still holds on the day."""
    return bindparam(f"fresh_{days}", type_=Date)


def days_before(days: int) -> BindParameter[dt.date]:
    """So many days earlier."""
    return bindparam(f"ago_{days}", type_=Date)


def year_start(back: int) -> BindParameter[dt.date]:
    """1 January, so many years before the year of the day."""
    return bindparam(f"newyear_{back}", type_=Date)


def last_year() -> BindParameter[int]:
    """The last fiscal year that has ended."""
    return bindparam("fiscal", type_=Integer)


def due_year(due: str) -> BindParameter[int]:
    """The last fiscal year whose figures are due (`due` is MM-DD of the year after it)."""
    return bindparam(f"due_{due.replace('-', '')}", type_=Integer)


def ended_quarter() -> BindParameter[int]:
    """The last quarter that had ended by the end of the day, as year × 10 + quarter."""
    return bindparam("quarter", type_=Integer)


def dawn() -> BindParameter[dt.date]:
    """Before everything."""
    return bindparam("dawn", type_=Date)


#: what a bound name is that says no more
PLAIN: dict[str, Callable[[dt.date], Any]] = {
    "day": lambda on: on, "ordinal": month_ord, "dawn": lambda _on: dt.date.min,
    "close": lambda on: last_date(on), "quarter": lambda on: quarter_code(on),
    "fiscal": lambda on: on.year - 1,
}  # fmt: skip
#: and one with a number behind it
NUMBERED: dict[str, Callable[[dt.date, int], Any]] = {
    "within": lambda on, months: first_within(on, months),
    "elapsed": lambda on, months: last_elapsed(on, months),
    "fresh": lambda on, days: on - dt.timedelta(days=days),
    "ago": lambda on, days: on - dt.timedelta(days=days),
    "newyear": lambda on, back: dt.date(on.year - back, 1, 1),
}


def values(names: Iterable[str], on: dt.date) -> dict[str, Any]:
    """What the bound names mean on a day; names of thresholds are left out."""
    found: dict[str, Any] = {}
    for name in names:
        kind, _sign, rest = name.partition("_")
        if name in PLAIN:
            found[name] = PLAIN[name](on)
        elif kind == "due" and rest.isdigit():
            found[name] = last_due(on, rest)
        elif kind in NUMBERED and rest.isdigit():
            found[name] = NUMBERED[kind](on, int(rest))
    return found


def first_within(on: dt.date, months: int) -> dt.date:
    """The first day from which so many months end on this day or later."""
    first = add_months(on, -months)
    return first if add_months(first, months) >= on else first + dt.timedelta(days=1)


def last_elapsed(on: dt.date, months: int) -> dt.date:
    """The last day from which so many months end on this day or earlier."""
    last = add_months(on, -months)
    while add_months(last + dt.timedelta(days=1), months) <= on:
        last += dt.timedelta(days=1)
    return last


def last_date(on: dt.date) -> int:
    """`month_close` of a day."""
    return on.day if (on + dt.timedelta(days=1)).day == 1 else dt.date.max.day


def quarter_code(on: dt.date) -> int:
    """`ended_quarter` of a day."""
    period = Period.of(on)
    if period.last_day > on:
        period = period.previous
    return period.year * 10 + period.quarter


def last_due(on: dt.date, due: str) -> int:
    """The last fiscal year whose figures are due on a day; `due` is MM-DD or MMDD."""
    month, date = int(due[: -len("DD")].rstrip("-")), int(due[-len("DD") :])
    reached = (on.month, on.day) >= (month, date)
    return on.year - 1 if reached else on.year - 1 - 1
