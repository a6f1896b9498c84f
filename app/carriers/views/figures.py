"""A carrier's own figures of a period."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers import queries, service
from app.carriers.forms import COUNTS, MONEY, FiguresForm
from app.carriers.models import Carrier, Source
from app.carriers.queries.figures import before, best_row, figures_row
from app.carriers.views.blueprint import bp
from app.core.access import Permission, requires, viewer
from app.core.days import Period, today
from app.core.db import write
from app.core.errors import DomainError
from app.core.text import _


def _period() -> Period:
    try:
        return Period.parse(request.args.get("period", ""))
    except ValueError:
        return Period.of(today()).previous


@bp.get("/carriers/<pid>/figures")
@requires(Permission.CARRIER_FIGURES, Permission.RETURN_CHECK)
def figures(pid: str) -> ResponseReturnValue:
    """The carrier's own figures of a period, last period's in grey."""
    carrier = queries.find(viewer(), pid)
    row = figures_row(viewer(), carrier, _period())
    return _page(carrier, FiguresForm(formdata=None, obj=row), row)


def _page(carrier: Carrier, form: FiguresForm, row: Any, status: int = 200) -> ResponseReturnValue:
    period, now = _period(), Period.of(today())
    page = render_template(
        "carriers/figures.html",
        carrier=carrier,
        form=form,
        row=row,
        period=period,
        last=before(period),
        past=best_row(viewer(), carrier, before(period)),
        source=Source.EXPRESS,
        periods=[now, now.previous, now.previous.previous, *(Period(now.year - n) for n in (1, 2))],
        money=list(MONEY),
        names=[*MONEY, *COUNTS],
        may_fill=viewer().may(Permission.CARRIER_FIGURES),
    )
    return page, status


@bp.post("/carriers/<pid>/figures")
@requires(Permission.CARRIER_FIGURES)
def figures_save(pid: str) -> ResponseReturnValue:
    """Save the carrier's own figures."""
    carrier = queries.find(viewer(), pid)
    form, period = FiguresForm(), _period()
    row = figures_row(viewer(), carrier, period)
    if not form.validate_on_submit():
        return _page(carrier, form, row, 422)
    try:
        with write("carrier:figures", actor=viewer()):
            service.enter_carrier_figures(
                actor=viewer(), today=today(), carrier=carrier, period=period,
                source=Source.EXPRESS, values=form.values(),
                rev=form.rev.data,
            )  # fmt: skip
    except DomainError as error:
        row = figures_row(viewer(), carrier, period)
        form.refuse(error, row)
        return _page(carrier, form, row, error.status)
    flash(_("已保存。"), "ok")
    return redirect(url_for("carriers.figures", pid=pid, period=period.code), 303)
