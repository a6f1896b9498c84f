"""意向协调: the list, one mediation with its sides, and the opinion on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.paging import page_of
from app.core.posting import apart, submitted
from app.core.text import _, language
from app.firms import fields
from app.firms import queries as firm_queries
from app.pipeline import forms, service
from app.pipeline.models import Mediation
from app.pipeline.moves.cases import MediationCase
from app.pipeline.moves.mediation import MEDIATION
from app.pipeline.moves.sides import is_district
from app.pipeline.papers import layout
from app.pipeline.queries import chain, mediations, pages, ties
from app.pipeline.views.blueprint import bp
from app.pipeline.words import MediationAct

A = MediationAct
READ = (Permission.MEDIATION_ASK, Permission.MEDIATION_ADVISE)
FORMS: dict[MediationAct, type[forms.ActForm]] = {
    A.WISH: forms.WishForm,
    A.ADVISE: forms.OpinionForm,
    A.READVISE: forms.OpinionForm,
    A.AGAIN: forms.MediationForm,
    A.WITHDRAW: forms.PlainForm,
}


def offers(row: Mediation) -> dict[MediationAct, str | None]:
    """Acts the viewer has on a mediation → the reason why not, or None."""
    found: dict[MediationAct, str | None] = {}
    for carrier in (*mediations.parties(viewer(), row.firm, today()), None):
        case = MediationCase(viewer(), today(), row.firm, carrier, row)
        for offer in MEDIATION.offers(case):
            why = offer.refusal.message if offer.refusal else None
            found.setdefault(A(offer.action.value), why)
    return found


@bp.get("/mediations")
@requires(*READ)
def mediation_list() -> ResponseReturnValue:
    """Mediations that the viewer reads; those that go on first."""
    if not (is_district(viewer()) or ties.my_carriers(viewer())):
        raise NotFound()
    live = request.args.get("tab") != "ended"
    told = mediations.told(viewer(), today())
    counts = {kind: sum(one.live is kind for one in told) for kind in (True, False)}
    page = page_of([one for one in told if one.live is live])
    return render_template(
        "pipeline/mediations.html", page=page, counts=counts, live=live,
        said=mediations.opinions([one.row for one in page.items]), district=is_district(viewer()),
    )  # fmt: skip


@bp.route("/firms/<pid>/mediation", methods=["GET", "POST"])
@requires(Permission.MEDIATION_ASK)
def ask_mediation(pid: str) -> ResponseReturnValue:
    """提请协调, from the page of a claim or of the firm."""
    firm, form = firm_queries.find(viewer(), pid), forms.MediationForm()
    mine = mediations.parties(viewer(), firm, today())
    if not mine:
        raise NotFound()
    why = MEDIATION.refusal(A.ASK, MediationCase(viewer(), today(), firm, mine[0]))
    made: list[Mediation] = []

    def ask() -> None:
        made.append(
            service.ask_mediation(
                actor=viewer(), today=today(), firm=firm, carrier=mine[0], reason=form.reason.data
            )
        )

    if submitted(form, "mediation:ask", ask):
        due = made[0].due_on.isoformat()
        flash(_("已提请协调，区主管部门 %(day)s 前出具意见；意向照常进行。", day=due), "ok")
        return redirect(url_for(".one_mediation", pid=made[0].pid), 303)
    page = render_template(
        "pipeline/mediation_ask.html", firm=firm, form=form, why=why,
        running=mediations.running(viewer(), firm, today()), due=mediations.due(today()),
        courting=len(chain.live_claims(firm, today())),
    )  # fmt: skip
    return page, 409 if why and form.is_submitted() else form.answer


def _facts(row: Mediation) -> bool:
    """Whether the viewer reads where the firm is on its way."""
    return "path" in fields.open_to(viewer(), row.firm_id, today())


def _page(row: Mediation, **typed: Any) -> ResponseReturnValue:
    """A mediation with its sides and the forms of what can be done with it."""
    day, district = today(), is_district(viewer())
    acts = offers(row)
    made = {
        act: typed.get(act.value) or apart(FORMS[act](formdata=None), act.value)
        for act in FORMS
        if act in acts or act.value in typed
    }
    whole, claims = mediations.reads_all(viewer(), row, day), mediations.claims(row, day)
    own = [one for one in claims if whole or ties.acts_for(viewer(), one.carrier)]
    state, why = mediations.standing(row, day)
    page = render_template(
        "pipeline/mediation.html", row=row, state=state, why=why, acts=acts, forms=made,
        layout=layout.lay_out(row, own, day, viewer()), hidden=len(claims) - len(own), whole=whole,
        named=bool(mediations.named(viewer(), [row], day)),
        wish=whole or mediations.wish_open(viewer(), row, day), district=district,
        facts=_facts(row),
        said=mediations.opinions([row]).get(row.id, []),
    )  # fmt: skip
    return page, max((form.answer for form in made.values()), default=200)


@bp.get("/mediations/<pid>")
@requires(*READ)
def one_mediation(pid: str) -> ResponseReturnValue:
    """The sides on one page; the district all of them, a side its own and how many others."""
    return _page(mediations.one(viewer(), pid, today()))


@bp.post("/mediations/<pid>/<act>")
@requires(*READ)
def mediate(pid: str, act: str) -> ResponseReturnValue:
    """The firm's wish, an opinion, once more, or withdrawal."""
    row = mediations.one(viewer(), pid, today())
    what = pages.known_act(act, FORMS)
    form: Any = apart(FORMS[what](), act)
    base: dict[str, Any] = {"actor": viewer(), "today": today(), "mediation": row}
    runs: dict[MediationAct, tuple[Callable[[], None], str]] = {
        A.WISH: (
            lambda: service.state_wish(**base, wish=form.said("wish")), _("企业的意愿已记下。")
        ),
        A.ADVISE: (
            lambda: service.advise(**base, text=form.said("text")), _("协调意见已存档并发给各方。")
        ),
        A.READVISE: (
            lambda: service.advise(**base, text=form.said("text")), _("协调意见已存档并发给各方。")
        ),
        A.AGAIN: (
            lambda: service.ask_again(**base, reason=form.reason.data),
            _("已申请再次协调，由区里另一人出具意见。"),
        ),
        A.WITHDRAW: (lambda: service.withdraw_mediation(**base), _("提请已撤回。")),
    }  # fmt: skip
    run, words = runs[what]
    if submitted(form, f"mediation:{act}", run):
        flash(words, "ok")
        return redirect(url_for(".one_mediation", pid=pid), 303)
    return _page(row, **{act: form})


@bp.get("/mediations/<pid>/opinions/<int:turn>")
@requires(*READ)
def opinion(pid: str, turn: int) -> ResponseReturnValue:
    """协调意见 on A4, with the sides as they stood when it was written."""
    row = mediations.one(viewer(), pid, today())
    one = next((o for o in mediations.opinions([row]).get(row.id, []) if o.turn == turn), None)
    if one is None:
        raise NotFound()
    whole = mediations.reads_all(viewer(), row, today())
    mine = {c.pid for c in ties.my_carriers(viewer())}
    told = layout.thaw(one.sides, language())
    shown = [side for side in told.sides if whole or side.pid in mine]
    return render_template(
        "pipeline/opinion.html", row=row, one=one, told=told, sides=shown,
        hidden=len(told.sides) - len(shown), facts=_facts(row),
        wish=whole or mediations.wish_open(viewer(), row, today()),
    )  # fmt: skip
