"""How many firms of which fate began in which year, so that the whole has Pudong's measure.

About 1,270 entries and 195 graduations a year and exactly as many firms and teams in incubation
today as asked for; firms are counted in groups, so that a million need no list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from seed.demo.dice import parts_of
from seed.demo.making import Makers

#: Entries in the nine full years before this one, and in a whole year like this one.
ENTRIES = (1010, 1090, 1150, 1120, 1267, 1180, 1260, 1275, 1290, 1300)
#: Firms of the four years before, of which the history begins with those still there.
EARLIER = (140, 340, 580, 860)
#: Graduations in the nine full years before this one, and in a whole year like this one.
GRADUATIONS = (121, 133, 148, 139, 199, 162, 184, 193, 203, 204)
#: Share of those entering in the year, the year before … that are still incubating.
STAYING = (0.97, 0.89, 0.735, 0.53, 0.235, 0.03, 0.004)
#: Share of graduates in their first, second … year of incubation.
GRADUATING = (0.07, 0.22, 0.34, 0.26, 0.11)
#: Firms that came to parks without any incubator, and firms only registered, per firm in
#: incubation today.
DIRECT, REGISTERED_ONLY = 0.16, 0.045


@dataclass(frozen=True)
class Group:
    """Firms of one fate: entering (or graduating) between two days."""

    fate: str
    first: int
    last: int
    count: int


class Plan:
    """The groups of a population."""

    def __init__(self, make: Makers, given: int) -> None:
        """`given`: firms in incubation today that are described one by one elsewhere."""
        self.scale = make.scale
        self.today = make.calendar.today
        self.start = make.calendar.start.toordinal()
        self.year = self.today.year
        whole = dt.date(self.year + 1, 1, 1) - dt.date(self.year, 1, 1)
        self.part = (self.today - dt.date(self.year, 1, 1)) / whole
        self.current = max(make.size - given, 0)

    def groups(self) -> Iterator[Group]:
        """All groups, oldest first within a fate."""
        yield from self._current()
        yield from self._graduates()
        yield from self._leavers()
        last = self.today.toordinal() - 2
        yield Group("direct", self.start + 30, last, round(self.current * DIRECT))
        yield Group("registered", last - 1500, last, round(self.current * REGISTERED_ONLY))

    def total(self) -> int:
        """Firms in all groups."""
        return sum(group.count for group in self.groups())

    def _year(self, offset: int) -> tuple[int, int]:
        """First and last ordinal of the year `offset` years ago, within the past."""
        first = dt.date(self.year - offset, 1, 1).toordinal()
        last = dt.date(self.year - offset, 12, 31).toordinal()
        return first, min(last, self.today.toordinal() - 2)

    def _entries(self, offset: int) -> float:
        if offset > 9:
            return EARLIER[13 - offset] * self.scale if offset < 14 else 0.0
        return ENTRIES[9 - offset] * self.scale * (self.part if not offset else 1.0)

    def _graduating(self, offset: int) -> float:
        return GRADUATIONS[9 - offset] * self.scale * (self.part if not offset else 1.0)

    def _current(self) -> Iterator[Group]:
        weights = [self._entries(n) * share for n, share in enumerate(STAYING)]
        for offset, count in enumerate(parts_of(self.current, weights)):
            first, last = self._year(offset)
            if last >= first:
                yield Group("current", first, last, count)

    def _graduates(self) -> Iterator[Group]:
        for offset in range(9, -1, -1):
            first, last = self._year(offset)
            if last > first:
                yield Group("graduate", first, last, round(self._graduating(offset)))

    def _leavers(self) -> Iterator[Group]:
        weights = [self._entries(n) * share for n, share in enumerate(STAYING)]
        staying = parts_of(self.current, weights)
        for offset in range(13, -1, -1):
            first, last = self._year(offset)
            still = staying[offset] if offset < len(staying) else 0
            graduated = 0.0
            for years, share in enumerate(GRADUATING):
                # A graduate of year y in its n-th year of incubation entered in y-n or y-n+1.
                for when, half in ((offset - years, 0.5), (offset - years - 1, 0.5)):
                    if 0 <= when <= 9:
                        graduated += self._graduating(when) * share * half
            count = round(self._entries(offset) - still - graduated)
            if count > 0 and last > first:
                yield Group("leaver", first, last, count)
