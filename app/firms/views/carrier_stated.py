"""One statement of a carrier (自述数据): correct it, prove it, confirm or void it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.carriers import queries as carriers
from app.carriers import service as carrier_service
from app.carriers.models import Carrier, CarrierStated, Verification
from app.carriers.stated import BY_KEY
from app.core.access import Permission, requires, viewer
from app.core.days import add_months, today
from app.core.db import session
from app.core.errors import NotFound
from app.core.posting import apart, submitted
from app.core.stated import StatedKey, show_stated
from app.core.text import _
from app.firms import service
from app.firms.forms.milestone import ConfirmForm, VoidForm
from app.firms.forms.stated import StatedEdit
from app.firms.queries.evidence import READ_RETURN, of_carrier_stated
from app.firms.views.blueprint import bp
from app.firms.views.milestones import UNCHECKED, keep_all

Found = tuple[Carrier, StatedKey, CarrierStated]


def _find(pid: str, name: str, day: str) -> Found:
    carrier, key = carriers.find(viewer(), pid), BY_KEY.get(name)
    try:
        statement = select(CarrierStated).filter_by(
            carrier_id=carrier.id, key=name, day=dt.date.fromisoformat(day)
        )
    except ValueError:
        raise NotFound() from None
    row = session.scalars(statement).one_or_none()
    if key is None or row is None:
        raise NotFound()
    return carrier, key, row


def _links(carrier: Carrier, row: CarrierStated) -> dict[str, Any]:
    at: dict[str, Any] = {"pid": carrier.pid, "item": row.key, "day": row.day.isoformat()}
    return {
        "crumb": (_("载体"), url_for("carriers.index")),
        "owner": url_for("carriers.show", pid=carrier.pid),
        "list": url_for("carriers.stated", pid=carrier.pid),
        "void": url_for("firms.carrier_statement_void", **at),
        "confirm": url_for("firms.carrier_statement_confirm", **at),
    }


def _page(
    found: Found,
    form: StatedEdit | None = None,
    void: VoidForm | None = None,
    confirm: ConfirmForm | None = None,
) -> str:
    carrier, key, row = found
    return render_template(
        "firms/statement.html",
        owner=carrier, key=key, row=row, form=form or StatedEdit.of(key, row),
        links=_links(carrier, row), may_record=viewer().may(Permission.CARRIER_FIGURES),
        papers=of_carrier_stated([row.id]).get(row.id, []), used=False,
        void=void or apart(VoidForm(formdata=None, obj=row), "void"),
        confirm=confirm or apart(ConfirmForm(formdata=None, obj=row), "confirm"),
        may_confirm=viewer().may(Permission.FIRM_VERIFY) and row.verification in UNCHECKED,
    )  # fmt: skip


@bp.get("/carriers/<pid>/stated/<item>/<day>")
@requires(*READ_RETURN)
def carrier_statement(pid: str, item: str, day: str) -> ResponseReturnValue:
    """The statement with its files."""
    return _page(_find(pid, item, day))


@bp.post("/carriers/<pid>/stated/<item>/<day>")
@requires(Permission.CARRIER_FIGURES)
def carrier_statement_save(pid: str, item: str, day: str) -> ResponseReturnValue:
    """Correct a statement and keep its files; what it was stays in the history."""
    found = carrier, known, row = _find(pid, item, day)
    form = StatedEdit.of(known, row)

    def correct() -> None:
        low, high = form.stated or (0, 0)
        held = carrier_service.state_of_carrier(
            actor=viewer(), today=today(), carrier=carrier, key=known.name, day=row.day, low=low,
            high=high, until=form.until.data or add_months(row.day, known.months),
            rev=form.rev.data,
        )  # fmt: skip
        for stored in keep_all(form):
            service.add_carrier_paper(actor=viewer(), row=held, stored=stored)

    held = {"value": show_stated(known, row.low, row.high)}
    if submitted(form, "carrier:stated", correct, form.reason.data, row, held):
        flash(_("已保存更正，原值可在变动记录中查看。"), "ok")
        return redirect(request.path, 303)
    return _page(found, form), form.answer


@bp.post("/carriers/<pid>/stated/<item>/<day>/void")
@requires(Permission.CARRIER_FIGURES)
def carrier_statement_void(pid: str, item: str, day: str) -> ResponseReturnValue:
    """作废 with a reason."""
    found, form = _find(pid, item, day), apart(VoidForm(), "void")

    def void() -> None:
        service.void_entry(
            actor=viewer(), today=today(), row=found[2], reason=form.reason.data, rev=form.rev.data
        )

    if submitted(form, "stated:void", void, form.reason.data, found[2]):
        flash(_("已作废，原记录可在变动记录中查看。"), "ok")
        return redirect(url_for("carriers.stated", pid=pid), 303)
    return _page(found, void=form), form.answer


@bp.post("/carriers/<pid>/stated/<item>/<day>/confirm")
@requires(Permission.FIRM_VERIFY)
def carrier_statement_confirm(pid: str, item: str, day: str) -> ResponseReturnValue:
    """区级核实 of a statement as it was read; what it says stays as it is."""
    found, form = _find(pid, item, day), apart(ConfirmForm(), "confirm")

    def confirm() -> None:
        service.confirm_entry(
            actor=viewer(), row=found[2], verification=Verification.DISTRICT, rev=form.rev.data
        )

    if submitted(form, "stated:confirm", confirm, record=found[2]):
        flash(_("已核实。"), "ok")
        return redirect(url_for("firms.carrier_statement", pid=pid, item=item, day=day), 303)
    return _page(found, confirm=form), form.answer
