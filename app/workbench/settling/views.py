"""Pages of 待安置 and 整体转入."""

from __future__ import annotations

import datetime as dt

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.carriers import queries as carriers
from app.carriers.models import Carrier
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import session
from app.core.errors import NotFound
from app.core.paging import page_of
from app.core.posting import submitted
from app.core.text import _
from app.firms.queries.scope import sees_all
from app.pipeline import service
from app.pipeline.service.resettling import Line, Plan, plan
from app.workbench.blueprint import bp
from app.workbench.leaving.tabs import tabs
from app.workbench.settling import listing
from app.workbench.settling.forms import ResettleForm
from app.workbench.settling.listing import Asked, Ending


@bp.get("/settling", endpoint="settling")
@requires(Permission.RESIDENCY_MOVE, Permission.TRANSFER_DECIDE)
def waiting() -> ResponseReturnValue:
    """待安置: of one's own carriers, of those that one's own go on with, or all."""
    every, asked = listing.rows(viewer(), today()), Asked.read()
    return render_template(
        "workbench/settling/list.html", tabs=tabs("settling"), asked=asked,
        page=page_of([one for one in every if asked.meets(one)]), every=every,
        carriers=listing.by_carrier(every), when=listing.WHEN, wants=listing.WANTS,
        decides=viewer().may(Permission.TRANSFER_DECIDE), district=sees_all(viewer()),
    )  # fmt: skip


@bp.route("/settling/<pid>", methods=["GET", "POST"])
@requires(Permission.TRANSFER_DECIDE)
def resettle(pid: str) -> ResponseReturnValue:
    """整体转入: what would happen to each firm, and with the second button that it happens."""
    carrier = carriers.find(viewer(), pid)
    ending = listing.endings(today()).get(carrier.id)
    if ending is None:
        raise NotFound()
    form = _form(carrier, ending)
    chosen = request.form.getlist("id") if form.is_submitted() else None
    done: list[int] = []

    def run() -> None:
        receiver = carriers.find_public(form.receiver.data)
        made = service.resettle(
            actor=viewer(), today=today(), carrier=carrier, receiver=receiver,
            day=form.day.data or today(), chosen=chosen or (), remark=form.remark,
            seen=form.seen.data or "",
        )  # fmt: skip
        done.append(len(made))

    if request.form.get("step") == "commit" and submitted(form, "firm:resettle", run, form.remark):
        flash(_("已转入 %(n)s 家。", n=done[0]), "ok")
        return redirect(url_for("workbench.settling", carrier=pid), 303)
    if request.form.get("step") == "preview":
        form.validate()
    shown = _plan(form, carrier, chosen)
    if shown is not None and shown.refusal is not None:
        if form.refused is None:
            form.refuse(shown.refusal)
        shown = None
    page = render_template(
        "workbench/settling/resettle.html", carrier=carrier, ending=ending, form=form, plan=shown,
        notes=notes, ticked=None if chosen is None else set(chosen),
        bare=[] if shown else listing.by_carrier(listing.rows(viewer(), today())).get(ending, []),
    )  # fmt: skip
    return page, form.answer if form.is_submitted() else 200


def _form(carrier: Carrier, ending: Ending) -> ResettleForm:
    day = today()
    found = _receivers(carrier, day)
    heir = ending.heir_pid if ending.heir_pid in dict(found) else ""
    form = ResettleForm(data={"receiver": heir, "day": min(ending.day, day)})
    form.offer(found)
    return form


def _receivers(carrier: Carrier, day: dt.date) -> list[tuple[str, str]]:
    """Carriers of the same tier whose registration stands."""
    ended = listing.endings(day)
    statement = (
        select(Carrier.pid, Carrier.name, Carrier.id)
        .where(Carrier.tier == carrier.tier, Carrier.id != carrier.id)
        .order_by(Carrier.sort_key, Carrier.id)
    )
    return [
        (pid, name)
        for pid, name, number in session.execute(statement)
        if number not in ended or ended[number].announced
    ]


def _plan(form: ResettleForm, carrier: Carrier, chosen: list[str] | None) -> Plan | None:
    """The preview of what the form says; None while it names nobody to receive or no day."""
    if not form.receiver.data or form.day.data is None or form.receiver.errors:
        return None
    receiver = carriers.find_public(form.receiver.data)
    return plan(
        actor=viewer(), today=today(), carrier=carrier, receiver=receiver, day=form.day.data,
        chosen=chosen,
    )  # fmt: skip


def notes(line: Line, found: Plan) -> list[str]:
    """What goes with a firm, in words."""
    tie, told = line.tie, []
    if tie.incubated_on is not None:
        told.append(_("入孵日期 %(day)s 不变", day=tie.incubated_on.isoformat()))
    if tie.last_day is not None:
        told.append(_("孵化时限接着算，至 %(day)s", day=tie.last_day.isoformat()))
    if line.accepted is not None:
        told.append(
            _("企业已选定〔%(carrier)s〕，选定照旧", carrier=line.accepted.carrier.short_name)
        )
    elif line.claims:
        told.append(_("%(n)s 项承接意向照旧", n=len(line.claims)))
    if any(one.carrier_id == found.receiver.id for one in line.claims):
        told.append(_("接收方自己的意向记为完成"))
    for asked in line.requests:
        told.append(_("〔%(carrier)s〕的转入申请随之结束", carrier=asked.to_carrier.short_name))
    if line.pushed:
        told.append(_("推送结束，由接收载体重新推送"))
    if line.others:
        told.append(_("另有 %(n)s 条入驻关系同日结束", n=line.others))
    return told
