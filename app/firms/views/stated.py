"""自述数据 of one firm: what only it or an expert can say, with the days for which it holds."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.core.access import Permission, requires, viewer
from app.core.days import add_months, today
from app.core.db import session, write
from app.core.errors import DomainError
from app.core.text import _
from app.firms import fields, queries, service
from app.firms.forms.stated import StatedForm, show_stated
from app.firms.models import Firm, StatedFigure
from app.firms.stated import BY_KEY, KEYS
from app.firms.views.blueprint import bp

RECORD = (Permission.FIRM_RECORD, Permission.FIRM_VERIFY)


def _firm(pid: str) -> Firm:
    firm = queries.find(viewer(), pid)
    fields.need_record(viewer(), firm.id, today())
    return firm


@bp.get("/firms/<pid>/stated")
@requires(*RECORD)
def stated(pid: str) -> ResponseReturnValue:
    """All statements of the firm, the newest first; `?key=` chooses what the form asks for."""
    form = StatedForm(formdata=None)
    form.day.data = today()
    if request.args.get("key") in BY_KEY:
        form.key.data = request.args["key"]
    return _page(_firm(pid), form)


def _page(firm: Firm, form: StatedForm, status: int = 200) -> ResponseReturnValue:
    held = session.scalars(select(StatedFigure).where(StatedFigure.firm_id == firm.id))
    known = [(BY_KEY[one.key], one) for one in held if one.key in BY_KEY]
    known.sort(key=lambda pair: (-pair[1].day.toordinal(), KEYS.index(pair[0])))
    rows = [(key, one, show_stated(key, one.low, one.high)) for key, one in known]
    return render_template(
        "firms/stated.html", firm=firm, form=form, rows=rows, now=today()
    ), status


@bp.post("/firms/<pid>/stated")
@requires(*RECORD)
def state(pid: str) -> ResponseReturnValue:
    """Record a statement; one for the same day is replaced."""
    firm, form = _firm(pid), StatedForm()
    said = form.stated() if form.validate_on_submit() else None
    day = form.day.data
    if said is None or day is None:
        return _page(firm, form, 422)
    key, (low, high) = said
    until = form.until.data or add_months(day, key.months)
    try:
        with write("stated:record", actor=viewer()):
            service.state_figure(
                actor=viewer(), today=today(), firm=firm, key=key.name, day=day,
                until=until, low=low, high=high,
            )  # fmt: skip
    except DomainError as error:
        form.refuse(error, firm)
        return _page(firm, form, error.status)
    flash(_("已保存并核对。"), "ok")
    return redirect(url_for("firms.stated", pid=pid), 303)
