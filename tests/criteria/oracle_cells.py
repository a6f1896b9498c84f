"""Further cells, statements and growing years of random firms, at the boundaries of the law."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from tests.criteria.oracle_facts import Record, Row, shifted

if TYPE_CHECKING:
    from tests.criteria.oracle_firms import Maker

WAN, LARGEST = 1_000_000, 10**14
POINTS = {
    "hnte_advance": 8, "hnte_support": 8, "hnte_system": 6, "hnte_unit": 6, "hnte_transfer": 4,
    "hnte_talent": 4, "sp_local": 15, "sp_ip": 10, "sp_rd_staff": 5,
    "sp_institution": 10, "platform_score": 100, "platform_before": 100,
}  # fmt: skip
#: flags that open a way or a door where they say yes, and one that shuts it
FLAGS = (
    "core_support", "sound_management", "sound_research", "research_strength",
    "strategic_emerging", "high_value_ip", "gap_filling", "base_field", "key_link", "info_system",
    "management_certificate", "own_brand", "quality_award", "maker_china_50", "maker_china_500",
    "domestic_top3", "market_standing", "market_reputation", "six_bases", "key_field",
    "foreign_certificate", "rights_in_use", "leading_rights", "mainland_rights",
)  # fmt: skip
BARRING = ("giant_controlled", "data_fraud")
#: whose day is that of an event, which counts for so many months
EVENTS = ("maker_china_50", "maker_china_500", "data_fraud")
#: said of few, so that the clause about it and two shares is not met by some
FEW = "domestic_top3"
SHARES, YEARS, LEVEL = ("market_share", "world_share"), "segment_years", "digital_level"


def share_of(maker: Maker, whole: int, *hundredths: int) -> int:
    """A share of a whole at a mark, or a unit off it."""
    value = whole * maker.one(*hundredths) // 100 + maker.one(-1, 0, 0, 1)
    return min(LARGEST, max(0, value))


def more(maker: Maker, revenue: int, staff: int) -> Row:
    """Cells that only the further rules ask for."""
    income = maker.one(revenue, revenue, maker.money(500))
    income -= income % 100
    research = share_of(maker, revenue, 3, 4, 5, 6, 10)
    contracted = maker.one(0, maker.money(10), maker.rng.randrange(100))
    assets = maker.money(500, 1000, 20_000)
    return {
        "main_revenue": share_of(maker, revenue, 70, 80, 90, 60, 100),
        "hitech_revenue": share_of(maker, income, 60, 60, 50, 90),
        "total_income": income,
        "net_profit": maker.one(-1, 0, 1) * maker.money(10, 100),
        "rd_hnte": research,
        "rd_internal": max(0, research - contracted * 4 // 5 + maker.one(-1, 0, 1)),
        "rd_contracted": contracted,
        "rd_domestic": share_of(maker, research, 60, 60, 100),
        "assets": assets,
        "liabilities": share_of(maker, assets, 50, 55, 60, 70, 75, 80, 110),
        "staff_end": staff,
        "staff_rd_end": min(staff, share_of(maker, staff, 10, 20, 30, 50)),
        "transformed": maker.one(0, 1, 2, 3, 4, 5, 6),
    }


def grown(maker: Maker, rec: Record) -> None:
    """Yearly figures that grow at a rate of the law, now and then a fen off it."""
    born = rec.firm["founded_on"]
    series = [("revenue",), ("main_revenue",), ("assets", "liabilities"), ("net_profit",)]
    years = sorted({row["year"] for row in rec.figures})
    for column, *emptied in maker.rng.sample(series, maker.one(1, 2)):
        rate = maker.one(0, 5, 5, 8, 10, 15, 20, 25, 35, -10)
        value = maker.one(100, 1000, 5000, 0) * WAN
        begins = min(years, default=0) if maker.chance(0.7) or born is None else born.year + 1
        for year in years:
            off = maker.one(-1, 0, 0, 1) if maker.chance(0.3) else 0
            held = max(0, value + off) if year >= begins else 0
            for row in rec.figures:
                if row["year"] == year and not row["quarter"]:
                    row |= {column: held} | dict.fromkeys(emptied, 0)
            value = value * (100 + rate) // 100


def statements(maker: Maker, rec: Record, day: dt.date) -> None:
    """What is stated: points and ranges, yes and no, in time or not; replaced or not."""
    for key in (*POINTS, *FLAGS, *BARRING, *SHARES, YEARS, LEVEL):
        if maker.chance(0.35):
            continue
        begins = day - dt.timedelta(maker.one(0, 0, 1, 30))
        if key in EVENTS and maker.chance(0.4):
            begins = shifted(day, -36) + dt.timedelta(maker.one(-1, 0, 1))
        for start in sorted({begins, begins - dt.timedelta(maker.one(0, 200))}):
            rec.stated.append(_statement(maker, rec, key, start, day))


def _statement(maker: Maker, rec: Record, key: str, start: dt.date, day: dt.date) -> Row:
    low: Any
    high: Any
    if key in POINTS:
        low, high = sorted(maker.rng.randrange(POINTS[key] + 2) for _n in range(2))
        if maker.chance(0.6):
            low = high
        if key.startswith("platform"):
            low = high = maker.one(49, 50, 59, 60, 61)
    elif key in SHARES:
        low = high = maker.one(100, 100, 999, 999, 1000, 1001)
    elif key == LEVEL:
        low = high = maker.one(1, 2, 3, 4)
    elif key == YEARS:
        low = high = maker.one(1, 2, 2, 3, 3, 4, 10)
    else:
        low, high = maker.one((1, 1), (0, 0) if key == FEW else (1, 1), (0, 0), (0, 1))
    until = max(maker.one(day + dt.timedelta(300), maker.by(day)), start + dt.timedelta(1))
    return {"id": maker.id(), "firm_id": rec.firm["id"], "key": key, "day": start, "until": until,
            "low": low, "high": high, "verification": "carrier"}  # fmt: skip


def strong(maker: Maker, rec: Record, day: dt.date) -> None:
    """A firm that meets nearly all the law asks for, at its very marks or a little off them."""
    born = dt.date(day.year - 5, 3, 1)
    rec.firm |= {"kind": "firm", "code": f"T{rec.firm['id']:017d}", "legal_form": "company",
                 "founded_on": born, "mainland": True, "field": "f1_electronics",
                 "industry": maker.one("C39", "I65")}  # fmt: skip
    rec.figures.clear()
    revenue = maker.one(200, 1000, 1500, 3000, 5000, 10_000, 20_000, 60_000) * WAN
    rec.places = [place for place in rec.places if place["kind"] != "registered"]
    rec.places.append({"id": maker.id(), "firm_id": rec.firm["id"], "kind": "registered",
                       "district": "310115", "starts": born, "ends": None})  # fmt: skip
    title = {"title": "hnte", "issued_on": day - dt.timedelta(200), "revoked_on": None}
    blank = {"announced_on": None, "filed_on": None, "expires_on": None}
    for name in ("hnte", "specialised_sme", "innovative_sme"):
        row = maker.milestone(rec, day, "recognition") | title | blank | {"title": name}
        rec.milestones.append(row)
    row = maker.milestone(rec, day, "institution")
    rec.milestones.append(row | {"level": "provincial", "day": born, "expires_on": None})
    rate = maker.one(5, 20, 25, 35, 40)
    spend = maker.one(3, 4, 5, 6, 10)
    for year in range(day.year - 4, day.year):
        cells = _good_year(maker, revenue, spend)
        for name in maker.rng.sample(sorted(cells), maker.one(0, 0, 1)):
            cells[name] = None
        base = {"id": maker.id(), "firm_id": rec.firm["id"], "year": year, "quarter": 0,
                "source": "audit", "verification": "carrier"}  # fmt: skip
        rec.figures.append(base | cells)
        revenue = revenue * (100 + rate) // 100 + maker.one(0, 0, 0, -1)
    rec.milestones = [m for m in rec.milestones if m["kind"] not in ("ip", "incident")]
    for _n in range(maker.one(1, 2, 4, 5)):
        row = maker.milestone(rec, day, "ip")
        rec.milestones.append(
            row | {"ip_type": maker.one("invention", "layout", "software"), "related": True,
                   "granted_on": born, "obtained_on": None, "expires_on": None,
                   "obtained": maker.one("own", "own", "own", "transfer"),
                   "used_before": False, "revoked_on": None}
        )  # fmt: skip
    rec.stated.clear()
    until = day + dt.timedelta(300)
    best = {
        **POINTS,
        **dict.fromkeys(FLAGS, 1),
        **dict.fromkeys(BARRING, 0),
        LEVEL: 3,
        **dict.fromkeys(SHARES, 1000),
        YEARS: 3,
    }
    for key in maker.rng.sample(sorted(best), len(best) - maker.one(0, 0, 1, 3)):
        most = best[key]
        low = most - maker.one(0, 0, 1) if key in POINTS else most
        rec.stated.append(
            {"id": maker.id(), "firm_id": rec.firm["id"], "key": key, "day": day, "until": until,
             "low": low, "high": most, "verification": "carrier"}
        )  # fmt: skip
    rec.attestations.clear()
    maker.promise(rec, None, None, day)


def _good_year(maker: Maker, revenue: int, spend: int) -> Row:
    research = revenue * spend // 100 + maker.one(0, 0, 0, -1)
    staff = 24 * maker.one(20, 50, 100)
    assets = revenue * 2
    return {
        "revenue": revenue, "main_revenue": revenue * maker.one(80, 90, 100) // 100,
        "hitech_revenue": revenue * maker.one(60, 70) // 100, "total_income": revenue,
        "cost_expenses": revenue, "net_profit": revenue // 10, "rd_accounting": research,
        "rd_hnte": research, "rd_internal": research, "rd_contracted": 0,
        "rd_domestic": research * maker.one(60, 100) // 100, "assets": assets,
        "liabilities": assets * maker.one(50, 70, 75) // 100, "staff": staff,
        "staff_tech": staff * maker.one(10, 20, 30) // 100, "staff_end": staff,
        "staff_rd_end": staff * maker.one(10, 20, 30, 50) // 100,
        "transformed": maker.one(4, 5, 6),
    }  # fmt: skip
