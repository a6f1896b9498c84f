"""Rows of milestones: money, intellectual property, recognitions and the rarer kinds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from seed.demo.dice import Dice, Shares
from seed.demo.life import Life
from seed.demo.making import Makers
from seed.demo.money import MONEY_LINE, WAN, rounded

Row = dict[str, Any]
VERIFIED = Shares({"self": 0.2, "carrier": 0.45, "district": 0.35})
IP_TYPES = Shares(
    {"software": 0.42, "utility": 0.26, "invention": 0.2, "design": 0.09, "layout": 0.03}
)
FUNDS = "青岚 临海 知本 远洲 澄江 望北 乘风 向阳 沐川 长亭 半山 云舟"
FUND_NAMES = [f"{name}{end}" for name in FUNDS.split() for end in ("创投", "资本", "天使基金")]
#: Share of firms that are named a 科技型中小企业 each year.
TECH_SME = 0.42
SME_FIRST = 2018


def day(ordinal: int) -> dt.date:
    """The date of an ordinal."""
    return dt.date.fromordinal(ordinal)


class Milestones:
    """Makes what happened to a firm."""

    def __init__(self, make: Makers) -> None:
        self.make = make
        self.slot = make.calendar.slot
        self.today = make.calendar.today.toordinal()
        self.first = make.calendar.start.toordinal() - 200

    def write(self, life: Life, firm_id: int) -> None:
        """All milestones of a life."""
        if life.is_team or life.fate == "registered":
            return
        since = max(life.founded, self.first)
        until = self._until(life)
        if until - since < 40:
            return
        self._money(life, firm_id, since, until)
        self._ip(life, firm_id, since, until)
        self._recognitions(life, firm_id, since, until)
        self._rare(life, firm_id, since, until)

    def _until(self, life: Life) -> int:
        """The day up to which its things were recorded."""
        if life.fate == "graduate" and life.graduated is not None:
            return min(life.graduated + 600, self.today - 2)
        if life.exit is not None:
            return life.exit - 1
        return self.today - 2

    def _slot(self, life: Life, when: int) -> int:
        return max(self.slot(when), life.known)

    def add(self, life: Life, firm_id: int, kind: str, when: int, row: Row) -> None:
        """One milestone, written down in the slot after its day."""
        one = life.one
        base: Row = {"id": self.make.ids.new("milestone"), "pid": one.pid(), "firm_id": firm_id}
        base |= {"kind": kind, "day": day(when), "verification": VERIFIED.draw(one)}
        self.make.stream.add(self._slot(life, when), "milestone", base | row)

    # ---- money --------------------------------------------------------------------------

    def _money(self, life: Life, firm_id: int, since: int, until: int) -> None:
        one = life.one
        rounds = self._rounds(life, since, until)
        names = ("天使轮", "Pre-A轮", "A轮", "A+轮", "B轮", "B+轮", "C轮")
        for number, (when, amount, state, investor) in enumerate(rounds):
            row: Row = {"name": names[min(number, 6)], "investor": investor, "amount": amount}
            row |= {"money_state": state, "currency": "CNY", "onshore": True}
            row["investor_name"] = one.one(FUND_NAMES) if investor in ("angel", "venture") else None
            row["received_on"] = day(when) if state == "received" else None
            row |= {"original": None, "rate": None, "rate_on": None}
            if amount and one.chance(0.015) and investor == "venture":
                row |= {"currency": "USD", "original": amount * 100 // 712, "rate": 7_120_000}
                row |= {"rate_on": day(when), "onshore": None if one.chance(0.5) else False}
            self.add(life, firm_id, "financing", when, row)

    def _rounds(self, life: Life, since: int, until: int) -> list[tuple[int, int | None, str, str]]:
        one = life.one
        if life.edge is not None and life.edge < 3:
            fen = {0: 0, 1: 1, 2: -1}[life.edge]
            first = 200 * WAN
            middle = since + (until - since) // 2
            rest = MONEY_LINE - first + fen
            return [(middle, first, "received", "angel"), (until - 20, rest, "received", "venture")]
        decisive = life.graduated if life.graduated is not None else until
        if life.basis == "money" or (life.mood == "met" and one.chance(0.35)):
            total = MONEY_LINE * (1.05 + one.random() ** 2 * 8)
            return self._split(one, total, max(since, decisive - 900), decisive - 5)
        if life.mood == "near" and one.chance(0.4):
            total = MONEY_LINE * (0.81 + one.random() * 0.18)
            return self._split(one, total, since, until)
        if life.mood == "waiting":
            return self._waiting(one, since, until)
        if life.edge is None and one.chance(0.26 if life.fate != "leaver" else 0.14):
            when = one.whole(since, until)
            kind = (
                "angel"
                if one.chance(0.6)
                else one.one(("venture", "founder", "loan", "government"))
            )
            return [(when, rounded((30 + one.random() * 320) * WAN), "received", kind)]
        return []

    def _split(
        self, one: Dice, total: float, since: int, until: int
    ) -> list[tuple[int, int | None, str, str]]:
        count = one.whole(1, 3) if until - since > 400 else 1
        left = rounded(total)
        made: list[tuple[int, int | None, str, str]] = []
        for number in range(count):
            part = left if number == count - 1 else rounded(left * (0.2 + one.random() * 0.4))
            left -= part
            low = since + (until - since) * number // count
            high = since + (until - since) * (number + 1) // count
            made.append(
                (one.whole(low, high), part, "received", "angel" if not number else "venture")
            )
        return made

    def _waiting(self, one: Dice, since: int, until: int) -> list[tuple[int, int | None, str, str]]:
        """Some money is there; the rest is agreed, or nobody said whether it came or who paid."""
        first = rounded((120 + one.random() * 330) * WAN)
        low = since + (until - since) // 3
        made: list[tuple[int, int | None, str, str]] = [
            (one.whole(since, low), first, "received", "angel")
        ]
        rest = rounded(MONEY_LINE * 1.1 - first + one.random() * 300 * WAN)
        draw = one.random()
        when = one.whole(max(low, until - 300), until)
        if draw < 0.5:
            made.append((when, rest, "agreed", "venture"))
        elif draw < 0.75:
            made.append((when, rest, "unknown", "venture"))
        elif draw < 0.9:
            made.append((when, rest, "received", "unknown"))
        else:
            made.append((when, None, "received", "venture"))
        return made

    # ---- intellectual property ----------------------------------------------------------

    def _ip(self, life: Life, firm_id: int, since: int, until: int) -> None:
        one = life.one
        years = (until - since) / 365
        pace = (
            1.5 if life.fate in ("graduate", "direct") else 0.75 if life.fate == "current" else 0.3
        )
        count = min(int(years * pace * (one.random() + 0.45)), 12)
        if life.basis in ("old", "hnte") or life.mood == "met":
            count = max(count, 3)
        decisive = life.graduated if life.graduated is not None else until
        for number in range(count):
            kind = IP_TYPES.draw(one)
            applied = one.whole(since, until)
            if number == 0:
                applied = since + (decisive - since) // 3
            wait = one.whole(500, 1000) if kind == "invention" else one.whole(60, 300)
            if number == 0:
                wait = min(wait, max(decisive - applied - 20, 10))
            self.right(life, firm_id, kind, applied, wait)

    def right(self, life: Life, firm_id: int, kind: str, applied: int, wait: int) -> None:
        """One piece of intellectual property, granted `wait` days after it was applied for."""
        one = life.one
        granted = applied + wait
        serial = self.make.ids.next["milestone"]
        year = day(applied).year
        if kind == "software":
            number = f"{year}SR{serial:07d}"
        elif kind == "layout":
            number = f"BS.{year % 100}{serial:07d}.0"
        else:
            letter = {"invention": 1, "utility": 2, "design": 3}[kind]
            number = f"ZL{year}{letter}{serial:07d}.{serial % 10}"
        row: Row = {
            "name": f"一种{life.trade}相关方法" if kind != "software" else f"{life.trade}软件V1.0"
        }
        row |= {"number": number, "ip_type": kind, "applied_on": day(applied), "obtained_on": None}
        row |= {"related": None if one.chance(0.08) else one.chance(0.93), "used_before": False}
        row |= {"obtained": "own" if one.chance(0.92) else "transfer", "expires_on": None}
        later: Row = {"granted_on": day(granted)}
        if kind in ("invention", "utility", "design"):
            span = {"invention": 20, "utility": 10, "design": 15}[kind]
            later["expires_on"] = dt.date(
                year + span, day(applied).month, min(day(applied).day, 28)
            )
        base: Row = {"id": self.make.ids.new("milestone"), "pid": one.pid(), "firm_id": firm_id}
        base |= {"kind": "ip", "day": day(applied), "verification": VERIFIED.draw(one)}
        base |= row | {"granted_on": None}
        stream = self.make.stream
        if granted >= self.today - 1:
            stream.add(self._slot(life, applied), "milestone", base)
        else:
            first = self._slot(life, applied if one.chance(0.3) else granted)
            stream.later(first, self._slot(life, granted), "milestone", base, later)

    # ---- recognitions -------------------------------------------------------------------

    def _recognitions(self, life: Life, firm_id: int, since: int, until: int) -> None:
        one = life.one
        decisive = life.graduated if life.graduated is not None else until
        if life.basis == "hnte":
            self._hnte(life, firm_id, decisive - one.whole(4, 120))
        elif life.mood == "met" and one.chance(0.6):
            self._hnte(life, firm_id, one.whole(max(since + 400, until - 700), until))
        elif life.mood == "near" and one.chance(0.25):
            self._announced(life, firm_id, until - one.whole(2, 25))
        elif life.fate in ("graduate", "direct") and until - since > 900 and one.chance(0.35):
            self._hnte(life, firm_id, one.whole(since + 500, until))
        for year in range(max(day(since).year + 1, SME_FIRST), day(until).year + 1):
            share = TECH_SME if life.fate != "leaver" else 0.16
            if self._recent(year) and one.chance(share):
                self._tech_sme(life, firm_id, year, until)
        if life.fate in ("graduate", "direct") and one.chance(0.08) and until - since > 1200:
            title = one.one(("specialised_sme", "innovative_sme", "sh_giant_cultivation"))
            self._title(life, firm_id, title, one.whole(since + 1000, until), 3)

    def _recent(self, year: int) -> bool:
        return day(self.today).year - year <= 3 or year % 2 == 0

    def _hnte(self, life: Life, firm_id: int, filed: int) -> None:
        one = life.one
        announced = filed - one.whole(12, 30)
        issued = filed + one.whole(5, 25)
        base: Row = {"title": "hnte", "announced_on": day(announced), "number": None}
        base |= {"name": None, "revoked_on": None, "filed_on": None, "issued_on": None}
        base |= {"expires_on": None, "id": self.make.ids.new("milestone"), "pid": one.pid()}
        base |= {"firm_id": firm_id, "kind": "recognition", "day": day(announced)}
        base["verification"] = "list" if one.chance(0.7) else "district"
        then: Row = {"filed_on": day(filed)}
        if issued < self.today:
            then["issued_on"] = day(issued)
            then["number"] = f"GR{day(issued).year}31{base['id'] % 1_000_000:06d}"
            date = day(issued)
            then["expires_on"] = date.replace(year=date.year + 3, day=min(date.day, 28))
        slot = self._slot(life, min(issued, self.today - 1))
        if life.graduated is not None and issued > life.graduated:
            slot = self._slot(life, filed)
        self.make.stream.later(self._slot(life, announced), slot, "milestone", base, then)

    def _announced(self, life: Life, firm_id: int, when: int) -> None:
        row: Row = {"title": "hnte", "announced_on": day(when)}
        self.add(life, firm_id, "recognition", when, row)

    def _tech_sme(self, life: Life, firm_id: int, year: int, until: int) -> None:
        when = dt.date(year, 1, 1).toordinal() + life.one.whole(100, 300)
        if when > until:
            return
        row: Row = {"title": "tech_sme", "issued_on": day(when), "name": "科技型中小企业"}
        row |= {"number": f"{year}310115A{self.make.ids.next['milestone']:07d}"}
        row |= {"expires_on": dt.date(year, 12, 31)}
        self.add(life, firm_id, "recognition", when, row)

    def _title(self, life: Life, firm_id: int, title: str, when: int, years: int) -> None:
        issued = day(when)
        row: Row = {"title": title, "issued_on": issued, "number": None, "name": None}
        row["expires_on"] = issued.replace(year=issued.year + years, day=min(issued.day, 28))
        self.add(life, firm_id, "recognition", when, row)

    # ---- the rest -----------------------------------------------------------------------

    def _rare(self, life: Life, firm_id: int, since: int, until: int) -> None:
        one = life.one
        if life.basis == "deal" and life.graduated is not None:
            deal = one.one(("acquired", "quoted", "listed", "regional", "acquired"))
            self.add(life, firm_id, "deal", life.graduated - one.whole(3, 60), {"deal": deal})
        draw = one.random()
        when = one.whole(since, until)
        if draw < 0.035:
            name = one.one(("中国创新创业大赛上海赛区优胜奖", "浦东新区创新创业大赛二等奖"))
            row: Row = {"name": name, "level": one.one(("provincial", "municipal")), "rank": 2}
            self.add(life, firm_id, "award", when, row)
        elif draw < 0.045:
            row = {"name": f"{life.trade}研发中心", "level": one.one(("provincial", "municipal"))}
            self.add(life, firm_id, "institution", when, row)
        elif draw < 0.055:
            row = {
                "name": f"{life.trade}通用技术规范",
                "level": "industry",
                "rank": one.whole(2, 9),
            }
            self.add(life, firm_id, "standard", when, row)
        elif draw < 0.068:
            kind = one.one(("abnormal", "abnormal", "quality", "safety"))
            ended = when + one.whole(20, 200)
            row = {"incident": kind, "serious": kind != "abnormal"}
            row["ended_on"] = day(ended) if ended < self.today and kind == "abnormal" else None
            self.add(life, firm_id, "incident", when, row)
        elif draw < 0.10:
            row = {"name": one.one(("首台样机下线", "首个订单交付", "获临床试验默示许可"))}
            self.add(life, firm_id, "other", when, row)
