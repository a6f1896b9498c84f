"""Days that a statement needs, computed in Python and bound: SQL does no calendar arithmetic.

The name of a bound day says what it is, so its value follows from the name and the day alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
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


def cut() -> BindParameter[int]:
    """The revision as of which the record is read."""
    return bindparam("cut", type_=BigInteger)


def months_before(months: int) -> BindParameter[dt.date]:
    """The same day so many months earlier."""
    return bindparam(f"before_{months}", type_=Date)


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


def values(names: Iterable[str], on: dt.date) -> dict[str, Any]:
    """What the bound names mean on a day; names of thresholds are left out."""
    found: dict[str, Any] = {}
    for name in names:
        kind, _sign, rest = name.partition("_")
        if name == "day":
            found[name] = on
        elif name == "ordinal":
            found[name] = month_ord(on)
        elif name == "dawn":
            found[name] = dt.date.min
        elif name == "quarter":
            found[name] = quarter_code(on)
        elif name == "fiscal":
            found[name] = on.year - 1
        elif not rest.isdigit():
            continue
        elif kind == "before":
            found[name] = add_months(on, -int(rest))
        elif kind in ("fresh", "ago"):
            found[name] = on - dt.timedelta(days=int(rest))
        elif kind == "newyear":
            found[name] = dt.date(on.year - int(rest), 1, 1)
        elif kind == "due":
            found[name] = last_due(on, rest)
    return found


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
