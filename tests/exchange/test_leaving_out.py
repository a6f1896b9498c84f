"""Rows that their reader leaves out of an import: nothing is written that was not seen."""

from __future__ import annotations

import re
from html import unescape

from sqlalchemy import func, select

from app.core.db import session
from app.firms.models import Figures
from tests.clients import Client, sign_in
from tests.exchange.test_imports import CODE, commit, counts, preview, workbook
from tests.factories.chain import Chain


def marks(page: str) -> set[int]:
    """The rows that a preview offers to leave out."""
    return {int(n) for n in re.findall(r'name="cell\|0:(\d+)\|leave:" value="1"', page)}


def test_every_row_can_be_left_out_and_taken_in_again(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    firm = made.firms["石上泉传感"]
    heads = [CODE, "报告期", "营业收入（万元）", "期末从业人员"]
    rows = [
        [firm.code, "2024年", 100, 5], [firm.code, "2024年", 200, 5],
        [firm.code, "2023年", "很多", 5], [firm.code, "2022年", 90, 5],
    ]  # fmt: skip
    where, page = preview(client, workbook(("年度、季度数据", [heads, *rows])))
    assert counts(page) == {"错误": 2, "冲突": 0, "更新": 0, "新增": 2, "不变": 0}
    assert marks(page) == {2, 3, 4, 5}
    kept = {"cell|0:4|leave:": "1"}
    before = session.scalar(select(func.count()).select_from(Figures)) or 0
    # the second of two takes the first one's place when that is left out: seen before it is written
    answer = commit(client, where, page, **kept, **{"cell|0:2|leave:": "1"})
    assert answer.status_code == 303
    page = unescape(client.get(where).get_data(as_text=True))
    assert "请看过再写入" in page
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Figures)) == before
    assert counts(page) == {"错误": 0, "冲突": 0, "更新": 0, "新增": 2, "不变": 0}
    assert "2 行不导入" in page
    client.send(where, {"then": "check", "cell|0:4|leave:": "0"})
    page = unescape(client.get(where).get_data(as_text=True))
    assert counts(page)["错误"] == 1
    # an error and a good row are left out beside the press that writes the rest
    commit(client, where, page, **kept, **{"cell|0:5|leave:": "1"})
    session.rollback()
    years = Figures.year.in_((2022, 2023, 2024))
    told = session.scalars(select(Figures.revenue).where(Figures.firm_id == firm.id, years))
    assert list(told) == [200 * 1_000_000]
    assert "写入 1 行" in client.get(where).get_data(as_text=True)


def test_a_row_left_out_of_a_plan_that_changed_writes_nothing(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    heads = [CODE, "报告期", "营业收入（万元）"]
    rows = [[made.firms["石上泉传感"].code, f"{year}年", 100] for year in (2021, 2022)]
    where, _page = preview(client, workbook(("年度、季度数据", [heads, *rows])))
    given = {"digest": "f" * 64, "then": "write", "cell|0:2|leave:": "1"}
    assert client.send(where, given).status_code == 409
    session.rollback()
    assert session.scalars(select(Figures).where(Figures.year.in_((2021, 2022)))).all() == []
