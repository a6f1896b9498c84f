"""Pages of 标准调整测算: all runs, one rule, the firms behind a number, two runs compared."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import Length

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import write
from app.core.forms import BaseForm, Filled
from app.core.posting import submitted
from app.core.text import N_, _
from app.workbench.blueprint import bp
from app.workbench.models import TrialRun
from app.workbench.whatif import compare, pages, runs

NAME_LENGTH = TrialRun.__table__.c.name.type.length  # type: ignore[attr-defined]


class NameForm(BaseForm):
    """What a run is called."""

    name = StringField(N_("名称"), [Filled(), Length(max=NAME_LENGTH)])


@bp.get("/trials")
@requires(Permission.STANDARD_EDIT)
def trials() -> ResponseReturnValue:
    """The rules that can be tried, and the runs that were kept."""
    found = pages.overview(viewer(), today())
    return render_template("workbench/whatif/index.html", found=found, href=pages.href)


@bp.get("/trials/compare")
@requires(Permission.STANDARD_EDIT)
def trial_compare() -> ResponseReturnValue:
    """Two runs of one rule beside each other."""
    found = compare.pair(viewer(), today())
    if found is None:
        flash(_("请选择同一标准的两次测算来比较。"), "gap")
        return redirect(url_for(".trials"), HTTPStatus.SEE_OTHER)
    return render_template(
        "workbench/whatif/compare.html", found=found, today_is=today(), href=pages.href
    )


@bp.route("/standards/<rule>/trial", methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def trial(rule: str) -> ResponseReturnValue:
    """A rule with other numbers: what they would change. Posting keeps the run under a name."""
    base, boxes = pages.form_asked(rule, today())
    if pages.whole_address(boxes):
        way = {key: value for key, value in request.args.items() if key == "by"}
        return redirect(pages.doors_of(rule, boxes).home(**way), HTTPStatus.SEE_OTHER)
    form = NameForm()

    def keep() -> None:
        runs.save(actor=viewer(), today=today(), base=base, form=boxes, name=form.name.data or "")

    if boxes.address and submitted(form, "trial:save", keep):
        flash(_("已保存测算“%(name)s”，现行标准不变。", name=form.name.data), "ok")
        return redirect(pages.doors_of(rule, boxes).home(), HTTPStatus.SEE_OTHER)
    found = pages.trial(viewer(), rule, today())
    page = render_template(
        "workbench/whatif/trial.html", found=found, form=form, today_is=today(), href=pages.href,
        boxes=pages.boxes(base, boxes),
        told=pages.told(boxes.moved),
    )  # fmt: skip
    return page, form.answer if boxes.made else HTTPStatus.UNPROCESSABLE_ENTITY


@bp.get("/standards/<rule>/trial/list")
@requires(Permission.STANDARD_EDIT)
def trial_list(rule: str) -> ResponseReturnValue:
    """The subjects behind a number of the page of a rule."""
    base, form = pages.form_asked(rule, today())
    doors = pages.doors_of(rule, form)
    if form.made is None:
        return redirect(url_for(".trial", rule=rule), HTTPStatus.SEE_OTHER)
    found = pages.listing(viewer(), runs.tried(viewer(), base, form, today()), doors)
    return render_template(
        "workbench/whatif/list.html", list=found, doors=doors, title=_("标准调整测算"),
        base=base, told=pages.told(form.moved), today_is=today(), sides=None, reasons=None,
    )  # fmt: skip


@bp.post("/trials/<pid>/drop")
@requires(Permission.STANDARD_EDIT)
def trial_drop(pid: str) -> ResponseReturnValue:
    """Forget one's own run."""
    with write("trial:drop", actor=viewer()):
        runs.drop(actor=viewer(), run=runs.find(viewer(), pid))
    flash(_("已删除这次测算。"), "ok")
    return redirect(url_for(".trials"), HTTPStatus.SEE_OTHER)
