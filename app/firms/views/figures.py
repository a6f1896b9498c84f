"""A firm's figures of one period and source."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import Source
from app.core.access import Permission, requires, viewer
from app.core.clash import Clash, between
from app.core.days import Period, today
from app.core.db import write
from app.core.errors import DomainError
from app.core.text import _
from app.firms import fields, queries, service, sheet
from app.firms.models import Firm
from app.firms.queries.figures import row_of
from app.firms.views.blueprint import bp

RECORD = (Permission.FIRM_RECORD, Permission.FIRM_VERIFY)


def _asked() -> tuple[Period, Source]:
    """Period and source named in the address; the last full year's 审计 without."""
    try:
        period = Period.parse(request.args.get("period", ""))
    except ValueError:
        period = Period(today().year - 1)
    named = request.args.get("source", "")
    return period, Source(named) if named in {s.value for s in Source} else Source.AUDIT


def _row(firm: Firm, typed: Any = None) -> sheet.Row:
    period, source = _asked()
    return sheet.one_row(viewer(), firm, period, source, typed)


def _page(firm: Firm, row: sheet.Row, status: int = 200, **more: Any) -> ResponseReturnValue:
    period, source = _asked()
    now = Period.of(today())
    page = render_template(
        "firms/figures.html",
        firm=firm,
        row=row,
        period=period,
        source=source,
        sources=list(Source),
        periods=[now, now.previous, *(Period(now.year - n) for n in (1, 2, 3))],
        last=sheet.before(period),
        **more,
    )
    return page, status


def _overtaken(firm: Firm, row: sheet.Row) -> Clash | None:
    """Both versions of a row that somebody else saved first; the next press goes over theirs."""
    held = row_of(firm.id, *_asked())
    row.rev = held.rev if held else None
    return between(held, lambda: row.beside(held)) if held else None


@bp.get("/firms/<pid>/figures")
@requires(*RECORD)
def figures(pid: str) -> ResponseReturnValue:
    """The boxes of a period; `?period=` and `?source=` choose which."""
    firm = queries.find(viewer(), pid)
    fields.need_enter(viewer(), firm.id, _asked()[0], today())
    return _page(firm, _row(firm))


@bp.post("/firms/<pid>/figures")
@requires(*RECORD)
def figures_save(pid: str) -> ResponseReturnValue:
    """Save what was typed; unusual values need words."""
    firm = queries.find(viewer(), pid)
    period, source = _asked()
    fields.need_enter(viewer(), firm.id, period, today())
    row = _row(firm, request.form)
    if row.wrong or row.doubtful:
        return _page(firm, row, 422, problem=_("没有保存：请改正有误的数值，或写明异常原因。"))
    try:
        with write("figures:enter", actor=viewer(), note=row.remark or None):
            service.enter_figures(
                actor=viewer(), today=today(), firm=firm, period=period, source=source,
                values={c.column.name: c.value for c in row.cells}, rev=row.rev,
                reason=row.remark or None, remark=row.remark,
            )  # fmt: skip
    except DomainError as error:
        clash = _overtaken(firm, row) if error.code == "stale" else None
        problem = None if clash else error.message
        return _page(firm, row, error.status, problem=problem, clash=clash)
    flash(_("已保存。"), "ok")
    return redirect(url_for("workbench.firm", pid=pid), 303)
