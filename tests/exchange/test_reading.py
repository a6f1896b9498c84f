"""Files as they come: hostile ones are refused with a sentence, odd values are read or named."""

from __future__ import annotations

import io
import resource
import time
import zipfile
from collections.abc import Callable, Iterable
from decimal import Decimal

import pytest
import xlsxwriter
from flask import Flask

from app.carriers.models import Source
from app.core.days import Period
from app.exchange.reading import Refused, read
from app.exchange.sheets.fields import Field, parse, shown

HEAD = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    b'main"><sheetData>'
)
TAIL = b"</sheetData></worksheet>"
FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
CELL = b'<row r="1"><c r="A1"><v>1</v></c></row>'


def packed(sheet: bytes, extra: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """A workbook whose only worksheet is this XML, with further parts."""
    made, out = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet("a")
    source = zipfile.ZipFile(made)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in source.namelist():
            own = name == "xl/worksheets/sheet1.xml"
            target.writestr(name, sheet if own else source.read(name))
        for name, content in extra:
            target.writestr(name, content)
    return out.getvalue()


def lying() -> bytes:
    """A bomb whose directory says that it is small."""
    whole = bytearray(packed(HEAD + b" " * (180 * 1024 * 1024) + TAIL))
    size = (180 * 1024 * 1024 + len(HEAD) + len(TAIL)).to_bytes(4, "little")
    return bytes(whole).replace(size, (1000).to_bytes(4, "little"))


def locked() -> bytes:
    whole = bytearray(packed(HEAD + TAIL))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = whole.find(mark)
        while place >= 0:
            whole[place + at] |= 1
            place = whole.find(mark, place + 4)
    return bytes(whole)


def rows(number: int) -> bytes:
    cells = b"".join(
        b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, number)
    )
    return packed(HEAD + cells + TAIL)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b"<worksheet>&b;</worksheet>"
)
XXE = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<worksheet>&x;</worksheet>"
)
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (lambda: packed(HEAD + b" " * (180 * 1024 * 1024) + TAIL), "file_large"),
    "lying bomb": (lying, "file_broken"),
    "a million rows": (lambda: rows(1_000_000), "file_large"),
    "far cell": (
        lambda: packed(HEAD + CELL + FAR + TAIL),
        "file_large",
    ),
    "20,000 parts": (lambda: packed(HEAD + TAIL, [(f"x{n}", b"") for n in range(20_000)]),
                     "file_large"),
    "billion laughs": (lambda: packed(LAUGHS), "file_kind"),
    "outside entity": (lambda: packed(XXE), "file_kind"),
    "way out": (lambda: packed(HEAD + TAIL, [("../../etc/x", b"x")]), "file_broken"),
    "macro": (lambda: packed(HEAD + TAIL, [("xl/vbaProject.bin", b"x")]), "file_macro"),
    "cut off": (lambda: packed(HEAD + CELL + TAIL)[:900], "file_broken"),
    "locked": (locked, "file_locked"),
    "locked, as Excel does": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "file_locked"),
    "old macro": (lambda: OLE + b"\0" * 600 + "_VBA_PROJECT".encode("utf-16-le"), "file_macro"),
    "old, broken": (lambda: OLE + bytes(3000), "file_broken"),
    "another zip": (lambda: zip_of("a.txt"), "file_kind"),
    "empty": (lambda: b"\0\0  \n", "file_empty"),
    "neither": (lambda: b"name\n\xff\xfe\x80", "file_encoding"),
    "binary": (lambda: b"a,b\0c\n", "file_kind"),
}  # fmt: skip


def zip_of(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_refused_quickly(case: str) -> None:
    content, code = HOSTILE[case][0](), HOSTILE[case][1]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.monotonic()
    with pytest.raises(Refused) as refused:
        read("x.xlsx", content)
    assert refused.value.code == code
    assert time.monotonic() - start < 20
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300 * 1024, f"{grown} KB more"


def test_rows_keep_their_numbers() -> None:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        sheet = book.add_worksheet("甲")
        for line, place, value in ((2, 2, "头"), (5, 3, 1.5), (6, 2, 913101157654321098)):
            sheet.write(line, place, value)
    found = read("x.xlsx", held.getvalue()).sheets[0]
    assert found.rows == [
        [], [], ["", "", "头"], [], [], ["", "", "", "1.5"], ["", "", "9.13101157654321e+17"],
    ]  # fmt: skip


def field(kind: str, **more: object) -> Field:
    return Field("x", "x", kind, **more)  # type: ignore[arg-type]


READ = [
    ("money", "500万", "", 500_000_000), ("money", "500", "元", 50_000),
    ("money", "500万", "元", 500_000_000), ("money", "1,234.56", "", 1_234_560_000),
    ("money", "0.3999999999999986", "", 400_000), ("money", "１２３", "", 123_000_000),
    ("money", "1.2亿", "", 12_000_000_000), ("money", "600", "千元", 60_000_000),
    ("day", "2024.3.15", "", "2024-03-15"), ("day", "2024年3月5日", "", "2024-03-05"),
    ("day", "45366", "", "2024-03-15"), ("day", "2024-03-15 00:00:00", "", "2024-03-15"),
    ("code", "9131 0115-ma00000237", "", "91310115MA00000237"),
    ("name", "甲(上海)公司", "", "甲（上海）公司"), ("heads", "12.5人", "", 300),
    ("flag", "√", "", True), ("period", "2026年第三季度", "", Period(2026, 3)),
    ("period", "2026Q3", "", Period(2026, 3)), ("period", "2025年报", "", Period(2025)),
    ("period", "2026年1-9月", "", Period(2026, 3)), ("period", "2025", "", Period(2025)),
    ("count", "120㎡", "", 120), ("word", "快 报", "", "express"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "unit", "value"), READ)
def test_what_people_type_is_read(
    make_app: Callable[..., Flask], kind: str, text: str, unit: str, value: object
) -> None:
    found = parse(field(kind, words=Source.choices if kind == "word" else None), text, unit).value
    assert (found.isoformat() if kind == "day" else found) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("money", "约五百"), ("money", "1,5"), ("money", "-5"), ("money", "0.12345678912"),
        ("day", "2024-02-30"), ("day", "三月"), ("code", "9.13101E+17"), ("code", "123"),
        ("code", "91310115MA0000O237"), ("flag", "也许"), ("period", "第三季度"),
        ("count", "1.5"), ("word", "快抱"), ("text", "a\u202eb"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_so(kind: str, text: str) -> None:
    words = Source.choices if kind == "word" else None
    with pytest.raises(ValueError, match=r".{4,}"):
        parse(field(kind, words=words), text)


def test_values_come_back_as_they_are_shown() -> None:
    for fen in (0, 1, 123_456_789_012, 10**14, 7_000_000):
        text = shown(field("money"), fen)
        assert parse(field("money"), text).value == fen
        assert Decimal(text) * 1_000_000 == fen
