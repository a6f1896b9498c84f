"""One statement of a carrier (自述数据): correct it, prove it, confirm or void it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.carriers import queries as carriers
from app.carriers import service as carrier_service
from app.carriers.models import Carrier, CarrierStated
from app.carriers.stated import BY_KEY
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import session
from app.core.errors import NotFound
from app.core.posting import submitted
from app.core.stated import show_stated
from app.core.text import _
from app.firms import service
from app.firms.forms.stated import StatedEdit
from app.firms.queries.evidence import READ_RETURN, of_carrier_stated
from app.firms.views.blueprint import bp
from app.firms.views.milestones import keep_all
from app.firms.views.statement import Statement


def _find(pid: str, name: str, day: str) -> Statement[Carrier, CarrierStated]:
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
    at: dict[str, Any] = {"pid": pid, "item": row.key, "day": row.day.isoformat()}
    links = {
        "crumb": (_("载体"), url_for("carriers.index")),
        "owner": url_for("carriers.show", pid=pid),
        "list": url_for("carriers.stated", pid=pid),
        "page": url_for("firms.carrier_statement", **at),
        "void": url_for("firms.carrier_statement_void", **at),
        "confirm": url_for("firms.carrier_statement_confirm", **at),
    }
    papers = of_carrier_stated([row.id]).get(row.id, [])
    return Statement(carrier, key, row, links, papers, viewer().may(Permission.CARRIER_FIGURES))


@bp.get("/carriers/<pid>/stated/<item>/<day>")
@requires(*READ_RETURN)
def carrier_statement(pid: str, item: str, day: str) -> ResponseReturnValue:
    """The statement with its files."""
    return _find(pid, item, day).page()


@bp.post("/carriers/<pid>/stated/<item>/<day>")
@requires(Permission.CARRIER_FIGURES)
def carrier_statement_save(pid: str, item: str, day: str) -> ResponseReturnValue:
    """Correct the statement and keep its files; what it was stays in the history."""
    found = _find(pid, item, day)
    known, row = found.key, found.row
    form = StatedEdit.of(known, row)

    def correct() -> None:
        low, high = form.stated or (0, 0)
        held = carrier_service.state_of_carrier(
            actor=viewer(), today=today(), carrier=found.owner, key=known.name, day=row.day,
            low=low, high=high, until=form.until.data or known.until(row.day, low),
            rev=form.rev.data,
        )  # fmt: skip
        for stored in keep_all(form):
            service.add_carrier_paper(actor=viewer(), row=held, stored=stored)

    held = {"value": show_stated(known, row.low, row.high)}
    if submitted(form, "carrier:stated", correct, form.reason.data, row, held):
        flash(_("已保存更正，原值可在变动记录中查看。"), "ok")
        return redirect(request.path, 303)
    return found.page(form), form.answer


@bp.post("/carriers/<pid>/stated/<item>/<day>/void")
@requires(Permission.CARRIER_FIGURES)
def carrier_statement_void(pid: str, item: str, day: str) -> ResponseReturnValue:
    """作废 with a reason."""
    return _find(pid, item, day).void()


@bp.post("/carriers/<pid>/stated/<item>/<day>/confirm")
@requires(Permission.FIRM_VERIFY)
def carrier_statement_confirm(pid: str, item: str, day: str) -> ResponseReturnValue:
    """区级核实 of the statement."""
    return _find(pid, item, day).confirm()
