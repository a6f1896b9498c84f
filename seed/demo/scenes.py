"""Firms that stand on pages by name, described one by one in `scenes.yaml`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from app.core.days import Period, add_months
from seed.demo.chain import Chain
from seed.demo.codes import uscc_of
from seed.demo.dice import dice
from seed.demo.life import Life, Stay
from seed.demo.making import Makers
from seed.demo.milestones import Milestones
from seed.demo.money import WAN
from seed.demo.register import Given, Register
from seed.demo.returns import Returns
from seed.demo.world import World
from seed.files import read

Row = dict[str, Any]
HEAD = 24
FIRST_NUMBER = 900_000_000


def fen(amount: float | int) -> int:
    """万元 as written in the file, in fen."""
    return int(Decimal(str(amount)) * WAN)


class Scenes:
    """Makes the named firms whose carrier exists in this population."""

    def __init__(self, make: Makers, world: World, register: Register, returns: Returns) -> None:
        self.make, self.world, self.register, self.returns = make, world, register, returns
        self.today = make.calendar.today
        self.slot = make.calendar.slot
        self.milestones = Milestones(make)
        self.chain = Chain(make, world)
        self.given = [g for g in read("demo/scenes.yaml")["firms"] if g["carrier"] in world.by_name]
        if make.size < len(self.given) * 3:
            self.given = self.given[:8]

    @property
    def incubating(self) -> int:
        """How many of them are in incubation today."""
        return sum(1 for given in self.given if "leaves" not in given)

    def write(self) -> None:
        """All rows of all named firms."""
        for number, given in enumerate(self.given):
            life = self._life(number, given)
            self.register.given = Given(
                given["name"],
                uscc_of(given["body"], "92" if "form" in given else "91"),
                given.get("former"),
                given.get("form"),
            )
            firm_id = self.register.write(life)
            self.register.given = None
            self._figures(life, firm_id, given)
            self._milestones(life, firm_id, given)
            self._attest(life, firm_id, given)
            self._chain(life, firm_id, given)

    def _life(self, number: int, given: Row) -> Life:
        one = dice(self.make.seed, 21, number)
        house = self.world.by_name[given["carrier"]]
        entry = add_months(self.today, -given["months"]).toordinal() - 11
        life = Life(FIRST_NUMBER + number, one, "current", given["sector"], 0, 0, entry)
        life.founded = add_months(dt.date.fromordinal(entry), -given["age"]).toordinal()
        life.special = given.get("special")
        stay = Stay(house, "on_site", True, "admitted", entry)
        if "registered_before" in given:
            begun = max(life.founded + 5, entry - given["registered_before"])
            life.stays.append(Stay(house, "registered_only", False, "admitted", begun, entry))
        life.stays.append(stay)
        if "extension" in given:
            begun = self.today.toordinal() - given["extension"]
            life.stays.append(Stay(house, "extension", False, "admitted", begun))
        return life

    # ---- figures ------------------------------------------------------------------------

    def _figures(self, life: Life, firm_id: int, given: Row) -> None:
        staff = 9
        for back in sorted(given["revenue"], reverse=True):
            year = self.today.year - back
            staff = int(staff * 1.4)
            row = self._values(firm_id, given["revenue"][back], staff)
            row |= {"year": year, "quarter": 0, "source": "express" if back == 1 else "audit"}
            row["verification"] = "carrier" if back == 1 else "district"
            arrives = dt.date(year + 1, 1 if back == 1 else 4, 22).toordinal()
            if arrives >= self.today.toordinal():
                continue
            before = given.get("was", {}).get(back)
            slot = max(self.slot(arrives), life.known)
            if before is None:
                self.make.stream.add(slot, "figures", row)
            else:
                now = {"revenue": row["revenue"]}
                row["revenue"] = fen(before)
                late = self.slot(self.today.toordinal() - 15)
                self.make.stream.later(slot, late, "figures", row, now)
        period = self.returns.periods[-1]
        if "quarter" in given and period.year == self.today.year:
            row = self._values(firm_id, given["quarter"], staff)
            row |= {"year": period.year, "quarter": period.quarter, "source": "express"}
            row |= {"verification": "self"}
            day = min(period.ends.toordinal() + 18, self.today.toordinal() - 1)
            self.make.stream.add(self.slot(day), "figures", row)

    def _values(self, firm_id: int, amount: float, staff: int) -> Row:
        revenue = fen(amount)
        spent = revenue * 3 // 10 // 10_000 * 10_000 + 20 * WAN
        row: Row = {"id": self.make.ids.new("figures"), "firm_id": firm_id, "revenue": revenue}
        row |= {"main_revenue": revenue, "hitech_revenue": revenue * 8 // 10}
        row |= {"total_income": revenue, "cost_expenses": revenue * 7 // 10 + spent}
        row |= {"net_profit": revenue * 3 // 10 - spent, "tax_paid": revenue * 3 // 100}
        row |= {"rd_accounting": spent, "rd_hnte": spent, "rd_deduction": spent}
        row |= {"rd_outsourced": 0, "rd_domestic": spent, "assets": revenue + 300 * WAN}
        row |= {"liabilities": revenue * 3 // 10, "staff": staff * HEAD, "staff_end": staff * HEAD}
        row |= {"staff_insured": staff * HEAD, "staff_tech": max(staff // 3, 1) * HEAD}
        return row | {"staff_rd": max(staff // 4, 1) * HEAD, "staff_approximate": False}

    # ---- milestones ---------------------------------------------------------------------

    def _milestones(self, life: Life, firm_id: int, given: Row) -> None:
        today = self.today.toordinal()
        for ago, amount, state, investor, name in given["rounds"]:
            when = dt.date.fromordinal(today - ago)
            row: Row = {"name": name, "investor": investor, "amount": fen(amount)}
            row |= {"money_state": state, "currency": "CNY", "onshore": True, "original": None}
            row |= {"investor_name": "临海创投", "rate": None, "rate_on": None}
            row["received_on"] = when if state == "received" else None
            self.milestones.add(life, firm_id, "financing", today - ago, row)
        hnte = given.get("hnte")
        if hnte:
            days = {
                f"{key}_on": dt.date.fromordinal(today + (ago if key == "expires" else -ago))
                for key, ago in hnte.items()
            }
            last = min(ago for key, ago in hnte.items() if key != "expires")
            row = {"title": "hnte", **days}
            self.milestones.add(life, firm_id, "recognition", today - last, row)
        for back in range(3 if given.get("sme") else 0):
            when = dt.date(self.today.year - back, 6, 24)
            if life.founded + 90 < when.toordinal() < today:
                row = {"title": "tech_sme", "issued_on": when, "name": "科技型中小企业"}
                row |= {"number": f"{when.year}310115A0{firm_id:06d}"}
                row |= {"expires_on": dt.date(when.year, 12, 31)}
                self.milestones.add(life, firm_id, "recognition", when.toordinal(), row)
        kinds = ("utility", "software", "invention", "software", "utility")
        for number in range(given["ip"]):
            applied = life.entry + 60 + number * (today - life.entry - 400) // max(given["ip"], 1)
            self.milestones.right(life, firm_id, kinds[number % 5], applied, 210)

    def _attest(self, life: Life, firm_id: int, given: Row) -> None:
        """Their carriers promised completeness with the return of the quarter before the last."""
        periods = [p for p in self.returns.periods if p.ends < self.today]
        period: Period = periods[-1]
        row: Row = {"id": self.make.ids.new("attestation"), "firm_id": firm_id, "kind": None}
        row |= {"starts": None, "ends": period.last_day, "return_id": None}
        if life.known <= (slot := self.slot(period.ends.toordinal() + 30)):
            self.make.stream.add(slot, "attestation", row)

    def _chain(self, life: Life, firm_id: int, given: Row) -> None:
        if "pushed" in given:
            self.chain.push(life, firm_id, life.stays[0].house, given["pushed"])
        elif given.get("consent"):
            self.chain.consent(life, firm_id, self.today.toordinal() - 6)
