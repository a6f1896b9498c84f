"""Pages of 申报批次."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import DomainError, NotFound
from app.core.forms import BaseForm
from app.core.posting import submitted
from app.core.text import _
from app.pipeline import service
from app.pipeline.models import Application, ApplicationRound, FailReason
from app.pipeline.moves.application import APPLICATION, ApplicationCase, Certificate
from app.pipeline.queries import rounds as queries
from app.pipeline.words import ApplicationAct as A
from app.workbench.blueprint import bp
from app.workbench.rounds import adding, forms, listing

P = Permission
FORMS: dict[A, type[Any]] = {
    A.FILE: forms.StepForm,
    A.RECOMMEND: forms.StepForm,
    A.ANNOUNCE: forms.StepForm,
    A.RECOGNISE: forms.RecogniseForm,
    A.FAIL: forms.FailForm,
    A.BACK: forms.ReasonForm,
    A.VOID: forms.ReasonForm,
}
STEP = (P.APPLICATION_MAKE, P.APPLICATION_DECIDE)


@bp.get("/candidates/rounds")
@requires(P.FIRM_READ)
def rounds() -> ResponseReturnValue:
    """All rounds with how many firms stand where."""
    found = listing.overview(viewer(), today())
    return render_template("workbench/rounds/rounds.html", list=found, heads=listing.heads())


@bp.get("/candidates/rounds/<pid>")
@requires(P.FIRM_READ)
def round_firms(pid: str) -> ResponseReturnValue:
    """The firms of one round."""
    row = queries.one_round(viewer(), pid)
    found = listing.build(viewer(), row, today())
    offers = {one.application.pid: acts_on(one.application) for one in found.rows}
    acts = [act for act in FORMS if any(act in held for held in offers.values())]
    return render_template(
        "workbench/rounds/firms.html", list=found, acts=acts, offers=offers,
        may_add=viewer().may(P.APPLICATION_MAKE) and today() <= row.district_on,
    )  # fmt: skip


def acts_on(row: Application) -> list[A]:
    """What the viewer can do with a firm in the round now."""
    case = ApplicationCase(viewer(), today(), row.firm, row.round, row)
    return [A(str(one.action)) for one in APPLICATION.offers(case) if one.refusal is None]


@bp.get("/candidates/rounds/<pid>/counts")
@requires(P.FIRM_READ)
def round_counts(pid: str) -> ResponseReturnValue:
    """The same by carrier or sector."""
    row = queries.one_round(viewer(), pid)
    found = listing.counts(viewer(), row, today())
    return render_template("workbench/rounds/counts.html", counts=found)


@bp.route("/candidates/rounds/new", methods=["GET", "POST"])
@requires(P.ROUND_EDIT)
def new_round() -> ResponseReturnValue:
    """新建申报批次."""
    form, made = forms.RoundForm(), []

    def act() -> None:
        made.append(service.open_round(actor=viewer(), notice=form.notice()).pid)

    if submitted(form, "round:open", act):
        flash(_("已新建批次，载体可以列入拟申报企业。"), "ok")
        return redirect(url_for(".round_firms", pid=made[0]), 303)
    page = render_template("workbench/rounds/edit.html", form=form, round=None, void=None, held=0)
    return page, form.answer


@bp.route("/candidates/rounds/<pid>/edit", methods=["GET", "POST"])
@requires(P.ROUND_EDIT)
def edit_round(pid: str) -> ResponseReturnValue:
    """Correct what is said of a round."""
    row = queries.one_round(viewer(), pid)
    form = forms.RoundForm(obj=row)

    def act() -> None:
        service.edit_round(actor=viewer(), round=row, notice=form.notice(), rev=form.rev.data)

    if submitted(form, "round:edit", act, record=row):
        flash(_("已保存。"), "ok")
        return redirect(url_for(".round_firms", pid=pid), 303)
    return edit_page(row, form, forms.VoidForm(formdata=None, obj=row)), form.answer


@bp.post("/candidates/rounds/<pid>/void")
@requires(P.ROUND_EDIT)
def void_round(pid: str) -> ResponseReturnValue:
    """作废 of a round without firms."""
    row = queries.one_round(viewer(), pid)
    form = forms.VoidForm()

    def act() -> None:
        service.void_round(actor=viewer(), round=row, reason=form.reason.data, rev=form.rev.data)

    if submitted(form, "round:void", act, form.reason.data, row):
        flash(_("批次已作废。"), "ok")
        return redirect(url_for(".rounds"), 303)
    return edit_page(row, forms.RoundForm(formdata=None, obj=row), form), form.answer


def edit_page(row: ApplicationRound, form: Any, void: Any) -> str:
    """The page on which a round is corrected or voided."""
    return render_template(
        "workbench/rounds/edit.html", form=form, round=row, void=void,
        held=queries.count_in(row), name=queries.name_of(row),
    )  # fmt: skip


@bp.route("/candidates/rounds/<pid>/add", methods=["GET", "POST"])
@requires(P.APPLICATION_MAKE)
def add_to_round(pid: str) -> ResponseReturnValue:
    """列入拟申报, ticked among one's own firms."""
    row = queries.one_round(viewer(), pid)
    form, pids = forms.AddForm(), request.form.getlist("firm")

    def act() -> None:
        if not pids:
            raise DomainError("round:nobody")
        for firm in adding.by_pids(viewer(), row, pids, today()):
            service.plan(actor=viewer(), today=today(), round=row, firm=firm)

    if submitted(form, "application:plan", act):
        flash(_("已列入 %(n)s 家。", n=len(set(pids))), "ok")
        return redirect(listing.address(row, state="planned"), 303)
    page = render_template(
        "workbench/rounds/add.html", form=form, round=row, name=queries.name_of(row), ticked=pids,
        found=adding.candidates(viewer(), row, today()), open=today() <= row.district_on,
    )  # fmt: skip
    return page, form.answer


@bp.route("/candidates/rounds/<pid>/steps/<act>", methods=["GET", "POST"])
@requires(*STEP)
def round_step(pid: str, act: str) -> ResponseReturnValue:
    """One step of the ticked firms, all or none."""
    if act not in [str(one) for one in FORMS]:
        raise NotFound()
    row, step = queries.one_round(viewer(), pid), A(act)
    some = queries.applications(viewer(), row, request.values.getlist("application"), today())
    form = FORMS[step]()

    def take() -> None:
        steps = [said(step, form, one) for one in some]
        service.advance_all(actor=viewer(), today=today(), act=step, steps=steps)

    note = form.reason.data if "reason" in form else None
    if submitted(form, f"application:{act}", take, note):
        flash(_("%(act)s：%(n)s 家。", act=step.label, n=len(some)), "ok")
        return redirect(listing.address(row), 303)
    page = render_template(
        "workbench/rounds/step.html", form=form, round=row, name=queries.name_of(row), act=step,
        some=some, numbers=request.form,
    )  # fmt: skip
    return page, form.answer


@bp.route("/candidates/rounds/<pid>/listed", methods=["GET", "POST"])
@requires(P.APPLICATION_DECIDE)
def round_listed(pid: str) -> ResponseReturnValue:
    """按名单记认定 of the ticked firms, all or none."""
    row = queries.one_round(viewer(), pid)
    found = listing.listed(viewer(), row, today())
    form, ticked = BaseForm(), request.form.getlist("application")

    def act() -> None:
        if not ticked:
            raise DomainError("round:nobody")
        some = queries.applications(viewer(), row, ticked, today())
        service.recognise_listed(actor=viewer(), today=today(), applications=some)

    if submitted(form, f"application:{A.RECOGNISE}", act):
        flash(_("%(act)s：%(n)s 家。", act=A.RECOGNISE.label, n=len(set(ticked))), "ok")
        return redirect(listing.address(row, state="recognised"), 303)
    if request.method == "GET":
        ticked = [one.pid for one in found]
    page = render_template(
        "workbench/rounds/listed.html", form=form, round=row, name=queries.name_of(row),
        found=[(one, queries.entered_before(one)) for one in found], ticked=ticked,
    )  # fmt: skip
    return page, form.answer


def said(act: A, form: Any, one: Application) -> service.Step:
    """What the form says of one firm."""
    given: dict[str, Any] = {}
    if "day" in form:
        given["day"] = form.day.data
    if "reason" in form:
        given["reason"] = form.reason.data
    if act is A.FAIL:
        given["code"] = FailReason(form.code.data)
    if act is A.RECOGNISE:
        number = request.form.get(f"number-{one.pid}", "").strip()[:60] or None
        given["certificate"] = Certificate(number, form.issued_on.data, form.expires_on.data)
    return service.Step(one, **given)
