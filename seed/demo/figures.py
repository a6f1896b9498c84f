"""Rows of figures: years in several sources, quarters cumulated, some missing, some mended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from seed.demo.dice import Dice, dice
from seed.demo.life import Life
from seed.demo.making import Makers
from seed.demo.money import WAN, rounded, yearly
from seed.demo.returns import Returns

Row = dict[str, Any]
HEAD = 24
#: Share of a year's revenue by the end of each quarter.
PARTS = (0.19, 0.43, 0.68, 1.0)
#: When the sources of a year arrive: month and day of the year after.
ARRIVES = {"express": (1, 22), "audit": (4, 24), "settlement": (6, 5)}
MISSING = 0.06
STREAM = 72


class Figures:
    """Makes the figures of a firm for the years in which somebody asked for them."""

    def __init__(self, make: Makers, returns: Returns) -> None:
        self.make, self.returns = make, returns
        self.slot = make.calendar.slot
        self.today = make.calendar.today
        self.first = make.calendar.start.year - 1

    def write(self, life: Life, firm_id: int) -> None:
        """Yearly and quarterly rows."""
        if life.is_team or life.fate == "registered":
            return
        born = dt.date.fromordinal(life.founded).year
        end = life.exit if life.fate == "leaver" else None
        last = dt.date.fromordinal(end).year - 1 if end else self.today.year
        first = max(born, self.first, dt.date.fromordinal(life.entry).year - 1)
        basis_day = life.graduated or self.today.toordinal()
        closed = self._closed(basis_day)
        if life.basis in ("revenue", "old"):
            first = min(first, max(closed - 1, born + 1))
        money = yearly(life, first, last, closed)
        if life.fate == "graduate":
            asked = min(last, dt.date.fromordinal(basis_day).year + 2)
        else:
            asked = last
        one = life.one
        staff = one.whole(3, 9)
        for year in range(first, min(asked, self.today.year - 1) + 1):
            staff = max(2, round(staff * (0.95 + one.random() * 0.5)))
            decisive = life.basis in ("revenue", "old") and closed - 1 <= year <= closed
            if one.chance(MISSING) and not decisive and life.edge is None:
                continue
            self._year(life, firm_id, year, money[year], staff)
        if life.fate == "current":
            self._quarters(life, firm_id, money, staff)

    def _closed(self, ordinal: int) -> int:
        """The last year whose first figures are known on a day."""
        day = dt.date.fromordinal(ordinal)
        month, arrives = ARRIVES["express"]
        late = day <= dt.date(day.year, month, arrives) + dt.timedelta(days=45)
        return day.year - (2 if late else 1)

    def _sources(self, one: Dice, year: int, decisive: bool) -> list[str]:
        """Which sources a year has: the older, the fewer are kept."""
        ago = self.today.year - year
        found = ["express"] if decisive or ago <= 2 or one.chance(0.15) else []
        if one.chance(0.72 if ago <= 2 else 0.8):
            found.append("audit")
        if not found or one.chance(0.25 if ago <= 2 else 0.05):
            found.append("settlement")
        return [
            s for s in found if dt.date(year + 1, *ARRIVES[s]) < self.today - dt.timedelta(days=2)
        ]

    def _year(self, life: Life, firm_id: int, year: int, revenue: int, staff: int) -> None:
        one = life.one
        row = self._values(life, revenue, staff)
        row |= further(dice(self.make.seed, STREAM, firm_id, year), row)
        ids, stream = self.make.ids, self.make.stream
        exact = life.edge is not None or life.basis in ("revenue", "old")
        sources = self._sources(one, year, exact)
        for number, source in enumerate(sources):
            arrives = dt.date(year + 1, *ARRIVES[source]).toordinal()
            slot = max(self.slot(arrives), life.known)
            mine: Row = {"id": ids.new("figures"), "firm_id": firm_id, "year": year, "quarter": 0}
            mine |= {"source": source, "verification": "self"} | row
            if source == "express" and not exact:
                mine["revenue"] = rounded(revenue * (0.93 + one.random() * 0.12))
            change: Row = {"verification": "district" if one.chance(0.6) else "carrier"}
            mended = number == 0 and not exact and one.chance(0.04)
            if mended:
                wrong = rounded(revenue * (0.7 + one.random() * 0.2))
                change["revenue"], mine["revenue"] = mine["revenue"], wrong
            if mended or one.chance(0.2):
                stream.later(slot, max(self.slot(arrives + 75), slot), "figures", mine, change)
            else:
                stream.add(slot, "figures", mine | change)

    def _values(self, life: Life, revenue: int, staff: int) -> Row:
        one = life.one
        spent = rounded(
            max(revenue * (0.05 + one.random() * 0.4), staff * 7.5 * WAN * one.random())
        )
        cost = rounded(revenue * (0.55 + one.random() * 0.4) + spent)
        assets = rounded(revenue * (0.6 + one.random() * 1.6) + staff * 22 * WAN)
        tech = max(1, round(staff * (0.2 + one.random() * 0.55)))
        outside = rounded(spent * 0.15) if one.chance(0.3) else 0
        row: Row = {
            "revenue": revenue,
            "main_revenue": rounded(revenue * (0.86 + one.random() * 0.14)),
        }
        row |= {"hitech_revenue": rounded(revenue * (0.5 + one.random() * 0.5))}
        row |= {"total_income": revenue + rounded(one.random() * 12 * WAN), "cost_expenses": cost}
        row |= {"net_profit": revenue - cost, "tax_paid": rounded(revenue * 0.03)}
        row |= {"rd_accounting": spent, "rd_hnte": rounded(spent * 1.06), "rd_outsourced": outside}
        row |= {
            "rd_deduction": rounded(spent * 0.94),
            "rd_domestic": spent if one.chance(0.9) else None,
        }
        row |= {"assets": assets, "liabilities": rounded(assets * (0.1 + one.random() * 0.6))}
        row |= {"staff": staff * HEAD - one.whole(0, 20), "staff_insured": max(staff - 1, 1) * HEAD}
        row |= {
            "staff_tech": tech * HEAD,
            "staff_rd": max(1, tech - 1) * HEAD,
            "staff_end": staff * HEAD,
        }
        row["staff_approximate"] = one.chance(0.2)
        if one.chance(0.05):
            row[one.one(("rd_accounting", "staff_tech", "assets", "cost_expenses"))] = None
        return row

    def _quarters(self, life: Life, firm_id: int, money: dict[int, int], staff: int) -> None:
        """The quarters of this year and the last that the firm's carrier has reported."""
        one = life.one
        home = life.stays[-1].house
        for stay in life.stays:
            if stay.counted:
                home = stay.house
        share = {y: 0.9 + one.random() * 0.2 for y in money}
        for sheet in self.returns.sheets(home.id):
            year, quarter = sheet.period.year, sheet.period.quarter
            if sheet.submitted is None or sheet.ends <= max(life.entry, life.founded):
                continue
            if year not in money or year < self.today.year - 1 or one.chance(MISSING):
                continue
            part = PARTS[quarter - 1] * (share[year] if quarter < 4 else 1.0)
            row: Row = {"id": self.make.ids.new("figures"), "firm_id": firm_id, "year": year}
            row |= {"quarter": quarter, "source": "express", "verification": sheet.verification}
            row |= {"revenue": rounded(money[year] * part)}
            row |= {"rd_accounting": rounded(money[year] * part * 0.22)}
            row |= {"net_profit": rounded(money[year] * part * 0.08) - 2 * WAN}
            row |= {"tax_paid": rounded(money[year] * part * 0.03)}
            row |= {"staff": staff * HEAD, "staff_end": staff * HEAD, "staff_approximate": True}
            self.make.stream.add(self.slot(sheet.submitted), "figures", row)


def further(one: Dice, row: Row) -> Row:
    """Columns that only applications ask for, out of a stream of their own."""
    contracted = row["rd_outsourced"]
    internal = max(row["rd_hnte"] - contracted * 4 // 5, 0)
    end = row["staff_end"] // HEAD
    return {
        "rd_contracted": contracted, "rd_internal": internal,
        "staff_rd_end": min(end, round(end * (0.1 + one.random() * 0.55))) * HEAD,
        "transformed": None if one.chance(0.25) else one.whole(0, 6),
    }  # fmt: skip
