"""Organisations: the administrator's list and forms."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries, service
from app.accounts.blueprint import bp
from app.accounts.forms import OrganisationForm
from app.accounts.models import Organisation, OrganisationKind
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import session, write
from app.core.errors import DomainError
from app.core.paging import asked, paginate
from app.core.terms import term_choices
from app.core.text import _


@bp.get("/organisations")
@requires(Permission.ACCOUNT_ALL)
def organisations() -> ResponseReturnValue:
    """All organisations, by name."""
    q, kind = asked("q"), request.args.get("kind", "")
    kinds = OrganisationKind.choices()
    kind = kind if kind in dict(kinds) else ""
    page = paginate(queries.organisations(viewer(), q=q, kind=kind))
    return render_template("accounts/organisations.html", page=page, q=q, kind=kind, kinds=kinds)


def _form(organisation: Organisation | None = None) -> OrganisationForm:
    own = ("kind", "name", "short_name", "code", "rev")
    form = OrganisationForm(data={name: getattr(organisation, name, None) for name in own})
    form.kind.choices = OrganisationKind.choices()
    operators = queries.organisations(viewer(), kind=OrganisationKind.OPERATOR)
    form.parent.choices = [("", "—"), *((o.pid, o.name) for o in session.scalars(operators))]
    form.area.choices = [("", "—"), *term_choices("area")]
    form.town.choices = [("", "—"), *term_choices("town")]
    if organisation is not None and request.method == "GET":
        for name, value in _held(organisation).items():
            form[name].data = value
    if organisation is not None:
        form.kind.data = organisation.kind.value
    return form


def _held(organisation: Organisation) -> dict[str, object]:
    """What the form's fields would show now, where the record names it otherwise."""
    parent = organisation.parent
    return {
        "parent": parent.pid if parent else "",
        "area": organisation.area_code or "",
        "town": organisation.town_code or "",
    }


def _typed(form: OrganisationForm) -> dict[str, object]:
    parent = queries.find_organisation(viewer(), form.parent.data) if form.parent.data else None
    return {
        "name": form.name.data,
        "short_name": form.short_name.data,
        "code": form.code.data,
        "parent": parent,
        "area_code": form.area.data or None,
        "town_code": form.town.data or None,
    }


@bp.route("/organisations/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_ALL)
def new_organisation() -> ResponseReturnValue:
    """Record an organisation."""
    form = _form()
    if form.validate_on_submit():
        try:
            with write("organisation:create", actor=viewer()):
                made = service.create_organisation(
                    actor=viewer(),
                    today=today(),
                    kind=OrganisationKind(form.kind.data or ""),
                    **_typed(form),  # type: ignore[arg-type]
                )
                pid = made.pid
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("单位已登记。"), "ok")
            return redirect(url_for("accounts.organisation", pid=pid), 303)
    page = render_template("accounts/organisation.html", form=form, organisation=None)
    return page, form.answer


@bp.route("/organisations/<pid>", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_ALL)
def organisation(pid: str) -> ResponseReturnValue:
    """One organisation, to be changed."""
    found = queries.find_organisation(viewer(), pid)
    form = _form(found)
    if form.validate_on_submit():
        try:
            with write("organisation:edit", actor=viewer()):
                service.edit_organisation(
                    actor=viewer(),
                    today=today(),
                    organisation=queries.find_organisation(viewer(), pid),
                    rev=form.rev.data or 0,
                    **_typed(form),  # type: ignore[arg-type]
                )
        except DomainError as error:
            found = queries.find_organisation(viewer(), pid)
            form.refuse(error, found, _held(found))
        else:
            flash(_("已保存。"), "ok")
            return redirect(url_for("accounts.organisation", pid=pid), 303)
    found = queries.find_organisation(viewer(), pid)
    page = render_template("accounts/organisation.html", form=form, organisation=found)
    return page, form.answer


@bp.post("/organisations/<pid>/use")
@requires(Permission.ACCOUNT_ALL)
def use_organisation(pid: str) -> ResponseReturnValue:
    """Take an organisation out of use from today, or back into use."""
    close = request.form.get("close") == "1"
    with write("organisation:close" if close else "organisation:reopen", actor=viewer()):
        service.close_organisation(
            actor=viewer(),
            today=today(),
            organisation=queries.find_organisation(viewer(), pid),
            closed_on=today() if close else None,
        )
    flash(_("单位已停用。") if close else _("单位已恢复使用。"), "ok")
    return redirect(url_for("accounts.organisation", pid=pid), 303)
