"""自述数据 of one firm: what only it or an expert can say, with the days for which it holds."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import write
from app.core.errors import DomainError
from app.core.posting import submitted
from app.core.stated import show_stated
from app.core.text import _
from app.firms import fields, queries, service
from app.firms.forms.stated import StatedEdit, StatedForm
from app.firms.models import Firm, StatedFigure
from app.firms.queries.evidence import of_stated
from app.firms.queries.figures import find_stated, stated_of
from app.firms.stated import BY_KEY
from app.firms.views.blueprint import bp
from app.firms.views.milestones import keep_all
from app.firms.views.statement import Statement

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
    """Record a statement with its files; one for the same day is corrected."""
    firm, form = _firm(pid), StatedForm()
    if not form.validate_on_submit():
        return _page(firm, form)
    key, day = BY_KEY[form.key.data], form.day.data or today()
    low, high = form.stated or (None, None)
    try:
        kept = keep_all(form)
        with write("stated:record", actor=viewer(), note=form.reason.data):
            service.state_figure(
                actor=viewer(), today=today(), firm=firm, key=key.name, day=day, low=low,
                high=high, until=form.until.data or key.until(day, low), papers=kept,
                reason=form.reason.data,
            )  # fmt: skip
    except DomainError as error:
        form.refuse(error)
        return _page(firm, form)
    flash(_("已保存并核对。"), "ok")
    return redirect(url_for("firms.stated", pid=pid), 303)


def _find(pid: str, name: str, day: str) -> Statement[Firm, StatedFigure]:
    firm = _firm(pid)
    key, row = find_stated(firm, name, day)
    at: dict[str, Any] = {"pid": pid, "key": row.key, "day": row.day.isoformat()}
    links = {
        "crumb": (_("企业"), url_for("workbench.firms")),
        "owner": url_for("workbench.firm", pid=pid),
        "list": url_for("firms.stated", pid=pid),
        "page": url_for("firms.statement", **at),
        "void": url_for("firms.statement_void", **at),
        "confirm": url_for("firms.statement_confirm", **at),
    }
    papers = of_stated([row.id]).get(row.id, [])
    return Statement(firm, key, row, links, papers, True, service.stated_used(row))


@bp.get("/firms/<pid>/stated/<key>/<day>")
@requires(*RECORD)
def statement(pid: str, key: str, day: str) -> ResponseReturnValue:
    """One statement: correct it, add evidence, confirm or void it."""
    return _find(pid, key, day).page()


@bp.post("/firms/<pid>/stated/<key>/<day>")
@requires(*RECORD)
def statement_save(pid: str, key: str, day: str) -> ResponseReturnValue:
    """Correct a statement; what it was stays in the history."""
    found = _find(pid, key, day)
    known, row = found.key, found.row
    form = StatedEdit.of(known, row)

    def correct() -> None:
        low, high = form.stated or (None, None)
        service.correct_stated(
            actor=viewer(), today=today(), row=row, rev=form.rev.data, low=low, high=high,
            until=form.until.data or known.until(row.day, low), papers=keep_all(form),
            reason=form.reason.data,
        )  # fmt: skip

    held = {"value": show_stated(known, row.low, row.high)}
    if submitted(form, "stated:correct", correct, form.reason.data, row, held):
        flash(_("已保存更正，原值可在变动记录中查看。"), "ok")
        return redirect(request.path, 303)
    return found.page(form), form.answer


@bp.post("/firms/<pid>/stated/<key>/<day>/void")
@requires(*RECORD)
def statement_void(pid: str, key: str, day: str) -> ResponseReturnValue:
    """作废 with a reason."""
    return _find(pid, key, day).void()


@bp.post("/firms/<pid>/stated/<key>/<day>/confirm")
@requires(Permission.FIRM_VERIFY)
def statement_confirm(pid: str, key: str, day: str) -> ResponseReturnValue:
    """区级核实 of a statement."""
    return _find(pid, key, day).confirm()
