"""填报数据 of one firm: three years and the latest quarter, each from its most trusted source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.carriers.models import Source
from app.core.access import AnyViewer
from app.core.db import session
from app.core.filters import num, pct, wan
from app.core.panels import Panel
from app.core.text import N_, _
from app.firms import fields
from app.firms.models import Figures, Firm

YEARS = 3
HEAD = 24
ITEMS = (
    ("revenue", N_("营业收入")),
    ("rd_accounting", N_("研发费用")),
    ("net_profit", N_("净利润")),
    ("tax_paid", N_("实缴税金")),
    ("staff_end", N_("期末从业人员（人）")),
)
RANK = {source: place for place, source in enumerate(Source)}


@dataclass(frozen=True)
class Row:
    """One item: a written value a column, and the change on a year before."""

    text: str
    values: list[str]
    change: str


def panels(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[Panel]:
    """The table, for whoever may see figures."""
    if "figures" not in fields.open_to(viewer, firm.id, day):
        return
    until = fields.seen_until(viewer, firm.id, day)
    held = _best(firm, until)
    if not held:
        return
    columns = _columns(held)
    basis = _compared(columns, held)
    yield Panel(
        "figures",
        "workbench/firm_figures.html",
        {
            "columns": columns,
            "rows": [_row(name, text, columns, basis) for name, text in ITEMS],
            "compared": basis[0] if basis else None,
            "period": period,
            "may_record": fields.may_record(viewer, firm.id, day),
        },
        30,
    )


def _best(firm: Firm, until: dt.date | None) -> dict[tuple[int, int], Figures]:
    """(year, quarter) → the row of the source that goes first."""
    found: dict[tuple[int, int], Figures] = {}
    statement = select(Figures).where(Figures.firm_id == firm.id)
    if until is not None:
        statement = statement.where(Figures.year < until.year)
    for row in session.scalars(statement.order_by(Figures.year, Figures.quarter, Figures.id)):
        key = (row.year, row.quarter)
        if key not in found or RANK[row.source] > RANK[found[key].source]:
            found[key] = row
    return found


def _columns(held: dict[tuple[int, int], Figures]) -> list[Figures]:
    years = sorted(key for key in held if key[1] == 0)[-YEARS:]
    last_year = years[-1][0] if years else 0
    quarters = sorted(key for key in held if key[1] and key[0] > last_year)[-1:]
    return [held[key] for key in years + quarters]


def _compared(
    columns: list[Figures], held: dict[tuple[int, int], Figures]
) -> tuple[Figures, Figures] | None:
    """The latest period shown that has the same period of the year before, with that one."""
    for row in reversed(columns):
        before = held.get((row.year - 1, row.quarter))
        if before is not None:
            return row, before
    return None


def _row(
    name: str, text: str, columns: list[Figures], basis: tuple[Figures, Figures] | None
) -> Row:  # fmt: skip
    values = [written(name, getattr(row, name)) for row in columns]
    now, before = basis or (None, None)
    return Row(text, values, change(_value(now, name), _value(before, name)))


def _value(row: Figures | None, name: str) -> Any:
    return getattr(row, name) if row is not None else None


def written(name: str, value: int | None) -> str:
    """Money in 万元, heads as they are counted."""
    if value is None or not name.startswith("staff"):
        return wan(value)
    return num(Decimal(value) / HEAD, 0 if value % HEAD == 0 else 1)


def change(now: int | None, before: int | None) -> str:
    """同比 in per cent; words where the sign turns; a dash where one side is missing or zero."""
    if now is None or before is None or before == 0:
        return "—"
    if before < 0 <= now:
        return _("由负转正")
    if now < 0 < before:
        return _("由正转负")
    if before < 0:
        return "—"
    sign = "+" if now > before else ""
    return f"{sign}{pct(Decimal(now - before) / before)}"


def period(row: Figures) -> str:
    """2025 年, or 2026 年 1–9 月 for a quarter, which is cumulative."""
    if not row.quarter:
        return _("%(year)s 年", year=row.year)
    return _("%(year)s 年 1–%(month)s 月", year=row.year, month=row.quarter * 3)
