"""Carriers' returns with their promises, the carriers' own figures, and closed periods."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from app.core.days import Period, add_months
from seed.demo.carrier_stated import state
from seed.demo.dice import Dice, dice
from seed.demo.making import Makers
from seed.demo.money import WAN
from seed.demo.people import People
from seed.demo.world import House, World

Row = dict[str, Any]
DAY = dt.timedelta(days=1)
#: Quarters of returns kept, and of the last due one how many real carriers are late.
KEPT, LATE = 12, 7
#: Years of returns kept; they are long verified, and drawn from a stream of their own.
YEARS, STREAM = 2, 109
#: States of the last due quarter, of a hundred carriers that reported.
LAST_STATES = (("verified", 0.77), ("checked", 0.13), ("submitted", 0.09), ("returned", 0.01))


@dataclass(slots=True)
class Sheet:
    """One return of a carrier; days are ordinals."""

    id: int
    period: Period
    ends: int
    submitted: int | None
    state: str

    @property
    def verification(self) -> str:
        """How far its figures are confirmed."""
        return {"verified": "district", "checked": "carrier"}.get(self.state, "self")


def due_on(period: Period) -> dt.date:
    """The 20th of the second month after the period."""
    return add_months(period.ends, 1).replace(day=20)


class Returns:
    """All returns, by carrier."""

    def __init__(self, make: Makers, world: World, people: People) -> None:
        self.make, self.people = make, people
        self.today = make.calendar.today
        self.slot = make.calendar.slot
        self.one = dice(make.seed, 103)
        self.by_carrier: dict[int, list[Sheet]] = {}
        self.periods = self._periods()
        self.late = self._late(world)
        for house in world.incubators:
            self._house(house)
        for house in world.incubators + world.accelerators:
            self._own(house)
            state(make, house)
        self._close()

    def sheets(self, carrier_id: int) -> list[Sheet]:
        """The returns of a carrier, oldest first."""
        return self.by_carrier.get(carrier_id, [])

    def _periods(self) -> list[Period]:
        """The last quarters that have ended, the newest last."""
        period, found = Period.of(self.today).previous, []
        for _ in range(KEPT):
            found.append(period)
            period = period.previous
        return found[::-1]

    @property
    def last_due(self) -> Period:
        """The newest quarter whose return was due before today."""
        return [p for p in self.periods if due_on(p) < self.today][-1]

    def _late(self, world: World) -> set[int]:
        """Carriers without a return for the last due quarter."""
        live = [h for h in world.incubators if h.opens < self.last_due.ends.toordinal() < h.closes]
        wanted = max(round(LATE * min(self.make.scale, 1.0)), 1)
        named = [h.id for h in live if h.late][:wanted]
        others = [h.id for h in live if not h.late][-max(wanted - len(named), 0) :]
        return set(named + (others if wanted > len(named) else []))

    def _house(self, house: House) -> None:
        sheets = self.by_carrier[house.id] = []
        for period in self.periods:
            if not house.opens < period.ends.toordinal() <= house.closes:
                continue
            due = due_on(period)
            sheet = Sheet(
                self.make.ids.new("carrier_return"), period, period.ends.toordinal(), None, ""
            )
            self._fate(sheet, house, due)
            sheets.append(sheet)
            self._write(sheet, house, due)
        self._yearly(house)

    def _yearly(self, house: House) -> None:
        """Returns of the last years, due in January, verified since."""
        quarters, self.one = self.one, dice(self.make.seed, STREAM, house.id)
        for year in range(self.today.year - YEARS, self.today.year):
            period = Period(year)
            ends, due = period.ends.toordinal(), due_on(period)
            if house.opens < ends <= house.closes and due + 60 * DAY < self.today:
                submitted = due.toordinal() - self.one.whole(0, 12)
                number = self.make.ids.new("carrier_return")
                self._write(Sheet(number, period, ends, submitted, "verified"), house, due)
        self.one = quarters

    def _fate(self, sheet: Sheet, house: House, due: dt.date) -> None:
        one, limit = self.one, self.today.toordinal() - 1
        sheet.state = "draft"
        if due >= self.today:
            if one.chance(0.3) and sheet.ends + 4 < limit:
                sheet.submitted, sheet.state = one.whole(sheet.ends + 3, limit), "submitted"
            return
        if sheet.period == self.last_due:
            if house.id in self.late:
                return
            draw, sheet.state = one.random(), "submitted"
            for state, share in LAST_STATES:
                draw -= share
                if draw < 0:
                    sheet.state = state
                    break
            if house.filed:
                sheet.state = "submitted"
        else:
            sheet.state = "verified"
        early = max(due.toordinal() - one.whole(0, 24), sheet.ends + 3)
        sheet.submitted = min(early + (12 if one.chance(0.05) else 0), limit)

    def _write(self, sheet: Sheet, house: House, due: dt.date) -> None:
        one, stream = self.one, self.make.stream
        person = house.staff[0] if house.staff else None
        row: Row = {"id": sheet.id, "pid": one.pid(), "carrier_id": house.id, "due_on": due}
        row |= {"year": sheet.period.year, "quarter": sheet.period.quarter, "state": "draft"}
        row |= {"promised": False, "submitted_at": None, "submitted_by": None, "checked_by": None}
        row |= {"checked_on": None, "verified_by": None, "verified_on": None, "reason": None}
        row["explained"] = None
        if sheet.submitted is None:
            stream.add(self.slot(sheet.ends + 5), "carrier_return", row)
            return
        first = self.slot(sheet.submitted)
        row |= {"state": "submitted", "promised": True, "submitted_by": person}
        at = dt.datetime.combine(dt.date.fromordinal(sheet.submitted), dt.time(7, 20), dt.UTC)
        row["submitted_at"] = at
        then: Row = {"state": sheet.state}
        if sheet.state in ("checked", "verified"):
            then["checked_by"] = self.people.agency[0] if self.people.agency else None
            day = min(sheet.submitted + 2, self.today.toordinal() - 1)
            then["checked_on"] = dt.date.fromordinal(day)
        if sheet.state == "verified":
            day = min(sheet.submitted + one.whole(2, 20), self.today.toordinal() - 1)
            then |= {"verified_by": self.people.district[-1]}
            then["verified_on"] = dt.date.fromordinal(day)
        if sheet.state == "returned":
            then["reason"] = "在孵企业从业人员合计与明细不符"
        after = self.slot(min(sheet.submitted + 21, self.today.toordinal() - 1))
        stream.later(first, after, "carrier_return", row, then)

    def _own(self, house: House) -> None:
        """The carrier's own figures: years, and the quarters of this year and the last."""
        size = max(house.weight, 4.0) * (0.7 + self.one.random() * 0.6)
        for year in range(max(self.make.calendar.start.year, 2017), self.today.year):
            opened = dt.date.fromordinal(house.opens).year
            if opened < year and dt.date(year, 12, 31).toordinal() < house.closes:
                for source, month in (("audit", 4), ("express", 1)):
                    if source == "audit" and dt.date(year + 1, 4, 24) >= self.today:
                        continue
                    if source == "express" and year < self.today.year - 1:
                        continue
                    arrives = dt.date(year + 1, month, 24).toordinal()
                    self._figures(house, (year, 0), source, size, arrives)
        for sheet in self.sheets(house.id):
            if sheet.submitted is not None and sheet.period.year >= self.today.year - 1:
                where = (sheet.period.year, sheet.period.quarter)
                self._figures(house, where, "express", size, sheet.submitted)

    def _figures(
        self, house: House, when: tuple[int, int], source: str, size: float, arrives: int
    ) -> None:
        one: Dice = self.one
        part = when[1] / 4 if when[1] else 1.0
        rent, service = (int(size * x * part * (0.8 + one.random() * 0.4)) * WAN for x in (7, 4.5))
        invest, other = (int(size * x * part * one.random()) * WAN for x in (2, 1))
        row: Row = {"id": self.make.ids.new("carrier_figures"), "carrier_id": house.id}
        row |= {"year": when[0], "quarter": when[1], "source": source, "verification": "carrier"}
        row |= {"total_income": rent + service + invest + other, "service_income": service}
        row |= {"property_income": rent, "investment_income": invest, "other_income": other}
        row |= {"net_profit": int(size * part * one.whole(-2, 4)) * WAN, "tax_paid": rent // 20}
        row |= {"fund_total": one.whole(3, 40) * 100 * WAN, "grants": int(size * part) * WAN}
        row |= {"fixed_assets": int(size * 12) * WAN, "staff": int(size / 3) + 4}
        row |= {"staff_professional": int(size / 3) + 2, "mentors": int(size / 2) + 3}
        row["events"] = int(size * part) + 2
        self.make.stream.add(self.slot(arrives), "carrier_figures", row)

    def _close(self) -> None:
        for period in self.periods:
            closed = due_on(period) + dt.timedelta(days=26)
            if closed < self.today:
                row: Row = {"id": self.make.ids.new("closed_period"), "year": period.year}
                row |= {"quarter": period.quarter, "closed_on": closed}
                self.make.stream.add(self.slot(closed.toordinal()), "closed_period", row)
