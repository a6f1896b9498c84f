"""Sheets as people have them: heads that nobody foresaw, files that are none, names a bit off."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.core.db import session
from app.exchange.reading.files import Raw
from app.exchange.sheets import heads
from app.exchange.sheets.base import sheets
from app.exchange.sheets.fields import SAMPLES, Field, parse
from app.firms.models import IpType, Milestone, MilestoneKind, Title
from tests.clients import Client, sign_in
from tests.exchange.conftest import read_xlsx
from tests.exchange.test_imports import (
    CODE,
    NAME,
    commit,
    counts,
    digest,
    figures_of,
    preview,
    send,
    workbook,
)
from tests.exchange.test_lists import compare, held
from tests.factories.chain import Chain

NONE = {"错误": 0, "冲突": 0, "更新": 0, "新增": 0, "不变": 0}


def entries(firm: Any, kind: MilestoneKind) -> list[Milestone]:
    session.rollback()
    found = select(Milestone).where(Milestone.firm_id == firm.id, Milestone.kind == kind)
    return list(session.scalars(found.order_by(Milestone.id)))


def columns_of(page: str) -> dict[str, tuple[str, str]]:
    """head of an unknown column → (name of its box, what is chosen beforehand)."""
    found = {}
    for name, label, options in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*aria-label="“([^”]+)”读作">(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[label] = unescape(name), chosen[1] if chosen else ""
    return found


def test_a_list_of_patents_is_read_by_the_heads_of_patent_offices(
    client: Client, made: Chain
) -> None:
    firm = made.firms["石上泉传感"]
    sign_in(client, made.people["incubator"])
    rows = [
        ["专利权人", "专利名称", "类别", "专利号", "授权公告日", "取得形式"],
        [firm.name, "一种阀", "实用新型", "ZL202420000001.1", "2025.8.1", "自主研发"],
        [firm.name, "测控软件", "软著", "2025SR0000001", "2025年8月2日", "自主研发"],
        [firm.name, "", "", "", "25.8.1", ""],
    ]
    where, page = preview(client, workbook(("专利清单", rows)))
    assert counts(page) == NONE | {"新增": 2, "错误": 1}
    assert "日期写作 2026-03-31" in page
    assert commit(client, where, page).status_code == 303
    valve, software = entries(firm, MilestoneKind.IP)
    assert (valve.ip_type, software.ip_type) == (IpType.UTILITY, IpType.SOFTWARE)
    assert valve.granted_on is not None
    assert valve.granted_on.isoformat() == "2025-08-01"


def test_a_column_nobody_knows_is_read_once_it_is_told(client: Client, made: Chain) -> None:
    """Near misses are chosen beforehand; nothing is read before somebody presses."""
    first, second = made.firms["石上泉传感"], made.firms["苇间雪软件"]
    sign_in(client, made.people["incubator"])
    rows = [
        [CODE, NAME, "报告期", "营业收入万元数", "净利润(元)", "门牌号", "全年缴库数(元)"],
        [first.code, first.name, "2025", 12.5, 30_000, "A1", 21_000],
        [second.code, second.name, "2025", 15, 40_000, "A2", 31_000],
    ]
    where, page = preview(client, workbook(("Sheet1", rows)))
    assert "没有导入的列：营业收入万元数、门牌号、全年缴库数(元)" in unescape(page)
    found = columns_of(page)
    assert {head: chosen for head, (_name, chosen) in found.items()} == {
        "营业收入万元数": "revenue", "门牌号": "", "全年缴库数(元)": "",
    }  # fmt: skip
    assert "A1 · A2" in page
    typed = {found["营业收入万元数"][0]: "revenue", found["全年缴库数(元)"][0]: "tax_paid"}
    client.send(where, {"digest": digest(page), "then": "check", **typed})
    assert "营业收入万元数" in columns_of(client.get(where).get_data(as_text=True))
    wrong = {found["门牌号"][0]: "net_profit", found["全年缴库数(元)"][0]: "no_such_column"}
    client.send(where, {"digest": digest(page), "then": "columns", **wrong})
    assert len(columns_of(client.get(where).get_data(as_text=True))) == 3
    client.send(where, {"digest": digest(page), "then": "columns", **typed})
    page = client.get(where).get_data(as_text=True)
    assert set(columns_of(page)) == {"门牌号"}
    assert commit(client, where, page).status_code == 303
    (row,) = figures_of(second)
    assert (row.revenue, row.net_profit, row.tax_paid) == (15_000_000, 4_000_000, 3_100_000)


def test_english_heads_are_read_by_a_chinese_reader(client: Client, made: Chain) -> None:
    firm = made.firms["石上泉传感"]
    sign_in(client, made.people["incubator"])
    client.set_cookie("lang", "en")
    client.get("/imports")
    english = workbook(("figures", [
        ["Net profit (10k yuan)", "Period", "Unified social credit code", "Firm name"],
        [7, "2025", firm.code, firm.name],
    ]))  # fmt: skip
    for language in ("zh", "en"):
        client.set_cookie("lang", language)
        answer = send(client, english)
        assert answer.status_code == 303, unescape(answer.get_data(as_text=True))
        assert 'name="then" value="write"' in client.get(answer.location).get_data(as_text=True)


def test_what_cannot_be_read_is_named_and_the_rest_is_kept(client: Client, made: Chain) -> None:
    firm, other = made.firms["石上泉传感"], made.firms["苇间雪软件"]
    sign_in(client, made.people["incubator"])
    heads = [CODE, NAME, "报告期", "营业收入"]
    strange = ("台账", [["房间", "租金", "押金"], ["101", 3000, 6000], ["102", 3000, 6000]])
    one = workbook(("数据", [heads, [firm.code, firm.name, "2025", 5]]), strange)
    two = workbook(("数据", [heads, [other.code, other.name, "2025", "许多"]]))
    files = [
        (io.BytesIO(one), "甲.xlsx"), (io.BytesIO(b"PK\x03\x04 broken"), "乙.xlsx"),
        (io.BytesIO(workbook(strange)), "丙.xlsx"), (io.BytesIO(two), "丁.xlsx"),
    ]  # fmt: skip
    given = {"csrf_token": client.token("/imports"), "file": files}
    answer = client.post("/imports", data=given, content_type="multipart/form-data")
    assert answer.status_code == 303
    page = unescape(client.get(answer.location).get_data(as_text=True))
    assert counts(page) == NONE | {"新增": 1, "错误": 1}
    assert "“乙.xlsx”没有读取：文件不完整或已损坏" in page
    assert "“丙.xlsx”没有读取：没有找到可以导入的工作表" in page
    assert "“甲.xlsx 台账”没有导入：没有认出表头" in page
    assert "丁.xlsx 数据</span>" in page
    alone = send(client, workbook(strange))
    assert alone.status_code == 422
    assert "“台账”第 1 行像是表头：房间、租金、押金" in unescape(alone.get_data(as_text=True))


def test_a_short_or_mistyped_name_is_offered(client: Client, made: Chain) -> None:
    first, second = made.firms["石上泉传感"], made.firms["苇间雪软件"]
    sign_in(client, made.people["incubator"])
    typo = second.name.replace("雪", "霜")
    rows = [[NAME, "报告期", "营业收入"], [first.short_name, "2025", 5], [typo, "2025", 6]]
    where, page = preview(client, workbook(("年度、季度数据", rows)))
    assert counts(page) == NONE | {"错误": 2}
    boxes = dict(re.findall(r'name="(cell\|0:\d\|name)" value="([^"]+)"', page))
    assert boxes == {"cell|0:2|name": first.name, "cell|0:3|name": second.name}
    client.send(where, {"digest": digest(page), "then": "check", **boxes})
    assert counts(client.get(where).get_data(as_text=True)) == NONE | {"新增": 2}


def test_all_that_a_new_firm_lacks_is_told_at_once(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    rows = [[CODE, NAME], ["9.13101E+17", "新来的（上海）科技有限公司"]]
    _where, page = preview(client, workbook(("企业", rows)))
    assert counts(page) == NONE | {"错误": 1}
    assert "已被表格软件改成科学计数" in page
    assert "请填写入驻日期" in page


def test_names_on_a_list_are_settled_by_choosing(client: Client, made: Chain) -> None:
    """Side by side: the twin taken beforehand, the mistyped offered, none of them an answer."""
    twin, typo, denied = (made.firms[n] for n in ("竹外桃电路", "苇间雪软件", "石上泉传感"))
    sign_in(client, made.people["district"])
    names = ["竹外桃电路（上海）股份有限公司", typo.name.replace("雪", "霜"),
             denied.name.replace("泉", "源")]  # fmt: skip
    answer = compare(client, [["企业名称"], *([name] for name in names)])
    where, page = answer.location, client.get(answer.location).get_data(as_text=True)
    assert counts(page) == NONE
    assert "有 3 行待认" in page
    radios = re.findall(r'<input type="radio" name="([^"]+)" value="([^"]+)"( checked)?>', page)
    assert ("cell|0:2|code", twin.code, " checked") in radios
    assert ("cell|0:3|code", typo.code, "") in radios
    assert ("cell|0:4|code", "都不是", "") in radios
    chosen = {"cell|0:2|code": twin.code, "cell|0:3|code": typo.code, "cell|0:4|code": "都不是"}
    client.send(where, {"digest": digest(page), "then": "check", **chosen})
    page = client.get(where).get_data(as_text=True)
    assert counts(page) == NONE | {"新增": 2}
    assert commit(client, where, page).status_code == 303
    assert [len(held(firm, Title.TECH_SME)) for firm in (twin, typo, denied)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("text", "code"), [("发明", "invention"), ("软著", "software"), ("外观设计", "design")]
)
def test_short_words_are_read_and_said(app: Any, text: str, code: str) -> None:
    with app.app_context():
        found = parse(Field("ip_type", "类别", "word", words=IpType.choices), text)
        assert found.value == code
        assert found.mend
        with pytest.raises(ValueError, match="没有“专利”这一项"):
            parse(Field("ip_type", "类别", "word", words=IpType.choices), "专利")


def test_only_rows_that_name_the_subject_are_read_as_heads(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty returned forms are dropped at once: rows of data cost next to nothing."""
    read, blocks = heads._read, set[tuple[int, int]]()

    def counted(*given: Any) -> Any:
        blocks.add(given[3:])
        return read(*given)

    monkeypatch.setattr(heads, "_read", counted)
    rows = [["财务表"], [CODE, NAME, "营业收入"]]
    rows += [[f"91310115MA{n:08}", f"某{n}有限公司", "5"] for n in range(28)]
    with app.app_context():
        found = heads.match(Raw("表", rows), [s for s in sheets().values() if not s.manual])
    assert found is not None
    assert (found.sheet.key, found.first) == ("figures", 2)
    assert {first for first, _depth in blocks} <= {0, 1}


def test_every_column_of_every_sheet_reads_what_its_template_shows(app: Any) -> None:
    with app.app_context():
        for sheet in sheets().values():
            for one in sheet.fields:
                shown = one.sample or SAMPLES.get(one.kind, "甲")
                if one.kind in ("word", "words"):
                    shown = next((word for code, word in one.words() if code), "")
                if not shown:
                    continue
                assert parse(one, shown).value is not None, (sheet.key, one.key)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_head_that_we_print_is_read_as_itself(app: Any, language: str) -> None:
    """Two heads may differ in brackets only: 研发费用 by three ways of counting."""
    with app.app_context():
        for sheet in sheets().values():
            with force_locale(language):
                row = [one.head for one in sheet.fields]
            found = heads.match(Raw("x", [row, ["1"] * len(row)]), [sheet])
            assert found is not None
            assert [one.key for one in found.columns] == [one.key for one in sheet.fields]
            assert found.unknown == []


def test_a_head_that_many_files_have_is_told_once(client: Client, made: Chain) -> None:
    first, second = made.firms["石上泉传感"], made.firms["苇间雪软件"]
    sign_in(client, made.people["incubator"])
    heads_ = [CODE, NAME, "报告期", "营业收入", "入库|数（元）"]
    files = [
        (io.BytesIO(workbook(("数据", [heads_, [firm.code, firm.name, "2025", 5, 30_000]]))), name)
        for firm, name in ((first, "甲.xlsx"), (second, "乙.xlsx"))
    ]
    given = {"csrf_token": client.token("/imports"), "file": files}
    where = client.post("/imports", data=given, content_type="multipart/form-data").location
    page = client.get(where).get_data(as_text=True)
    found = columns_of(page)
    assert list(found) == ["入库|数（元）"]
    box = found["入库|数（元）"][0]
    client.send(where, {"digest": digest(page), "then": "columns", box: "tax_paid"})
    page = client.get(where).get_data(as_text=True)
    assert columns_of(page) == {}
    commit(client, where, page)
    assert [figures_of(firm)[0].tax_paid for firm in (first, second)] == [3_000_000] * 2


def test_a_row_of_another_firm_in_a_returned_form_is_asked_about(
    client: Client, made: Chain
) -> None:
    mine, other = made.firms["竹外桃电路"], made.firms["石上泉传感"]
    sign_in(client, made.people["incubator"])
    packed = zipfile.ZipFile(
        io.BytesIO(client.send("/imports/collect", page="/imports").data)
    )  # fmt: skip
    form = next(packed.read(name) for name in packed.namelist() if "竹外桃" in name)
    read = read_xlsx(form)
    firms, figures = read["企业"], read["年度、季度数据"]
    line = [None if v == "" else v for v in figures[1]]
    line[0], line[1] = other.code, other.name
    line[figures[0].index("营业收入（万元）")] = 88
    back = workbook(("企业", firms), ("年度、季度数据", [figures[0], line]))
    where, page = preview(client, back, "回.xlsx")
    assert counts(page) == NONE | {"错误": 1, "不变": 1}
    assert f"这份采集表是 {mine.code} 的" in page
    typed = {"cell|1:2|reason": "代填"}
    client.send(where, {"digest": digest(page), "then": "check", **typed})
    assert counts(client.get(where).get_data(as_text=True))["新增"] == 1
