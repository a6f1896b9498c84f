"""Writing .xlsx with flat memory: a row is on disk before the next one is asked for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.core.text import _
from app.exchange.defuse import is_live
from app.exchange.out.book import Book, Head, Share, Table, Value

#: Columns are as wide as their kind asks; a text column as its head, within these bounds.
WIDTHS = {"code": 21, "number": 12, "exact": 14, "wan": 16, "day": 12}
NARROW, WIDE = 12, 40
NAME_WIDTH = 34
#: Rows that a worksheet holds below its head.
ROOM = 1_048_575
#: A cell holds no more characters.
LONGEST = 32_767
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
#: What no .xlsx can hold: XML has no such characters.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class _Styles:
    """The formats of a workbook, made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        base = {"valign": "top", "font_size": 10}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#EDF0F5",
             "bottom": 1, "font_size": 10}
        )  # fmt: skip
        self.text = book.add_format({**base, "num_format": "@"})
        self.live = book.add_format({**base, "num_format": "@", "quote_prefix": True})
        self.wrap = book.add_format({**base, "text_wrap": True})
        self.label = book.add_format({**base, "bold": True})
        self.number = book.add_format({**base, "num_format": "#,##0"})
        self.exact = book.add_format({**base, "num_format": "#,##0.######"})
        self.wan = book.add_format({**base, "num_format": "#,##0.00"})
        self.day = book.add_format({**base, "num_format": "yyyy-mm-dd"})
        self._shares: dict[int, Format] = {}

    def share(self, places: int) -> Format:
        """The format of a percentage with so many places."""
        if places not in self._shares:
            zeros = f".{'0' * places}" if places else ""
            shown = {"num_format": f"0{zeros}%", "valign": "top", "font_size": 10}
            self._shares[places] = self._book.add_format(shown)
        return self._shares[places]


def write(book: Book, into: BinaryIO, notes: Sequence[tuple[str, str]]) -> int:
    """Write a book; how many rows its tables have. `notes` stand on the first sheet.

    A table longer than a worksheet goes on in a next one.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(into, options) as made:
        styles, names = _Styles(made), set[str]()
        _first(made.add_worksheet(_name(_("说明"), names)), styles, book.title, notes)
        return sum(_table(made, styles, table, names) for table in book.tables)


def _name(text: str, taken: set[str]) -> str:
    """A name for a worksheet: at most 31 characters, allowed ones, once only."""
    plain = _SHEET_NAME.sub(" ", text).strip(" '")[:28] or "1"
    name, n = plain, 1
    while name.casefold() in taken:
        n += 1
        name = f"{plain} {n}"
    taken.add(name.casefold())
    return name


def _first(sheet: Worksheet, styles: _Styles, title: str, notes: Sequence[tuple[str, str]]) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, title, styles.title)
    for row, (what, words) in enumerate(notes, start=2):
        sheet.write_string(row, 0, what, styles.label)
        sheet.write_string(row, 1, _clean(words), styles.wrap)


def _begin(sheet: Worksheet, styles: _Styles, heads: Sequence[Head]) -> None:
    for place, head in enumerate(heads):
        width = WIDTHS.get(head.kind) or min(WIDE, max(NARROW, 2 * len(head.whole) + 2))
        sheet.set_column(place, place, NAME_WIDTH if place == 0 else width)
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 30)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    for place, head in enumerate(heads):
        sheet.write_string(0, place, head.whole, styles.head)


def _table(made: xlsxwriter.Workbook, styles: _Styles, table: Table, names: set[str]) -> int:
    written, line = 0, 0
    sheet = made.add_worksheet(_name(table.name, names))
    _begin(sheet, styles, table.heads)
    for row in table.rows:
        if line == ROOM:
            sheet.autofilter(0, 0, line, len(table.heads) - 1)
            sheet, line = made.add_worksheet(_name(table.name, names)), 0
            _begin(sheet, styles, table.heads)
        line += 1
        _row(sheet, styles, line, table.heads, row)
        written += 1
    sheet.autofilter(0, 0, max(line, 1), len(table.heads) - 1)
    if table.total is not None:
        _row(sheet, styles, line + 1, table.heads, table.total)
    return written


def _row(
    sheet: Worksheet, styles: _Styles, line: int, heads: Sequence[Head], row: Sequence[Value]
) -> None:
    for place, value in enumerate(row):
        if value is None or value == "":
            continue
        _cell(sheet, styles, line, place, heads[place].kind, value)


def _cell(
    sheet: Worksheet, styles: _Styles, line: int, place: int, kind: str, value: Value
) -> None:
    if isinstance(value, str):
        text = _clean(value)
        sheet.write_string(line, place, text, styles.live if is_live(text) else styles.text)
    elif isinstance(value, Share):
        sheet.write_number(line, place, float(value.value), styles.share(value.places))
    elif isinstance(value, dt.date):
        sheet.write_datetime(line, place, _moment(value), styles.day)
    elif value is not None:
        sheet.write_number(line, place, float(value), _number(styles, kind, value))


def _number(styles: _Styles, kind: str, value: int | Decimal) -> Any:
    if kind in ("wan", "exact", "number"):
        return getattr(styles, kind)
    return styles.number if isinstance(value, int) else styles.exact


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)[:LONGEST]
