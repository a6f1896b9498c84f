"""自述数据 of one firm: what only it or an expert can say, with the days for which it holds."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import Verification
from app.core.access import Permission, requires, viewer
from app.core.days import add_months, today
from app.core.db import session, write
from app.core.errors import DomainError
from app.core.posting import apart, submitted
from app.core.stated import StatedKey, show_stated
from app.core.text import _
from app.firms import fields, queries, service
from app.firms.forms.milestone import ConfirmForm, VoidForm
from app.firms.forms.stated import StatedEdit, StatedForm
from app.firms.models import Firm, StatedFigure
from app.firms.queries.evidence import of_stated
from app.firms.queries.figures import find_stated, stated_of
from app.firms.stated import BY_KEY
from app.firms.views.blueprint import bp
from app.firms.views.milestones import UNCHECKED, keep_all

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
                high=high, until=form.until.data or add_months(day, key.months), papers=kept,
                reason=form.reason.data,
            )  # fmt: skip
    except DomainError as error:
        form.refuse(error)
        return _page(firm, form)
    flash(_("已保存并核对。"), "ok")
    return redirect(url_for("firms.stated", pid=pid), 303)


def _links(firm: Firm, row: StatedFigure) -> dict[str, Any]:
    at: dict[str, Any] = {"pid": firm.pid, "key": row.key, "day": row.day.isoformat()}
    return {
        "crumb": (_("企业"), url_for("workbench.firms")),
        "owner": url_for("workbench.firm", pid=firm.pid),
        "list": url_for("firms.stated", pid=firm.pid),
        "void": url_for("firms.statement_void", **at),
        "confirm": url_for("firms.statement_confirm", **at),
    }


def _one(
    firm: Firm,
    key: StatedKey,
    row: StatedFigure,
    form: StatedEdit,
    void: VoidForm | None = None,
    confirm: ConfirmForm | None = None,
) -> str:
    return render_template(
        "firms/statement.html",
        owner=firm, links=_links(firm, row), key=key, row=row, form=form, may_record=True,
        papers=of_stated([row.id]).get(row.id, []), used=service.stated_used(row),
        void=void or apart(VoidForm(formdata=None, obj=row), "void"),
        confirm=confirm or apart(ConfirmForm(formdata=None, obj=row), "confirm"),
        may_confirm=viewer().may(Permission.FIRM_VERIFY) and row.verification in UNCHECKED,
    )  # fmt: skip


@bp.get("/firms/<pid>/stated/<key>/<day>")
@requires(*RECORD)
def statement(pid: str, key: str, day: str) -> ResponseReturnValue:
    """One statement: correct it, add evidence, confirm or void it."""
    firm = _firm(pid)
    found, row = find_stated(firm, key, day)
    return _one(firm, found, row, StatedEdit.of(found, row))


@bp.post("/firms/<pid>/stated/<key>/<day>")
@requires(*RECORD)
def statement_save(pid: str, key: str, day: str) -> ResponseReturnValue:
    """Correct a statement; what it was stays in the history."""
    firm = _firm(pid)
    found, row = find_stated(firm, key, day)
    form = StatedEdit.of(found, row)
    if not form.validate_on_submit():
        return _one(firm, found, row, form), 422
    low, high = form.stated or (None, None)
    try:
        kept = keep_all(form)
        with write("stated:correct", actor=viewer(), note=form.reason.data):
            service.correct_stated(
                actor=viewer(), today=today(), row=row, rev=form.rev.data, low=low, high=high,
                until=form.until.data or add_months(row.day, found.months), papers=kept,
                reason=form.reason.data,
            )  # fmt: skip
    except DomainError as error:
        form.refuse(error, row, {"value": show_stated(found, row.low, row.high)})
        session.refresh(row)
        return _one(firm, found, row, form), error.status
    flash(_("已保存更正，原值可在变动记录中查看。"), "ok")
    return redirect(request.path, 303)


@bp.post("/firms/<pid>/stated/<key>/<day>/void")
@requires(*RECORD)
def statement_void(pid: str, key: str, day: str) -> ResponseReturnValue:
    """作废 with a reason."""
    firm, form = _firm(pid), apart(VoidForm(), "void")
    found, row = find_stated(firm, key, day)

    def void() -> None:
        service.void_entry(
            actor=viewer(), today=today(), row=row, reason=form.reason.data, rev=form.rev.data
        )

    if submitted(form, "stated:void", void, form.reason.data, row):
        flash(_("已作废，原记录可在变动记录中查看。"), "ok")
        return redirect(url_for("firms.stated", pid=pid), 303)
    return _one(firm, found, row, StatedEdit.of(found, row), void=form), form.answer


@bp.post("/firms/<pid>/stated/<key>/<day>/confirm")
@requires(Permission.FIRM_VERIFY)
def statement_confirm(pid: str, key: str, day: str) -> ResponseReturnValue:
    """区级核实 of a statement as it was read; what it says stays as it is."""
    firm, form = _firm(pid), apart(ConfirmForm(), "confirm")
    found, row = find_stated(firm, key, day)

    def confirm() -> None:
        service.confirm_entry(
            actor=viewer(), row=row, verification=Verification.DISTRICT, rev=form.rev.data
        )

    if submitted(form, "stated:confirm", confirm, record=row):
        flash(_("已核实。"), "ok")
        return redirect(url_for("firms.statement", pid=pid, key=key, day=day), 303)
    return _one(firm, found, row, StatedEdit.of(found, row), confirm=form), form.answer
