"""A page of one form for each act on a firm; correction and 作废 of ties; a graduation's page."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.clash import typed_rows
from app.core.days import today
from app.core.errors import NotFound
from app.core.posting import apart, submitted
from app.core.text import _
from app.firms import queries as firm_queries
from app.firms.models import Firm, Residency, ResidencyKind
from app.pipeline import acts, forms, judging, service
from app.pipeline.models import Graduation
from app.pipeline.moves.firm import FIRM
from app.pipeline.queries import pages, review, ties
from app.pipeline.views.blueprint import bp
from app.pipeline.words import GRADUATING, FirmAct, ReturnReason, basis_words

LEAVING = (FirmAct.ADMIT, FirmAct.TIE, FirmAct.STAY)


def firm_url(firm: Firm) -> str:
    """The firm's page."""
    return url_for("workbench.firm", pid=firm.pid)


def sited(form: Any, choice: acts.Choice) -> None:
    """Offer the sites of the carrier that acts, where the form asks for one."""
    if "site" in form:
        found = pages.sites(choice.carrier, today())
        form.site.choices = [("", _("未分场地")), *((s.pid, s.name) for s in found)]


def settled(form: Any, firm: Firm, choice: acts.Choice) -> None:
    """Do not ask where a graduate goes that has gone already."""
    if "destination" in form and acts.gone(firm, choice):
        del form.destination


def _verdict(firm: Firm, act: FirmAct) -> judging.Judgement | None:
    """What the rule book says today, for the page of 办理毕业."""
    if act not in GRADUATING:
        return None
    return judging.look(firm, today())


@bp.route("/firms/<pid>/moves/<act>", methods=["GET", "POST"])
@requires(Permission.RESIDENCY_MOVE, Permission.GRADUATION_REPORT)
def act(pid: str, act: str) -> ResponseReturnValue:
    """One act on a firm: what it does is said before the press."""
    firm = firm_queries.find(viewer(), pid)
    choice = acts.choice(viewer(), firm, act, today())
    page, tie = acts.PAGES[choice.act], ties.latest(firm, today())
    form = page.form()
    sited(form, choice)
    settled(form, firm, choice)
    if tie and "rev" in form and not form.is_submitted():
        form.rev.data = tie.rev
    if choice.refusal is None and _done(form, choice, firm, tie):
        flash(_("%(firm)s：%(act)s已完成。", firm=firm.short_name, act=choice.act.label), "ok")
        return redirect(firm_url(firm), 303)
    state = ties.stage_now(firm, today())
    shown = render_template(
        "pipeline/act.html", firm=firm, choice=choice, form=form, icon_name=page.icon,
        move=FIRM.moves.get((state, choice.act)), stage=state, verdict=_verdict(firm, choice.act),
        tie=ties.latest(firm, today()), typed=typed_rows(form) if choice.refusal else [],
    )  # fmt: skip
    return shown, 409 if choice.refusal and form.is_submitted() else form.answer


def _done(form: Any, choice: acts.Choice, firm: Firm, tie: Residency | None) -> bool:
    """Whether the act was posted and done; a stale one is set beside the running tie."""
    page = acts.PAGES[choice.act]
    given = acts.Given(viewer(), today(), firm, choice.carrier, form)
    held = page.held(tie) if page.held and tie else None
    return submitted(
        form, f"firm:{choice.act}", lambda: page.run(given), record=tie if held else None, held=held
    )


def _correct_form(found: Residency, **typed: Any) -> forms.CorrectForm:
    """A stay after graduating follows from the graduation: its kind is not asked."""
    form = forms.CorrectForm(obj=found, **typed)
    kinds = ties.sister_kinds(found)
    form.kind.choices = [(kind.value, kind.label) for kind in kinds]
    if len(kinds) == 1:
        del form.kind
    return form


def _tie_page(found: Residency, form: Any = None, void: Any = None) -> ResponseReturnValue:
    form = form or _correct_form(found, formdata=None)
    void = void or apart(forms.ReasonForm(obj=found, formdata=None), "void")
    page = render_template("pipeline/tie.html", tie=found, form=form, void=void)
    return page, max(form.answer, void.answer)


@bp.route("/residencies/<pid>", methods=["GET", "POST"])
@requires(Permission.RESIDENCY_MOVE)
def tie(pid: str) -> ResponseReturnValue:
    """更正 of a tie at one of the viewer's carriers."""
    found = ties.tie_by_pid(viewer(), pid)
    form = _correct_form(found)
    rest = {k: v for k, v in form.given().items() if k not in ("starts", "reason")}
    rest["site"] = found.site
    if "kind" in rest:
        rest["kind"] = ResidencyKind(rest["kind"])

    def correct() -> None:
        service.correct_tie(
            actor=viewer(), today=today(), tie=found, rev=form.rev.data,
            starts=form.said("starts"), reason=form.reason.data, **rest,
        )  # fmt: skip

    if submitted(form, "residency:correct", correct, form.reason.data, found):
        flash(_("入驻记录已更正，原值留在历史中。"), "ok")
        return redirect(firm_url(found.firm), 303)
    return _tie_page(found, form)


@bp.post("/residencies/<pid>/void")
@requires(Permission.RESIDENCY_MOVE)
def void_tie(pid: str) -> ResponseReturnValue:
    """作废 of a wrong entry."""
    found = ties.tie_by_pid(viewer(), pid)
    firm, form = found.firm, apart(forms.ReasonForm(), "void")
    back = firm_url(firm)

    def void() -> None:
        service.void_tie(
            actor=viewer(), today=today(), tie=found, reason=form.reason.data, rev=form.rev.data
        )

    if submitted(form, "residency:void", void, form.reason.data, found):
        flash(_("入驻记录已作废，历史中仍可查。"), "ok")
        return redirect(back, 303)
    return _tie_page(found, void=form)


def _graduation_page(found: Graduation, **typed: Any) -> ResponseReturnValue:
    """A graduation with the forms of what can be done with it, one of them as typed."""
    own = ties.acts_for(viewer(), found.carrier) and viewer().may(Permission.GRADUATION_REPORT)
    held = {
        "form": forms.RepeatForm(obj=found, formdata=None),
        "withdraw": apart(forms.ReasonForm(obj=found, formdata=None), "withdraw"),
        "back": apart(forms.ReturnForm(obj=found, formdata=None), "back"),
        "keep": apart(forms.ReasonForm(obj=found, formdata=None), "keep"),
    } | typed
    page = render_template(
        "pipeline/graduation.html", row=found, own=own, basis=basis_words(found.basis),
        why=ReturnReason(found.return_code).label if found.return_code else None,
        lost=review.lost_ground([found]).get(found.id),
        review=found.id in [one.id for one in review.to_review()], **held,
    )  # fmt: skip
    return page, max(form.answer for form in held.values())


@bp.route("/graduations/<pid>", methods=["GET", "POST"])
@requires(Permission.FIRM_READ)
def graduation(pid: str) -> ResponseReturnValue:
    """One graduation: its days, its frozen verdict; the carrier corrects a returned one."""
    found = pages.graduation_by(viewer(), pid)
    if request.method == "GET":
        return _graduation_page(found)
    if not (ties.acts_for(viewer(), found.carrier) and viewer().may(Permission.GRADUATION_REPORT)):
        raise NotFound()
    form = forms.RepeatForm()

    def again() -> None:
        service.repeat(
            actor=viewer(), today=today(), graduation=found, report=acts.report_of(form),
            rev=form.rev.data,
        )  # fmt: skip

    if submitted(form, "graduation:repeat", again, record=found):
        flash(_("已更正并重报。"), "ok")
        return redirect(url_for(".graduation", pid=pid), 303)
    return _graduation_page(found, form=form)


@bp.post("/graduations/<pid>/keep")
@requires(Permission.GRADUATION_VERIFY)
def keep_graduation(pid: str) -> ResponseReturnValue:
    """复查后维持, with the reason."""
    found = pages.graduation_by(viewer(), pid)
    form = apart(forms.ReasonForm(), "keep")

    def keep() -> None:
        service.keep_graduation(
            actor=viewer(), today=today(), graduation=found, reason=form.reason.data,
            rev=form.rev.data,
        )  # fmt: skip

    if submitted(form, "graduation:keep", keep, form.reason.data, found):
        flash(_("已复查，毕业维持。"), "ok")
        return redirect(url_for(".verification"), 303)
    return _graduation_page(found, keep=form)


@bp.post("/graduations/<pid>/withdraw")
@requires(Permission.GRADUATION_REPORT)
def withdraw_graduation(pid: str) -> ResponseReturnValue:
    """撤销办理 by the carrier."""
    found = pages.graduation_by(viewer(), pid)
    form, back = apart(forms.ReasonForm(), "withdraw"), firm_url(found.firm)

    def withdraw() -> None:
        service.withdraw_graduation(
            actor=viewer(), today=today(), graduation=found, reason=form.reason.data,
            rev=form.rev.data,
        )  # fmt: skip

    if submitted(form, "graduation:withdraw", withdraw, form.reason.data, found):
        flash(_("已撤销办理毕业。"), "ok")
        return redirect(back, 303)
    return _graduation_page(found, withdraw=form)


@bp.post("/graduations/<pid>/return")
@requires(Permission.GRADUATION_CHECK, Permission.GRADUATION_VERIFY)
def return_graduation(pid: str) -> ResponseReturnValue:
    """退回 with a coded reason."""
    found = pages.graduation_by(viewer(), pid)
    form = apart(forms.ReturnForm(), "back")
    period = f"{found.period_year}Q{found.period_quarter}"

    def give_back() -> None:
        service.return_graduation(
            actor=viewer(), today=today(), graduation=found, note=form.note.data,
            reason=ReturnReason(form.said("reason")), rev=form.rev.data,
        )  # fmt: skip

    if submitted(form, "graduation:return", give_back, form.note.data, found):
        flash(_("已退回，原因已进入载体待办。"), "ok")
        return redirect(url_for(".verification", period=period), 303)
    return _graduation_page(found, back=form)
