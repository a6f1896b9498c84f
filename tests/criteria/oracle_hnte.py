"""高新技术企业 in plain Python: 32号 第十一条 and the score of 195号 三（七）."""

from __future__ import annotations

import datetime as dt

from tests.criteria import oracle_facts as f
from tests.criteria import oracle_more as g
from tests.criteria.oracle_facts import FIRST_CLASS, SECOND_CLASS, Iv, Record, no
from tests.criteria.oracle_rules import (
    WAN,
    C,
    Told,
    Value,
    every,
    form_allowed,
    is_firm,
    judged,
    leaf,
    share_least,
)

ANY = FIRST_CLASS | SECOND_CLASS
Range = tuple[int, int]


def add(*parts: Range, most: int = 100) -> Range:
    """Sums of the ends, no more than the most."""
    return min(sum(p[0] for p in parts), most), min(sum(p[1] for p in parts), most)


def better(*parts: Range) -> Range:
    """The better of some."""
    return max(p[0] for p in parts), max(p[1] for p in parts)


def rights(rec: Record, day: dt.date) -> Range:
    """IP: 30 in all, with the bonus."""
    first = g.holds(rec, day, FIRST_CLASS)
    second = g.holds(rec, day, SECOND_CLASS, once=SECOND_CLASS)
    own = g.holds(rec, day, ANY, once=SECOND_CLASS, obtained={"own"})
    either = g.holds(rec, day, ANY, once=SECOND_CLASS)
    bonus = g.drafted(rec, day, {"national", "industry"})
    count = better(
        g.band([(1, 7, 8)], first.least),
        g.band([(5, 5, 6), (3, 3, 4), (1, 1, 2)], second.least),
    )
    none, sure = either.high == 0, either.low is not None and either.low >= 1

    def judged_of(key: str) -> Range:
        """Marks that experts give to rights: none where there is no right."""
        low, high = g.marks(rec, key, day, 8)
        return (low if sure else 0), (0 if none else high)

    return add(
        judged_of("hnte_advance"),
        judged_of("hnte_support"),
        count,
        better(g.band([(1, 1, 6)], own.least), g.band([(1, 1, 3)], either.least)),
        (0, 0 if bonus is False else 2),
        most=30,
    )


def grown(years: list[int | None]) -> Range:
    """Ten points: 35, 25, 15, 5 per cent, and above nothing."""
    growth = g.scored_growth(years)
    low, high = g.band(
        [(35, 9, 10), (25, 7, 8), (15, 5, 6), (5, 3, 4)], lambda mark: g.reaches(growth, mark)
    )
    any_at_all = g.reaches(growth, 0, above=True)
    return low or int(any_at_all is True), high or (0 if any_at_all is False else 2)


def whole_score(rec: Record, day: dt.date) -> Range:
    """195号: 30, 30, 20, 20."""
    results = g.span(rec, "transformed", day)
    turned = g.band(
        [(5, 25, 30), (4, 19, 24), (3, 13, 18), (2, 7, 12), (1, 1, 6)],
        lambda mark: results.least(mark * 3),
    )
    managed = [("hnte_system", 6), ("hnte_unit", 6), ("hnte_transfer", 4), ("hnte_talent", 4)]
    return add(
        rights(rec, day),
        turned,
        add(*(g.marks(rec, key, day, most) for key, most in managed), most=20),
        add(grown(g.net_assets(rec, day)), grown(g.sales(rec, "revenue", day)), most=20),
    )


def score(rec: Record, day: dt.date) -> Told:
    """Above seventy."""
    low, high = whole_score(rec, day)
    passed: Value = True if low > 70 else False if high <= 70 else None
    return judged([is_firm(rec)], C(passed, high > 70, "S"), (low, high))


def tier(last: Iv, ratio: list[Value]) -> Value:
    """5 % up to 5,000万, 4 % up to 2亿, 3 % above: what every tier still possible says."""
    small, middle = last.most(5000 * WAN), last.most(20_000 * WAN)
    possible = []
    if small is not False:
        possible.append(ratio[0])
    if small is not True and middle is not False:
        possible.append(ratio[1])
    if small is not True and middle is not True:
        possible.append(ratio[2])
    return possible[0] if len(set(possible)) == 1 else None


def hnte(rec: Record, day: dt.date) -> Told:
    """The eight conditions."""
    born, field = rec.firm["founded_on"], rec.firm["field"]
    spent, sold = g.research(rec, day), g.span(rec, "revenue", day)
    year = f.yearly
    since = day - dt.timedelta(365)
    told = g.grave(rec, day, since, {"safety", "quality", "environment"})
    income = share_least(year(rec, "hitech_revenue", day), year(rec, "total_income", day), 60)
    condition = every(
        leaf("11-1", None if born is None else (day - born).days >= 365),
        leaf("11-2a", g.holds(rec, day, ANY, once=SECOND_CLASS).least(1)),
        C(g.said(rec, "core_support", day), True, "11-2b"),
        C(g.said(rec, "mainland_rights", day), True, "11-2c"),
        C(None if field is None else field.startswith("f"), True, "11-3"),
        leaf("11-4", share_least(year(rec, "staff_tech", day), year(rec, "staff", day), 10)),
        leaf(
            "11-5a",
            tier(year(rec, "revenue", day), [share_least(spent, sold, m) for m in (5, 4, 3)]),
        ),
        leaf("11-5b", share_least(g.span(rec, "rd_domestic", day), spent, 60)),
        leaf("11-6", income),
        leaf("11-7", score(rec, day).holds, presumed=True),
        leaf("11-8", no(told), presumed=True),
    )
    return judged([is_firm(rec), form_allowed(rec), rec.firm["mainland"]], condition)
