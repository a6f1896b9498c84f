"""Pages of the impact report on a draft."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.text import _
from app.criteria.drafts import unreadable
from app.workbench.blueprint import bp
from app.workbench.whatif import firsts, impact, pages


@bp.get("/standards/<rule>/drafts/<int:number>/impact")
@requires(Permission.STANDARD_EDIT, Permission.STANDARD_APPROVE)
def draft_impact(rule: str, number: int) -> ResponseReturnValue:
    """What a draft would change, for its author and for whoever approves it."""
    if why := unreadable(rule, number):
        flash(why, "no")
        return redirect(url_for("criteria.standard", rule=rule), HTTPStatus.SEE_OTHER)
    if firsts.is_first(rule):
        new = firsts.first(viewer(), rule, number, today())
        return render_template(
            "workbench/whatif/impact_first.html", found=new, one=new.draft, line={"name": rule},
            groups=firsts.groups(viewer(), new), heads=firsts.heads(new.about),
        )  # fmt: skip
    found = impact.report(viewer(), rule, number, today())
    return render_template(
        "workbench/whatif/impact.html", found=found, case=found.case, one=found.case.draft,
        line={"name": rule},
    )  # fmt: skip


@bp.get("/standards/<rule>/drafts/<int:number>/impact/list")
@requires(Permission.STANDARD_EDIT, Permission.STANDARD_APPROVE)
def draft_impact_list(rule: str, number: int) -> ResponseReturnValue:
    """The subjects behind a number of the report."""
    if firsts.is_first(rule):
        new = firsts.first(viewer(), rule, number, today())
        return render_template(
            "workbench/whatif/list.html", list=firsts.listing(viewer(), new), doors=new.doors,
            title=_("影响报告"), base=new.version, told=[], today_is=new.day, sides=None,
            reasons=None, alone=True,
        )  # fmt: skip
    case = impact.case(rule, number, today())
    other = impact.of_asked(case)
    doors = case.doors_of(other)
    found = pages.listing(viewer(), impact.changes(viewer(), case, other), doors)
    return render_template(
        "workbench/whatif/list.html", list=found, doors=doors, title=_("影响报告"),
        base=other or case.before, told=[], today_is=case.day, sides=None, reasons=None,
    )  # fmt: skip
