"""The list of carriers and a carrier's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers import queries, service
from app.carriers.forms import COUNTS, MONEY, ActForm, FiguresForm, SiteForm, TitleForm
from app.carriers.models import Carrier, Level, Source, StatusAct
from app.carriers.queries.page import facts, figures_row
from app.core.access import Permission, requires, viewer
from app.core.days import Period, today
from app.core.db import session, write
from app.core.errors import DomainError
from app.core.paging import paginate
from app.core.panels import collect, registry
from app.core.text import N_, _

bp = Blueprint("carriers", __name__)
FORMS: dict[str, Any] = {"act": ActForm, "title": TitleForm, "site": SiteForm}
SAVED = N_("已保存。")
TIERS = {1: N_("孵化器"), 2: N_("加速器"), 3: N_("特色产业园区")}


@bp.get("/carriers")
@requires(Permission.CARRIER_READ)
def index() -> ResponseReturnValue:
    """Carriers in scope, with how many of each tier are registered today."""
    statement = queries.visible(viewer())
    tier = request.args.get("tier", type=int)
    if tier in TIERS:
        statement = statement.where(Carrier.tier == tier)
    page = paginate(statement)
    acts = queries.standings(today(), [c.id for c in page.items])
    counts = {t: queries.count_registered(today(), t) for t in TIERS}
    return render_template(
        "carriers/index.html", page=page, acts=acts, tier=tier, tiers=TIERS, counts=counts
    )


@bp.get("/carriers/<pid>")
@requires(Permission.CARRIER_READ)
def show(pid: str) -> ResponseReturnValue:
    """One carrier: standing, titles, sites, and what rooms above know of it."""
    return _page(queries.find(viewer(), pid))


def _page(carrier: Carrier, status: int = 200, **typed: Any) -> ResponseReturnValue:
    forms = {name: made(formdata=None, prefix=f"{name}-") for name, made in FORMS.items()}
    page = render_template(
        "carriers/show.html",
        carrier=carrier,
        facts=facts(viewer(), carrier, today()),
        forms=forms | typed,
        panels=sorted(
            collect(registry().carrier, viewer(), carrier, today()), key=lambda p: p.position
        ),
        tier=_(TIERS[carrier.tier]),
        may_set=viewer().may(Permission.CARRIER_STATUS),
        may_edit=viewer().may(Permission.CARRIER_EDIT) or viewer().may(Permission.CARRIER_STATUS),
    )
    return page, status


def _save(pid: str, part: str, act: Callable[[Carrier, Any], Any]) -> ResponseReturnValue:
    carrier = queries.find(viewer(), pid)
    form = FORMS[part](prefix=f"{part}-")
    if not form.validate_on_submit():
        return _page(carrier, 422, **{part: form})
    try:
        with write(f"carrier:{part}", actor=viewer()):
            act(carrier, form)
    except DomainError as error:
        session.refresh(carrier)
        form.refuse(error)
        return _page(carrier, error.status, **{part: form})
    flash(_(SAVED), "ok")
    return redirect(url_for("carriers.show", pid=pid), 303)


@bp.post("/carriers/<pid>/acts")
@requires(Permission.CARRIER_STATUS)
def act_save(pid: str) -> ResponseReturnValue:
    """Record an act on the registration."""

    def act(carrier: Carrier, form: Any) -> None:
        service.add_act(
            actor=viewer(), today=today(), carrier=carrier, act=StatusAct(form.act.data),
            day=form.day.data, document=form.document.data, batch=form.batch.data,
        )  # fmt: skip

    return _save(pid, "act", act)


@bp.post("/carriers/<pid>/titles")
@requires(Permission.CARRIER_STATUS)
def title_save(pid: str) -> ResponseReturnValue:
    """Record a level."""

    def act(carrier: Carrier, form: Any) -> None:
        service.add_title(
            actor=viewer(), today=today(), carrier=carrier, level=Level(form.level.data),
            starts=form.starts.data, ends=form.ends.data, document=form.document.data,
        )  # fmt: skip

    return _save(pid, "title", act)


@bp.post("/carriers/<pid>/sites")
@requires(Permission.CARRIER_EDIT, Permission.CARRIER_STATUS)
def site_save(pid: str) -> ResponseReturnValue:
    """Add a site."""

    def act(carrier: Carrier, form: Any) -> None:
        service.add_site(
            actor=viewer(), today=today(), carrier=carrier, name=form.name.data,
            address=form.address.data, starts=form.starts.data, town=form.town.data or None,
            area=form.area.data or None, area_m2=form.area_m2.data,
        )  # fmt: skip

    return _save(pid, "site", act)


def _period() -> Period:
    try:
        return Period.parse(request.args.get("period", ""))
    except ValueError:
        return Period.of(today()).previous


@bp.get("/carriers/<pid>/figures")
@requires(Permission.CARRIER_FIGURES, Permission.RETURN_CHECK)
def figures(pid: str) -> ResponseReturnValue:
    """The carrier's own figures of a period."""
    carrier = queries.find(viewer(), pid)
    row = figures_row(viewer(), carrier, _period())
    return _figures_page(carrier, FiguresForm(formdata=None, obj=row), row)


def _figures_page(
    carrier: Carrier, form: FiguresForm, row: Any, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "carriers/figures.html",
        carrier=carrier,
        form=form,
        row=row,
        period=_period(),
        periods=[Period.of(today()), Period.of(today()).previous, Period(today().year - 1)],
        names=[*MONEY, *COUNTS],
        may_fill=viewer().may(Permission.CARRIER_FIGURES),
    )
    return page, status


@bp.post("/carriers/<pid>/figures")
@requires(Permission.CARRIER_FIGURES)
def figures_save(pid: str) -> ResponseReturnValue:
    """Save the carrier's own figures."""
    carrier = queries.find(viewer(), pid)
    form, period = FiguresForm(), _period()
    row = figures_row(viewer(), carrier, period)
    if not form.validate_on_submit():
        return _figures_page(carrier, form, row, 422)
    try:
        with write("carrier:figures", actor=viewer()):
            service.enter_carrier_figures(
                actor=viewer(), today=today(), carrier=carrier, period=period,
                source=Source.EXPRESS, values=form.values(),
                rev=request.form.get("rev", type=int),
            )  # fmt: skip
    except DomainError as error:
        form.refuse(error)
        return _figures_page(carrier, form, row, error.status)
    flash(_(SAVED), "ok")
    return redirect(url_for("carriers.figures", pid=pid, period=period.code), 303)
