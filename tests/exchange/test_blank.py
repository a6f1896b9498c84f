"""套表: a superior's form is mapped once, kept by version, and filled without touching the rest."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from xlsxwriter import Workbook

from app.core.db import last_revision, session
from app.exchange.blank.book import opened, suggested
from app.exchange.models import BlankForm
from tests.clients import Client, sign_in
from tests.statistics.test_summary import Place, place  # noqa: F401  the fixture

LINES = [
    ("一、场地面积", "平方米", "01"),
    ("二、总收入", "千元", "10"),
    ("其中：净利润", "千元", "11"),
    ("三、在孵企业数", "家", "20"),
    ("在孵企业R&D投入", "千元", "21"),
    ("别的指标", "家", "22"),
]


def form(*, sheets: tuple[str, ...] = ("GH-007",)) -> bytes:
    """A blank form: a merged title, heads, lines with an empty box for two years, a formula."""
    into = io.BytesIO()
    book = Workbook(into)
    bold = book.add_format({"bold": True, "border": 1, "num_format": "0.00"})
    for name in sheets:
        page = book.add_worksheet(name)
        page.merge_range("A1:E1", "科技企业孵化器综合情况", bold)
        page.write_row("A2", ["指标名称", "计量单位", "代码", "本年", "上年"])
        for number, line in enumerate(LINES, 3):
            page.write_row(f"A{number}", list(line))
            page.write_blank(f"D{number}", None, bold)
        page.write_formula("D10", "=SUM(D4:D5)")
    book.close()
    return into.getvalue()


def add(client: Client, content: bytes, name: str = "空白表.xlsx", **more: str) -> Any:
    data: dict[str, Any] = {"csrf_token": client.token("/blank-forms"), "name": "综合情况（火炬）",
                            "year": "2025", "file": (io.BytesIO(content), name)} | more  # fmt: skip
    return client.post("/blank-forms", data=data, content_type="multipart/form-data")


def save(client: Client, where: str, boxes: dict[str, str], **more: str) -> Any:
    data = {f"cell-{key}": cell for key, cell in boxes.items()}
    named = {"name": "综合情况（火炬）", "year": "2025", "money": "thousand"} | more
    return client.send(where, data | named, page=where)


def filled(client: Client, where: str, place: Place) -> Any:  # noqa: F811
    answer = client.send(f"{where}/fill", {"return": place.one.pid}, page="/blank-forms")
    assert answer.status_code == 200, answer.status_code
    return load_workbook(io.BytesIO(answer.data))


def test_names_in_the_form_suggest_their_boxes() -> None:
    one = suggested(opened(form()))
    assert one == {"A1": "GH-007!D3", "B1": "GH-007!D4", "B6": "GH-007!D5", "C2": "GH-007!D6",
                   "D3": "GH-007!D7"}  # fmt: skip


def test_mapped_once_and_filled(client: Client, place: Place) -> None:  # noqa: F811
    sign_in(client, place.district)
    answer = add(client, form())
    assert answer.status_code == 303, unescape(answer.text)
    boxes = {"A1": "D3", "B1": "d4", "B6": "D5", "C2": "GH-007!D6", "C2:before": "E6", "D3": "D7"}
    saved = save(client, answer.location, boxes)
    assert saved.status_code == 303
    sign_in(client, place.clerk)
    assert "填好下载" in client.get(f"{place.path}/summary").text
    page = filled(client, saved.location, place).active
    assert [page[c].value for c in ("D3", "D4", "D5", "D6", "E6", "D7")] == [
        1000, 1000, None, 2, 3, None,
    ]  # fmt: skip
    assert page["D10"].value == "=SUM(D4:D5)", "a formula stays one"
    assert (page["A1"].value, str(page.merged_cells.ranges.pop())) == (LINES_TITLE, "A1:E1")
    assert page["D4"].font.bold
    assert page["D4"].number_format == "0.00"
    sign_in(client, place.stranger)
    other = client.send(f"{saved.location}/fill", {"return": place.one.pid}, page="/returns")
    assert other.status_code == 404


def worded(*lines: str) -> bytes:
    """A form that names items in its own words."""
    into = io.BytesIO()
    with Workbook(into) as book:
        page = book.add_worksheet("表")
        page.write_row("A1", ["指标名称", "计量单位", "本年"])
        for number, name in enumerate(lines, 2):
            page.write_row(f"A{number}", [name, "千元"])
    return into.getvalue()


def test_a_name_close_to_an_item_is_offered_and_taken_when_picked(
    client: Client, place: Place  # noqa: F811
) -> None:  # fmt: skip
    sign_in(client, place.district)
    content = worded("场地总面积", "净利润额", "总收入", "经办科室联系电话")
    where = add(client, content).location
    page = unescape(client.get(where).text)
    offers = re.findall(r'name="near-(\w+)" aria-label="“([^”]+)”', page)
    assert offers == [("C2", "场地总面积"), ("C3", "净利润额")]
    assert '<option value="A1">' in page
    assert '<option value="B6">' in page
    assert save(client, where, {"B1": "C4", "A1": "C2"}, **{"near-C2": "A1"}).status_code == 422
    twice = {"near-C2": "A1", "near-C3": "A1"}
    answer = save(client, where, {"B1": "C4"}, **twice)
    assert answer.status_code == 422
    assert "已经对应了 C2" in unescape(answer.text)
    saved = save(client, where, {"B1": "C4"}, **{"near-C2": "A1", "near-C3": ""})
    assert saved.status_code == 303
    assert [filled(client, saved.location, place).active[c].value for c in ("C2", "C3", "C4")] == [
        1000, None, 1000,
    ]  # fmt: skip
    left = unescape(client.get(saved.location).text)
    assert re.findall(r'name="near-(\w+)"', left) == ["C3"]


LINES_TITLE = "科技企业孵化器综合情况"


def test_each_change_is_a_version(client: Client, place: Place) -> None:  # noqa: F811
    sign_in(client, place.district)
    first = add(client, form()).location
    second = save(client, first, {"B1": "D4"}, money="wan").location
    assert save(client, first, {"B1": "D5"}).status_code == 409
    page = filled(client, second, place).active
    assert page["D4"].value == 100, "in 万元"
    assert filled(client, first, place).active["D4"].value == 1000, "the first as it was"
    third = save(client, second, {"B1": "D4"}, money="yuan").location
    assert filled(client, third, place).active["D4"].value == 1_000_000
    assert [row.number for row in session.scalars(select(BlankForm).order_by(BlankForm.id))] == [
        1, 2, 3,
    ]  # fmt: skip
    assert "这是旧版" in client.get(first).text


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("5C", "不是单元格"), ("没有!C5", "没有名为"), ("AZ900", "在表格之外"),
        ("B1", "请写左上角的 A1"), ("A3", "只能填空白单元格"), ("D10", "只能填空白单元格"),
    ],
)  # fmt: skip
def test_a_box_that_cannot_be_filled_says_why(
    client: Client, place: Place, cell: str, said: str,  # noqa: F811
) -> None:  # fmt: skip
    sign_in(client, place.district)
    where = add(client, form()).location
    before = last_revision()
    answer = save(client, where, {"B1": cell, "C2": "D6"})
    assert answer.status_code == 422
    text = unescape(answer.text)
    assert said in text
    assert f'value="{cell}"' in text, "what was typed stays"
    assert last_revision() == before
    assert save(client, where, {"B1": "D4", "C2": "d4"}).status_code == 422
    assert save(client, where, {}).status_code == 422


def bomb() -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", b" " * 30_000_000)
    return into.getvalue()


def large() -> bytes:
    into = io.BytesIO()
    book = Workbook(into)
    book.add_worksheet().write("A400", 1)
    book.close()
    return into.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04junk", b"\xd0\xcf\x11\xe0old", b"a,b\n1,2", bomb(), large()],
    ids=["empty", "broken", "xls", "csv", "bomb", "large"],
)
def test_what_is_no_form_is_refused(client: Client, place: Place, content: bytes) -> None:  # noqa: F811
    sign_in(client, place.district)
    answer = add(client, content)
    assert answer.status_code == 422
    assert session.scalars(select(BlankForm)).all() == []
    assert add(client, form(), name="").status_code == 422


def test_only_the_district_maps(client: Client, place: Place) -> None:  # noqa: F811
    sign_in(client, place.district)
    where = add(client, form()).location
    sign_in(client, place.clerk)
    assert client.get(where).status_code == 200
    assert "保存为新版" not in client.get(where).text
    assert save(client, where, {"B1": "D4"}).status_code == 403
    data = {"csrf_token": client.token("/returns"), "name": "表", "year": "2025"}
    assert client.post("/blank-forms", data=data).status_code == 403
    assert client.get("/blank-forms/nothing").status_code == 404
