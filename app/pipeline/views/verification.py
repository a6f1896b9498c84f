"""毕业核定: a quarter in one act, clean ones ticked beforehand, exceptions named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import Period, today
from app.core.db import last_revision
from app.core.errors import NotFound
from app.core.posting import submitted
from app.core.text import N_, _
from app.pipeline import forms, service
from app.pipeline.models import Graduation
from app.pipeline.moves.cases import GraduationCase
from app.pipeline.moves.graduation import GRADUATION
from app.pipeline.queries import pages, review
from app.pipeline.views.blueprint import bp
from app.pipeline.words import ReturnReason, basis_words

#: act → its service, its button, and what is said once it is done
ACTS = {
    "check": (service.check, N_("初核勾选的企业"), N_("已初核 %(n)s 家。")),
    "verify": (service.verify, N_("核定勾选的企业"), N_("已核定 %(n)s 家。")),
    "approve": (service.approve, N_("同意勾选的企业毕业"), N_("已同意 %(n)s 家毕业。")),
}


@dataclass(frozen=True)
class Line:
    """One graduation on the list: what can be done, whether it is clean, what is not."""

    row: Graduation
    can: frozenset[str]
    exceptions: tuple[str, ...]
    return_why: str | None

    @property
    def waits(self) -> bool:
        """Whether it is still to be handled."""
        return self.row.state in pages.WAITING

    @property
    def clean(self) -> bool:
        """Ticked beforehand."""
        return not self.exceptions and bool(self.can)


def line(row: Graduation, lost: str | None = None) -> Line:
    """A graduation as this viewer meets it; `lost`: what it rested on and no longer can."""
    case = GraduationCase(viewer(), today(), row.firm, row.carrier, row)
    offers = {str(o.action.value): o.refusal for o in GRADUATION.offers(case)}
    named = []
    if row.override:
        named.append(_("资料不全，理由：%(why)s", why=row.override))
    if lost:
        named.append(lost)
    if row.late:
        named.append(_("补报"))
    if row.state in pages.SENT_BACK:
        why = ReturnReason(row.return_code or "other").label
        named.append(_("%(state)s：%(why)s", state=row.state.label, why=why))
    if any(refusal and refusal.code == "move:own_entry" for refusal in offers.values()):
        named.append(_("本人登记，由另一人办理"))
    can = frozenset(act for act in ACTS if act in offers and offers[act] is None)
    return Line(row, can, tuple(named), "return" if "return" in offers else None)


@bp.get("/verification")
@requires(Permission.GRADUATION_CHECK, Permission.GRADUATION_VERIFY)
def verification() -> ResponseReturnValue:
    """The graduations of a quarter; without one in the address the earliest that waits."""
    return _page()


def _page(
    problem: str | None = None, ticked: Sequence[str] = (), status: int = 200
) -> ResponseReturnValue:
    seen, known = last_revision(), pages.quarters()
    period = _period(known)
    found = pages.quarter(period.year, period.quarter)
    doubted = review.to_review()
    lost = review.lost_ground([*found.rows, *doubted])
    lines = [line(row, lost.get(row.id)) for row in found.rows]
    page = render_template(
        "pipeline/verification.html", quarters=known, period=period, found=found,
        acts=[act for act in ACTS if any(act in one.can for one in lines)],
        words={act: _(ACTS[act][1]) for act in ACTS}, basis=basis_words,
        waiting=[one for one in lines if one.waits],
        done=[one for one in lines if not one.waits],
        review=[line(row, lost.get(row.id)) for row in doubted],
        seen=seen, problem=problem, ticked=set(ticked),
    )  # fmt: skip
    return page, status


def _period(known: list[tuple[int, int, int, int]]) -> Period:
    try:
        return Period.parse(request.args["period"])
    except (KeyError, ValueError):
        waiting = [row for row in known if row[3]]
        row = waiting[-1] if waiting else known[0] if known else None
        return Period(row[0], row[1]) if row else Period.of(today())


@bp.post("/verification/<act>")
@requires(Permission.GRADUATION_CHECK, Permission.GRADUATION_VERIFY)
def confirm(act: str) -> ResponseReturnValue:
    """初核, 核定 or 同意 of everything ticked, in one act."""
    if act not in ACTS:
        raise NotFound()
    ids, seen = request.form.getlist("id"), request.form.get("seen", type=int)
    rows, form, done = pages.graduations_by_pid(ids), forms.PlainForm(), []

    def run() -> None:
        done.append(ACTS[act][0](actor=viewer(), today=today(), graduations=rows, seen=seen))

    if submitted(form, f"graduation:{act}", run):
        flash(_(ACTS[act][2], n=done[0]), "ok")
        return redirect(url_for(".verification", period=request.args.get("period")), 303)
    return _page(" ".join(form.form_errors), ids, form.answer)
