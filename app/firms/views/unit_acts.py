"""What is done at a unit: quick status, who moves in, adjusts, moves out; 作废 of a wrong use."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import HoldKind, Unit
from app.carriers.service.units import release_unit
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.forms import BaseForm
from app.core.posting import apart, submitted
from app.core.shell import safe_next
from app.core.text import _
from app.firms.forms.space import MOVES, ResizeForm, StatusForm, VacateForm, WhyForm, measure
from app.firms.models import Occupancy
from app.firms.queries import unit_list
from app.firms.room import chosen_firm
from app.firms.service import space, units
from app.firms.views.blueprint import bp
from app.firms.views.units import unit_page, use_form

KEEP = (Permission.UNIT_EDIT,)


def _back(unit: Unit) -> ResponseReturnValue:
    """To the page on which the button stood, at this unit."""
    page = safe_next(request.form.get("back"), url_for("firms.unit", pid=unit.pid))
    return redirect(f"{page}#u-{unit.pid}", 303)


def _base() -> dict[str, Any]:
    return {"actor": viewer(), "today": today()}


@bp.post("/units/<pid>/status")
@requires(*KEEP)
def unit_status(pid: str) -> ResponseReturnValue:
    """Free, off the market or back on it from a day, in one press; back to where it was pressed."""
    unit, form = unit_list.find_unit(viewer(), pid), StatusForm()
    move = request.form.get("move", "")
    if move not in MOVES:
        raise NotFound()

    def act() -> None:
        on = form.on.data or today()
        if move == "vacate":
            space.vacate_unit(**_base(), unit=unit, on=on)
        elif move == "release":
            release_unit(**_base(), unit=unit, on=on)
        else:
            space.hold(
                **_base(), unit=unit, kind=HoldKind(move), starts=on, ends=form.ends.data,
                reason=form.reason.data,
            )  # fmt: skip

    codes = {"vacate": "use:vacate", "release": "unit:release"}
    if submitted(form, codes.get(move, "unit:hold"), act):
        flash(_("%(unit)s：已保存。", unit=unit.number), "ok")
        return _back(unit)
    return unit_page(unit, status=apart(form, "status"))


@bp.post("/units/<pid>/keep")
@requires(*KEEP)
def unit_keep(pid: str) -> ResponseReturnValue:
    """撤销 of a split, merger or 停用 planned for a day to come."""
    unit, form = unit_list.find_unit(viewer(), pid), BaseForm()
    if submitted(form, "unit:keep", lambda: units.keep_unit(**_base(), unit=unit)):
        flash(_("已撤销，房源照常使用。"), "ok")
        return redirect(url_for("firms.unit", pid=pid), 303)
    return unit_page(unit, keep=apart(form, "keep"))


@bp.post("/units/<pid>/uses")
@requires(*KEEP)
def use_start(pid: str) -> ResponseReturnValue:
    """A firm moves in, or reserves for a day to come."""
    unit = unit_list.find_unit(viewer(), pid)
    form = use_form(unit)

    def act() -> None:
        firm = chosen_firm(viewer(), unit.carrier, form.firm.data, form.code.data, today())
        space.occupy(
            **_base(), firm=firm, unit=unit, amount=form.amount.data or 0,
            starts=form.starts.data or today(), ends=form.ends.data,
            lease_ends=form.lease_ends.data, remark=form.remark.data,
        )  # fmt: skip

    if submitted(form, "use:start", act):
        flash(_("已登记使用。"), "ok")
        return redirect(url_for("firms.unit", pid=pid), 303)
    return unit_page(unit, use=apart(form, "use"))


def _use(pid: str, use: str) -> tuple[Unit, Occupancy]:
    unit = unit_list.find_unit(viewer(), pid)
    return unit, unit_list.find_use(unit, use)


@bp.post("/units/<pid>/uses/<use>/vacate")
@requires(*KEEP)
def use_vacate(pid: str, use: str) -> ResponseReturnValue:
    """腾退 of one use on a day, which may be known ahead."""
    unit, row = _use(pid, use)
    form = VacateForm()
    if submitted(
        form, "use:vacate", lambda: space.vacate(**_base(), row=row, on=form.on.data or today())
    ):
        flash(_("已登记腾退。"), "ok")
        return redirect(url_for("firms.unit", pid=pid), 303)
    return unit_page(unit, vacate=apart(form, "vacate"), at=use)


@bp.post("/units/<pid>/uses/<use>/resize")
@requires(*KEEP)
def use_resize(pid: str, use: str) -> ResponseReturnValue:
    """From a day on another amount."""
    unit, row = _use(pid, use)
    form = ResizeForm()
    measure(form, unit, request.form)

    def act() -> None:
        space.resize(**_base(), row=row, on=form.on.data or today(), amount=form.amount.data or 0)

    if submitted(form, "use:resize", act):
        flash(_("已调整。"), "ok")
        return redirect(url_for("firms.unit", pid=pid), 303)
    return unit_page(unit, resize=apart(form, "resize"), at=use)


@bp.post("/units/<pid>/uses/<use>/void")
@requires(*KEEP)
def use_void(pid: str, use: str) -> ResponseReturnValue:
    """作废 of a use entered by mistake, with a reason."""
    unit, row = _use(pid, use)
    form = WhyForm()
    if submitted(
        form, "use:void", lambda: space.void_occupancy(**_base(), row=row), form.reason.data
    ):
        flash(_("已作废，原记录留在历史中。"), "ok")
        return redirect(url_for("firms.unit", pid=pid), 303)
    return unit_page(unit, why=apart(form, "why"), at=use)
