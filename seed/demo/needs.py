"""What room firms look for: most of those on their way out, a few of the others; and how earlier
searches ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from seed.demo.dice import Dice, Shares, dice
from seed.demo.life import Life, Stay
from seed.demo.making import Makers

Row = dict[str, Any]
STREAM = 83
#: share of firms with an open search: graduates that wait, near ones, the rest
WAITING, NEAR, OTHER = 0.85, 0.55, 0.04
#: share of arrivals at a park or accelerator that a search was written down for
WRITTEN = 0.45
USES: dict[str, Shares[tuple[str, ...]]] = {
    "biomedicine": Shares(
        {("research", "gmp"): 3, ("research", "pilot"): 3, ("research",): 3, ("clean",): 1}
    ),
    "electronics": Shares(
        {("research",): 4, ("research", "clean"): 2, ("office", "research"): 3, ("pilot",): 1}
    ),
    "smart_manufacturing": Shares(
        {("research", "pilot"): 4, ("production",): 2, ("research",): 2, ("pilot",): 1}
    ),
    "ai": Shares({("office", "research"): 5, ("office",): 4, ("research",): 1}),
    "online_economy": Shares({("office",): 7, ("office", "research"): 2}),
}
HARD = Shares({("research", "pilot"): 3, ("production",): 2, ("research",): 3})
AREAS = ("zhangjiang", "lingang", "jinqiao", "baoshui", "lujiazui", "shibo", "resort")
GIVEN_UP = ("plan", "money", "elsewhere", "expanded")
TALENT = ("算法工程师", "工艺工程师", "注册与质量", "海外销售", "机械与电气")
MONEY = ("A 轮,用于产线", "并购贷,用于扩产", "B 轮,用于临床与注册")


def day(ordinal: int) -> dt.date:
    """The date of an ordinal."""
    return dt.date.fromordinal(ordinal)


class Needs:
    """Makes the searches for room."""

    def __init__(self, make: Makers) -> None:
        self.make = make
        self.today = make.calendar.today.toordinal()

    def write(self, life: Life, firm_id: int) -> None:
        """Searches that an arrival met or that were dropped, and the one that is open."""
        one = dice(self.make.seed, STREAM, firm_id)
        for before, stay in zip(life.stays, life.stays[1:], strict=False):
            if stay.house.tier > 1 and stay.counted and one.chance(WRITTEN):
                self._ended(one, life, firm_id, before, stay)
        last = life.stays[-1]
        if life.is_team or life.fate not in ("current", "graduate") or last.ends is not None:
            return
        waits = life.fate == "graduate" and last.counted and last.house.tier < 3
        near = life.fate == "current" and life.mood in ("near", "met")
        if one.chance(WAITING if waits else NEAR if near else OTHER):
            self._open(one, life, firm_id, last)

    def _ended(self, one: Dice, life: Life, firm_id: int, before: Stay, stay: Stay) -> None:
        opened = max(before.starts + 1, stay.starts - one.whole(40, 240))
        if opened >= stay.starts or stay.starts >= self.today:
            return
        row = self._row(one, life, firm_id, before, opened)
        row["needed_by"] = day(stay.starts + one.whole(-20, 90))
        values = {"state": "met", "closed_on": day(stay.starts), "end_reason": "landed"}
        first = self._known(life, opened)
        self.make.stream.later(
            first, self._known(life, stay.starts), "demand", row,
            values | {"met_at_id": stay.house.id},
        )  # fmt: skip

    def _open(self, one: Dice, life: Life, firm_id: int, last: Stay) -> None:
        since = max(last.starts + 1, self.today - int(one.random() ** 2 * 220) - 2)
        if since >= self.today:
            return
        row = self._row(one, life, firm_id, last, since)
        first = self._known(life, since)
        if one.chance(0.06) and since + 30 < self.today:
            ended = one.whole(since + 20, self.today - 1)
            reason = one.one(GIVEN_UP)
            state = "met" if reason in ("elsewhere", "expanded") else "given_up"
            values = {"state": state, "closed_on": day(ended), "end_reason": reason}
            self.make.stream.later(first, self._known(life, ended), "demand", row, values)
            return
        again = one.whole(since, self.today - 1)
        if one.chance(0.4) and again > since + 14:
            grown = {"checked_on": day(again), "area_high": row["area_high"] + 200}
            self.make.stream.later(first, self._known(life, again), "demand", row, grown)
        else:
            self.make.stream.add(first, "demand", row)

    def _known(self, life: Life, ordinal: int) -> int:
        return max(self.make.calendar.slot(ordinal), life.known)

    def _row(self, one: Dice, life: Life, firm_id: int, stay: Stay, opened: int) -> Row:
        uses = USES.get(life.sector, HARD).draw(one)
        heavy = "production" in uses or "pilot" in uses or "gmp" in uses
        low = one.whole(2, 12) * 50 * (3 if heavy else 1)
        spots = [spot.area for spot in stay.house.spots if spot.area]
        wished = {one.one(AREAS), *spots[:1]} if one.chance(0.75) else set()
        row: Row = {"id": self.make.ids.new("demand"), "pid": one.pid(), "firm_id": firm_id}
        row |= {"state": "open", "opened_on": day(opened), "checked_on": day(opened)}
        row |= {"area_low": low, "area_high": low + one.whole(0, 4) * 100, "uses": uses}
        row |= {"needed_by": day(max(opened, self.today) + one.whole(40, 420))}
        row |= {"regions": ("any",) if one.chance(0.12) else tuple(sorted(wished)) or None}
        row |= {"rent_most": one.whole(24, 70) * 10 if one.chance(0.7) else None}
        row |= {"load_kg": one.whole(5, 20) * 100 if heavy and one.chance(0.8) else None}
        row |= {"height_mm": one.whole(8, 16) * 500 if heavy and one.chance(0.6) else None}
        row |= {"power_kw": one.whole(2, 20) * 50 if one.chance(0.45) else None}
        fumes = "process" if "gmp" in uses or "pilot" in uses else "none"
        row |= {"exhaust": fumes if one.chance(0.6) else None}
        row |= {"clean": one.one(("c100k", "c10k", "c1k")) if "clean" in uses else None}
        row |= {"assessment": heavy if one.chance(0.5) else None}
        staff, money = one.chance(0.35), one.chance(0.3)
        row |= {"talents": one.whole(1, 12) * 2 if staff else None}
        row |= {"talent_note": one.one(TALENT) if staff else None}
        row |= {"finance": one.whole(5, 80) * 100_000_000 if money else None}
        row |= {"finance_note": one.one(MONEY) if money else None}
        row |= {"remark": None, "closed_on": None, "end_reason": None, "end_note": None}
        return row | {"met_at_id": None}
