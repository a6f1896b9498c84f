"""Graduations: reported by carriers, checked, verified by quarter, some returned.

The verdict is frozen when a row is written, from what the database holds at that moment; see
`judging`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.core.days import Period
from seed.demo.life import Life
from seed.demo.making import Makers
from seed.demo.people import People
from seed.demo.returns import due_on

Row = dict[str, Any]
#: Destinations as they stand on the report; a firm that stays has none.
KNOWN_TO = {"park", "accelerator", "building", "incubator", "city", "outside", "abroad"}
KNOWN_TO |= {"acquired", "dissolved", "unknown"}
#: Days after the end of a quarter's filing at which it is closed.
CLOSING = 26
RETURNED = (("evidence", "专利证书不清晰"), ("dates", "毕业日期早于备案日期"))


def day(ordinal: int) -> dt.date:
    """The date of an ordinal."""
    return dt.date.fromordinal(ordinal)


class Graduations:
    """Makes the graduation of a firm that has one."""

    def __init__(self, make: Makers, people: People) -> None:
        self.make, self.people = make, people
        self.slot = make.calendar.slot
        self.today = make.calendar.today.toordinal()

    def write(self, life: Life, firm_id: int) -> None:
        """The row as reported, and what the district made of it."""
        if life.graduated is None:
            return
        one, graduated = life.one, life.graduated
        home = next(s.house for s in life.stays if s.counted and s.ends == graduated)
        reported = min(graduated + int(one.random() ** 2 * 14), self.today - 1)
        period = Period.of(day(graduated))
        late = one.chance(0.025) and graduated + 260 < self.today
        if late:
            reported = graduated + one.whole(130, 240)
            period = Period.of(day(reported))
        to = life.to if life.to in KNOWN_TO else None
        stays = any(s.kind == "graduate_stay" and s.starts == graduated for s in life.stays)
        row: Row = {"id": self.make.ids.new("graduation"), "pid": one.pid(), "firm_id": firm_id}
        row |= {"carrier_id": home.id, "state": "reported", "graduated_on": day(graduated)}
        row |= {"period_year": period.year, "period_quarter": period.quarter, "late": late}
        row |= {"destination": None if stays and home.tier == 1 else to}
        row |= {"reported_by": home.staff[0] if home.staff else None}
        row |= {"reported_on": day(reported), "checked_by": None, "checked_on": None}
        row |= {"verified_by": None, "verified_on": None, "return_code": None}
        row["return_note"] = None
        then, when = self._fate(life, period)
        if then is None:
            self.make.stream.add(self.slot(reported), "graduation", row)
        else:
            slots = self.slot(reported), self.slot(max(when, reported))
            self.make.stream.later(*slots, "graduation", row, then)

    def _fate(self, life: Life, period: Period) -> tuple[Row | None, int]:
        """What the district decided by now, and when."""
        one, limit = life.one, self.today - 1
        due = due_on(period).toordinal()
        checked: Row = {"state": "checked", "checked_by": self._checker()}
        verify = due + one.whole(1, CLOSING - 2)
        pressing = due < self.today and verify > limit
        if verify > limit and not (pressing and one.chance(0.7)):
            if period.ends.toordinal() >= self.today or one.chance(0.6):
                return (None, 0)
            checked["checked_on"] = day(limit)
            return checked, limit
        when = min(verify, limit)
        if one.chance(0.025):
            code, note = one.one(RETURNED)
            return {"state": "returned", "return_code": code, "return_note": note}, when
        checked |= {"checked_on": day(when - 1 if when > due else when), "state": "verified"}
        checked |= {"verified_by": self._verifier(), "verified_on": day(when)}
        return checked, when

    def _checker(self) -> int | None:
        return self.people.agency[0] if self.people.agency else None

    def _verifier(self) -> int | None:
        return self.people.district[-2] if len(self.people.district) > 1 else None
