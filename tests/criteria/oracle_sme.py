"""优质中小企业梯度培育 in plain Python: 63号 附件1 to 附件3, 2号 附件1 and 附件2."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

from tests.criteria import oracle_facts as f
from tests.criteria import oracle_more as g
from tests.criteria.oracle_facts import FIRST_CLASS, SECOND_CLASS, Iv, Record, all_of, any_of, no
from tests.criteria.oracle_hnte import Range, add, better
from tests.criteria.oracle_rules import (
    WAN,
    C,
    Told,
    Value,
    either,
    every,
    form_allowed,
    is_firm,
    judged,
    leaf,
    points,
    remark,
    share_least,
)
from tests.criteria.oracle_sh import compounds

NEW_RULE = dt.date(2026, 4, 1)
FUNDS, UNSURE = {"venture", "industrial"}, {"angel", "government", "unknown"}
PROVINCIAL = {"international", "national", "provincial"}
EVERYWHERE = PROVINCIAL | {"municipal", "industry"}


class Firm:
    """A firm on a day, asked in the words of the annexes."""

    def __init__(self, rec: Record, day: dt.date) -> None:
        self.rec, self.day = rec, day

    def year(self, column: str, back: int = 0) -> Iv:
        """A figure of last year, or of a year before it."""
        value = g.year_of(self.rec, column, self.day.year - 1 - back)
        return (
            Iv(None if column == "net_profit" else 0, None) if value is None else Iv(value, value)
        )

    def share(self, part: str, whole: str, mark: int, back: int = 0) -> Value:
        """A share of at least so many per cent."""
        low = self.year(part, back)
        if low.low is None:
            return None
        return share_least(low, self.year(whole, back), mark)

    def owes_most(self, mark: int) -> Value:
        """Liabilities of at most so many per cent of assets."""
        owed, assets = self.year("liabilities"), self.year("assets")
        if not assets.low or owed.high is None:
            return None
        return owed.high * 100 <= mark * assets.low

    def capital(self, months: int) -> Iv:
        """New equity of qualified investors."""
        return g.raised(self.rec, self.day, months, FUNDS, UNSURE)

    def said(self, key: str) -> Value:
        """A plain statement."""
        return g.said(self.rec, key, self.day)

    def award(self, levels: set[str], rank: int | None) -> Value:
        """A science award of three years up to a place; None: any."""
        since = f.window(self.day, 36)
        rows = [
            m for m in f.of_kind(self.rec, "award", self.day)
            if m["level"] in levels and since <= m["day"] <= self.day
        ]  # fmt: skip
        whole = f.complete(self.rec, "award", self.day, since)
        if rank is None:
            return f.some(bool(rows), False, whole)
        return f.some(
            any(m["rank"] is not None and m["rank"] <= rank for m in rows),
            any(m["rank"] is None for m in rows),
            whole,
        )

    def unit(self, levels: set[str]) -> Value:
        """An R&D institution of a level."""
        there = any(
            m["level"] in levels
            and m["day"] <= self.day
            and (m["expires_on"] is None or m["expires_on"] >= self.day)
            for m in f.of_kind(self.rec, "institution", self.day)
        )
        return f.some(there, False, f.complete(self.rec, "institution", self.day))

    def title(self, name: str, months: int) -> Value:
        """A title in force."""
        return g.titled(self.rec, self.day, name, months)

    def spent(self, years: int) -> Iv:
        """R&D of the last years together."""
        return g.span(self.rec, "rd_accounting", self.day, years)

    def mean_growth(self) -> Fraction | None:
        """Mean of two yearly rates of main income, from bases above nothing."""
        one, two, three = g.sales(self.rec, "main_revenue", self.day)
        if one is None or two is None or three is None or one <= 0 or two <= 0:
            return None
        return (Fraction(two, one) + Fraction(three, two)) / 2 - 1

    def marks(self, key: str, most: int) -> Range:
        """Points by hand."""
        return g.marks(self.rec, key, self.day, most)

    def yes(self, value: Value, worth: int, otherwise: int = 0) -> Range:
        """Points for a yes."""
        return (worth if value is True else otherwise), (otherwise if value is False else worth)


def at_least_points(reach: Range, mark: int, name: str) -> C:
    """A score against a mark."""
    low, high = reach
    value: Value = True if low >= mark else False if high < mark else None
    return C(value, high >= mark, name)


def growth_points(growth: Fraction | None, bands: list[tuple[int, int]]) -> Range:
    """Points of a growth."""
    return points(bands, lambda mark: g.reaches(growth, mark))


def owing_points(one: Firm, bands: list[tuple[int, int]]) -> Range:
    """Points of little debt."""
    return points(bands, one.owes_most)


def innovative(rec: Record, day: dt.date) -> Told:
    """63号 附件1."""
    one = Firm(rec, day)
    class_one = g.holds(rec, day, FIRST_CLASS, settled=12)
    high = one.yes(one.said("high_value_ip"), 20)
    rights = better(  # none without a right, and surely only with one
        (high[0] if class_one.least(1) else 0, 0 if class_one.least(1) is False else high[1]),
        points([(1, 15)], g.holds(rec, day, FIRST_CLASS, obtained={"own"}, settled=12).least),
        points([(1, 10)], class_one.least),
        points([(1, 5)], g.holds(rec, day, SECOND_CLASS, settled=12).least),
    )
    research = points(
        [(5, 20), (3, 15), (2, 10), (1, 5)], lambda m: one.share("rd_accounting", "revenue", m)
    )
    before, last = g.sales(rec, "main_revenue", day, 2)
    rate = None if before is None or last is None or before <= 0 else Fraction(last, before) - 1
    innovation = add(rights, research, most=40)
    growing = add(
        growth_points(rate, [(15, 20), (10, 15), (5, 10), (0, 5)]),
        owing_points(one, [(55, 10), (75, 5)]),
        most=30,
    )
    special = add(
        one.yes(one.said("strategic_emerging"), 10, otherwise=5),
        points(
            [(70, 20), (60, 15), (55, 10), (50, 5)],
            lambda m: one.share("main_revenue", "revenue", m),
        ),
        most=30,
    )
    score = add(innovation, growing, special)
    condition = either(
        every(
            at_least_points(score, 60, "I-1a"),
            at_least_points(innovation, 20, "I-1b"),
            at_least_points(growing, 15, "I-1c"),
            at_least_points(special, 15, "I-1d"),
            name="I-1",
        ),
        leaf("I-2a", one.award({"national", "provincial"}, None)),
        leaf("I-2b", any_of(one.title("hnte", 36), one.title("demonstration", 36))),
        leaf("I-2c", one.unit(PROVINCIAL)),
        leaf("I-2d", one.capital(36).least(500 * WAN)),
    )
    return judged([is_firm(rec), form_allowed(rec)], condition, score)


def special_score(one: Firm) -> Range:
    """63号 附件2: 25, 25, 15, 35."""
    segment: Callable[[int], Value] = lambda m: g.least(one.rec, "segment_years", one.day, m)  # noqa: E731
    focus = add(
        points([(80, 5), (70, 3), (60, 1)], lambda m: one.share("main_revenue", "revenue", m)),
        growth_points(one.mean_growth(), [(10, 10), (8, 8), (6, 6), (4, 4), (0, 2)]),
        points([(10, 5), (8, 4), (6, 3), (4, 2), (2, 1)], segment),
        better(one.yes(one.said("gap_filling"), 5), one.yes(one.said("base_field"), 3)),
        most=25,
    )
    drafted = g.drafted(one.rec, one.day, {"international", "national", "industry", "provincial"})
    quality = add(
        *(
            one.yes(one.said(k), 3)
            for k in ("quality_award", "management_certificate", "own_brand")
        ),
        one.yes(drafted, 3),
        most=5,
    )
    fine = add(
        points([(3, 5), (2, 3)], lambda m: g.least(one.rec, "digital_level", one.day, m)),
        quality,
        points(
            [(10, 10), (8, 8), (6, 6), (4, 4), (2, 2)],
            lambda m: one.share("net_profit", "revenue", m),
        ),
        owing_points(one, [(50, 5), (60, 3), (70, 1)]),
        most=25,
    )
    by_sum: Callable[[int], Value] = lambda m: one.year("rd_accounting").least(m * WAN)  # noqa: E731
    research = better(
        points([(500, 10), (400, 8), (300, 6), (200, 4), (100, 2)], by_sum),
        points(
            [(10, 10), (8, 8), (6, 6), (4, 4), (3, 2)],
            lambda m: one.share("rd_accounting", "revenue", m),
        ),
    )
    new = add(
        one.marks("sp_ip", 10), research, one.marks("sp_rd_staff", 5),
        one.marks("sp_institution", 10), most=35,
    )  # fmt: skip
    return add(focus, fine, one.marks("sp_local", 15), new)


def specialised_old(rec: Record, day: dt.date) -> Told:
    """63号 附件2."""
    one = Firm(rec, day)
    score = special_score(one)
    award = any_of(one.award({"provincial"}, 3), one.award({"national"}, 5))
    condition = every(
        leaf("A-1", g.least(rec, "segment_years", day, 2)),
        leaf("A-2a", one.year("rd_accounting").least(100 * WAN)),
        leaf("A-2b", one.share("rd_accounting", "revenue", 3)),
        either(
            leaf("A-3a", one.year("revenue").least(1000 * WAN)),
            leaf("A-3b", one.capital(24).least(2000 * WAN)),
            name="A-3",
        ),
        either(
            at_least_points(score, 60, "A-4a"),
            leaf("A-4b", award),
            leaf("A-4c", one.spent(2).least(2000 * WAN)),
            leaf("A-4d", one.capital(24).least(6000 * WAN)),
            leaf("A-4e", g.happened(rec, "maker_china_500", day, 36)),
            name="A-4",
        ),
    )
    return judged([is_firm(rec), form_allowed(rec)], condition, score)


def platform(one: Firm, name: str, mark: int, kind: str) -> tuple[C, ...]:
    """The national score: of this year, in a review of either year."""
    now = g.least(one.rec, "platform_score", one.day, mark)
    before = g.least(one.rec, "platform_before", one.day, mark)
    if kind == "new":
        return (leaf(name, now),)
    return (leaf(f"{name}r", any_of(now, before)),)


def judgement(name: str, value: Value) -> C:
    """A clause for a person: it bars no candidate."""
    return C(value, True, name)


def specialised(rec: Record, day: dt.date, kind: str = "new") -> Told:
    """2号 附件1 from April 2026, 63号 附件2 before."""
    if day < NEW_RULE:
        return specialised_old(rec, day)
    one = Firm(rec, day)
    title = any_of(one.title("innovative_sme", 36), one.title("tech_sme", 12))
    condition = every(
        leaf("B-1", title),
        leaf("B-2", g.least(rec, "segment_years", day, 3)),
        either(
            leaf("B-3a", one.year("revenue").least(1500 * WAN)),
            leaf("B-3b", one.capital(24).least(2000 * WAN)),
            name="B-3",
        ),
        leaf("B-4", one.share("main_revenue", "revenue", 80)),
        leaf("B-5", one.owes_most(80)),
        leaf("B-6a1", one.year("rd_accounting").least(100 * WAN)),
        leaf("B-6a2", one.share("rd_accounting", "revenue", 3)),
        leaf("B-6b1", one.year("rd_accounting", 1).least(100 * WAN)),
        leaf("B-6b2", one.share("rd_accounting", "revenue", 3, 1)),
        either(
            leaf("B-7a", g.holds(rec, day, FIRST_CLASS).least(1)),
            leaf("B-7b", one.award(PROVINCIAL, 3)),
            leaf("B-7c", one.unit(PROVINCIAL)),
            name="B-7",
        ),
        judgement("B-8", one.said("market_standing")),
        *platform(one, "B-9", 50, kind),
    )
    return judged([is_firm(rec), form_allowed(rec)], condition)


def giant(rec: Record, day: dt.date, kind: str = "new") -> Told:
    """2号 附件2; 63号 附件3 before April 2026, and in reviews to the end of 2026."""
    until = NEW_RULE if kind == "new" else dt.date(2027, 1, 1)
    return giant_old(rec, day) if day < until else giant_new(rec, day, kind)


def giant_new(rec: Record, day: dt.date, kind: str) -> Told:
    """2号 附件2."""
    one = Firm(rec, day)
    grown = leaf("G-2c", compounds(g.sales(rec, "revenue", day), 5))
    since = f.window(day, 36)
    bad = {"safety", "quality", "environment", "dishonesty", "illegal"}
    told = g.grave(rec, day, since, bad)
    own = g.holds(rec, day, FIRST_CLASS, obtained={"own"})
    condition = every(
        leaf("G-1a", one.title("specialised_sme", 36)),
        leaf("G-1b", g.least(rec, "segment_years", day, 3)),
        leaf("G-2a", one.year("revenue").least(5000 * WAN)),
        leaf("G-2b", one.share("main_revenue", "revenue", 90)),
        *((grown,) if kind == "new" else ()),
        leaf("G-2d", one.owes_most(75)),
        leaf("G-3", one.spent(2).least(1200 * WAN)),
        leaf("G-3a2", one.share("rd_accounting", "revenue", 3)),
        leaf("G-3b2", one.share("rd_accounting", "revenue", 3, 1)),
        either(
            every(leaf("G-4a", own.least(4)), judgement("G-4c", one.said("leading_rights"))),
            leaf("G-4b", one.award({"national"}, 3)),
            name="G-4",
        ),
        either(
            leaf("G-5a", g.least(rec, "market_share", day, 1000)),
            leaf("G-5w", g.least(rec, "world_share", day, 1000)),
            leaf("G-5b", one.said("domestic_top3")),
            name="G-5",
        ),
        remark(leaf("G-5c", one.said("market_reputation"))),
        judgement("G-6", any_of(one.said("six_bases"), one.said("key_link"))),
        *platform(one, "G-7", 60, kind),
        leaf("G-8a", no(told), presumed=True),
        leaf("G-8d", no(f.listed(rec, day, {"illegal"})), presumed=True),
        judgement("G-8b", no(one.said("giant_controlled"))),
        leaf("G-8c", no(one.title("champion", 36)), presumed=True),
        leaf("G-8e", no(g.happened(rec, "data_fraud", day, 36)), presumed=True),
    )  # fmt: skip
    return judged([is_firm(rec), form_allowed(rec)], condition)


def giant_of_2025(rec: Record, day: dt.date, kind: str) -> Told:
    """63号 附件3 with the notice of 2025."""
    return giant_old(rec, day, kind, notice=True)


def giant_old(rec: Record, day: dt.date, kind: str = "new", notice: bool = False) -> Told:
    """63号 附件3; the notice of 2025 asks new applicants for sales and reviews for no growth."""
    one = Firm(rec, day)
    gap = one.said("gap_filling")
    two, three = (g.least(rec, "segment_years", day, n) for n in (2, 3))
    years = two if gap is True else three if gap is False else two if two == three else None
    ways = [
        all_of(*(one.share("rd_accounting", "revenue", mark, back) for back in (0, 1)))
        for mark in (3, 6)
    ]
    half = share_least(one.year("staff_rd_end"), one.year("staff_end"), 50)
    ways.append(all_of(one.capital(24).least(8000 * WAN), one.spent(2).least(3000 * WAN), half))
    large, middle = (one.year("revenue").least(n * WAN) for n in (10_000, 5000))
    possible = [ways[0]] if large is not False else []
    possible += [ways[1]] if large is not True and middle is not False else []
    possible += [ways[2]] if large is not True and middle is not True else []
    ladder = possible[0] if len(set(possible)) == 1 else None
    grown = leaf("Z-1c", g.reaches(one.mean_growth(), 5))
    more: list[C] = [] if notice and kind == "review" else [grown]
    if notice:
        more.append(judgement("Z-7", no(one.said("giant_controlled"))))
    if notice and kind == "new":
        more.append(leaf("Z-0", one.year("revenue").least(5000 * WAN)))
    condition = every(
        leaf("Z-1q", one.title("specialised_sme", 36)),
        leaf("Z-1a", years),
        leaf("Z-1b", one.share("main_revenue", "revenue", 70)),
        *more,
        leaf("Z-2a", one.said("info_system")),
        leaf("Z-2b", any_of(one.said("management_certificate"), one.said("foreign_certificate"))),
        leaf("Z-2c", one.owes_most(70)),
        leaf("Z-3a", g.least(rec, "market_share", day, 1000)),
        leaf("Z-3b", one.said("own_brand")),
        either(
            every(
                leaf("Z-4a", ladder),
                leaf("Z-4b", one.unit(EVERYWHERE)),
                leaf("Z-4c", g.holds(rec, day, FIRST_CLASS).least(2)),
                judgement("Z-4f", one.said("rights_in_use")),
            ),
            leaf("Z-4d", one.award({"national"}, 3)),
            leaf("Z-4e", g.happened(rec, "maker_china_50", day, 36)),
            name="Z-4",
        ),
        judgement("Z-5", one.said("key_link")),
        judgement("Z-6", one.said("key_field")),
    )
    return judged([is_firm(rec), form_allowed(rec)], condition)
