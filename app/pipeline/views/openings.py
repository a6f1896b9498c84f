"""承接机会: the pool, one firm beside it, and the form of a claim."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import ACCELERATOR, PARK, UnitUse
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.paging import page_of
from app.core.posting import submitted
from app.core.terms import term
from app.core.text import _
from app.firms import demand_words, fields
from app.firms import queries as firm_queries
from app.firms.models import Firm
from app.pipeline import meant, panels, service
from app.pipeline.forms import ClaimForm
from app.pipeline.matching import words
from app.pipeline.matching.rule import rule_on
from app.pipeline.matching.score import Fit
from app.pipeline.moves.claim import follow_days
from app.pipeline.queries import chain, matches, ties, watching
from app.pipeline.queries import openings as pool
from app.pipeline.stations import stations
from app.pipeline.views.blueprint import bp


def _form() -> ClaimForm:
    form = ClaimForm()
    mine = ties.my_carriers(viewer(), ACCELERATOR, PARK)
    form.carrier.choices = [(c.pid, c.short_name) for c in mine]
    form.unit.choices = [("", _("暂不指定"))]
    if not form.token.data:
        form.token.data = secrets.token_urlsafe(18)
    return form


def _page(form: ClaimForm, asked: Firm | None = None) -> str:
    """The list as filtered, and beside it the firm asked for, else the first of the page."""
    day, mine = today(), pool.own(viewer())
    held = matches.listed(viewer(), day, request.args)
    page = page_of(held.found)
    ids = [row.id for row in page.items]
    firms = pool.firms(ids)
    chosen = asked or (firms[ids[0]] if ids else None)
    free = matches.free_m2(viewer(), day)
    if chosen is not None:
        form.unit.choices = meant.offered(viewer(), chosen, day)
    return render_template(
        "pipeline/openings.html", page=page, firms=firms, form=form, held=held, mine=mine,
        sector_name=pool.sector_name, asked=held.asked,
        sectors=pool.sectors(pool.used_for(held.in_tab, held.fits, held.use), mine),
        most=meant.MOST, uses=UnitUse, rule=rule_on(day),
        names=words.NAMES, total=len(held.everything),
        sums=matches.sums(held.found, held.fits, free),
        reasons={i: words.reasons(held.fits[i]) for i in ids if i in held.fits},
        others=pool.others(ids, viewer(), day), live=pool.my_live(viewer(), ids, day),
        beside=_beside(chosen, [row.id for row in held.found], page.size, held.fits), term=term,
        until=panels.until(day), days=follow_days(), said=demand_words, places=_places(mine.ids),
        views=watching.views(viewer()), watched=watching.watched(viewer()),
        desks=matches.by_desks(viewer(), day),
    )  # fmt: skip


def _places(ids: frozenset[int]) -> dict[int, str]:
    """Names of the viewer's bidders where it has several."""
    if len(ids) < 2:
        return {}
    return {c.id: c.short_name for c in ties.my_carriers(viewer(), ACCELERATOR, PARK)}


def _beside(
    firm: Firm | None, listed: list[int], size: int, fits: dict[int, Fit]
) -> dict[str, Any] | None:
    """One firm as the pool opens it, with the ones above and below it on the list."""
    if firm is None:
        return None
    day, place = today(), listed.index(firm.id) if firm.id in listed else None
    around = {} if place is None else {-1: place - 1, 1: place + 1}
    steps = {by: n for by, n in around.items() if 0 <= n < len(listed)}
    near = pool.firms([listed[n] for n in steps.values()])
    return {
        "firm": firm,
        "steps": {by: (near[listed[n]], n // size + 1) for by, n in steps.items()},
        "path": stations(
            firm, day, short=True, limit="profile" in fields.open_to(viewer(), firm.id, day)
        ),
        "graduation": pool.graduation_of(firm.id),
        "host": ties.latest(firm, day),
        "titles": pool.titles([firm.id], day).get(firm.id, []),
        "others": pool.others([firm.id], viewer(), day).get(firm.id, 0),
        "claim": pool.my_live(viewer(), [firm.id], day).get(firm.id),
        "available": chain.in_pool(firm, day),
        "demand": matches.shown_demands(viewer(), [firm.id], day).get(firm.id),
        "fit": fits.get(firm.id),
        "account": words.account(rule_on(day), fits[firm.id]) if firm.id in fits else [],
    }


@bp.get("/openings")
@requires(Permission.CLAIM_MAKE)
def openings() -> ResponseReturnValue:
    """Firms that parks and accelerators may claim."""
    if not ties.bids(viewer()):
        raise NotFound()
    pid = request.args.get("firm")
    return _page(_form(), firm_queries.find(viewer(), pid) if pid else None)


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
            unit=meant.unit_of(viewer(), form.unit.data, form.unit_number.data, carrier),
            desks=form.amount.data,
        )  # fmt: skip

    if submitted(form, "claim:open", submit):
        flash(_("承接意向已提交，跟进期至 %(day)s。", day=panels.until(today()).isoformat()), "ok")
        return redirect(url_for(".claims"), 303)
    return _page(form, firm), form.answer
