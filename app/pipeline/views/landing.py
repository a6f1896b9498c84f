"""登记落地 of any firm by code."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import ACCELERATOR, PARK, Carrier
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import DomainError, register_messages
from app.core.posting import submitted
from app.core.text import N_, _
from app.firms import queries as firm_queries
from app.firms import uscc
from app.firms.models import Residency
from app.pipeline import service
from app.pipeline.forms import LandForm
from app.pipeline.queries import pages, ties
from app.pipeline.views.blueprint import bp

register_messages(
    {
        "landing:name": N_("这个代码尚未登记，请填写企业名称。"),
        "landing:code": N_("信用代码的长度或用字不对，请核对。"),
    }
)

GIVEN = ("signed_on", "registered_on", "taxed_on", "area_m2", "remark")


def _carrier(form: LandForm) -> Carrier | None:
    mine = ties.my_carriers(viewer(), ACCELERATOR, PARK)
    form.carrier.choices = [(c.pid, c.short_name) for c in mine]
    form.carrier.data = form.carrier.data or (mine[0].pid if mine else None)
    chosen = ties.my_carrier(viewer(), form.carrier.data, ACCELERATOR, PARK) if mine else None
    found = pages.sites(chosen, today()) if chosen else []
    form.site.choices = [("", _("未分场地")), *((s.pid, s.name) for s in found)]
    return chosen


def _book(form: LandForm, carrier: Carrier) -> Residency:
    """Book the arrival; a code that nobody has registered makes a firm (直接引进)."""
    given: dict[str, Any] = {name: form[name].data or None for name in GIVEN}
    sites = {s.pid: s for s in pages.sites(carrier, today())}
    given["site"] = sites.get(form.site.data or "")
    base: dict[str, Any] = {"actor": viewer(), "today": today(), "carrier": carrier}
    firm = firm_queries.by_code(form.said("code"))
    if firm is not None:
        return service.land(**base, firm=firm, arrived_on=form.said("arrived_on"), **given)
    if uscc.shape_problem(form.said("code")):
        raise DomainError("landing:code", "code")
    if not form.name.data:
        raise DomainError("landing:name", "name")
    return service.land_unknown(
        **base, arrived_on=form.said("arrived_on"), name=form.name.data, code=form.said("code"),
        code_reason=form.code_reason.data, **given,
    )  # fmt: skip


@bp.route("/landings/new", methods=["GET", "POST"])
@requires(Permission.LANDING_BOOK)
def land() -> ResponseReturnValue:
    """Code, day, press: the stage moves at once and the sender is told."""
    form = LandForm(code=request.args.get("code"))
    carrier = _carrier(form)
    made: list[Residency] = []
    if carrier and submitted(form, "firm:land", lambda: made.append(_book(form, carrier))):
        tie = made[0]
        same = _("（同园）") if service.same_park(tie) else ""
        flash(_("%(firm)s已登记落地%(same)s。", firm=tie.firm.short_name, same=same), "ok")
        return redirect(url_for("workbench.firm", pid=tie.firm.pid), 303)
    code = form.code.data
    holder = firm_queries.look_up(viewer(), code, today()) if code else None
    page = render_template("pipeline/land.html", form=form, carrier=carrier, holder=holder)
    return page, form.answer
