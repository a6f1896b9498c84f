"""企业输送(移交)单: sending one, the list, one sheet with the receiver's word, and its paper."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.paging import paginate
from app.core.posting import submitted
from app.core.text import _, language
from app.firms import fields
from app.firms import queries as firm_queries
from app.firms.models import Firm
from app.pipeline import forms, service
from app.pipeline.models import Handover, HandoverState
from app.pipeline.moves.cases import HandoverCase
from app.pipeline.moves.handover import HANDOVER
from app.pipeline.moves.sides import is_district
from app.pipeline.papers import package
from app.pipeline.queries import handovers, pages, ties
from app.pipeline.views.blueprint import bp
from app.pipeline.words import HandoverAct

A = HandoverAct
READ = (Permission.HANDOVER_SEND, Permission.HANDOVER_CONFIRM, Permission.TRANSFER_DECIDE)


@bp.get("/handovers")
@requires(*READ)
def handover_list() -> ResponseReturnValue:
    """Sheets sent and received; for the district all, those without a word apart."""
    if not (is_district(viewer()) or ties.my_carriers(viewer())):
        raise NotFound()
    tab = request.args.get("tab", "")
    tabs = {"waiting": handovers.waiting(viewer()), "late": handovers.late(viewer(), today())}
    counts = {name: handovers.how_many(statement) for name, statement in tabs.items()}
    return render_template(
        "pipeline/handovers.html", page=paginate(tabs.get(tab, handovers.visible(viewer()))),
        tab=tab, counts=counts, district=is_district(viewer()),
        unsent=handovers.unsent(viewer(), today()),
    )  # fmt: skip


def _form(firm: Firm, pairs: list[Any]) -> forms.HandoverForm:
    """The form, begun with what the last sheet said."""
    form = forms.HandoverForm()
    form.to.choices = [(to.pid, to.short_name) for _mine, to in pairs]
    if not form.is_submitted():
        asked = request.args.get("to")
        mine, to = next((pair for pair in pairs if pair[1].pid == asked), pairs[0])
        form.to.data, last = to.pid, handovers.last_of(firm, mine)
        if last is not None:
            said = package.typed(handovers.body_of(last))
            form.services.data, form.needs.data = said["services"], said["needs"]
    return form


@bp.route("/firms/<pid>/handover", methods=["GET", "POST"])
@requires(Permission.HANDOVER_SEND)
def send_handover(pid: str) -> ResponseReturnValue:
    """发企业输送单: the package is shown as it will be frozen, then one press."""
    firm = firm_queries.find(viewer(), pid)
    pairs = handovers.senders(viewer(), firm)
    if not pairs:
        raise NotFound()
    form, made = _form(firm, pairs), []
    wanted = form.to.data or pairs[0][1].pid
    pair = next((one for one in pairs if one[1].pid == wanted), None)
    if pair is None:
        raise NotFound()

    def send() -> None:
        made.append(
            service.send_handover(
                actor=viewer(), today=today(), firm=firm, sender=pair[0], receiver=pair[1],
                services=form.services.data, needs=form.needs.data,
            )
        )  # fmt: skip

    if submitted(form, "handover:send", send):
        flash(_("输送单 %(number)s 已发出。", number=made[0].number), "ok")
        return redirect(url_for(".one_handover", pid=made[0].pid), 303)
    page = render_template(
        "pipeline/handover_send.html", firm=firm, form=form, pair=pair, due=handovers.due(today()),
        told=package.assemble(viewer(), firm, today(), None, None),
        consent=bool(fields.consents([firm.id], today())),
        before=handovers.standing(firm, *pair),
    )  # fmt: skip
    return page, form.answer


def _case(row: Handover) -> HandoverCase:
    return HandoverCase(viewer(), today(), row.firm, row.from_carrier, row.to_carrier, row)


def _page(row: Handover, form: forms.ReceiptForm | None = None) -> ResponseReturnValue:
    acts = {A(o.action.value) for o in HANDOVER.offers(_case(row)) if o.refusal is None}
    opened = handovers.opened(viewer(), row)
    form = form or forms.ReceiptForm(formdata=None)
    page = render_template(
        "pipeline/handover.html", row=row, acts=acts, form=form, opened=opened,
        told=package.thaw(handovers.body_of(row), language()) if opened else None,
        contacts=package.contacts(viewer(), row.firm, today()) if opened else None,
        contacts_rows=package.contact_rows,
        late=row.state is HandoverState.SENT and row.due_on < today(),
        again=any(to.id == row.to_id for _mine, to in handovers.senders(viewer(), row.firm)),
    )  # fmt: skip
    return page, form.answer


@bp.get("/handovers/<pid>")
@requires(*READ)
def one_handover(pid: str) -> ResponseReturnValue:
    """A sheet as it was sent, and what the receiver said."""
    return _page(handovers.one(viewer(), pid))


@bp.post("/handovers/<pid>/<act>")
@requires(*READ)
def answer_handover(pid: str, act: str) -> ResponseReturnValue:
    """The receiver's word, or the sender's withdrawal."""
    row, form = handovers.one(viewer(), pid), forms.ReceiptForm()
    what = pages.known_act(act, (A.CONFIRM, A.REMARK, A.WITHDRAW))
    base: dict[str, Any] = {"actor": viewer(), "today": today(), "handover": row}

    def run() -> None:
        if what is A.WITHDRAW:
            service.withdraw_handover(**base)
        elif what is A.REMARK:
            service.remark_handover(**base, remark=form.remark.data)
        else:
            service.confirm_handover(**base, remark=form.remark.data)

    if submitted(form, f"handover:{act}", run):
        flash(_("输送单已撤回。") if what is A.WITHDRAW else _("已确认，送出方可以看到。"), "ok")
        return redirect(url_for(".one_handover", pid=pid), 303)
    return _page(row, form)


@bp.get("/handovers/<pid>/paper")
@requires(*READ)
def handover_paper(pid: str) -> ResponseReturnValue:
    """The sheet on A4, as it was sent, with signature lines."""
    row = handovers.one(viewer(), pid)
    if not handovers.opened(viewer(), row):
        raise NotFound()
    return render_template(
        "pipeline/handover_paper.html", row=row,
        told=package.thaw(handovers.body_of(row), language()),
        contacts=package.contacts(viewer(), row.firm, today()),
        contacts_rows=package.contact_rows,
    )  # fmt: skip
