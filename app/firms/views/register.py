"""A new firm or team: the code is looked up first, then the entry is made."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import write
from app.core.errors import DomainError
from app.core.text import _
from app.firms import queries, uscc
from app.firms.forms.firm import NewFirmForm, NewTeamForm
from app.firms.hooks import hooks
from app.firms.models import Firm
from app.firms.registering import register
from app.firms.views.blueprint import bp

RECORD = (Permission.FIRM_RECORD, Permission.FIRM_VERIFY)


def form_class(team: bool) -> type[Any]:
    """The form, with the part that ties the firm to a carrier where the chain gives one."""
    base: type[Any] = NewTeamForm if team else NewFirmForm
    entry = hooks().entry
    return type("Entry", (base, entry.form), {}) if entry else base


@bp.get("/firms/new")
@requires(*RECORD)
def new() -> ResponseReturnValue:
    """Look a code up; a free one opens the form, `?kind=team` the form of a team."""
    team = request.args.get("kind") == "team"
    typed = request.args.get("code", "")
    if team:
        return _form_page(form_class(True)(), team)
    if not typed:
        return render_template("firms/look_up.html", typed="", problem=None, holder=None)
    problem = uscc.shape_problem(uscc.normalise(typed))
    holder = None if problem else queries.look_up(viewer(), typed, today())
    if holder and holder.own:
        flash(_("这个代码已登记在本载体，不用再登记。"), "info")
        return redirect(url_for("workbench.firm", pid=holder.firm.pid))
    if problem or holder:
        page = render_template(
            "firms/look_up.html", typed=typed, problem=problem, holder=holder, ways=_ways(holder)
        )
        return page, 422 if problem else 200
    form = form_class(False)(formdata=None)
    form.code.data = uscc.normalise(typed)
    return _form_page(form, team)


def _ways(holder: queries.Holder | None) -> list[dict[str, str]]:
    """How a firm that somebody holds can be asked for."""
    if holder is None:
        return []
    found = [ask(viewer(), holder.firm, today()) for ask in hooks().transfer]
    return [way for way in found if way]


def _form_page(
    form: Any, team: bool, status: int = 200, like: list[Firm] | None = None
) -> ResponseReturnValue:
    code = getattr(form, "code", None)
    doubtful = bool(
        code is not None
        and code.data
        and uscc.shape_problem(code.data) is None
        and not uscc.check(code.data).ok
    )
    page = render_template(
        "firms/new.html",
        form=form,
        team=team,
        like=like or [],
        doubtful=doubtful,
        entry=hooks().entry,
    )
    return page, status


@bp.post("/firms/new")
@requires(*RECORD)
def create() -> ResponseReturnValue:
    """Enter the firm and tie it to its carrier, in one write."""
    team = request.args.get("kind") == "team"
    form = form_class(team)()
    if not form.validate_on_submit():
        return _form_page(form, team, 422)
    like = queries.similar(viewer(), form.name.data)
    if like and not form.name_sure.data:
        return _form_page(form, team, 422, like)
    try:
        with write("firm:register", actor=viewer()):
            pid = register(actor=viewer(), today=today(), form=form, team=team).pid
    except DomainError as error:
        form.refuse(error)
        return _form_page(form, team, error.status)
    flash(_("已登记“%(name)s”。", name=form.name.data), "ok")
    return redirect(url_for("workbench.firm", pid=pid), 303)
