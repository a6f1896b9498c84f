"""自述数据 of a carrier: what its figures do not say, with the days for which it holds."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers import queries, service
from app.carriers.forms import CarrierStatedForm
from app.carriers.models import Carrier
from app.carriers.queries.page import stated_of
from app.carriers.stated import BY_KEY
from app.carriers.views.blueprint import bp
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.posting import submitted
from app.core.stated import show_stated
from app.core.text import _


@bp.get("/carriers/<pid>/stated")
@requires(Permission.CARRIER_FIGURES, Permission.RETURN_CHECK)
def stated(pid: str) -> ResponseReturnValue:
    """All statements of the carrier, the newest first; `?key=` chooses what the form asks for."""
    form = CarrierStatedForm(formdata=None)
    form.day.data = today()
    if request.args.get("key") in BY_KEY:
        form.key.data = request.args["key"]
    return _page(queries.find(viewer(), pid), form)


def _page(carrier: Carrier, form: CarrierStatedForm) -> ResponseReturnValue:
    rows = [
        (BY_KEY[one.key], one, show_stated(BY_KEY[one.key], one.low, one.high))
        for one in stated_of(viewer(), carrier)
        if one.key in BY_KEY
    ]
    page = render_template(
        "carriers/stated.html", carrier=carrier, form=form, rows=rows, now=today(),
        may_fill=viewer().may(Permission.CARRIER_FIGURES),
    )  # fmt: skip
    return page, form.answer


@bp.post("/carriers/<pid>/stated")
@requires(Permission.CARRIER_FIGURES)
def state(pid: str) -> ResponseReturnValue:
    """Record a statement; one for the same day is replaced."""
    carrier, form = queries.find(viewer(), pid), CarrierStatedForm()

    def record() -> None:
        key, day = BY_KEY[form.key.data], form.day.data or today()
        low, high = form.stated or (0, 0)
        service.state_of_carrier(
            actor=viewer(), today=today(), carrier=carrier, key=key.name, day=day,
            until=form.until.data or key.until(day, low), low=low, high=high,
        )  # fmt: skip

    if not submitted(form, "carrier:stated", record):
        return _page(carrier, form)
    flash(_("已保存并核对。"), "ok")
    return redirect(url_for("carriers.stated", pid=pid), 303)
