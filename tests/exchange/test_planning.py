"""A plan asks in sets: more rows cost no more statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from app.carriers.models import Source, Verification
from app.core.db import session, write
from app.exchange.intake.content import Kept, pack
from app.exchange.intake.plan import Plan, build
from app.exchange.models import Intake, IntakeState
from app.exchange.sheets.base import Kind
from app.firms.models import Figures
from tests.factories.chain import SEEDER, Chain

HEADS = {"code": "统一社会信用代码", "period": "报告期", "revenue": "营业收入"}


def planned(made: Chain, rows: list[dict[str, str]], who: str = "incubator") -> Plan:
    """The plan of rows of figures."""
    numbered = [(n, [row[key] for key in HEADS], None) for n, row in enumerate(rows, start=2)]
    kept = Kept("figures", "表", HEADS, {}, [], numbered)
    held = Intake(state=IntakeState.OPEN, content=pack([kept]), edits="{}")
    return build(made.viewer(who), made.today, held)


def test_more_rows_cost_no_more_statements(
    app: Flask, made: Chain, queries: Callable[[], Any]
) -> None:
    with write("test:figures", actor=SEEDER):
        firms = [made.firm(f"甲{n}") for n in range(12)]
        for firm in firms:
            session.add(
                Figures(
                    firm_id=firm.id, year=2025, quarter=0, source=Source.EXPRESS,
                    verification=Verification.CARRIER, revenue=100_000_000,
                )
            )  # fmt: skip
    codes = [firm.code or "" for firm in firms]
    seen = {}
    for many in (2, 12):
        session.rollback()
        rows = [{"code": code, "period": "2025年", "revenue": "120"} for code in codes[:many]]
        with queries() as asked:
            plan = planned(made, rows)
        assert plan.counts[Kind.UPDATE] == many
        seen[many] = len(asked)
    assert seen[12] == seen[2]


def test_the_words_of_a_change_are_those_of_the_page(made: Chain) -> None:
    code = next(iter(made.firms.values())).code or ""
    plan = planned(made, [{"code": code, "period": "2026年第1季度", "revenue": "0012.50"}])
    (line,) = plan.lines
    (change,) = line.planned.changes
    assert (change.old, change.new, change.label) == ("", "12.50", "营业收入（万元）")
    other = planned(made, [{"code": code, "period": "2026年第1季度", "revenue": "12.51"}])
    again = planned(made, [{"code": code, "period": "2026年第1季度", "revenue": "12.5"}])
    assert other.digest != plan.digest == again.digest


def test_the_same_row_in_two_sheets_is_one_thing_said_twice(made: Chain) -> None:
    code = next(iter(made.firms.values())).code or ""
    row = [code, "2026年第1季度", "12"]
    kept = [Kept("figures", name, HEADS, {}, [], [(2, row, None)]) for name in ("甲", "乙")]
    held = Intake(state=IntakeState.OPEN, content=pack(kept), edits="{}")
    plan = build(made.viewer("incubator"), made.today, held)
    assert [line.kind for line in plan.lines] == [Kind.NEW, Kind.ERROR]
