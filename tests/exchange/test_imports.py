"""Imports: a sheet is read, previewed, mended, written whole, and taken back."""

from __future__ import annotations

import datetime as dt
import io
import re
from html import unescape
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from sqlalchemy import func, select

from app.carriers.models import CarrierFigures, Source
from app.core.db import Revision, session
from app.criteria.models import Outcome
from app.exchange.models import Intake, IntakeState
from app.firms.models import Attestation, Figures, Firm, Milestone, MilestoneKind, Residency
from app.pipeline.models import Graduation
from tests.clients import Client, sign_in
from tests.exchange.conftest import read_xlsx
from tests.factories.chain import Chain
from tests.factories.pipeline import judge_says

GONE = ("半亩塘医药", "鹿鸣溪器械")
CODE, NAME = "统一社会信用代码", "企业名称"
FRESH = "91310115MA1K4AAA0X"
TOP = re.compile(
    r"<dt[^>]*>(?:<svg.*?</svg>)?\s*(错误|冲突|更新|新增|不变)</dt>"
    r'<dd class="v">(?:<a[^>]*>)?([\d,]+)',
    re.S,
)


def workbook(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    """A workbook as people have it."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"strings_to_formulas": False}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            day = book.add_format({"num_format": "yyyy/m/d"})
            for line, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(line, place, dt.datetime(*value.timetuple()[:3]), day)
                    elif value is not None:
                        sheet.write(line, place, value)
    return held.getvalue()


def send(client: Client, content: bytes, name: str = "表.xlsx") -> Any:
    """Upload a file."""
    given = {"csrf_token": client.token("/imports"), "file": (io.BytesIO(content), name)}
    return client.post("/imports", data=given, content_type="multipart/form-data")


def preview(client: Client, content: bytes, name: str = "表.xlsx") -> tuple[str, str]:
    """(address, page) of the preview of a file."""
    answer = send(client, content, name)
    assert answer.status_code == 303, unescape(answer.get_data(as_text=True))
    return answer.location, client.get(answer.location).get_data(as_text=True)


def counts(page: str) -> dict[str, int]:
    """The five numbers on top of the preview."""
    found = TOP.findall(page)
    assert len(found) == 5, found
    return {word: int(number.replace(",", "")) for word, number in found}


def digest(page: str) -> str:
    found = re.search(r'name="digest" value="(\w+)"', page)
    assert found
    return found[1]


def commit(client: Client, where: str, page: str, **typed: str) -> Any:
    """Press 写入."""
    given = {"digest": digest(page), "then": "write", **typed}
    return client.send(where, given)


def undone_page(client: Client, where: str) -> str:
    """Press 撤销整个导入; what its page says afterwards."""
    assert client.send(f"{where}/undo", page="/imports").location == where
    return unescape(client.get(where).get_data(as_text=True))


def figures_of(firm: Firm) -> list[Figures]:
    session.rollback()
    return list(
        session.scalars(select(Figures).where(Figures.firm_id == firm.id).order_by(Figures.id))
    )


def test_a_real_sheet_of_figures(client: Client, made: Chain) -> None:
    """Title, three-row head, yuan, 500万, a total, a damaged code, a wrong word."""
    first, second, third = (made.firms[n] for n in ("石上泉传感", "苇间雪软件", "竹外桃电路"))
    sign_in(client, made.people["incubator"])
    content = workbook(
        ("Sheet1", [
            ["2025年度企业财务情况表"],
            [],
            ["基本情况", None, "收入", None, "人员"],
            [CODE, "企业 名称", "营业收入(元)", "净利润\n（万元）", "期末从业人员", "门牌号"],
            [first.code, first.name, 5_000_000, -3.5, 21, "A座"],
            [],
            [second.code, second.name, "500万", "(20.00)", "18人", ""],
            [9.13101e17, third.name, "约五百", 1, 3],
            [made.firms["砚池云数据"].code, first.name, 3_000_000, 2, "—"],
            ["合计", None, 9_000_000, 1, 42],
            [None, "填表人：", "报出日期："],
        ]),
    )  # fmt: skip
    where, page = preview(client, content, "2025年财务.xlsx")
    assert counts(page) == {"错误": 2, "冲突": 0, "更新": 0, "新增": 2, "不变": 0}
    text = unescape(page)
    for words in (
        "报告期取自标题：2025 年", "没有导入的列：门牌号", "第 10、11 行",
        "这个代码登记的是“砚池云数据有限公司”", "按“元”读作 500.00 万元",
        "已被表格软件改成科学计数", f"可用：{third.code}", "金额写作 1234.56",
    ):  # fmt: skip
        assert words in text, words
    offered = {
        "cell|0:8|code": str(third.code),
        "cell|0:5|revenue": "5000000",
    }  # stands in its box when 写入 is pressed
    answer = commit(client, where, page, **offered)
    assert answer.status_code == 303, unescape(answer.get_data(as_text=True))
    one, two = figures_of(first)[0], figures_of(second)[0]
    assert (one.year, one.quarter, one.source, one.revenue, one.net_profit, one.staff_end) == (
        2025, 0, Source.EXPRESS, 500_000_000, -3_500_000, 504
    )  # fmt: skip
    assert (two.revenue, two.net_profit, two.staff_end) == (500_000_000, -20_000_000, 432)
    assert figures_of(third) == []
    after = client.get(where).get_data(as_text=True)
    assert counts(after) == {"错误": 2, "冲突": 0, "更新": 0, "新增": 0, "不变": 2}
    wrong = read_xlsx(client.get(f"{where}/errors.xlsx").data)["年度、季度数据"]
    assert wrong[0][:2] == ["原行号", "错误原因"]
    assert wrong[1][0] == 8.0
    assert third.name in wrong[1]
    typed = {"cell|0:8|code": str(third.code), "cell|0:8|revenue": "5000000元"}
    mended = client.send(where, {"then": "check", "digest": digest(after), **typed})
    assert mended.status_code == 303
    again = client.get(where).get_data(as_text=True)
    assert counts(again)["新增"] == 1
    assert commit(client, where, again).status_code == 303
    assert figures_of(third)[0].revenue == 500_000_000
    undone = undone_page(client, where)
    assert "撤回新增 3 条" in undone
    assert [figures_of(f) for f in (first, second, third)] == [[], [], []]


def test_one_workbook_registers_firms_with_what_they_have(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    known = made.firms["石上泉传感"]
    content = workbook(
        ("企业", [
            [CODE, NAME, "入驻日期", "负责人", "成立日期", "说明"],
            [FRESH, "听松观海(上海)科技有限公司", "2026.3.15", "林一", dt.date(2026, 1, 5),
             "执照如此"],
            [known.code, known.name, None, "周二", 44_927],
            [made.firms["苇间雪软件"].code, "别的名称有限公司", None, "x"],
        ]),
        ("知识产权", [
            [CODE, "知识产权类别", "知识产权名称", "专利号或登记号", "取得方式", "授权日"],
            [FRESH, "发明专利", "一种装置", "ZL202610000001.X", "自主研发", "2026-05-06"],
            [known.code, "发明专力", "又一种", "ZL202610000002.X", "自主研发", "2026-05-06"],
        ]),
        ("封面", [["本页无关"]]),
    )  # fmt: skip
    where, page = preview(client, content)
    assert counts(page) == {"错误": 2, "冲突": 0, "更新": 1, "新增": 2, "不变": 0}
    assert "可填：" in page
    before = session.scalar(select(func.max(Revision.id)))
    assert commit(client, where, page).status_code == 303
    session.rollback()
    firm = session.scalars(select(Firm).where(Firm.code == FRESH)).one()
    assert (firm.name, firm.leader, firm.founded_on) == (
        "听松观海（上海）科技有限公司", "林一", dt.date(2026, 1, 5)
    )  # fmt: skip
    tie = session.scalars(select(Residency).where(Residency.firm_id == firm.id)).one()
    assert (tie.starts, tie.carrier_id) == (dt.date(2026, 3, 15), made.carriers["incubator"].id)
    entry = session.scalars(select(Milestone).where(Milestone.firm_id == firm.id)).one()
    assert (entry.number, entry.granted_on) == ("ZL202610000001.X", dt.date(2026, 5, 6))
    assert session.get_one(Firm, known.id).founded_on == dt.date(2023, 1, 1)
    assert session.scalar(select(func.max(Revision.id))) == (before or 0) + 1, "one write"
    undone = undone_page(client, where)
    assert "撤回新增 3 条，恢复原值 1 条。" in undone
    session.rollback()
    assert session.scalars(select(Firm).where(Firm.code == FRESH)).one_or_none() is None
    assert session.get_one(Firm, known.id).leader is None


def test_nothing_is_written_when_the_data_changed_or_a_row_is_refused(
    client: Client, made: Chain
) -> None:
    sign_in(client, made.people["incubator"])
    firm = made.firms["竹外桃电路"]
    content = workbook(
        ("入驻", [[CODE, "入驻日期"], *([made.firms[n].code, "2026-11-01"] for n in GONE)]),
        ("年度、季度数据", [[CODE, "报告期", "营业收入"], [firm.code, "2026年第3季度", 12]]),
    )  # fmt: skip
    where, page = preview(client, content)
    assert counts(page)["新增"] == 3
    answer = commit(client, where, page)
    assert answer.status_code == 409
    text = unescape(answer.get_data(as_text=True))
    assert "有 2 行不能写入（第 2 行：" in text, "each of them is named"
    rest = {"错误": 2, "冲突": 0, "更新": 0, "新增": 1, "不变": 0}
    assert counts(text) == rest
    assert figures_of(firm) == []
    assert counts(client.get(where).get_data(as_text=True)) == rest, "and stands there still"
    client.send(where, {"then": "check", "digest": digest(page)})
    assert counts(client.get(where).get_data(as_text=True))["新增"] == 3, "looked at once more"
    assert commit(client, where, page).status_code == 409
    page = client.get(where).get_data(as_text=True)
    other = workbook(("年度、季度数据", [[CODE, "报告期", "营业收入"], [firm.code, "2026Q3", 15]]))
    there, second = preview(client, other)
    assert commit(client, there, second).status_code == 303
    refused = commit(client, where, page)
    assert refused.status_code == 409
    assert "预览之后数据有变动" in refused.get_data(as_text=True)
    assert figures_of(firm)[0].revenue == 15_000_000


def test_an_export_comes_back_unchanged_and_a_true_conflict_shows_three_values(
    client: Client, made: Chain
) -> None:
    sign_in(client, made.people["incubator"])
    firm = made.firms["竹外桃电路"]
    start = workbook(
        ("年度、季度数据", [
            [CODE, "报告期", "营业收入", "净利润", "期末从业人员"],
            [firm.code, "2026Q3", "12.345678", -1.5, 7.25],
        ]),
    )  # fmt: skip
    where, page = preview(client, start)
    assert commit(client, where, page).status_code == 303
    for key in ("firms", "ties", "figures", "milestone-recognition"):
        out = client.send(f"/imports/data/{key}", page="/imports")
        back = send(client, out.data)
        if back.status_code == 422:
            continue
        lines = len(next(iter(read_xlsx(out.data).values()))) - 1
        page = client.get(back.location).get_data(as_text=True)
        assert counts(page) == dict.fromkeys(("错误", "冲突", "更新", "新增"), 0) | {
            "不变": lines
        }, key
    sheet = read_xlsx(client.send("/imports/data/figures", page="/imports").data)["年度、季度数据"]
    place = sheet[0].index("营业收入（万元）")
    mine, other = [list(r) for r in sheet], [list(r) for r in sheet]
    mine[1][place], other[1][place] = 30, 20
    other[1][sheet[0].index("净利润（万元）")] = -9
    where, page = preview(client, workbook(("年度、季度数据", other)))
    assert commit(client, where, page).status_code == 303
    where, page = preview(client, workbook(("年度、季度数据", mine)))
    assert counts(page)["冲突"] == 1
    text = unescape(page)
    for words in ("12.345678", "保留 20.00", "改为 30.00"):
        assert words in text
    taken = {"cell|0:2|take:revenue": "mine"}
    client.send(where, {"then": "check", "digest": digest(page), **taken})
    page = client.get(where).get_data(as_text=True)
    assert counts(page)["更新"] == 1
    assert commit(client, where, page).status_code == 303
    row = figures_of(firm)[0]
    assert (row.revenue, row.net_profit) == (30_000_000, -9_000_000), "theirs stays"


def test_a_carriers_figures_promises_and_graduations(client: Client, made: Chain) -> None:
    """Each by its own service, foreseen in the preview, and taken back whole."""
    first, second, gone = (made.firms[n] for n in ("石上泉传感", "竹外桃电路", "半亩塘医药"))
    judge_says(Outcome.MET)
    sign_in(client, made.people["incubator"])
    content = workbook(
        ("载体数据", [
            ["载体名称", "报告期", "总收入", "创业导师"],
            ["金科路青禾孵化器", "2025", 120.5, 8], ["别家", "2025", 1, 1],
        ]),
        ("填报承诺", [
            [CODE, "承诺的内容", "承诺期止"],
            [first.code, "知识产权", "2026-09-30"], [second.code, None, "2027-01-01"],
        ]),
        ("毕业记录", [
            [CODE, "毕业日期", "孵化协议签订日期"],
            [first.code, "2026-11-20", "2023-04-12"],
            [gone.code, "2026-02-01", None], [gone.code, "2026-03-01", None],
            [second.code, "2020-01-01", "2019-01-01"],
        ]),
    )  # fmt: skip
    where, page = preview(client, content)
    found = counts(page)
    text = unescape(page)
    for words in (
        "不是您的载体。可填：金科路青禾孵化器。",
        "日期不能晚于今天",
        "已有 2026-02-01 的毕业记录",
    ):
        assert words in text, words
    assert (found["新增"], found["不变"], found["错误"]) == (3, 1, 4)
    assert commit(client, where, page).status_code == 303
    session.rollback()
    row = session.scalars(select(CarrierFigures)).one()
    assert (row.year, row.total_income, row.mentors) == (2025, 120_500_000, 8)
    promise = session.scalars(select(Attestation)).one()
    assert (promise.firm_id, promise.kind) == (first.id, MilestoneKind.IP)
    mine = select(Graduation).where(Graduation.firm_id == first.id)
    assert session.scalars(mine).one().graduated_on == dt.date(2026, 11, 20)
    for key in ("carrier-figures", "promises", "graduations"):
        out = client.send(f"/imports/data/{key}", page="/imports")
        again = client.get(send(client, out.data).location).get_data(as_text=True)
        lines = len(next(iter(read_xlsx(out.data).values()))) - 1
        assert counts(again)["不变"] == lines > 0, key
    undone = undone_page(client, where)
    assert "撤回新增 3 条" in undone
    assert "导入后又有改动" not in undone
    session.rollback()
    assert session.scalars(mine).all() == []
    assert [session.scalars(select(m)).all() for m in (CarrierFigures, Attestation)] == [[], []]
    stay = select(Residency).where(Residency.firm_id == first.id)
    tie = session.scalars(stay).one()
    assert (tie.ends, tie.agreement_on) == (None, None)


def test_undo_leaves_what_was_edited_since(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    firm = made.firms["石上泉传感"]
    head = [CODE, "负责人", "主营业务"]
    where, page = preview(client, workbook(("企业", [head, [firm.code, "甲", "传感器"]])))
    assert commit(client, where, page).status_code == 303
    there, page = preview(client, workbook(("企业", [head[:2], [firm.code, "乙"]])))
    assert commit(client, there, page).status_code == 303
    text = undone_page(client, where)
    assert "恢复原值 1 条" in text
    assert "负责人" in text
    session.rollback()
    now = session.get_one(Firm, firm.id)
    assert (now.leader, now.business) == ("乙", None)
    again = client.send(f"{where}/undo", page="/imports")
    assert again.status_code == 409


def test_rights(client: Client, made: Chain) -> None:
    """Another carrier's firms look like none at all; another person's upload is not there."""
    hidden = made.firms["竹外桃电路"]
    sign_in(client, made.people["rival"])
    for key, name in ((hidden.code, ""), ("", hidden.name)):
        rows = [[CODE, NAME, "报告期", "营业收入"], [key, name, "2026Q3", 5]]
        _where, page = preview(client, workbook(("年度、季度数据", rows)))
        assert counts(page)["错误"] == 1
        assert "或不在您的可见范围内" in page
        assert key or hidden.code not in page
    sign_in(client, made.people["incubator"])
    where, _page = preview(
        client, workbook(("企业", [[CODE, "负责人"], [hidden.code, "甲"]]))
    )  # fmt: skip
    sign_in(client, made.people["district"])
    for path in (where, f"{where}/errors.xlsx"):
        assert client.get(path).status_code == 404
    assert client.send(f"{where}/undo", page="/imports").status_code == 404


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_encoding(client: Client, made: Chain, encoding: str) -> None:
    sign_in(client, made.people["incubator"])
    firm = made.firms["竹外桃电路"]
    text = f'{CODE},{NAME},负责人\n{firm.code},{firm.name},㐂、"甲,乙"\n'
    where, page = preview(client, text.encode(encoding), "名单.csv")
    assert counts(page)["更新"] == 1
    shown = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 (BOM)", "gb18030": "GB18030", "utf-16": "UTF-16"}
    assert f" · {shown[encoding]} · " in page
    assert where


def test_a_template_comes_back_without_its_example(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    answer = client.get("/imports/templates/all.xlsx")
    book = read_xlsx(answer.data)
    assert list(book)[:4] == ["填写说明", "企业", "入驻", "年度、季度数据"]
    assert book["企业"][0][:2] == [CODE, NAME]
    assert "还没有" not in answer.headers["Content-Disposition"]
    again = send(client, answer.data)
    assert again.status_code == 422
    assert "工作表里没有数据行" in again.get_data(as_text=True)
    assert client.get("/imports/templates/nothing.xlsx").status_code == 404
    intakes = session.scalars(select(Intake).where(Intake.state == IntakeState.OPEN)).all()
    assert intakes == []


def test_a_dropped_upload_is_forgotten(app: Flask, client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    content = workbook(("企业", [[CODE, "负责人"], [made.firms["竹外桃电路"].code, "绝密人"]]))
    where, _page = preview(client, content)
    assert client.send(f"{where}/drop", page="/imports").status_code == 303
    session.rollback()
    assert "绝密人" not in session.scalars(select(Intake.content)).one()
    assert "已取消" in client.get(where).get_data(as_text=True)
