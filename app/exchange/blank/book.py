"""A blank form as a workbook: its cells to look at, which may be filled, and filling them.

Only numbers are written, into cells that hold nothing; everything else of the file stays as its
makers laid it out.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO
from zipfile import ZipFile

from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.exchange.blank.cells import filled
from app.exchange.reading.guard import ZIP, inspect
from app.exchange.reading.limits import Refused
from app.statistics.summary.items import ITEMS, UNITS

# openpyxl is imported where it is used: it takes long to load and few requests need it
if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

#: A form is small: bytes of the file and of its parts once inflated, sheets, lines and columns.
MAX_FILE, MAX_PARTS = 2 * 1024 * 1024, 8 * 1024 * 1024
MAX_SHEETS, MAX_LINES, MAX_COLUMNS = 12, 300, 60
CELL = re.compile(r"(?:(?P<sheet>.+)!)?(?P<column>[A-Za-z]{1,2})(?P<line>[1-9]\d{0,3})")
#: Around a name that means nothing: its number, "of it", marks, units in brackets.
NUMBERED = re.compile("^[一二三四五六七八九十0-9]+")  # zh: as forms number their lines
NOISE = re.compile(r"[\s、，,：:.．·]|其中|[（(][^（）()]*[）)]")  # zh: as forms write names
#: Units as forms write them besides ours.
SAME_UNITS = {"平方米", "m²", "m2", "个", "项", "万元", "元", "次"}  # zh: as forms write them
#: What may stand between an item's name and its box.
BETWEEN = re.compile(r"[A-Za-z]{0,3}[-.]?\d{0,4}|—|-")

register_messages(
    {
        "blank_kind": N_("套表只接受 .xlsx；.xls 请在表格软件里另存为 .xlsx 再上传。"),
        "blank_large": N_(
            "套表太大：文件 2 MB 以内，最多 %(sheets)s 张工作表，"
            "每张 %(lines)s 行、%(columns)s 列。"
        ),
        "blank_cell": N_("“%(cell)s”不是单元格，写成 C5 或 工作表名!C5。"),
        "blank_sheet": N_("没有名为“%(sheet)s”的工作表。"),
        "blank_outside": N_("“%(cell)s”在表格之外。"),
        "blank_merged": N_("“%(cell)s”在合并单元格里，请写左上角的 %(anchor)s。"),
        "blank_taken": N_("“%(cell)s”里已有“%(held)s”，只能填空白单元格。"),
        "blank_twice": N_("“%(cell)s”写了两次。"),
        "blank_none": N_("请至少给一项指定单元格。"),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """One sheet to look at: letters of the columns, and lines of (number, texts)."""

    name: str
    letters: list[str]
    lines: list[tuple[int, list[str]]]


def opened(content: bytes) -> Workbook:
    """The workbook of a file. Raises Refused for what is none, or larger than a form is."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if not content.startswith(ZIP):
        raise Refused("blank_kind")
    limits: dict[str, Any] = {"sheets": MAX_SHEETS, "lines": MAX_LINES, "columns": MAX_COLUMNS}
    if len(content) > MAX_FILE:
        raise Refused("blank_large", **limits)
    inspect(content)
    with ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MAX_PARTS:
            raise Refused("blank_large", **limits)
    try:
        book = load_workbook(io.BytesIO(content))
    except (InvalidFileException, KeyError, ValueError, TypeError, IndexError) as error:
        raise Refused("file_broken") from error
    sheets = book.worksheets
    if len(sheets) > MAX_SHEETS or any(
        one.max_row > MAX_LINES or one.max_column > MAX_COLUMNS for one in sheets
    ):
        raise Refused("blank_large", **limits)
    if not sheets:
        raise Refused("file_empty")
    return book


def _merged(cell: Any) -> bool:
    """Whether a cell lies within merged ones and is not their top left."""
    from openpyxl.cell.cell import MergedCell

    return isinstance(cell, MergedCell)


def text_of(cell: Any) -> str:
    """What a cell shows, in one line."""
    return "" if cell.value is None else " ".join(str(cell.value).split())[:60]


def look(book: Workbook) -> list[Sheet]:
    """Every sheet as texts, with the letters and numbers of its cells."""
    from openpyxl.utils import get_column_letter

    return [
        Sheet(
            one.title, [get_column_letter(n) for n in range(1, one.max_column + 1)],
            [(number, [text_of(cell) for cell in cells])
             for number, cells in enumerate(one.iter_rows(), 1)],
        )
        for one in book.worksheets
    ]  # fmt: skip


def name_of(book: Workbook, sheet: str, cell: str) -> str:
    """A cell's name: with its sheet where there are several."""
    return cell if len(book.worksheets) == 1 else f"{sheet}!{cell}"


def place(book: Workbook, given: str) -> str:
    """The full name (sheet!cell) of an empty cell as typed.

    Raises `blank_cell`, `blank_sheet`, `blank_outside`, `blank_merged`, `blank_taken`.
    """
    found = CELL.fullmatch(given.strip())
    if found is None:
        raise DomainError("blank_cell", cell=given[:40])
    sheet = found["sheet"] or book.worksheets[0].title
    if sheet not in book.sheetnames:
        raise DomainError("blank_sheet", sheet=sheet[:40])
    cell = f"{found['column'].upper()}{found['line']}"
    page = book[sheet]
    line, column = page.max_row, page.max_column
    box = page[cell]
    if box.row > line or box.column > column:
        raise DomainError("blank_outside", cell=cell)
    if _merged(box):
        anchor = next(str(r).split(":")[0] for r in page.merged_cells.ranges if cell in r)
        raise DomainError("blank_merged", cell=cell, anchor=anchor)
    if box.value is not None:
        raise DomainError("blank_taken", cell=cell, held=text_of(box))
    return f"{sheet}!{cell}"


def checked(book: Workbook, typed: Mapping[str, str]) -> dict[str, str]:
    """Box of the page (item, or `item:before`) → full cell name, of those that were typed.

    Raises what `place` raises, naming the box, and `blank_twice`, `blank_none`.
    """
    found: dict[str, str] = {}
    for key, text in typed.items():
        if not text.strip():
            continue
        try:
            cell = place(book, text)
        except DomainError as error:
            error.field = key
            raise
        if cell in found.values():
            raise DomainError("blank_twice", key, cell=text.strip())
        found[key] = cell
    if not found:
        raise DomainError("blank_none")
    return found


def plain(text: str) -> str:
    """A name without what forms differ in."""
    bare = NUMBERED.sub("", NOISE.sub("", text))
    return bare.replace("R&D", "研发").removesuffix("数")  # zh: the same names in forms


def unit_words() -> set[str]:
    """Units that may stand between a name and its box."""
    return {str(word) for word in UNITS.values()} | SAME_UNITS


def suggested(book: Workbook) -> dict[str, str]:
    """Items whose name stands in the form → the first empty box to the right of the name."""
    names = {plain(str(item.text)): item.code for item in reversed(ITEMS)}
    units = unit_words()
    found: dict[str, str] = {}
    for page in book.worksheets:
        for cells in page.iter_rows():
            for at, cell in enumerate(cells):
                code = names.get(plain(text_of(cell)))
                box = box_beside(cells[at + 1 :], units) if code else None
                if code and box and code not in found:
                    found[code] = f"{page.title}!{box}"
    return found


def box_beside(cells: Iterable[Any], units: set[str]) -> str | None:
    """The first empty cell, past units and codes; None when other words come first."""
    for cell in cells:
        if _merged(cell):
            continue
        text = text_of(cell)
        if not text:
            return str(cell.coordinate)
        if text not in units and not BETWEEN.fullmatch(text):
            return None
    return None


def fill(content: bytes, values: Mapping[str, Decimal | None], into: BinaryIO) -> None:
    """Write the form with numbers in its cells (full name → number; None stays empty)."""
    filled(content, {name: one for name, one in values.items() if one is not None}, into)
