"""A page of one form for each act on a firm; correction and 作废 of ties; a graduation's page."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.text import _
from app.firms import queries as firm_queries
from app.firms.models import Firm
from app.pipeline import acts, forms, judging, service
from app.pipeline.moves.firm import FIRM
from app.pipeline.queries import pages, ties
from app.pipeline.views.blueprint import bp, submitted
from app.pipeline.words import FirmAct, ReturnReason, basis_words

LEAVING = (FirmAct.ADMIT, FirmAct.TIE, FirmAct.STAY)


def firm_url(firm: Firm) -> str:
    """The firm's page."""
    return url_for("workbench.firm", pid=firm.pid)


def _sited(form: Any, choice: acts.Choice) -> None:
    if "site" in form:
        found = pages.sites(choice.carrier, today())
        form.site.choices = [("", _("未分场地")), *((s.pid, s.name) for s in found)]


def _verdict(firm: Firm, act: FirmAct) -> judging.Judgement | None:
    """What the rule book says today, for the page of 办理毕业."""
    if act not in (FirmAct.GRADUATE, FirmAct.PROPOSE):
        return None
    return judging.look(firm, today())


@bp.route("/firms/<pid>/moves/<act>", methods=["GET", "POST"])
@requires(Permission.RESIDENCY_MOVE, Permission.GRADUATION_REPORT)
def act(pid: str, act: str) -> ResponseReturnValue:
    """One act on a firm: what it does is said before the press."""
    firm = firm_queries.find(viewer(), pid)
    choice = acts.choice(viewer(), firm, act, today())
    page = acts.PAGES[choice.act]
    form = page.form()
    _sited(form, choice)
    given = acts.Given(viewer(), today(), firm, choice.carrier, form)
    if choice.refusal is None and submitted(form, f"firm:{act}", lambda: page.run(given)):
        flash(_("%(firm)s：%(act)s已登记。", firm=firm.short_name, act=choice.act.label), "ok")
        return redirect(firm_url(firm), 303)
    state = ties.stage_now(firm, today())
    return render_template(
        "pipeline/act.html", firm=firm, choice=choice, form=form, icon_name=page.icon,
        move=FIRM.moves[state, choice.act], stage=state, verdict=_verdict(firm, choice.act),
        tie=ties.latest(firm, today()),
    )  # fmt: skip


@bp.route("/residencies/<pid>", methods=["GET", "POST"])
@requires(Permission.RESIDENCY_MOVE)
def tie(pid: str) -> ResponseReturnValue:
    """更正 of a tie at one of the viewer's carriers."""
    found = ties.tie_by_pid(viewer(), pid)
    form = forms.CorrectForm(obj=found)
    rest = {k: v for k, v in form.given().items() if k not in ("starts", "reason")}
    rest["site"] = found.site

    def correct() -> None:
        service.correct_tie(
            actor=viewer(), today=today(), tie=found, rev=form.rev.data,
            starts=form.said("starts"), reason=form.reason.data, **rest,
        )  # fmt: skip

    if submitted(form, "residency:correct", correct, form.reason.data):
        flash(_("入驻记录已更正，原值留在历史中。"), "ok")
        return redirect(firm_url(found.firm), 303)
    return render_template(
        "pipeline/tie.html", tie=found, form=form, void=forms.ReasonForm(formdata=None)
    )


@bp.post("/residencies/<pid>/void")
@requires(Permission.RESIDENCY_MOVE)
def void_tie(pid: str) -> ResponseReturnValue:
    """作废 of a wrong entry."""
    found = ties.tie_by_pid(viewer(), pid)
    firm, form = found.firm, forms.ReasonForm()
    back = firm_url(firm)

    def void() -> None:
        service.void_tie(actor=viewer(), today=today(), tie=found, reason=form.reason.data)

    if submitted(form, "residency:void", void, form.reason.data):
        flash(_("入驻记录已作废，历史中仍可查。"), "ok")
        return redirect(back, 303)
    full = forms.CorrectForm(obj=found, formdata=None)
    return render_template("pipeline/tie.html", tie=found, form=full, void=form), 422


@bp.route("/graduations/<pid>", methods=["GET", "POST"])
@requires(Permission.FIRM_READ)
def graduation(pid: str) -> ResponseReturnValue:
    """One graduation: its days, its frozen verdict; the carrier corrects a returned one."""
    found = pages.graduation_by(viewer(), pid)
    own = ties.acts_for(viewer(), found.carrier) and viewer().may(Permission.GRADUATION_REPORT)
    if request.method == "POST" and not own:
        raise NotFound()
    form = forms.GraduateForm(obj=found)

    def again() -> None:
        service.repeat(actor=viewer(), today=today(), graduation=found, report=acts.report_of(form))

    if submitted(form, "graduation:repeat", again):
        flash(_("已更正并重报。"), "ok")
        return redirect(url_for(".graduation", pid=pid), 303)
    return render_template(
        "pipeline/graduation.html", row=found, form=form, own=own,
        withdraw=forms.ReasonForm(formdata=None), back=forms.ReturnForm(obj=found, formdata=None),
        basis=basis_words(found.basis),
        why=ReturnReason(found.return_code).label if found.return_code else None,
    )  # fmt: skip


@bp.post("/graduations/<pid>/withdraw")
@requires(Permission.GRADUATION_REPORT)
def withdraw_graduation(pid: str) -> ResponseReturnValue:
    """撤销办理 by the carrier."""
    found = pages.graduation_by(viewer(), pid)
    form, back = forms.ReasonForm(), firm_url(found.firm)

    def withdraw() -> None:
        service.withdraw_graduation(
            actor=viewer(), today=today(), graduation=found, reason=form.reason.data
        )

    if submitted(form, "graduation:withdraw", withdraw, form.reason.data):
        flash(_("已撤销办理毕业。"), "ok")
        return redirect(back, 303)
    flash(" ".join(m for ms in form.errors.values() for m in ms), "no")
    return redirect(url_for(".graduation", pid=pid), 303)
