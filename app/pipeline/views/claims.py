"""我的承接意向 with follow-ups; the firm's choice as its carrier records it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import DomainError, NotFound
from app.core.posting import apart, submitted
from app.core.shell import stand_under
from app.core.text import _
from app.firms.papers import keep
from app.pipeline import forms, meant, mediating, panels, service
from app.pipeline.acts import END_ACTS
from app.pipeline.models import Claim, ClaimStepKind
from app.pipeline.moves.cases import ClaimCase
from app.pipeline.moves.claim import CLAIM, renewal_limit
from app.pipeline.queries import credits, openings, pages, ties
from app.pipeline.views.blueprint import bp


def offers(row: Claim) -> dict[str, str | None]:
    """Acts the viewer has on a claim → the reason why not, or None."""
    case = ClaimCase(viewer(), today(), row.firm, row.carrier, row)
    return {
        str(o.action.value): o.refusal.message if o.refusal else None for o in CLAIM.offers(case)
    }


@bp.get("/claims")
@requires(Permission.CLAIM_MAKE)
def claims() -> ResponseReturnValue:
    """The viewer's own claims: days left, follow-ups, next contact."""
    if not ties.bids(viewer()):
        raise NotFound()
    live = request.args.get("tab") != "ended"
    found = pages.claims(viewer(), today(), live)
    counts = {kind: len(pages.claims(viewer(), today(), kind)) for kind in (True, False)}
    return render_template(
        "pipeline/claims.html", rows=found, steps=pages.steps([c.id for c in found]),
        live=live, counts=counts, limit=renewal_limit(), standing=pages.standing(today()),
        credits=credits.of_claims(found), ended=pages.ended,
        others=openings.others([c.firm_id for c in found], viewer(), today()),
    )  # fmt: skip


@bp.get("/choices")
@requires(Permission.CLAIM_CHOOSE)
def choices() -> ResponseReturnValue:
    """Who courts the viewer's firms; the firm chooses, its carrier records it."""
    found = pages.suitors(viewer(), today())
    return render_template(
        "pipeline/choices.html", rows=found, credits=credits.of_claims(found),
        steps=pages.steps([c.id for c in found]), standing=pages.standing(today()),
    )  # fmt: skip


def _claim_page(row: Claim, **typed: forms.ActForm) -> ResponseReturnValue:
    """One claim with the forms of its acts; one that was refused stands as it was typed."""
    acts = offers(row)
    ends = {
        act: typed.get(act.value) or apart(END_ACTS[act][0](formdata=None), act.value)
        for act in END_ACTS
        if act.value in acts or act.value in typed
    }
    held = {
        "follow": typed.get("follow") or forms.FollowForm(formdata=None),
        "choice": typed.get("choice") or forms.ChooseForm(formdata=None),
    }
    if "room" in acts or "room" in typed:
        fresh = typed.get("room") or meant.room_form(viewer(), row, today(), fresh=True)
        held["room"] = apart(fresh, "room")
    if row.accepted_on is None:  # what only a chosen one can record is not offered
        held["follow"].step.choices = [
            (kind.value, kind.label)
            for kind in ClaimStepKind
            if kind not in service.AFTER_CHOICE or kind.value == held["follow"].step.data
        ]
    bids = ties.acts_for(viewer(), row.carrier)
    listed = url_for(".claims" if bids else ".choices")
    stand_under(listed)
    page = render_template(
        "pipeline/claim.html", row=row, acts=acts, ends=ends, **held,
        steps=pages.steps([row.id]).get(row.id, []), limit=renewal_limit(),
        standing=pages.standing(today())(row), bids=bids, listed=listed, ended=pages.ended,
        credit=credits.of_claims([row])[row.id], named=credits.names(viewer(), row.firm),
        others=openings.others([row.firm_id], viewer(), today()).get(row.firm_id, 0),
        meant=meant.words(row) if meant.shown(viewer(), row) else None,
        area=pages.area(row, meant.shown(viewer(), row)), most=meant.MOST,
        lacking=meant.warning(viewer(), row, today()),
        renewed=panels.until(today()), chosen_by=pages.chosen_by(row),
        mediation=mediating.doorway(viewer(), row.firm, today()), ask=forms.MediationForm(None),
    )  # fmt: skip
    return page, max(form.answer for form in [*held.values(), *ends.values()])


@bp.route("/claims/<pid>", methods=["GET", "POST"])
@requires(Permission.CLAIM_MAKE, Permission.CLAIM_CHOOSE)
def one_claim(pid: str) -> ResponseReturnValue:
    """One claim with its follow-ups; posting records a follow-up."""
    row = pages.claim_of(viewer(), pid)
    if request.method == "GET":
        return _claim_page(row)
    form = forms.FollowForm()

    def follow() -> None:
        given = form.given() | {"step": ClaimStepKind(form.said("step"))}
        service.follow_up(actor=viewer(), today=today(), claim=row, **given)

    if submitted(form, "claim:follow", follow):
        until = _("已记跟进，跟进期至 %(day)s。", day=row.follow_until.isoformat())
        flash(_("已记跟进。") if row.accepted_on else until, "ok")
        return redirect(url_for(".one_claim", pid=pid), 303)
    return _claim_page(row, follow=form)


@bp.post("/claims/<pid>/room")
@requires(Permission.CLAIM_MAKE)
def claim_room(pid: str) -> ResponseReturnValue:
    """改意向房源: another room is meant, or another amount or day."""
    row = pages.claim_of(viewer(), pid)
    form = meant.room_form(viewer(), row, today(), fresh=False)

    def change() -> None:
        service.change_room(
            actor=viewer(), today=today(), claim=row, planned_on=form.planned_on.data,
            area_m2=form.area_m2.data, desks=form.amount.data, rev=form.rev.data,
            unit=meant.unit_of(viewer(), form.unit.data, form.unit_number.data, row.carrier),
        )  # fmt: skip

    held = {"unit": row.unit.pid if row.unit else "", "amount": row.desks}
    if submitted(form, "claim:room", change, None, row, held):
        kept = row.reserved_from
        told = _("已改，房源自 %(day)s 起预留。", day=kept.isoformat()) if kept else _("已改。")
        flash(told, "ok")
        return redirect(url_for(".one_claim", pid=pid), 303)
    return _claim_page(row, room=form)


@bp.post("/claims/<pid>/choose")
@requires(Permission.CLAIM_CHOOSE)
def choose(pid: str) -> ResponseReturnValue:
    """The firm's choice; 409 when it has chosen another one."""
    row, form = pages.claim_of(viewer(), pid), forms.ChooseForm()
    try:
        kept = [keep(one.stream, one.filename or "") for one in form.letter.files]
    except DomainError as error:
        form.refuse(error)
        return _claim_page(row, choice=form)

    def record() -> None:
        letter = kept[0] if kept else None
        service.choose(actor=viewer(), today=today(), claim=row, letter=letter)

    if submitted(form, "claim:choose", record):
        flash(
            _("已记录：%(firm)s选定%(park)s。", firm=row.firm.short_name, park=row.carrier.name),
            "ok",
        )
        return redirect(url_for(".one_claim", pid=pid), 303)
    return _claim_page(row, choice=form)


@bp.post("/claims/<pid>/end/<act>")
@requires(Permission.CLAIM_MAKE, Permission.CLAIM_CHOOSE)
def end_claim(pid: str, act: str) -> ResponseReturnValue:
    """Withdraw, release, or the firm's no, each with a coded reason."""
    row = pages.claim_of(viewer(), pid)
    kind, run = END_ACTS[pages.known_act(act, END_ACTS)]
    form = apart(kind(), act)

    def end() -> None:
        run(actor=viewer(), today=today(), claim=row, **form.end())

    if submitted(form, f"claim:{act}", end):
        flash(_("意向已结束，原因已记下。"), "ok")
        return redirect(url_for(".one_claim", pid=pid), 303)
    return _claim_page(row, **{act: form})
