"""Figures from outside, beside which the plan's targets are shown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from app.core.days import Period
from seed.demo.making import Makers
from seed.files import read


def write_outside(make: Makers) -> None:
    """Invented district figures, each noted some weeks after its day."""
    data = read("demo/outside.yaml")
    source = data.pop("source")
    today = make.calendar.today
    for indicator, years in data.items():
        for back, given in years.items():
            for day, value in _days(today.year - back, given):
                noted = day + dt.timedelta(days=24)
                if noted >= today:
                    continue
                row = {"id": make.ids.new("outside_figure"), "indicator": indicator, "day": day}
                row |= {"value": int(Decimal(str(value)) * 100), "source": source}
                make.stream.add(make.calendar.slot(noted.toordinal()), "outside_figure", row)


def _days(year: int, given: Any) -> list[tuple[dt.date, Any]]:
    if not isinstance(given, list):
        return [(dt.date(year, 12, 31), given)]
    return [(Period(year, n + 1).last_day, value) for n, value in enumerate(given)]
