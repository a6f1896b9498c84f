"""The process that parses a workbook: no program of ours in it, little memory, little time.

Run as a file, never imported by the application. Reads the workbook from standard input and
writes one JSON line a sheet: {"name", "rows", "lines", "cut"}. Exit 3: too large.
"""

import datetime as dt
import gc
import io
import json
import resource
import sys
from typing import Any

#: Numbers of which the text is remembered.
MOST = 50_000


def text(value: Any, longest: int) -> str:
    """A cell as text: whole numbers without a point, days as 2026-03-31, words as they are."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value[: longest + 1]
    if isinstance(value, bool):
        return "是" if value else "否"  # zh: parsed
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return repr(float(f"{value:.15g}"))  # as many digits as the spreadsheet itself shows
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date().isoformat()
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)[: longest + 1]


class Numbers(dict[float, str]):
    """Numbers as text, each made once: a column has many of the same."""

    def __missing__(self, value: float) -> str:
        if len(self) >= MOST:
            self.clear()
        found = self[value] = text(value, 0)
        return found


def rows_of(sheet: Any, lines: int, columns: int, longest: int) -> tuple[list[list[str]], bool]:
    """(rows with their blank ones, whether there were more): trailing blanks cut off."""
    rows: list[list[str]] = []
    last, cut, numbers = 0, False, Numbers()
    left = sheet.start[1] if sheet.start else 0  # blank rows on top come along, columns do not
    for place, row in enumerate(sheet.iter_rows()):
        if place >= lines:
            cut = True
            break
        cells = [
            value
            if (kind := value.__class__) is str and len(value) <= longest
            else numbers[value]
            if kind is float
            else text(value, longest)
            for value in row
        ]
        if left:
            cells = [""] * left + cells
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > columns:
            cut = True
            break
        rows.append(cells)
        if cells:
            last = len(rows)
    return rows[:last], cut


def main() -> None:
    """Read, parse, print."""
    lines, columns, sheets, longest, cpu, space = (int(one) for one in sys.argv[1:7])
    content = sys.stdin.buffer.read()
    from python_calamine import CalamineWorkbook  # loaded before the limits count

    gc.disable()  # nothing here goes in circles, and the process ends with the file
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names[:sheets]:
        sheet = book.get_sheet_by_name(name)
        high, wide = sheet.total_height, sheet.total_width
        if high > 0 and wide > 0 and high * wide > lines * columns:
            sys.exit(3)
        rows, cut = rows_of(sheet, lines, columns, longest)
        try:
            merged = [list(a) + list(b) for a, b in (sheet.merged_cell_ranges or [])[:2000]]
        except Exception:
            merged = []
        found = {"name": name, "rows": rows, "cut": cut, "merged": merged}
        sys.stdout.write(json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
