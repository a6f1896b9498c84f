"""A new carrier, a change of its registration, its profile."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.carriers import queries, service
from app.carriers.forms import ChangeForm, NewCarrierForm, ProfileForm
from app.carriers.models import Carrier, CarrierType, Level
from app.carriers.queries.page import facts
from app.carriers.service.register import Document, FirstSite
from app.carriers.views.blueprint import bp
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import session, write
from app.core.errors import DomainError
from app.core.text import _


@bp.route("/carriers/new", methods=["GET", "POST"])
@requires(Permission.CARRIER_STATUS)
def new() -> ResponseReturnValue:
    """Register a carrier with its operator and first site."""
    form = NewCarrierForm()
    form.offer(queries.offered(viewer()))
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("carriers/new.html", form=form), status
    try:
        with write("carrier:register", actor=viewer()):
            pid = _register(form).pid
    except DomainError as error:
        form.refuse(error)
        return render_template("carriers/new.html", form=form), error.status
    flash(_("已登记“%(name)s”。可以为其设置岗位和人员。", name=form.name.data), "ok")
    return redirect(url_for("carriers.show", pid=pid), 303)


def _register(form: Any) -> Carrier:
    operator = service.operator_for(
        actor=viewer(), name=form.operator_name.data, code=form.operator_code.data,
        sure=form.operator_sure.data,
    )  # fmt: skip
    return service.register_carrier(
        actor=viewer(),
        today=today(),
        name=form.name.data,
        short_name=form.short_name.data,
        type_=CarrierType(form.type.data),
        operator=operator,
        day=form.day.data,
        document=Document(form.document.data, form.batch.data),
        level=Level(form.level.data) if form.level.data else None,
        sectors=form.sectors.data or (),
        predecessor=queries.find_public(former) if (former := form.predecessor.data) else None,
        site=FirstSite(
            form.site_name.data,
            form.address.data,
            form.town.data or None,
            form.area.data or None,
            form.site_m2.data,
        ),
        founded_on=form.founded_on.data,
        area_m2=form.area_m2.data,
        incubating_m2=form.incubating_m2.data,
    )


@bp.route("/carriers/<pid>/change", methods=["GET", "POST"])
@requires(Permission.CARRIER_STATUS)
def change(pid: str) -> ResponseReturnValue:
    """变更登记: another name or operator."""
    carrier = queries.find(viewer(), pid)
    held = {
        "rev": carrier.rev,
        "name": carrier.name,
        "operator_name": carrier.operator.name,
        "operator_code": carrier.operator.code,
    }
    form = ChangeForm(data=held)
    status = 422 if form.is_submitted() else 200
    day = form.day.data
    if form.validate_on_submit() and day is not None:
        try:
            with write("carrier:change", actor=viewer()):
                service.change_registration(
                    actor=viewer(),
                    today=today(),
                    carrier=carrier,
                    day=day,
                    name=form.name.data,
                    operator=service.operator_for(
                        actor=viewer(), name=form.operator_name.data,
                        code=form.operator_code.data, sure=form.operator_sure.data,
                    ),
                    document=Document(form.document.data, form.batch.data),
                    rev=form.rev.data,
                )  # fmt: skip
        except DomainError as error:
            session.refresh(carrier)
            operator = carrier.operator
            form.refuse(
                error, carrier, {"operator_name": operator.name, "operator_code": operator.code}
            )
            status = error.status
        else:
            flash(_("已登记变更。"), "ok")
            return redirect(url_for("carriers.show", pid=pid), 303)
    return render_template("carriers/change.html", form=form, carrier=carrier), status


@bp.route("/carriers/<pid>/edit", methods=["GET", "POST"])
@requires(Permission.CARRIER_EDIT, Permission.CARRIER_STATUS)
def edit(pid: str) -> ResponseReturnValue:
    """The profile: short name, areas, lead sectors, remark."""
    carrier = queries.find(viewer(), pid)
    sectors = facts(viewer(), carrier, today()).sectors
    form = ProfileForm(obj=carrier, data={"sectors": sectors})
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            with write("carrier:profile", actor=viewer()):
                service.edit_profile(
                    actor=viewer(), today=today(), carrier=carrier, rev=form.rev.data,
                    sectors=form.sectors.data or (), **form.values(),
                )  # fmt: skip
        except DomainError as error:
            session.refresh(carrier)
            now = facts(viewer(), carrier, today()).sectors
            form.refuse(error, carrier, {"sectors": now})
            status = error.status
        else:
            flash(_("已保存。"), "ok")
            return redirect(url_for("carriers.show", pid=pid), 303)
    return render_template("carriers/edit.html", form=form, carrier=carrier), status
