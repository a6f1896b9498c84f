"""填报数据 of a firm: by period and source, read and entered as on its page."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from app.carriers.models import Source, Verification
from app.core.access import viewer
from app.core.days import Period, today
from app.core.errors import DomainError, NotFound, register_messages
from app.core.problems import Unreadable
from app.core.text import N_
from app.exchange.api.door import asked, given, listed, need_open, operation, page_of, shown
from app.exchange.api.firms import RECORD
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import (
    PERIOD,
    Money,
    Number,
    Part,
    Patterned,
    Shape,
    Text,
    Whole,
    Word,
    named,
)
from app.firms import fields, queries, service, sheet
from app.firms.figure_columns import COLUMNS, FigureColumn, for_period
from app.firms.forms.parts import MOST_HEADS, show_heads
from app.firms.models import Figures, Firm
from app.firms.queries.figures import of_firm, row_of

TAG = N_("填报数据")

register_messages(
    {
        "figure_doubtful": N_("与上期或其他项相比不寻常；核对无误的，在 remark 中写明原因。"),
        "not_of_period": N_("季报没有这一项，请填在年度数据中。"),
    }
)


class Heads(Number):
    """Heads as text with at most two decimals: "12.5". Inside they are 24ths, read back exactly."""

    def _serialize(self, value: Any, *args: Any, **kw: Any) -> str | None:
        return None if value is None else show_heads(value)


def _column(one: FigureColumn) -> Any:
    kw: dict[str, Any] = {"allow_none": True, "metadata": {"description": one.text}}
    if one.unit == "items":
        return Whole(high=MOST_HEADS, **kw)
    return Heads(**kw) if one.unit == "heads" else Money(**kw)


UNITS = ("money", "heads", "items")
PARTS = {
    unit: named(f"{unit.title()}Figures", **{c.name: _column(c) for c in COLUMNS if c.unit == unit})
    for unit in UNITS
}
REMARK = N_("数值不寻常或已用于报表、核对时，写明原因。")


class FiguresShape(Shape):
    """The figures of a period from one source; quarters are cumulative, null is not recorded."""

    period = Patterned(PERIOD, "not_code", required=True)
    source = Word(Source, required=True)
    verification = Word(Verification, required=True)
    money = Part(PARTS["money"], required=True)
    heads = Part(PARTS["heads"], required=True)
    items = Part(PARTS["items"], required=True)
    remark = Text(required=True, allow_none=True)


class FiguresBody(Shape):
    """The figures to enter; those that are not named stay as they are, null clears one."""

    money = Part(PARTS["money"])
    heads = Part(PARTS["heads"])
    items = Part(PARTS["items"])
    remark = Text(200, metadata={"description": REMARK})


FiguresPage = page_of(FiguresShape, "FiguresPage")


def shape(row: Figures) -> dict[str, Any]:
    """A row by units."""
    found: dict[str, Any] = {
        unit: {c.name: getattr(row, c.name) for c in COLUMNS if c.unit == unit} for unit in UNITS
    }
    return found | {
        "period": Period(row.year, row.quarter).code,
        "source": row.source,
        "verification": row.verification,
        "remark": row.remark,
    }


def key(row: Figures) -> str:
    """What pages are ordered by."""
    return f"{Period(row.year, row.quarter).code} {row.source.value}"


@operation(
    "GET", "/firms/<pid>/figures", tag=TAG, answer=FiguresPage,
    summary=N_("一家企业各期各来源的填报数据"),
)  # fmt: skip
def list_figures(pid: str) -> ResponseReturnValue:
    """All figures of a firm that are open."""
    firm = queries.find(viewer(), pid)
    need_open(fields.open_to(viewer(), firm.id, today()), "figures")
    rows = of_firm(viewer(), firm, today())
    return listed(FiguresPage, rows, key, lambda some: [shape(row) for row in some])


def _find(firm: Firm, period: str, source: str) -> tuple[Period, Source, Figures | None]:
    """What the address names; NotFound for no period or source at all.

    Whoever may enter figures sees the row that they would change, as on its page.
    """
    try:
        wanted = Period.parse(period), Source(source)
    except ValueError:
        raise NotFound() from None
    if wanted[0].code != period:
        raise NotFound()
    if fields.may_enter(viewer(), firm.id, wanted[0], today()):
        return *wanted, row_of(firm.id, *wanted)
    need_open(fields.open_to(viewer(), firm.id, today()), "figures")
    held = of_firm(viewer(), firm, today())
    return *wanted, next((r for r in held if key(r) == f"{period} {source}"), None)


@operation(
    "GET", "/firms/<pid>/figures/<period>/<source>", tag=TAG, answer=FiguresShape,
    summary=N_("一期一个来源的填报数据；period 如 2025 或 2026Q3"),
)  # fmt: skip
def get_figures(pid: str, period: str, source: str) -> ResponseReturnValue:
    """The figures of a period and source."""
    firm = queries.find(viewer(), pid)
    row = _find(firm, period, source)[2]
    asked()
    if row is None:
        raise NotFound()
    return shown(FiguresShape, shape(row), row.rev)


@operation(
    "PUT", "/firms/<pid>/figures/<period>/<source>", tag=TAG, answer=FiguresShape, may=RECORD,
    body=lambda: FiguresBody, matches=True, summary=N_("填报一期一个来源的数据"),
)  # fmt: skip
def enter_figures(pid: str, period: str, source: str) -> ResponseReturnValue:
    """Enter or change figures; unusual values need words, as on the page."""
    firm = queries.find(viewer(), pid)
    when, where, held = _find(firm, period, source)
    fields.need_enter(viewer(), firm.id, when, today())
    row = _row(firm, when, where, given())
    rev = matched(held) if held is not None else None

    def enter() -> tuple[dict[str, Any], int]:
        made = service.enter_figures(
            actor=viewer(), today=today(), firm=firm, period=when, source=where,
            values={c.column.name: c.value for c in row.cells}, rev=rev,
            reason=row.remark or None, remark=row.remark,
        )  # fmt: skip
        return shape(made), made.rev

    return written("figures:enter", enter, FiguresShape, note=row.remark or None)


def _row(firm: Firm, period: Period, source: Source, held: dict[str, Any]) -> sheet.Row:
    """The row of the page's sheet, filled as a person would; Unreadable tells what is wrong."""
    offered = {c.name for c in for_period(period.quarter)}
    values = {name: v for unit in UNITS for name, v in (held.get(unit) or {}).items()}
    money = {c.name for c in COLUMNS if c.unit == "money"}
    place_of = {c.name: f"{c.unit}.{c.name}" for c in COLUMNS}
    strange = [name for name in values if name not in offered]
    if strange:
        said = DomainError("not_of_period").message
        raise Unreadable([("not_of_period", place_of[name], said) for name in strange])
    texts = {
        f"{firm.pid}-{name}": as_typed(value, "元" if name in money else "")  # zh: parsed
        for name, value in values.items()
    }
    if held.get("remark"):
        texts[f"{firm.pid}-remark"] = held["remark"]
    row = sheet.one_row(viewer(), firm, period, source, texts)
    if row.wrong:
        wrong = [(c.column.name, c.error) for c in row.cells if c.error]
        raise Unreadable([("wrong", place_of[name], error) for name, error in wrong])
    if row.doubtful:
        said = DomainError("figure_doubtful").message
        noted = [("figure_doubtful", "remark", note) for note in row.notes]
        raise Unreadable([*noted, ("figure_doubtful", "remark", said)], "figure_doubtful")
    return row


def as_typed(value: Any, unit: str) -> str:
    """A value as it is typed into its box; none leaves the box empty."""
    return "" if value is None else f"{value}{unit}"
