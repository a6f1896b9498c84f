"""The rules of the spine in plain Python: each clause's outcome, the whole, and candidacy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.criteria import oracle_facts as f
from tests.criteria import oracle_ties as t
from tests.criteria.oracle_facts import Iv, Record, all_of, any_of, at_least, no

WAN = 1_000_000  # fen in 万元
HEAD = 24
Value = bool | None


@dataclass(frozen=True)
class C:
    """A condition's outcome, and whether the firm is a candidate as far as it goes."""

    value: Value
    hopeful: bool
    name: str = ""
    parts: tuple[C, ...] = ()

    def each(self) -> dict[str, Value]:
        """Every clause below and here."""
        found = {name: value for part in self.parts for name, value in part.each().items()}
        return found | ({self.name: self.value} if self.name else {})


def leaf(name: str, value: Value, presumed: bool = False) -> C:
    """A clause of data: only a yes makes a candidate, unless a yes is presumed."""
    return C(value, value is True or (presumed and value is None), name)


def remark(condition: C) -> C:
    """Judged and shown beside the others, and no part of what they come to."""
    return C(True, True, parts=(condition,))


def every(*parts: C, name: str = "") -> C:
    """All of them."""
    return C(all_of(*(p.value for p in parts)), all(p.hopeful for p in parts), name, parts)


def either(*parts: C, name: str = "") -> C:
    """One of them."""
    return C(any_of(*(p.value for p in parts)), any(p.hopeful for p in parts), name, parts)


@dataclass(frozen=True)
class Told:
    """What a rule says of a firm on a day."""

    outcome: str
    candidate: bool
    clauses: dict[str, str]
    #: the whole where another rule asks for it: applicable and met
    holds: Value = field(default=None)
    score: tuple[int, int] | None = None


WORDS = {True: "met", False: "not_met", None: "unknown"}


def judged(guards: list[Value], condition: C, score: tuple[int, int] | None = None) -> Told:
    """Not applicable where a guard fails; unknown where one is unknown."""
    applies = all_of(*guards)
    clauses = {name: WORDS[value] for name, value in condition.each().items()}
    holds = all_of(applies, condition.value)
    if applies is False:
        return Told("not_applicable", False, dict.fromkeys(clauses, "not_applicable"), holds)
    outcome = WORDS[condition.value if applies else None]
    return Told(outcome, applies is True and condition.hopeful, clauses, holds, score)


def is_firm(rec: Record) -> Value:
    """Not a team."""
    return bool(rec.firm["kind"] == "firm")


def form_allowed(rec: Record) -> Value:
    """Neither a branch nor an individual business."""
    form = rec.firm["legal_form"]
    return None if form is None else form not in {"individual", "branch"}


def incubating(rec: Record, day: dt.date) -> Value:
    """In incubation on the day."""
    return t.present(rec, day) is not None


def graduation(rec: Record, day: dt.date) -> Told:
    """300号 第九条 from 2019; 680号 (two of three) before."""
    guards = [is_firm(rec), form_allowed(rec), t.agreement(rec, day)]
    if day >= dt.date(2019, 1, 1):
        return judged(
            guards,
            either(
                leaf("9-1", f.title(rec, day)),
                leaf("9-2", f.equity(rec, day).over(500 * WAN)),
                leaf("9-3", f.best_pair(rec, day).over(1000 * WAN)),
                leaf("9-4", f.deal(rec, day)),
            ),
        )
    parts = (
        leaf("680-1", f.rights(rec, day, f.FIRST_CLASS | f.SECOND_CLASS, related=False).least(1)),
        leaf("680-2", f.best_pair(rec, day).over(1000 * WAN)),
        leaf("680-3", f.deal(rec, day)),
    )
    value = at_least(2, *(p.value for p in parts))
    return judged(guards, C(value, [p.hopeful for p in parts].count(True) >= 2, parts=parts))


def share_least(part: Iv, whole: Iv, hundredths: int) -> Value:
    """A share of at least so many per cent; unknown where the whole may be nothing."""
    if not whole.low:
        return None
    assert part.low is not None
    if whole.high is not None and part.low * 100 >= hundredths * whole.high:
        return True
    if part.high is not None and part.high * 100 < hundredths * whole.low:
        return False
    return None


Bands = list[tuple[int, int]]


def points(bands: Bands, asked: Callable[[int], Value]) -> tuple[int, int]:
    """Least and most points: the first band that surely holds, the first that still may."""
    least = next((p for mark, p in bands if asked(mark) is True), 0)
    most = next((p for mark, p in bands if asked(mark) is not False), 0)
    return least, most


def research_points(part: Iv, whole: Iv, bands: Bands) -> tuple[int, int]:
    """Of one of the two options; with nothing to divide by the option is not there."""
    if whole == Iv(0, 0):
        return 0, 0
    return points(bands, lambda mark: share_least(part, whole, mark))


def tech_score(rec: Record, day: dt.date) -> tuple[int, int]:
    """115号 第七条: staff 20, R&D 50 (the better of two), IP results 30."""
    staff = points(
        [(30, 20), (25, 16), (20, 12), (15, 8), (10, 4)],
        lambda mark: tech_share(rec, day, mark),
    )
    rd = f.yearly(rec, "rd_accounting", day)
    sales, costs = f.yearly(rec, "revenue", day), f.yearly(rec, "cost_expenses", day)
    by_sales = research_points(rd, sales, [(6, 50), (5, 40), (4, 30), (3, 20), (2, 10)])
    by_costs = research_points(rd, costs, [(30, 50), (25, 40), (20, 30), (15, 20), (10, 10)])
    first = f.rights(rec, day, f.FIRST_CLASS, related=True)
    second = f.rights(rec, day, f.SECOND_CLASS, related=True)
    by_first = points([(1, 30)], first.least)
    by_second = points([(4, 24), (3, 18), (2, 12), (1, 6)], second.least)
    parts = [
        staff,
        (max(by_sales[0], by_costs[0]), max(by_sales[1], by_costs[1])),
        (max(by_first[0], by_second[0]), max(by_first[1], by_second[1])),
    ]
    return sum(p[0] for p in parts), sum(p[1] for p in parts)


def tech_share(rec: Record, day: dt.date, hundredths: int) -> Value:
    """Sci-tech staff as a share of all."""
    return share_least(f.yearly(rec, "staff_tech", day), f.yearly(rec, "staff", day), hundredths)


def banned(rec: Record, day: dt.date) -> Value:
    """Barred for false data: for three years from the decision."""
    rows = [s for s in rec.stated if s["key"] == "data_fraud" and s["day"] <= day < s["until"]]
    newest = max(rows, key=lambda s: s["day"], default=None)
    if newest is None or (newest["low"] == 1 and f.shifted(newest["day"], 36) < day):
        return None
    return True if newest["low"] == 1 else False if newest["high"] == 0 else None


def tech_sme(rec: Record, day: dt.date) -> Told:
    """115号 第六条 to 第八条."""
    score = tech_score(rec, day)
    reached: Value = True if score[0] >= 60 else False if score[1] < 60 else None
    by_score = C(reached, score[1] >= 60, "7-1")
    levels = {"international", "national", "industry"}
    condition = every(
        leaf("6-1", rec.firm["mainland"]),
        leaf("6-2a", f.yearly(rec, "staff", day).most(500 * HEAD)),
        leaf("6-2b", f.yearly(rec, "revenue", day).most(20_000 * WAN)),
        leaf("6-2c", f.yearly(rec, "assets", day).most(20_000 * WAN)),
        leaf("6-3", no(rec.firm["banned_business"])),
        leaf("6-4a", no(f.serious(rec, day)), presumed=True),
        leaf("6-4b", no(f.listed(rec, day)), presumed=True),
        remark(leaf("160-1", no(banned(rec, day)))),
        either(
            every(by_score, leaf("7-2", tech_share(rec, day, 10))),
            leaf("8-1", f.title(rec, day)),
            leaf("8-2", f.led(rec, day, "award", {"national"}, 3)),
            leaf("8-3", f.institution(rec, day)),
            leaf("8-4", f.led(rec, day, "standard", levels, 5)),
            name="7-8",
        ),
    )
    return judged([is_firm(rec), form_allowed(rec)], condition, score)


def asked_of(name: str, other: Told) -> C:
    """Another rule as a clause: it must apply and be met."""
    return leaf(name, other.holds)


def incubatee(rec: Record, day: dt.date) -> Told:
    """300号 第八条; the limit holds in principle, and going beyond it is pointed out."""
    return judged(
        [is_firm(rec), form_allowed(rec), incubating(rec, day)],
        every(
            leaf("8-1a", rec.firm["tech_business"]),
            asked_of("8-1b", tech_sme(rec, day)),
            leaf("8-2a", all_of(t.registered_inside(rec, day), t.works_inside(rec, day))),
            leaf("8-2b", t.age_at_entry(rec, day).most(24 * f.MONTH)),
            remark(
                either(
                    leaf("8-3a", t.within_limit(rec, day)),
                    leaf("8-3b", t.extended(rec, day)),
                    name="8-3",
                )
            ),
        ),
    )


def pudong_incubatee(rec: Record, day: dt.date) -> Told:
    """Registered in Pudong and working there."""
    works = any_of(t.works_in_a_carrier(rec, day), t.place_in(rec, day, "operating"))
    return judged(
        [is_firm(rec), form_allowed(rec), incubating(rec, day)],
        every(leaf("P-1", t.place_in(rec, day, "registered")), leaf("P-2", works)),
    )


def near_graduate(rec: Record, day: dt.date) -> Told:
    """Four fifths of 第九条, in public notice, or six months of incubation left."""
    left = t.time_left(rec, day)
    return judged(
        [is_firm(rec), form_allowed(rec), incubating(rec, day)],
        either(
            asked_of("N-1", graduation(rec, day)),
            leaf("N-2", f.announced(rec, day)),
            leaf("N-3", f.equity(rec, day).least(400 * WAN)),
            leaf("N-4", f.best_pair(rec, day).least(800 * WAN)),
            leaf("N-5", all_of(left.least(0), left.most(6 * f.MONTH))),
        ),
    )


def clock(rec: Record, day: dt.date) -> Told:
    """Within the limit, or an extension still runs."""
    return judged(
        [incubating(rec, day)],
        either(leaf("C-1", t.within_limit(rec, day)), leaf("C-2", t.extended(rec, day))),
    )


SECTORS = {
    "electronics", "biomedicine", "ai", "smart_manufacturing", "aviation", "automotive",
    "materials", "online_economy",
}  # fmt: skip


def park_ready(rec: Record, day: dt.date) -> Told:
    """A lead sector, size, and not on a black list as far as is known."""
    sector = rec.firm["sector"]
    size = either(
        leaf("R-2a", f.best_pair(rec, day).over(1000 * WAN)),
        leaf("R-2b", f.equity(rec, day).over(1000 * WAN)),
        leaf("R-2c", f.title(rec, day)),
        name="R-2",
    )
    return judged(
        [is_firm(rec), form_allowed(rec)],
        every(
            leaf("R-1", None if sector is None else sector in SECTORS),
            size,
            leaf("R-3", no(f.listed(rec, day)), presumed=True),
        ),
    )


SPINE: dict[str, Callable[[Record, dt.date], Told]] = {
    "incubator.incubatee": incubatee,
    "incubator.pudong_incubatee": pudong_incubatee,
    "incubator.graduation": graduation,
    "tech_sme": tech_sme,
    "incubator.near_graduate": near_graduate,
    "incubator.clock": clock,
    "park.ready": park_ready,
}
