"""转入申请 in and out, departures to confirm; the district's lists of both."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today, working_days_after
from app.core.errors import NotFound
from app.core.posting import apart, submitted
from app.core.text import _
from app.firms import queries as firm_queries
from app.pipeline import acts, forms
from app.pipeline.models import TransferRequest
from app.pipeline.moves.cases import TransferCase
from app.pipeline.moves.sides import is_district
from app.pipeline.moves.transfer import TRANSFER
from app.pipeline.queries import pages
from app.pipeline.views.acts import firm_url, sited
from app.pipeline.views.blueprint import bp
from app.pipeline.words import FirmAct, TransferAct, TransferEnd

#: what a code that is looked up can lead to, the first that is open before others
BY_CODE = (FirmAct.ASK, FirmAct.TRANSFER, FirmAct.ADMIT, FirmAct.STAY)
ARRIVING = (FirmAct.ADMIT, FirmAct.STAY)


def offers(row: TransferRequest) -> list[tuple[TransferAct, str | None]]:
    """Acts the viewer has on a request, with the reason why not."""
    case = TransferCase(viewer(), today(), row.firm, row.to_carrier, row)
    return [
        (TransferAct(o.action.value), o.refusal.message if o.refusal else None)
        for o in TRANSFER.offers(case)
    ]


@bp.get("/transfers")
@requires(Permission.RESIDENCY_MOVE, Permission.TRANSFER_DECIDE)
def transfers() -> ResponseReturnValue:
    """Requests and unconfirmed departures of the viewer's carriers, or all of the district."""
    district = is_district(viewer())
    found = pages.requests(viewer(), district)
    leaving = pages.departures_all() if district else pages.my_departures(viewer())
    limit = current_app.config["DEPARTURE_CONFIRM_DAYS"]
    late = {t.id for t in leaving if t.ends and working_days_after(t.ends, limit) < today()}
    return render_template(
        "pipeline/transfers.html", rows=found, leaving=leaving, late=late, district=district,
        due={t.id: working_days_after(t.ends, limit) for t in leaving if t.ends},
        ended=lambda code: TransferEnd(code).label,
    )  # fmt: skip


@bp.route("/transfers/new", methods=["GET", "POST"])
@requires(Permission.RESIDENCY_MOVE)
def ask() -> ResponseReturnValue:
    """申请转入 of a firm by its code, or 入孵 of one that nobody holds; until it has moved, the
    firm itself stays hidden.
    """
    firm = firm_queries.by_code(request.args.get("code", ""))
    if firm is None or firm.counted_only:
        raise NotFound()
    held = {c.act: c for c in acts.choices(viewer(), firm, today())}
    ways = [acts.late(held[act]) for act in BY_CODE if act in held]
    choice = next((way for way in ways if way.refusal is None), ways[0] if ways else None)
    if choice is None:
        raise NotFound()
    run, form = acts.PAGES[choice.act].run, acts.PAGES[choice.act].form()
    sited(form, choice)
    given = acts.Given(viewer(), today(), firm, choice.carrier, form)
    action = f"firm:{choice.act}" if choice.act in ARRIVING else "transfer:ask"
    if choice.refusal is None and submitted(form, action, lambda: run(given)):
        if choice.act in ARRIVING:
            flash(_("%(firm)s：%(act)s已完成。", firm=firm.short_name, act=choice.act.label), "ok")
            return redirect(firm_url(firm), 303)
        flash(_("已登记，双方载体都能看到。"), "ok")
        return redirect(url_for(".transfers"), 303)
    holder = firm_queries.look_up(viewer(), firm.code or "", today())
    page = render_template(
        "pipeline/ask.html",
        firm=firm,
        holder=holder,
        choice=choice,
        form=form,
        mark=acts.PAGES[choice.act].icon,
    )
    return page, 409 if choice.refusal and form.is_submitted() else form.answer


@bp.get("/transfers/<pid>")
@requires(Permission.RESIDENCY_MOVE, Permission.TRANSFER_DECIDE)
def one_transfer(pid: str) -> ResponseReturnValue:
    """One request with its answer and what the viewer can do."""
    return _page(pages.request_by(viewer(), pid, is_district(viewer())))


def _page(
    row: TransferRequest, typed: dict[str, forms.AnswerForm] | None = None
) -> ResponseReturnValue:
    """A request with the forms of its answers; one that was refused stands as it was typed."""
    why = dict(offers(row))
    for act in typed or {}:
        why.setdefault(TransferAct(act), None)
    made = [
        (act, reason, (typed or {}).get(act) or apart(forms.AnswerForm(formdata=None), act))
        for act, reason in why.items()
    ]
    ended = TransferEnd(row.end_reason).label if row.end_reason else None
    page = render_template("pipeline/transfer.html", row=row, acts=made, ended=ended)
    return page, max((form.answer for _act, _why, form in made), default=200)


@bp.post("/transfers/<pid>/<act>")
@requires(Permission.RESIDENCY_MOVE, Permission.TRANSFER_DECIDE)
def answer_transfer(pid: str, act: str) -> ResponseReturnValue:
    """Agree, refuse, withdraw, or the district's settlement."""
    row = pages.request_by(viewer(), pid, is_district(viewer()))
    run, form = acts.TRANSFERS[pages.known_act(act, acts.TRANSFERS)], apart(forms.AnswerForm(), act)

    def answer() -> None:
        run(actor=viewer(), today=today(), request=row, note=form.note.data)

    if submitted(form, f"transfer:{act}", answer):
        flash(_("已登记，双方载体都能看到。"), "ok")
        return redirect(url_for(".transfers"), 303)
    return _page(row, {act: form})
