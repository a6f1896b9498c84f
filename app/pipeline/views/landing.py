"""登记落地 of any firm by code."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import ACCELERATOR, DM2, PARK, Carrier, Site
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.posting import submitted
from app.core.text import _
from app.firms import queries as firm_queries
from app.firms.models import Residency
from app.firms.queries.search import Holder
from app.firms.queries.space import capacity_left, free_units
from app.pipeline import service
from app.pipeline.booking import book, offered, with_meant
from app.pipeline.forms import LandForm
from app.pipeline.models import Claim
from app.pipeline.queries import chain, pages, ties
from app.pipeline.stage import EFFECTIVE
from app.pipeline.views.blueprint import bp


def _carrier(form: LandForm) -> tuple[Carrier | None, bool]:
    """The carrier that receives, with what the form offers of it, and whether any unit that is
    free is let by desks."""
    mine = ties.my_carriers(viewer(), ACCELERATOR, PARK)
    form.carrier.choices = [(c.pid, c.short_name) for c in mine]
    asked = form.carrier.data or request.args.get("carrier")
    form.carrier.data = asked or (mine[0].pid if mine else None)
    chosen = ties.my_carrier(viewer(), form.carrier.data, ACCELERATOR, PARK) if mine else None
    found = pages.sites(chosen, today()) if chosen else []
    form.site.choices = [("", _("未分场地")), *((s.pid, s.name) for s in found)]
    units = free_units(viewer(), today(), chosen) if chosen else []
    claim = _claim(form, chosen) if chosen else None
    form.unit.choices = [("", _("暂不登记")), *with_meant(offered(units), claim)]
    if chosen and not form.is_submitted():
        _expect(form, found, claim)
    by_desks = any(one.unit.desks is not None for one in units)
    return chosen, by_desks or bool(claim and claim.desks)


def _claim(form: LandForm, carrier: Carrier) -> Claim | None:
    """The carrier's own claim for the firm of the code."""
    firm = firm_queries.by_code(form.code.data) if form.code.data else None
    return chain.live_claim(firm, carrier, today()) if firm else None


def _expect(form: LandForm, sites: list[Site], claim: Claim | None) -> None:
    """What a blank form opens with: today, the only site, and the room and area bid for."""
    form.arrived_on.data = today()
    if len(sites) == 1:
        form.site.data = sites[0].pid
    if claim is None:
        return
    form.area_m2.data = claim.area_m2
    if claim.unit is not None and claim.unit.pid in dict(form.unit.choices or ()):
        form.unit.data = claim.unit.pid
        form.amount.data = claim.desks * DM2 if claim.desks else None
        form.area_m2.data = claim.area_m2 if claim.desks is None else None


def _graduated(holder: Holder | None) -> bool:
    """Whether a firm that the viewer may read has graduated."""
    row = ties.graduation_of(holder.firm) if holder and holder.in_scope else None
    return row is not None and row.state in EFFECTIVE


@bp.route("/landings/new", methods=["GET", "POST"])
@requires(Permission.LANDING_BOOK)
def land() -> ResponseReturnValue:
    """Code, day, press: the stage moves at once and the sender is told."""
    form = LandForm(code=request.args.get("code"))
    carrier, by_desks = _carrier(form)
    made: list[Residency] = []
    if carrier and submitted(
        form, "firm:land", lambda: made.append(book(viewer(), today(), carrier, form))
    ):
        tie = made[0]
        same = _("（同园）") if service.same_park(tie) else ""
        flash(_("%(firm)s已登记落地%(same)s。", firm=tie.firm.short_name, same=same), "ok")
        return redirect(url_for("workbench.firm", pid=tie.firm.pid), 303)
    code = form.code.data
    holder = firm_queries.look_up(viewer(), code, today()) if code else None
    left = capacity_left(carrier, today()) if carrier else None
    page = render_template(
        "pipeline/land.html", form=form, carrier=carrier, holder=holder,
        full=left is not None and left <= 0, graduated=_graduated(holder),
        desks=by_desks or bool(form.amount.errors),
    )  # fmt: skip
    return page, form.answer
