"""承接机会: the pool, one firm beside it, and the form of a claim."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import ACCELERATOR, PARK
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.paging import paginate
from app.core.terms import term
from app.core.text import _
from app.firms import queries as firm_queries
from app.pipeline import panels, service
from app.pipeline.forms import ClaimForm
from app.pipeline.moves.claim import follow_days
from app.pipeline.queries import chain, pages, ties
from app.pipeline.stage import Stage
from app.pipeline.stations import stations
from app.pipeline.views.blueprint import bp, submitted

TABS = ("", Stage.GRADUATED.value, "pushed", Stage.ACCELERATING.value)


def _form() -> ClaimForm:
    form = ClaimForm()
    mine = ties.my_carriers(viewer(), ACCELERATOR, PARK)
    form.carrier.choices = [(c.pid, c.short_name) for c in mine]
    if not form.token.data:
        form.token.data = secrets.token_urlsafe(18)
    return form


def _page(form: ClaimForm, chosen: Any = None) -> str:
    day, tab = today(), request.args.get("tab", "")
    found = paginate(pages.openings(viewer(), day, tab if tab in TABS else ""), scalars=False)
    ids = [row.Firm.id for row in found.items]
    if chosen is None:
        pid = request.args.get("firm")
        chosen = firm_queries.find(viewer(), pid) if pid else None
    chosen = chosen or (found.items[0].Firm if found.items else None)
    counts = {code: pages.count_of(pages.openings(viewer(), day, code)) for code in TABS}
    return render_template(
        "pipeline/openings.html", page=found, chosen=chosen, form=form, tab=tab, counts=counts,
        others=pages.others(ids, viewer(), day), titles=pages.titles(ids, day),
        pushed=pages.pushes(ids, day), mine=pages.my_live(viewer(), ids, day),
        path=stations(chosen, day) if chosen else [], until=panels.until(day),
        days=follow_days(), term=term, claim=_standing(chosen), chosen_others=_others(chosen),
        chosen_titles=pages.titles([chosen.id], day).get(chosen.id, []) if chosen else [],
        available=chain.in_pool(chosen, day) if chosen else False,
    )  # fmt: skip


def _others(firm: Any) -> int:
    return pages.others([firm.id], viewer(), today()).get(firm.id, 0) if firm else 0


def _standing(firm: Any) -> Any:
    return pages.my_live(viewer(), [firm.id], today()).get(firm.id) if firm else None


@bp.get("/openings")
@requires(Permission.CLAIM_MAKE)
def openings() -> ResponseReturnValue:
    """Firms that parks and accelerators may claim."""
    return _page(_form())


@bp.post("/openings/<pid>")
@requires(Permission.CLAIM_MAKE)
def claim(pid: str) -> ResponseReturnValue:
    """提交承接意向; pressed twice it is still one."""
    firm, form = firm_queries.find(viewer(), pid), _form()
    carrier = ties.my_carrier(viewer(), form.carrier.data or "", ACCELERATOR, PARK)

    def submit() -> None:
        service.claim(
            actor=viewer(), today=today(), firm=firm, carrier=carrier, token=form.token.data,
            planned_on=form.planned_on.data, area_m2=form.area_m2.data, message=form.message.data,
        )  # fmt: skip

    if submitted(form, "claim:open", submit):
        flash(_("承接意向已提交，跟进期至 %(day)s。", day=panels.until(today()).isoformat()), "ok")
        return redirect(url_for(".claims"), 303)
    return _page(form, firm), 422
