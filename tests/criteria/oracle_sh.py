"""上海科技小巨人（培育） in plain Python: 沪科规〔2021〕12号; and admission to an accelerator."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from tests.criteria import oracle_facts as f
from tests.criteria import oracle_more as g
from tests.criteria import oracle_ties as t
from tests.criteria.oracle_facts import Record, all_of, no
from tests.criteria.oracle_rules import (
    WAN,
    C,
    Told,
    Value,
    asked_of,
    either,
    every,
    form_allowed,
    graduation,
    is_firm,
    judged,
    leaf,
    share_least,
)

BACKERS = {"angel", "venture", "government", "industrial"}


def staff(rec: Record, day: dt.date, making: int, service: int) -> Value:
    """The share of R&D staff that the industry asks for, at the end of last year."""
    part, whole = (f.yearly(rec, c, day) for c in ("staff_rd_end", "staff_end"))
    asked = {making, service}
    if rec.firm["industry"] is not None:
        asked = {making if rec.firm["industry"].startswith("C") else service}
    told = {share_least(part, whole, mark) for mark in asked}
    return told.pop() if len(told) == 1 else None


def compounds(years: list[int | None], hundredths: int) -> Value:
    """Last over first is at least (1 + rate)², from a base above nothing."""
    first, last = years[0], years[-1]
    if first is None or last is None or first <= 0:
        return None
    return Fraction(last, first) >= Fraction(100 + hundredths, 100) ** 2


def giant(
    rec: Record, day: dt.date, art: int, making: int, service: int, spent: int,
    low: int, above: Value, raised: int,
) -> Told:  # fmt: skip
    """All conditions; `above`: whether last year's main income passes the top of the range."""
    main = f.yearly(rec, "main_revenue", day)
    age = t.months_since(rec, day)
    condition = every(
        leaf(f"{art}-1", all_of(age.least(36 * f.MONTH), t.shanghai(rec, day))),
        leaf(f"{art}-2", f.title(rec, day)),
        leaf(f"{art}-3", no(g.listed_firm(rec, day))),
        leaf(f"{art}-4", staff(rec, day, making, service)),
        leaf(
            f"{art}-5",
            share_least(g.span(rec, "rd_accounting", day), g.span(rec, "main_revenue", day), spent),
        ),
        leaf(f"{art}-6a", main.least(low * WAN)),
        leaf(f"{art}-6b", no(above)),
        either(
            leaf(f"{art}-8a", compounds(g.sales(rec, "main_revenue", day), 20)),
            leaf(f"{art}-8b", compounds(g.sales(rec, "net_profit", day), 20)),
            leaf(f"{art}-8c", g.raised(rec, day, 36, BACKERS, {"unknown"}).over(raised * WAN)),
            name=f"{art}-8",
        ),
        C(g.said(rec, "sound_management", day), True, f"{art}-9"),
        C(
            g.said(rec, "sound_research" if art == 6 else "research_strength", day),
            True,
            f"{art}-7",
        ),
    )
    return judged([is_firm(rec), form_allowed(rec)], condition)


def cultivation(rec: Record, day: dt.date) -> Told:
    """3,000万 to below 1亿."""
    main = f.yearly(rec, "main_revenue", day)
    return giant(rec, day, 6, 10, 30, 6, 3000, main.least(10_000 * WAN), 5000)


def tech_giant(rec: Record, day: dt.date) -> Told:
    """1亿 to 10亿."""
    main = f.yearly(rec, "main_revenue", day)
    return giant(rec, day, 7, 20, 50, 5, 10_000, main.over(100_000 * WAN), 8000)


def admission(rec: Record, day: dt.date) -> Told:
    """Our own rule for accelerators: graduated or HNTE, and revenue that grows by a fifth."""
    condition = every(
        either(asked_of("J-1a", graduation(rec, day)), leaf("J-1b", f.title(rec, day)), name="J-1"),
        leaf("J-2", compounds(g.sales(rec, "revenue", day), 20)),
    )
    return judged([is_firm(rec), form_allowed(rec)], condition)
