"""The sheet of a return: firms as rows, one box a figure, last period beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.carriers.models import Return, Source
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.forms import parse_wan
from app.core.text import _
from app.firms import service
from app.firms.figure_columns import FigureColumn, disagreements, for_period, values_of
from app.firms.forms.parts import parse_heads, show_heads
from app.firms.models import Figures, Firm
from app.firms.queries.figures import best, of_period
from app.firms.queries.returns import firms_of

#: A value this many times the one before, or its inverse, is taken for a slip of the unit.
SLIP = 8


def as_text(column: FigureColumn, value: int | None) -> str:
    """A value as it stands in its box: 万元 or heads, plain digits."""
    if value is None:
        return ""
    if column.unit == "heads":
        return show_heads(value)
    sign, fen = ("-" if value < 0 else ""), abs(value)
    text = f"{fen // 1_000_000}.{fen % 1_000_000:06d}".rstrip("0")
    whole, _dot, cents = text.partition(".")
    return f"{sign}{whole}.{cents.ljust(2, '0')}"


def from_text(column: FigureColumn, text: str) -> int | None:
    """What was typed into a box; ValueError with the sentence for its reader."""
    if not text.strip():
        return None
    if column.unit == "heads":
        return parse_heads(text)
    return parse_wan(text, signed=column.signed)


@dataclass
class Cell:
    """One box with what is wrong or unusual about it."""

    column: FigureColumn
    name: str
    text: str
    last: str
    value: int | None = None
    error: str | None = None
    warning: str | None = None


@dataclass
class Row:
    """One firm: its boxes, the row they came from, and the words that explain them."""

    firm: Firm
    cells: list[Cell]
    rev: int | None
    remark: str = ""
    broken: list[str] = field(default_factory=list)
    changed: bool = False

    @property
    def doubtful(self) -> bool:
        """Unusual values that nobody has explained yet."""
        unusual = self.broken or any(cell.warning for cell in self.cells)
        return bool(unusual) and not self.remark

    @property
    def wrong(self) -> bool:
        """Boxes that cannot be read."""
        return any(cell.error for cell in self.cells)


def before(period: Period) -> Period:
    """The period to compare with: the quarter before, a year for years and first quarters."""
    return period.previous if period.quarter > 1 else Period(period.year - 1, period.quarter)


def build(
    viewer: AnyViewer, sheet: Return, day: dt.date, typed: Mapping[str, str] | None = None
) -> list[Row]:
    """All rows of a return, as recorded or as typed into the form."""
    period = Period(sheet.year, sheet.quarter)
    firms = firms_of(sheet, day)
    held = of_period(viewer, [f.id for f in firms], (period, before(period)))
    rows = []
    for firm in firms:
        express = [r for r in held.get((firm.id, period), []) if r.source is Source.EXPRESS]
        now = express[0] if express else None
        then = best(held.get((firm.id, before(period)), [])).get((firm.id, before(period)))
        rows.append(_row(firm, period, now, then, typed))
    return rows


def one_row(
    viewer: AnyViewer,
    firm: Firm,
    period: Period,
    source: Source,
    typed: Mapping[str, str] | None = None,
) -> Row:
    """One firm's row of a period and source."""
    held = of_period(viewer, [firm.id], (period, before(period)))
    now = next((r for r in held.get((firm.id, period), []) if r.source is source), None)
    then = best(held.get((firm.id, before(period)), [])).get((firm.id, before(period)))
    return _row(firm, period, now, then, typed)


def _row(
    firm: Firm,
    period: Period,
    now: Figures | None,
    then: Figures | None,
    typed: Mapping[str, str] | None,
) -> Row:
    present, past = values_of(now), values_of(then)
    row = Row(firm, [], now.rev if now else None, (now.remark or "") if now else "")
    if typed is not None:
        row.remark = typed.get(f"{firm.pid}-remark", row.remark).strip()[:200]
        seen = typed.get(f"{firm.pid}-rev", "")
        row.rev = int(seen) if seen.isdigit() else None
        row.changed = row.remark != ((now.remark or "") if now else "")
    for column in for_period(period.quarter):
        name = f"{firm.pid}-{column.name}"
        cell = Cell(column, name, as_text(column, present[column.name]),
                    as_text(column, past[column.name]), present[column.name])  # fmt: skip
        if typed is not None and name in typed:
            cell.text = typed[name]
            _read(cell)
            row.changed |= cell.value != present[column.name] and not cell.error
        cell.warning = None if cell.error else doubt(cell, past[column.name], period)
        row.cells.append(cell)
    row.broken = [
        rule.sentence for rule in disagreements({c.column.name: c.value for c in row.cells})
    ]
    return row


def _read(cell: Cell) -> None:
    try:
        cell.value = from_text(cell.column, cell.text)
    except ValueError as error:
        cell.error = str(error)


def doubt(cell: Cell, past: int | None, period: Period) -> str | None:
    """What is unusual about a value beside the one before; None when nothing is."""
    value = cell.value
    if value is None or past is None:
        return None
    if value < 0 <= past or past < 0 <= value:
        return _("正负与上期不同")
    if not value or not past:
        return None
    if cell.column.cumulative and period.quarter > 1 and value < past:
        return _("本季累计小于上季累计")
    if abs(value) >= SLIP * abs(past):
        return _("约为上期的 10 倍，请核对单位")
    if abs(past) >= SLIP * abs(value):
        return _("约为上期的十分之一，请核对单位")
    return None


def save(
    *, actor: AnyViewer, today: dt.date, sheet: Return, rows: list[Row], reason: str | None = None
) -> int:
    """Write the rows that changed and are neither wrong nor unexplained; how many."""
    done = 0
    for row in rows:
        if row.changed and not row.wrong and not row.doubtful:
            service.enter_figures(
                actor=actor, today=today, firm=row.firm, period=Period(sheet.year, sheet.quarter),
                source=Source.EXPRESS, values={c.column.name: c.value for c in row.cells},
                rev=row.rev, reason=reason or row.remark or None, remark=row.remark,
            )  # fmt: skip
            done += 1
    return done
