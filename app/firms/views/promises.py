"""填报承诺 of one firm: what is promised complete, until when; add one, take one back."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import write
from app.core.errors import DomainError
from app.core.text import _
from app.firms import fields, queries, service
from app.firms.forms.promise import PromiseForm
from app.firms.models import Firm
from app.firms.queries.promises import find_promise, promises_of
from app.firms.views.blueprint import bp

RECORD = (Permission.FIRM_RECORD, Permission.FIRM_VERIFY)


def _firm(pid: str) -> Firm:
    firm = queries.find(viewer(), pid)
    fields.need_record(viewer(), firm.id, today())
    return firm


@bp.get("/firms/<pid>/promises")
@requires(*RECORD)
def promises(pid: str) -> ResponseReturnValue:
    """All promises of the firm, the latest first."""
    form = PromiseForm(formdata=None)
    form.ends.data = today()
    return _page(_firm(pid), form)


def _page(firm: Firm, form: PromiseForm, status: int = 200) -> ResponseReturnValue:
    rows = promises_of(firm)
    return render_template("firms/promises.html", firm=firm, form=form, rows=rows), status


@bp.post("/firms/<pid>/promises")
@requires(*RECORD)
def promise(pid: str) -> ResponseReturnValue:
    """Promise that what is recorded of a kind is complete."""
    firm, form = _firm(pid), PromiseForm()
    if not form.validate_on_submit():
        return _page(firm, form, 422)
    try:
        with write("attestation:make", actor=viewer()):
            service.attest(actor=viewer(), today=today(), firm=firm, **form.promise())
    except DomainError as error:
        form.refuse(error, firm)
        return _page(firm, form, error.status)
    flash(_("已登记填报承诺，并重新核对。"), "ok")
    return redirect(url_for("firms.promises", pid=pid), 303)


@bp.post("/firms/<pid>/promises/<int:number>/withdraw")
@requires(*RECORD)
def promise_withdraw(pid: str, number: int) -> ResponseReturnValue:
    """Take a promise back."""
    firm = _firm(pid)
    with write("attestation:withdraw", actor=viewer()):
        held, _sheet = find_promise(firm, number)
        service.withdraw_attestation(actor=viewer(), today=today(), held=held)
    flash(_("已撤回填报承诺，并重新核对。"), "ok")
    return redirect(url_for("firms.promises", pid=pid), 303)
