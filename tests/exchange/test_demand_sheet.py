"""The sheet of 空间需求: recorded, updated, the same again, refused by the row, taken back."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from sqlalchemy import select

from app.core.db import session
from app.firms.models import Demand
from seed import reference
from tests.clients import Client, sign_in
from tests.exchange.conftest import read_xlsx
from tests.exchange.test_imports import CODE, commit, counts, preview, send, undone_page, workbook
from tests.factories.chain import Chain
from tests.factories.demand import need

HEAD = [
    CODE, "面积（至少）（㎡）", "面积（至多）", "用途", "最迟入驻日", "意向片区",
    "租金预算上限（元/㎡·天）",
    "楼面承重", "层高（米）", "排风", "融资需求（万元）",
]  # fmt: skip


@pytest.fixture(autouse=True)
def lists(made: Chain) -> None:
    """片区 and the other code lists."""
    reference.load()


def test_rows_become_searches_and_go_back(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    one, two, three = (made.firms[n] for n in ("石上泉传感", "竹外桃电路", "苇间雪软件"))
    need(two, load_kg=500)
    day = dt.date(2027, 5, 31)
    where, page = preview(
        client,
        workbook(("空间需求", [
            HEAD,
            [one.code, "1,200㎡", None, "研发+中试", day, "张江、金桥", "4.5元", 0, 5.4,
             "工艺排风（可接废气处理）", 600],
            [two.code, 400, 900, "中试", day, "不限", None, None, None, None, None],
            [three.code, None, None, "城堡", "2020-01-01", None, "4.123", None, None, None, None],
            [one.code, 500, None, "办公", day, None, None, None, None, None, None],
        ])),
    )  # fmt: skip
    text = unescape(page)
    for words in ("没有“城堡”这一项", "请填写至少要多少平方米。", "已过，请与企业确认新的日期",
                  "最多 2 位小数", "与第 2 行是同一家企业，只留一行。"):  # fmt: skip
        assert words in text, words
    found = counts(page)
    assert (found["新增"], found["更新"], found["错误"]) == (1, 1, 2)
    assert commit(client, where, page).status_code == 303
    session.rollback()
    rows = {r.firm_id: r for r in session.scalars(select(Demand))}
    mine, yours = rows[one.id], rows[two.id]
    assert (mine.area_low, mine.area_high, mine.uses) == (1200, 1200, ("research", "pilot"))
    assert mine.regions == ("zhangjiang", "jinqiao")
    assert (mine.rent_most, mine.load_kg, mine.height_mm) == (450, 0, 5400)
    assert (yours.area_high, yours.uses, yours.load_kg) == (900, ("pilot",), 500)
    assert yours.regions == ("any",)
    out = client.send("/imports/data/demands", page="/imports")
    again = client.get(send(client, out.data).location).get_data(as_text=True)
    lines = len(next(iter(read_xlsx(out.data).values()))) - 1
    assert counts(again)["不变"] == lines == 2
    undone = undone_page(client, where)
    assert "撤回新增 1 条" in undone
    assert "恢复原值 1 条" in undone
    session.rollback()
    left = session.scalars(select(Demand)).one()
    assert (left.firm_id, left.area_high, left.uses) == (two.id, 600, ("research",))


def test_the_template_says_what_can_be_filled(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    book = read_xlsx(client.get("/imports/templates/demands.xlsx").data)
    notes = "\n".join(str(cell) for row in book["填写说明"] for cell in row)
    assert "可填：办公、研发、中试、GMP 生产、洁净、一般生产" in notes
    assert "研发、中试" in book["空间需求"][1]


def test_rows_of_other_peoples_firms_are_not_found(client: Client, made: Chain) -> None:
    sign_in(client, made.people["rival"])
    firm = made.firms["石上泉传感"]
    need(firm)
    head, row = HEAD[:5], [firm.code, 100, 100, "办公", dt.date(2027, 1, 1)]
    _where, page = preview(client, workbook(("空间需求", [head, row])))
    assert "没有登记过这个代码，或不在您的可见范围内" in unescape(page)
    out = client.send("/imports/data/demands", page="/imports")
    assert len(next(iter(read_xlsx(out.data).values()))) == 1
