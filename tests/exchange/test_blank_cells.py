"""Filling changes the cells that are filled and nothing else of a superior's file."""

from __future__ import annotations

import base64
import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from xlsxwriter import Workbook

from app.exchange.blank.book import fill
from app.exchange.blank.cells import column_of, letters_of, reckoned, sheet_filled
from app.exchange.reading.limits import Refused

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def stamped() -> bytes:
    """A form with a stamp, a box of text, a chart, a note, a drop-down and protected cells."""
    into = io.BytesIO()
    book = Workbook(into)
    money = book.add_format({"num_format": "#,##0.00", "border": 1})
    page, other = book.add_worksheet("综合情况 & 汇总"), book.add_worksheet("附表")
    page.write_row("A1", ["指标", "本年", "上年"])
    page.write("A3", "总收入")
    page.write_blank("B3", None, money)
    page.write_formula("B9", "=B3*2", None, 0)
    other.write_formula("A1", "='综合情况 & 汇总'!B3", None, 0)
    page.insert_image("E2", "stamp.png", {"image_data": io.BytesIO(PNG)})
    page.insert_textbox("E8", "盖章处")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=附表!$A$1:$A$2"})
    page.insert_chart("E12", chart)
    page.write_comment("A3", "按审计报告填")
    page.data_validation("C3", {"validate": "list", "source": ["是", "否"]})
    page.protect("", {"format_cells": True})
    book.close()
    return into.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_pictures_and_all_else_stay_byte_for_byte() -> None:
    blank, into = stamped(), io.BytesIO()
    sheet = "综合情况 & 汇总"
    values = {f"{sheet}!B3": Decimal("1234.50"), f"{sheet}!C3": None, f"{sheet}!C7": Decimal(7)}
    fill(blank, values, into)
    before, after = parts(blank), parts(into.getvalue())
    changed = {name for name in before if before[name] != after[name]}
    assert list(before) == list(after)
    assert changed == {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
    assert any(name.startswith("xl/media/") for name in before)
    page = load_workbook(into)[sheet]
    assert (page["B3"].value, page["C3"].value, page["C7"].value) == (1234.5, None, 7)
    assert page["B3"].number_format == "#,##0.00"
    reckoned = load_workbook(into, data_only=True)
    assert page["B9"].value == "=B3*2"
    assert (reckoned[sheet]["B9"].value, reckoned["附表"]["A1"].value) == (None, None)
    assert b'fullCalcOnLoad="1"' in after["xl/workbook.xml"]
    assert load_workbook(io.BytesIO(blank))[sheet].protection.sheet == page.protection.sheet


@pytest.mark.parametrize(
    "data",
    [
        '<sheetData/>',
        '<sheetData><row r="2"/><row r="9"><c r="B9"/></row></sheetData>',
        '<sheetData><row><c/><c s="3"/></row><row><c t="n"><v/></c></row></sheetData>',
        '<sheetData><row r="5"><c r="Z5" s="1"/><c r="AB5"><f>1+1</f></c></row></sheetData>',
    ],
)  # fmt: skip
@given(
    wanted=st.dictionaries(
        st.tuples(st.integers(1, 60), st.integers(1, 12)), st.integers(-(10**9), 10**9), max_size=8
    )
)
def test_any_cell_can_be_filled_however_sparse_the_sheet(
    data: str, wanted: dict[tuple[int, int], int]
) -> None:
    """Rows and cells may be missing, empty, without an address: those filled stand in order."""
    part = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}">{data}<x a="&gt;"/></worksheet>'
    names = {f"{letters_of(column)}{line}": str(n) for (column, line), n in wanted.items()}
    found = sheet_filled(part.encode(), names)
    again = sheet_filled(found, {})
    assert again == found
    read = _read(found)
    assert read["order"] == sorted(read["order"])
    assert {name: read["cells"].get(name) for name in names} == names
    assert found.endswith(b'<x a="&gt;"/></worksheet>')


@pytest.mark.parametrize("said", ["", '<calcPr calcId="1" fullCalcOnLoad="0"/>'])
def test_formulas_are_reckoned_when_it_is_opened(said: str) -> None:
    part = f'<w xmlns="{MAIN}"><bookViews/><sheets><s/></sheets>{said}<oleSize/></w>'
    calc = '<calcPr calcId="1" fullCalcOnLoad="1"/>' if said else '<calcPr fullCalcOnLoad="1"/>'
    wanted = f'<w xmlns="{MAIN}"><bookViews/><sheets><s/></sheets>{calc}<oleSize/></w>'
    assert reckoned(part.encode()).decode() == wanted


def _read(part: bytes) -> dict[str, object]:
    from xml.etree import ElementTree

    root = ElementTree.fromstring(part)
    order, cells = [], {}
    for row in root.iter(f"{{{MAIN}}}row"):
        for cell in row:
            name = cell.get("r", "")
            letters = name.rstrip("0123456789")
            assert name == f"{letters}{row.get('r')}"
            order.append((int(row.get("r", "0")), column_of(letters)))
            cells[name] = cell.findtext(f"{{{MAIN}}}v")
    return {"order": order, "cells": cells}


@pytest.mark.parametrize("part", [b"", b"<a>", b"<!DOCTYPE a><a/>", b"<a/>", b"\xff\xfe<\x00a\x00"])
def test_what_is_no_sheet_is_refused(part: bytes) -> None:
    with pytest.raises(Refused):
        sheet_filled(part, {"A1": "1"})
