"""A unit is added, edited, split, merged, given up or voided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import Carrier, Site, Unit
from app.carriers.service.units import add_unit, living, unplanned
from app.core.access import requires, viewer
from app.core.days import today
from app.core.errors import DomainError, NotFound
from app.core.paging import asked
from app.core.posting import submitted
from app.core.text import _
from app.firms.forms.space import SPLIT_LINES, EndUnitForm, MergeForm, SplitForm, UnitForm, WhyForm
from app.firms.queries import space, unit_list
from app.firms.room import may_keep
from app.firms.service import units as service
from app.firms.views.blueprint import bp
from app.firms.views.unit_acts import KEEP


def _base() -> dict[str, Any]:
    return {"actor": viewer(), "today": today()}


def _kept(pid: str) -> Unit:
    """A unit that the viewer keeps and that still is; NotFound for others."""
    unit = unit_list.find_unit(viewer(), pid)
    if not may_keep(viewer(), unit.carrier):
        raise NotFound()
    return unit


def _carrier() -> Carrier:
    """The carrier named in the address, else the first one's own."""
    mine = [one for one in unit_list.carriers(viewer()) if may_keep(viewer(), one)]
    wanted = asked("carrier")
    found = next((one for one in mine if wanted in ("", one.pid)), None)
    if found is None:
        raise NotFound()
    return found


#: what the next room of a floor hardly shares with the last one
OWN = ("rev", "number", "area_dm2", "desks", "remark")


def _form(
    carrier: Carrier, unit: Unit | None = None, like: Unit | None = None
) -> tuple[UnitForm, list[Site]]:
    """The form of a unit, or of another one that opens with what `like` has."""
    sites = [
        site
        for site in unit_list.sites_of(carrier)
        if site.ends is None or (unit is not None and site.id == unit.site_id)
    ]
    form = UnitForm(obj=unit or like)
    form.site.choices = [(site.pid, site.name) for site in sites]
    if not form.is_submitted():
        held = unit or like
        first = held.site if held is not None else sites[0] if sites else None
        form.site.data = first.pid if first is not None else ""
    if like is not None and not form.is_submitted():
        for name in OWN:
            form[name].data = None
        if like.desks is not None:
            form.rent.data = None
    return form, sites


def _site(form: UnitForm, sites: list[Site]) -> Site:
    found = next((site for site in sites if site.pid == form.site.data), None)
    if found is None:
        raise DomainError("unit:site", "site")
    return found


def _values(form: UnitForm, site: Site, unit: Unit | None = None) -> dict[str, Any]:
    """What was typed; a building left out is the only one that the site has."""
    given = form.values()
    if not given["building"]:
        given["building"] = unit_list.only_building(site, unit)
    return given


def _last(carrier: Carrier) -> Unit | None:
    """The unit just registered, whose next one is asked for."""
    pid = asked("like")
    unit = unit_list.find_unit(viewer(), pid) if pid else None
    if unit is not None and unit.carrier_id != carrier.id:
        raise NotFound()
    return unit


@bp.route("/units/new", methods=["GET", "POST"])
@requires(*KEEP)
def unit_new() -> ResponseReturnValue:
    """Another unit of a carrier; the form opens with what the last one had."""
    carrier = _carrier()
    form, sites = _form(carrier, like=_last(carrier))
    made: list[Unit] = []

    def act() -> None:
        site = _site(form, sites)
        given = _values(form, site)
        made.append(add_unit(**_base(), carrier=carrier, site=site, values=given))

    if submitted(form, "unit:add", act):
        flash(_("已登记房源 %(unit)s。", unit=made[0].number), "ok")
        if request.form.get("more"):
            return redirect(url_for("firms.unit_new", carrier=carrier.pid, like=made[0].pid), 303)
        return redirect(url_for("firms.unit", pid=made[0].pid), 303)
    page = render_template("firms/unit_edit.html", form=form, carrier=carrier, unit=None)
    return page, form.answer


@bp.route("/units/<pid>/edit", methods=["GET", "POST"])
@requires(*KEEP)
def unit_edit(pid: str) -> ResponseReturnValue:
    """Change what is recorded of a unit; the former values stay in the history."""
    unit = _kept(pid)
    form, sites = _form(unit.carrier, unit)

    def act() -> None:
        site = _site(form, sites)
        given = _values(form, site, unit)
        service.edit_unit(**_base(), unit=unit, values=given, site=site, rev=form.rev.data)

    if submitted(form, "unit:edit", act, record=unit, held={"site": unit.site.pid}):
        flash(_("已保存。"), "ok")
        return redirect(url_for("firms.unit", pid=pid), 303)
    page = render_template("firms/unit_edit.html", form=form, carrier=unit.carrier, unit=unit)
    return page, form.answer


def _change(
    unit: Unit, form: Any, code: str, act: Callable[[], Any], kind: str, note: str | None = None,
    said: str = "", **more: Any,
) -> ResponseReturnValue:  # fmt: skip
    """A form of its own page; afterwards the list, since the unit is no more."""
    if request.method == "GET":
        try:
            living(unit, today())
            unplanned(unit)
        except DomainError as error:
            flash(error.message, "gap")
            return redirect(url_for("firms.unit", pid=unit.pid), 303)
    floors = url_for("firms.unit_floors", carrier=unit.carrier.pid)
    if submitted(form, code, act, note):
        flash(said or _("已保存，原房源留在历史中。"), "ok")
        return redirect(floors, 303)
    page = render_template("firms/unit_change.html", unit=unit, form=form, kind=kind, **more)
    return page, form.answer


@bp.route("/units/<pid>/split", methods=["GET", "POST"])
@requires(*KEEP)
def unit_split(pid: str) -> ResponseReturnValue:
    """拆分 into units whose areas (desks) add up to the whole."""
    unit = _kept(pid)
    form = SplitForm(obj=unit)
    lines = range(1, SPLIT_LINES + 1)
    for n in lines:
        amount = form[f"amount{n}"]
        amount.places, amount.unit = (2, "㎡") if unit.desks is None else (0, _("个工位"))
        if form.is_submitted():
            amount.process(request.form)

    def act() -> None:
        pairs = ((form[f"number{n}"].data, form[f"amount{n}"].data) for n in lines)
        parts = [(number or "", amount) for number, amount in pairs if amount]
        if any(not number for number, _amount in parts):
            raise DomainError("unit:part_number", "number1")
        service.split_unit(
            **_base(), unit=unit, on=form.on.data or today(), parts=parts, rev=form.rev.data
        )

    return _change(unit, form, "unit:split", act, "split", lines=lines)


@bp.route("/units/<pid>/merge", methods=["GET", "POST"])
@requires(*KEEP)
def unit_merge(pid: str) -> ResponseReturnValue:
    """合并 with units of the same floor."""
    unit = _kept(pid)
    found = [
        one.unit
        for one in space.stock(
            viewer(), today(), Unit.site_id == unit.site_id, Unit.building == unit.building,
            Unit.floor == unit.floor,
        )
        if one.unit.id != unit.id
        and one.unit.ends is None
        and (one.unit.desks is None) == (unit.desks is None)
    ]  # fmt: skip
    form = MergeForm()
    form.units.choices = [(one.pid, one.number) for one in found]
    if not form.is_submitted():
        form.number.data = unit.number

    def act() -> None:
        chosen = [unit_list.find_unit(viewer(), other) for other in form.units.data]
        service.merge_units(
            **_base(),
            units=[unit, *chosen],
            on=form.on.data or today(),
            number=form.number.data or "",
        )

    return _change(unit, form, "unit:merge", act, "merge", others=found)


@bp.route("/units/<pid>/end", methods=["GET", "POST"])
@requires(*KEEP)
def unit_end(pid: str) -> ResponseReturnValue:
    """停用: the carrier no longer has it."""
    unit, form = _kept(pid), EndUnitForm()
    if not form.is_submitted():
        form.rev.data = unit.rev

    def act() -> None:
        service.give_up_unit(**_base(), unit=unit, on=form.on.data or today(), rev=form.rev.data)

    return _change(unit, form, "unit:end", act, "end")


@bp.route("/units/<pid>/void", methods=["GET", "POST"])
@requires(*KEEP)
def unit_void(pid: str) -> ResponseReturnValue:
    """作废 of a unit entered by mistake."""
    unit, form = _kept(pid), WhyForm()
    if not form.is_submitted():
        form.rev.data = unit.rev

    def act() -> None:
        service.void_unit(**_base(), unit=unit, rev=form.rev.data)

    gone = _("房源 %(unit)s 已作废，不再显示；理由记入审计。", unit=unit.number)
    return _change(unit, form, "unit:void", act, "void", form.reason.data, gone)
