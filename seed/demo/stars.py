"""A few grown firms in parks, with the sales, growth, rights and titles of the tiers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.core.days import add_months
from app.firms.stated import KEYS
from seed.demo.dice import Dice, dice
from seed.demo.life import Life
from seed.demo.making import Makers
from seed.demo.milestones import VERIFIED, Milestones
from seed.demo.money import WAN, rounded

Row = dict[str, Any]
#: Share of the firms settled in parks that have grown, their youngest age in days.
GROWN, YOUNGEST = 0.12, 1_500
STREAM, HEAD, YEARS = 73, 24, 4
#: Sales of the last year in 万元, from the small tiers to the large ones.
SIZES = (1_600, 3_600, 5_600, 8_800, 12_500, 26_000, 48_000)
#: What bars where a yes is given.
BARRING = ("giant_controlled", "data_fraud")
#: Share of them with one of the titles above these.
GIANTS = {"little_giant": 0.12, "sh_tech_giant": 0.16}
TITLES = ("hnte", "innovative_sme", "specialised_sme")


class Stars:
    """Makes annual reports, rights, titles, statements and a promise of such firms."""

    def __init__(self, make: Makers, milestones: Milestones) -> None:
        self.make, self.milestones = make, milestones
        self.today = make.calendar.today

    def write(self, life: Life, firm_id: int) -> None:
        """All of it for one firm in eight; each lacks something now and then."""
        if life.is_team or life.fate != "direct" or life.exit is not None:
            return
        one = dice(self.make.seed, STREAM, firm_id)
        old = self.today.toordinal() - life.founded
        if old < YOUNGEST or not one.chance(GROWN):
            return
        size, rate = one.one(SIZES), one.one((0.06, 0.14, 0.22, 0.27, 0.38, -0.05))
        last = self.today.year - 1
        for back in range(YEARS):
            sales = rounded(size * WAN / (1 + rate) ** back)
            self._report(life, firm_id, last - back, sales, one)
        self._rights(life, one, firm_id)
        self._titles(life, one, firm_id)
        self._statements(life, one, firm_id)
        self._giants(life, firm_id)

    def _report(self, life: Life, firm_id: int, year: int, sales: int, one: Dice) -> None:
        """高企年报 of a year, which goes before every other source."""
        day = dt.date(year + 1, 5, 28)
        spent = rounded(sales * (0.035 + one.random() * 0.09))
        staff = max(12, round(sales / (90 * WAN)))
        assets = rounded(sales * (0.9 + one.random() * 0.8))
        paid = rounded(spent * 0.1) if one.chance(0.5) else 0
        row: Row = {
            "id": self.make.ids.new("figures"), "firm_id": firm_id, "year": year, "quarter": 0,
            "source": "hnte_report", "verification": "district", "revenue": sales,
            "main_revenue": rounded(sales * (0.88 + one.random() * 0.12)),
            "hitech_revenue": rounded(sales * (0.58 + one.random() * 0.4)),
            "total_income": sales, "cost_expenses": rounded(sales * 0.88),
            "net_profit": rounded(sales * (0.03 + one.random() * 0.12)),
            "tax_paid": rounded(sales * 0.05), "rd_accounting": spent,
            "rd_hnte": spent, "rd_internal": spent - paid * 4 // 5, "rd_contracted": paid,
            "rd_outsourced": paid, "rd_domestic": rounded(spent * 0.98),
            "rd_deduction": rounded(spent * 0.94), "assets": assets,
            "liabilities": rounded(assets * (0.2 + one.random() * 0.6)),
            "staff": staff * HEAD, "staff_insured": staff * HEAD, "staff_end": staff * HEAD,
            "staff_tech": round(staff * (0.2 + one.random() * 0.4)) * HEAD,
            "staff_rd": round(staff * 0.25) * HEAD,
            "staff_rd_end": round(staff * (0.12 + one.random() * 0.45)) * HEAD,
            "transformed": one.whole(3, 7), "staff_approximate": False,
        }  # fmt: skip
        slot = max(self.make.calendar.slot(day.toordinal()), life.known)
        self.make.stream.add(slot, "figures", row)

    def _rights(self, life: Life, one: Dice, firm_id: int) -> None:
        """Two to six inventions, and software beside them."""
        for number in range(one.whole(2, 6)):
            kind = "invention" if number < 5 else "software"
            applied = life.founded + 120 + number * one.whole(30, 110)
            if applied + 600 < self.today.toordinal():
                self.milestones.right(life, firm_id, kind, applied, 500)

    def _titles(self, life: Life, one: Dice, firm_id: int) -> None:
        """The titles of the tiers below, issued within two years, and an R&D centre."""
        for title in TITLES:
            if one.chance(0.85):
                self._title(life, one, firm_id, title)
        if one.chance(0.6):
            when = life.founded + one.whole(200, 900)
            row = {
                "name": f"{life.trade}企业技术中心",
                "level": one.one(("provincial", "municipal")),
            }
            self._entry(life, one, firm_id, "institution", when, row)
        row = {"id": self.make.ids.new("attestation"), "firm_id": firm_id, "kind": None}
        row |= {"starts": None, "ends": self.today - dt.timedelta(days=one.whole(10, 80))}
        slot = max(self.make.calendar.slot(row["ends"].toordinal()), life.known)
        self.make.stream.add(slot, "attestation", row | {"return_id": None})

    def _title(self, life: Life, one: Dice, firm_id: int, title: str) -> None:
        issued = self.today - dt.timedelta(days=one.whole(60, 700))
        row: Row = {"title": title, "issued_on": issued, "name": None, "number": None}
        row["expires_on"] = add_months(issued, 36)
        self._entry(life, one, firm_id, "recognition", issued.toordinal(), row)

    def _giants(self, life: Life, firm_id: int) -> None:
        """Now and then one of the two 小巨人 titles or both, some of them run out."""
        one = dice(self.make.seed, STREAM + 1, firm_id)
        for title, share in GIANTS.items():
            since = self.today - dt.timedelta(days=one.whole(60, 1_400))
            if one.chance(share):
                row: Row = {"title": title, "issued_on": since, "name": None, "number": None}
                row["expires_on"] = add_months(since, 36)
                self._entry(life, one, firm_id, "recognition", since.toordinal(), row)

    def _entry(
        self, life: Life, one: Dice, firm_id: int, kind: str, when: int, row: Row
    ) -> None:  # fmt: skip
        base: Row = {"id": self.make.ids.new("milestone"), "pid": one.pid(), "firm_id": firm_id}
        base |= {"kind": kind, "day": dt.date.fromordinal(when), "verification": VERIFIED.draw(one)}
        slot = max(self.make.calendar.slot(when), life.known)
        self.make.stream.add(slot, "milestone", base | row)

    def _statements(self, life: Life, one: Dice, firm_id: int) -> None:
        """High marks, and a yes to most."""
        day = self.today - dt.timedelta(days=one.whole(15, 200))
        slot = max(self.make.calendar.slot(day.toordinal()), life.known)
        for key in KEYS:
            if one.chance(0.03):
                continue
            value = int(one.chance(0.92)) if key.name not in BARRING else 0
            if key.unit == "points":
                value = round(key.most * (0.72 + one.random() * 0.28))
            elif key.unit == "grade":
                value = one.whole(1, 4)
            elif key.unit == "years":
                value = one.whole(2, 9)
            elif key.unit == "share":
                value = one.whole(6, 34) * 100
            row: Row = {"id": self.make.ids.new("stated_figure"), "firm_id": firm_id}
            row |= {"key": key.name, "day": day, "until": key.until(day, value)}
            row |= {"low": value, "high": value, "verification": "carrier"}
            self.make.stream.add(slot, "stated_figure", row)
