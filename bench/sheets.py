"""Workbooks against the bare libraries: planning beside reading, export beside plain writing.

``python -m bench.sheets [--rows N] [--export-rows N]`` works on the firms of the database that
DATABASE_URL names (the demo has 12,000), in processor time of this process and its children:

- reading, checking and planning N rows, as a share of a bare calamine read of the same file;
- a list of N rows as .xlsx, as a share of XlsxWriter's constant_memory on the same rows, with the
  growth of memory between a tenth of the rows and all of them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from app import create_app
from app.accounts import viewing
from app.accounts.models import Person
from app.core.access import Permission
from app.core.days import today
from app.core.db import session
from app.exchange.heap import uncollected
from app.exchange.intake import content as intake
from app.exchange.intake.plan import build
from app.exchange.models import Intake, IntakeState
from app.exchange.out import xlsx
from app.exchange.out.book import Book, Head, Table
from app.exchange.reading import files, limits
from app.exchange.sheets.base import sheets
from app.firms.models import Firm

HEADS = [
    *("统一社会信用代码", "企业名称", "报告期"),  # zh: heads
    *("营业收入（万元）", "期末从业人员", "说明"),  # zh: heads
]
WHY = "测速"  # zh: parsed
#: Each piece of work is done so often; the least counts.
TURNS = 3
COLUMNS = (Head("a"), Head("b", "code"), Head("c", "number"), Head("d", "wan"), Head("e", "day"))


def spent() -> float:
    """Processor time of this process and of the children that ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@contextmanager
def clock(name: str, found: dict[str, float]) -> Iterator[None]:
    """Keep the least seconds of a piece of work: others share this machine."""
    start = spent()
    yield
    found[name] = min(found.get(name, float("inf")), spent() - start)


def workbook(number: int) -> bytes:
    """A sheet of figures for the firms on record, round after round of years."""
    firms = session.execute(
        select(Firm.code, Firm.name)
        .where(Firm.code.is_not(None), Firm.merged_into_id.is_(None))
        .order_by(Firm.id)
    ).all()
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(HEADS[1])
        sheet.write_row(0, 0, HEADS)
        for n in range(number):
            code, name = firms[n % len(firms)]
            year = 2000 + n // len(firms)
            sheet.write_row(n + 1, 0, (code, name, str(year), 100 + n % 900, 5 + n % 40, WHY))
    return held.getvalue()


@uncollected()
def planning(number: int) -> None:
    """Reading and planning beside a bare read, as the preview does it."""
    limits.MAX_LINES = number + 100
    intake.MAX_ROWS = number  # type: ignore[attr-defined]
    content, found = workbook(number), dict[str, float]()
    person = next(
        viewer
        for one in session.scalars(select(Person).order_by(Person.id))
        for viewer in [viewing.build(one.id, one.pid, one.name, today(), None)]
        if viewer.may(Permission.FIRM_VERIFY)
    )
    for _turn in range(TURNS):
        with clock("bare", found):
            CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        with clock("read", found):
            upload = files.read("x.xlsx", content)
            kept = intake.together([intake.keep(upload, [sheets()["figures"]])])
            packed = intake.pack(kept)
        held = Intake(
            person_id=person.person_id, state=IntakeState.OPEN, content=packed, edits="{}"
        )
        with clock("plan", found):
            plan = build(person, today(), held)
    whole = found["read"] + found["plan"]
    shown = "  ".join(f"{name} {seconds:.2f} s" for name, seconds in found.items())
    print(f"plan of {len(plan.lines):,} rows: {shown}  {found['bare'] / whole:.2f} × the bare read")


def rows(number: int) -> Iterator[list[Any]]:
    """Rows of a list."""
    for n in range(number):
        code = f"91310115MA{n:08d}"
        yield [f"Firm {n}", code, n % 60, Decimal(n) / 8, dt.date(2024, 1, 1)]


def bare(into: Any, number: int) -> None:
    """The same rows by the library alone."""
    with xlsxwriter.Workbook(into, {"constant_memory": True}) as book:
        day, wan = (book.add_format({"num_format": f}) for f in ("yyyy-mm-dd", "0.00"))
        sheet = book.add_worksheet()
        for line, (name, code, months, amount, when) in enumerate(rows(number)):
            sheet.write_string(line, 0, name)
            sheet.write_string(line, 1, code)
            sheet.write_number(line, 2, months)
            sheet.write_number(line, 3, float(amount), wan)
            sheet.write_datetime(line, 4, dt.datetime.combine(when, dt.time()), day)


def ours(into: Any, number: int) -> None:
    """The same rows as an export."""
    xlsx.write(Book("b", [Table("t", COLUMNS, rows(number))]), into, [])


def exporting(number: int) -> None:
    """An export beside the bare library, and its memory."""
    found, peaks = dict[str, float](), []
    jobs: tuple[tuple[str, Callable[[Any, int], None], int], ...] = (
        ("small", ours, number // 10), ("ours", ours, number), ("bare", bare, number),
    )  # fmt: skip
    for name, job, many in jobs:
        with tempfile.TemporaryFile() as into, clock(name, found):
            job(into, many)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    print(
        f"export of {number:,} rows: {found['ours']:.2f} s, {found['bare'] / found['ours']:.2f} × "
        f"the bare library; {peaks[1] - peaks[0]} MB more than for a tenth of them"
    )


def main() -> None:
    """Both."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=50_000)
    asked.add_argument("--export-rows", type=int, default=100_000)
    given = asked.parse_args()
    with create_app().app_context():
        exporting(given.export_rows)
        planning(given.rows)


if __name__ == "__main__":
    main()
