"""Where a regulation asks for other numbers from a size on: at its borders, to the fen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask

from app.criteria import service
from tests.criteria.oracle_facts import Record
from tests.criteria.oracle_store import carriers, judged, store
from tests.criteria.test_boundaries import HEAD, Plain

WAN = 1_000_000
AUTUMN, MARCH = dt.date(2026, 11, 24), dt.date(2026, 3, 31)


def firm(make: Plain, **columns: list[int]) -> Record:
    """A firm of six years with figures of 2023, 2024, 2025, as far as given."""
    rec = make.plain(founded_on=dt.date(2020, 1, 1))
    for year in (2023, 2024, 2025):
        make.yearly(
            rec, year, **{n: v[year - 2023] for n, v in columns.items() if year - 2023 < len(v)}
        )
    return rec


def raised(make: Plain, rec: Record, amount: int, investor: str = "venture") -> Record:
    """The firm with money received in March 2026."""
    make.happened(rec, "financing", investor=investor, money_state="received", amount=amount,
                  received_on=MARCH)  # fmt: skip
    rec.milestones[-1]["day"] = MARCH
    return rec


def hnte(make: Plain, last: int, research: int, **more: list[int]) -> Record:
    return firm(make, revenue=[0, 0, last], rd_hnte=[0, 0, research], **more)


def test_research_asked_of_an_hnte_by_last_years_sales(app: Flask, rules: None) -> None:
    make, cases = Plain(33, carriers()), []
    for last, least in (
        (5000 * WAN, 250 * WAN),
        (5000 * WAN + 1, 200 * WAN + 1),
        (20_000 * WAN, 800 * WAN),
        (20_000 * WAN + 1, 600 * WAN + 1),
    ):
        cases += [(hnte(make, last, least + off), "11-5a", off >= 0) for off in (-1, 0)]
    # 4,000 of 9,000 last year; 480 spent, of which 400 at home
    example = firm(
        make, revenue=[2000 * WAN, 3000 * WAN, 4000 * WAN],
        rd_hnte=[100 * WAN, 180 * WAN, 200 * WAN], rd_domestic=[80 * WAN, 160 * WAN, 160 * WAN],
    )  # fmt: skip
    cases += [(example, "11-5a", True), (example, "11-5b", True)]
    store({id(rec): rec for rec, *_rest in cases}.values())
    found = judged(AUTUMN)
    said = [found["hnte", rec.firm["id"]].clauses[clause] for rec, clause, _met in cases]
    assert said == ["met" if met else "not_met" for *_rest, met in cases]


def test_research_asked_of_a_little_giant_of_63(app: Flask, rules: None) -> None:
    make = Plain(34, carriers())

    def spends(last: int, percent: int, off: int = 0) -> Record:
        each = -(-last * percent // 100) + off
        return firm(make, revenue=[0, last, last], rd_accounting=[0, each, each])

    def small(
        money: int = 8000 * WAN, spent: int = 3000 * WAN, staff: int = 50, **kw: Any
    ) -> Record:
        rec = firm(
            make, revenue=[0, WAN, 5000 * WAN - 1], rd_accounting=[0, 0, spent],
            staff_end=[0, 0, 100 * HEAD], staff_rd_end=[0, 0, staff * HEAD],
        )  # fmt: skip
        return raised(make, rec, money, **kw)

    cases = [
        (spends(10_000 * WAN, 3), "met"),
        (spends(10_000 * WAN, 3, -1), "not_met"),
        (spends(10_000 * WAN - 1, 3), "not_met"),
        (spends(10_000 * WAN - 1, 6), "met"),
        (spends(5000 * WAN, 6), "met"),
        (spends(5000 * WAN, 6, -1), "not_met"),
        (spends(5000 * WAN - 1, 6), "not_met"),
        (small(), "met"),
        (small(money=8000 * WAN - 1), "not_met"),
        (small(spent=3000 * WAN - 1), "not_met"),
        (small(staff=49), "not_met"),
        (small(investor="angel"), "unknown"),
    ]
    store([rec for rec, _said in cases])
    found = judged(MARCH)
    said = [found["little_giant", rec.firm["id"]].clauses["Z-4a"] for rec, _said in cases]
    assert said == [wanted for _rec, wanted in cases]


def test_what_the_score_leaves_to_a_person(app: Flask, rules: None) -> None:
    make = Plain(35, carriers())
    growing = {"revenue": [10 * WAN, 11 * WAN, 12 * WAN], "liabilities": [0, 0, 0]}
    plain = growing | {"assets": [5 * WAN, 6 * WAN, 7 * WAN], "transformed": [1, 1, 1]}
    cases = [
        (firm(make, **plain), False),
        (
            firm(
                make,
                **plain | {"liabilities": [6 * WAN, 0, 0], "assets": [5 * WAN, 6 * WAN, 7 * WAN]},
            ),
            True,
        ),
        (firm(make, **plain | {"liabilities": [0, 0, 8 * WAN]}), True),
        (firm(make, **plain | {"revenue": [0, 11 * WAN, 12 * WAN]}), True),
        (firm(make, **plain | {"transformed": [1, 1, 0]}), True),
        (firm(make, **plain | {"transformed": [0, 0, 0]}), False),
    ]
    store([rec for rec, _review in cases])
    said = [service.assess("hnte.score", rec.firm["id"], AUTUMN).manual_review for rec, _r in cases]
    assert said == [review for _rec, review in cases]
