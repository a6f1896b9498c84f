"""When things were written down: quarters first, then months, weeks, and the last days."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.core.access import Actor, System
from app.core.days import add_months

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEED = System("seed")
#: On the last days what is known is written before people come to work.
RECENT = dt.timedelta(days=8)
EARLY, LATE = dt.time(8), dt.time(17, 30)


@dataclass(frozen=True)
class Slot:
    """One moment of writing: everything noted since the slot before."""

    day: dt.date
    at: dt.datetime
    action: str
    actor: Actor


class Calendar:
    """The slots of a history that ends on the day before `today`."""

    def __init__(self, today: dt.date) -> None:
        self.today = today
        self.start = add_months(today, -120)
        self.slots = [self._slot(day, "seed:history") for day in self._days()]
        self.ordinals = [slot.day.toordinal() for slot in self.slots]
        self.last = len(self.slots) - 1

    @property
    def recent(self) -> list[Slot]:
        """The slots of the last days, between which people act by hand."""
        return [slot for slot in self.slots if slot.day >= self.today - RECENT]

    def _slot(self, day: dt.date, action: str) -> Slot:
        clock = EARLY if day >= self.today - RECENT else LATE
        at = dt.datetime.combine(day, clock, SHANGHAI).astimezone(dt.UTC)
        return Slot(day, at, action, SEED)

    def _days(self) -> list[dt.date]:
        days = [self.start]
        day = dt.date(self.start.year, self.start.month, 20)
        while (day := add_months(day, 3)) < add_months(self.today, -14):
            days.append(day)
        while day < add_months(self.today, -2):
            days.append(day)
            day = add_months(day, 1)
        while day < self.today - dt.timedelta(days=9):
            days.append(day)
            day += dt.timedelta(days=7)
        days += [self.today - dt.timedelta(days=n) for n in range(8, 0, -1)]
        return sorted(set(days))

    def slot(self, ordinal: int) -> int:
        """Number of the first slot on or after a day (the last one for later days)."""
        return min(bisect_left(self.ordinals, ordinal), self.last)
