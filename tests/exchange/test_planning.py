"""A plan asks in sets, and says what a file says twice."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

from flask import Flask

from app.carriers.models import Source, Verification
from app.core.db import session, write
from app.exchange.intake.content import Kept, pack
from app.exchange.intake.plan import Plan, build
from app.exchange.models import Intake, IntakeState
from app.exchange.sheets.base import Kind
from app.firms.models import Figures
from tests.clients import Client, sign_in
from tests.exchange.test_imports import CODE, commit, counts, preview, workbook
from tests.factories.chain import SEEDER, Chain
from tests.factories.firms import code_of

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


def test_a_firm_that_stands_twice_is_said_before_anything_is_written(
    client: Client, made: Chain
) -> None:
    sign_in(client, made.people["incubator"])
    known, fresh = made.firms["竹外桃电路"], code_of(987_654)
    rows = [
        [fresh, "听松观海(上海)科技有限公司", "2026-10-01", None],
        [fresh, "听松观海科技", "2026-10-02", None],
        [known.code, known.name, None, "林一"],
        [known.code, known.name, None, None],
        [known.code, known.name, None, "林二"],
    ]
    heads = [CODE, "企业名称", "入驻日期", "负责人"]
    where, page = preview(client, workbook(("企业", [heads, *rows])))
    assert counts(page) == {"错误": 2, "冲突": 0, "更新": 1, "新增": 1, "不变": 1}
    text = unescape(page)
    assert "与第 2 行是同一家企业，只留一行。" in text
    assert "与第 4 行是同一家企业，只留一行。" in text
    assert commit(client, where, page).status_code == 303
    left = client.get(where).get_data(as_text=True)
    assert counts(left)["错误"] == 2, "written rows are still those rows"
    assert counts(left)["更新"] == counts(left)["新增"] == 0
