"""自述数据 of one firm: what only it or an expert can say, with the days for which it holds."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import add_months, today
from app.core.posting import submitted
from app.core.stated import show_stated
from app.core.text import _
from app.firms import fields, queries, service
from app.firms.forms.stated import StatedForm
from app.firms.models import Firm
from app.firms.queries.figures import stated_of
from app.firms.stated import BY_KEY
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


def _page(firm: Firm, form: StatedForm) -> ResponseReturnValue:
    rows = [(key, one, show_stated(key, one.low, one.high)) for key, one in stated_of(firm)]
    page = render_template("firms/stated.html", firm=firm, form=form, rows=rows, now=today())
    return page, form.answer


@bp.post("/firms/<pid>/stated")
@requires(*RECORD)
def state(pid: str) -> ResponseReturnValue:
    """Record a statement; one for the same day is replaced."""
    firm, form = _firm(pid), StatedForm()

    def record() -> None:
        key, day = BY_KEY[form.key.data], form.day.data or today()
        low, high = form.stated or (None, None)
        service.state_figure(
            actor=viewer(), today=today(), firm=firm, key=key.name, day=day, low=low, high=high,
            until=form.until.data or add_months(day, key.months),
        )  # fmt: skip

    if not submitted(form, "stated:record", record):
        return _page(firm, form)
    flash(_("已保存并核对。"), "ok")
    return redirect(url_for("firms.stated", pid=pid), 303)
