"""Files of the import: templates, rows with errors, exports and forms that may come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import xlsxwriter
import xlsxwriter.utility
from xlsxwriter.worksheet import Worksheet

from app.core.access import Viewer
from app.core.text import N_, _
from app.exchange.defuse import is_live
from app.exchange.intake.plan import Line, Plan
from app.exchange.out.xlsx import WIDTHS
from app.exchange.sheets.base import WAITING, Sheet
from app.exchange.sheets.fields import SAMPLES, Field, shown
from app.exchange.sheets.heads import EXAMPLE, ID_HEAD, NOTES_SHEET, REV_HEAD, WORDS_SHEET

#: Rows of a template that are formatted and offer choices.
ROOM = 2_000
#: A drop-down holds no more characters; longer lists stand on a sheet of their own.
LIST_ROOM = 255
OPTIONS = {"constant_memory": False, "strings_to_formulas": False, "strings_to_urls": False,
           "strings_to_numbers": False}  # fmt: skip
NOTES = (
    N_("一行一家企业或一条记录；表头不要改名，列的先后不限，不需要的列可以删去。"),
    N_("以【示例】开头的行和合计行不导入；空行不影响行号。"),
    N_("空格不改原值；金额单位写在表头里，也可以在格中写“500万”“3200元”。"),
    N_("日期写作 2026-03-31 或 2026.3.31；代码按文本填写，不要让表格软件改成科学计数。"),
    N_("数值或代码不寻常时系统会提示，确认无误的在“说明”列写明原因。"),
)


class _Made:
    """A workbook with the formats of the import's files."""

    def __init__(self, into: BinaryIO) -> None:
        self.book = xlsxwriter.Workbook(into, OPTIONS)
        base = {"font_size": 10, "valign": "top"}
        self.head = self.book.add_format(
            {**base, "bold": True, "bg_color": "#EDF0F5", "bottom": 1, "text_wrap": True}
        )
        self.needed = self.book.add_format(
            {**base, "bold": True, "bg_color": "#E9F0FA", "bottom": 1, "text_wrap": True}
        )
        self.text = self.book.add_format({**base, "num_format": "@"})
        self.live = self.book.add_format({**base, "num_format": "@", "quote_prefix": True})
        self.grey = self.book.add_format({**base, "num_format": "@", "font_color": "#5C6778"})
        self.bold = self.book.add_format({**base, "bold": True})
        self.wrap = self.book.add_format({**base, "text_wrap": True})
        self.number = self.book.add_format({**base, "num_format": "#,##0.00####"})
        self.words: dict[str, str] = {}
        self.used = 0
        self.list_sheet: Worksheet | None = None

    def put(self, sheet: Worksheet, line: int, place: int, text: str) -> None:
        """Write a text that stays text."""
        if text:
            sheet.write_string(line, place, text, self.live if is_live(text) else self.text)


def template(into: BinaryIO, wanted: Iterable[Sheet]) -> None:
    """模板下载: notes, and a sheet each with heads, an example and drop-downs."""
    made, chosen = _Made(into), list(wanted)
    with made.book:
        _notes(made, chosen)
        for sheet in chosen:
            _blank(made, sheet)


def _notes(made: _Made, chosen: list[Sheet]) -> None:
    sheet = made.book.add_worksheet(_(NOTES_SHEET))
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)
    line = 0
    for words in NOTES:
        sheet.merge_range(line, 0, line, 1, _(words), made.wrap)
        line += 1
    for one in chosen:
        line += 1
        sheet.write_string(line, 0, one.label, made.bold)
        sheet.write_string(line, 1, _(one.hint), made.wrap)
        line += 1
        for field in one.fields:
            sheet.write_string(line, 0, field.head, made.text)
            sheet.write_string(line, 1, _told(field), made.wrap)
            line += 1


def _told(field: Field) -> str:
    parts = [_(field.hint)] if field.hint else []
    if field.words:
        words = [word for _code, word in field.words()]
        parts.append(
            _("可填：%(words)s", words=_("、").join(words[:12]) + ("…" if words[12:] else ""))
        )
    kinds = {"day": _("日期"), "flag": _("是或否"), "money": _("金额"), "heads": _("人数"),
             "period": _("如 2026年 或 2026年第3季度"), "code": _("18 位")}  # fmt: skip
    if field.kind in kinds:
        parts.insert(0, kinds[field.kind])
    return _("；").join(parts)


def _heads(made: _Made, sheet: Worksheet, fields: tuple[Field, ...], start: int = 0) -> None:
    for place, field in enumerate(fields, start=start):
        width = WIDTHS.get(field.kind) or min(36, max(12, 2 * len(field.head) + 2))
        sheet.set_column(place, place, width, made.text)
        form = made.needed if field.key in ("code", "name") else made.head
        sheet.write_string(0, place, field.head, form)
        _choices(made, sheet, field, place)
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, 2)


def _choices(made: _Made, sheet: Worksheet, field: Field, place: int) -> None:
    words = [word for _code, word in field.words()] if field.words else []
    if field.kind == "words":  # several in a cell: the notes say which
        return
    if field.kind == "flag":
        words = [_("是"), _("否")]
    if not words:
        return
    source: list[str] | str = words
    if len(",".join(words)) > LIST_ROOM:
        source = _listed(made, words)
    sheet.data_validation(1, place, ROOM, place, {"validate": "list", "source": source,
                          "error_type": "warning"})  # fmt: skip


def _listed(made: _Made, words: list[str]) -> str:
    key = "\n".join(words)
    if key not in made.words:
        if made.list_sheet is None:
            made.list_sheet = made.book.add_worksheet(_(WORDS_SHEET))
            made.list_sheet.hide()
        for line, word in enumerate(words):
            made.list_sheet.write_string(line, made.used, word)
        column = xlsxwriter.utility.xl_col_to_name(made.used)
        name = _(WORDS_SHEET)
        made.words[key] = f"='{name}'!${column}$1:${column}${len(words)}"
        made.used += 1
    return made.words[key]


def _blank(made: _Made, one: Sheet) -> None:
    sheet = made.book.add_worksheet(one.label[:31])
    _heads(made, sheet, one.fields)
    for place, field in enumerate(one.fields):
        sheet.write_string(1, place, _sample(field, one.subject[-1]), made.grey)


def _sample(field: Field, named: str) -> str:
    if field.key == named:
        return _(EXAMPLE) + (_("示例科技（上海）有限公司") if named == "name" else field.label)
    if field.sample:
        return _(field.sample)
    if field.words:
        return next((word for code, word in field.words() if code), "")
    return _(SAMPLES.get(field.kind, ""))


def errors(into: BinaryIO, plan: Plan) -> int:
    """错误行.xlsx: the rows that wait, as they stand, with their number and the reason."""
    made = _Made(into)
    lines = plan.of(*WAITING)
    with made.book:
        for place, kept in enumerate(plan.kept):
            mine = [line for line in lines if line.place == place]
            if mine:
                _errors(made, mine, place, kept.sheet)
        if not lines:
            made.book.add_worksheet(_("没有错误行"))
    return len(lines)


def _errors(made: _Made, lines: list[Line], place: int, one: Sheet) -> None:
    sheet = made.book.add_worksheet(f"{one.label[:26]} {place + 1}" if place else one.label[:31])
    used = {key for line in lines for key in line.row.texts}
    fields = tuple(f for f in one.fields if f.key in used or f.key == "reason")
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 48)
    sheet.write_string(0, 0, _("原行号"), made.head)
    sheet.write_string(0, 1, _("错误原因"), made.head)
    _heads(made, sheet, fields, start=2)
    for number, line in enumerate(lines, start=1):
        sheet.write_number(number, 0, line.row.number)
        sheet.write_string(number, 1, reasons(line), made.wrap)
        for at, field in enumerate(fields, start=2):
            made.put(sheet, number, at, line.text_of(field))


def reasons(line: Line) -> str:
    """Everything that is wrong with a row, each with its column."""
    fields = line.kept.sheet.by_key
    found = [
        _("%(figure)s：%(error)s", figure=fields[one.field].label, error=one.reason)
        if one.field in fields
        else one.reason
        for one in line.wrong
    ]
    found += [
        _("%(field)s：导出后他人改为 %(now)s", field=change.label, now=change.old or "—")
        for change in line.planned.changes
        if change.clashes
    ]
    return "\n".join(found)


def _filled(made: _Made, one: Sheet, lines: Iterable[list[str]]) -> int:
    """A sheet with rows of texts, id and version hidden at the right; how many."""
    sheet = made.book.add_worksheet(one.label[:31])
    _heads(made, sheet, one.fields)
    width = len(one.fields)
    for place, head in enumerate((ID_HEAD, REV_HEAD), start=width):
        sheet.write_string(0, place, head, made.head)
    sheet.set_column(width, width + 1, 12, made.text, {"hidden": True})
    line = 0
    for line, texts in enumerate(lines, start=1):
        for place, (field, text) in enumerate(zip((*one.fields, None, None), texts, strict=True)):
            if text and field is not None and field.kind in ("money", "heads"):
                sheet.write_number(line, place, float(text), made.number)
            else:
                made.put(sheet, line, place, text)
    sheet.autofilter(0, 0, max(line, 1), width - 1)
    return line


def editable(into: BinaryIO, viewer: Viewer, day: dt.date, wanted: Iterable[Sheet]) -> int:
    """What is recorded, in the columns of the import, with id and version: may come back."""
    made, count = _Made(into), 0
    with made.book:
        for one in wanted:
            if one.rows is None:
                continue
            count += _filled(made, one, texts_of(one, viewer, day))
    return count


def filled(into: BinaryIO, parts: Iterable[tuple[Sheet, list[list[str]]]]) -> None:
    """A workbook of sheets with the rows given, for one firm to fill."""
    made, chosen = _Made(into), list(parts)
    with made.book:
        _notes(made, [one for one, _lines in chosen])
        for one, lines in chosen:
            _filled(made, one, lines)


def texts_of(one: Sheet, viewer: Viewer, day: dt.date) -> Iterator[list[str]]:
    """The rows that the viewer may write to, as texts by column, with id and version."""
    assert one.rows is not None
    for pid, rev, values in one.rows(viewer, day):
        texts = [shown(field, values.get(field.key)) for field in one.fields]
        yield [*texts, pid, str(rev)]
