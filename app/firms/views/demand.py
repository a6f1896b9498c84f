"""空间需求 of one firm: write it down, confirm it, end it; every version stays to be read."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.posting import apart, submitted
from app.core.text import _
from app.firms import demand_words, fields, queries, service
from app.firms.forms.demand import CloseDemandForm, DemandForm
from app.firms.forms.milestone import ConfirmForm, VoidForm
from app.firms.models import Demand, DemandEnd, DemandState, Firm
from app.firms.queries import demand as reads
from app.firms.queries.demand import LONG_DAYS, demands_of, find_demand, known_of
from app.firms.views.blueprint import bp

RECORD = (Permission.FIRM_RECORD, Permission.FIRM_VERIFY)


def _blank(firm: Firm, row: Demand | None) -> DemandForm:
    """The form of the open search, or a new one with what is known."""
    if row is not None:
        return DemandForm(formdata=None, obj=row)
    form = DemandForm(formdata=None, data={"opened_on": today()})
    for name, value in known_of(firm, today()).values.items():
        form[name].process_data(value)
    return form


def _told(row: Demand) -> list[tuple[dt.datetime, demand_words.Facts]]:
    """When a search was written down and what each later version changed, the latest first."""
    held = reads.versions(row)
    told = [(at, demand_words.differences(old, new)) for (new, at), (old, _at) in pairwise(held)]
    return [one for one in told if one[1]]


def _page(firm: Firm, **typed: Any) -> ResponseReturnValue:
    """The page with its forms; one that was refused stands as it was typed."""
    rows, may = demands_of(viewer(), firm, today()), fields.may_record(viewer(), firm.id, today())
    row = rows[0] if rows and rows[0].state is DemandState.OPEN else None
    form = typed.get("form") or _blank(firm, row)
    ending = typed.get("ending") or apart(CloseDemandForm(formdata=None, obj=row), "end")
    if not ending.on.data:
        ending.on.data = today()
    void = typed.get("void") or apart(VoidForm(formdata=None, obj=row), "void")
    again = typed.get("again") or ConfirmForm(formdata=None)
    page = render_template(
        "firms/demand.html", firm=firm, rows=rows, row=row, may=may, form=form, ending=ending,
        void=void, again=again, words=demand_words,
        sources={} if row else known_of(firm, today()).sources,
        told={one.id: _told(one) for one in rows}, now=today(), long=LONG_DAYS,
        consent=bool(fields.consents([firm.id], today())),
    )  # fmt: skip
    return page, max(one.answer for one in (form, ending, void, again))


def _firm(pid: str) -> Firm:
    firm = queries.find(viewer(), pid)
    fields.need_record(viewer(), firm.id, today())
    return firm


@bp.get("/firms/<pid>/demand")
@requires(Permission.FIRM_READ)
def demand(pid: str) -> ResponseReturnValue:
    """What the firm needs and needed, for whoever may know it."""
    return _page(queries.find(viewer(), pid))


@bp.post("/firms/<pid>/demand")
@requires(*RECORD)
def demand_save(pid: str) -> ResponseReturnValue:
    """Write it down; what it said before stays in the history."""
    firm, form = _firm(pid), DemandForm()
    row = reads.open_of(firm.id)

    def save() -> None:
        service.record_demand(
            actor=viewer(), today=today(), firm=firm, rev=form.rev.data,
            opened_on=form.opened_on.data, **form.said(),
        )  # fmt: skip

    if submitted(form, "demand:save", save, record=row):
        flash(_("空间需求已保存。"), "ok")
        return redirect(url_for("firms.demand", pid=pid), 303)
    return _page(firm, form=form)


@bp.post("/firms/<pid>/demand/<demand_pid>/close")
@requires(*RECORD)
def demand_close(pid: str, demand_pid: str) -> ResponseReturnValue:
    """The search is over."""
    firm = _firm(pid)
    row = find_demand(viewer(), firm, demand_pid, today())
    form = apart(CloseDemandForm(), "end")

    def close() -> None:
        service.close_demand(
            actor=viewer(), today=today(), demand=row, reason=DemandEnd(form.reason.data or ""),
            on=form.on.data, note=form.note.data, rev=form.rev.data,
        )  # fmt: skip

    if submitted(form, "demand:close", close, form.note.data, row):
        flash(
            _("空间需求已结束：%(why)s。", why=row.end_reason.label if row.end_reason else ""), "ok"
        )
        return redirect(url_for("firms.demand", pid=pid), 303)
    return _page(firm, ending=form)


@bp.post("/firms/<pid>/demand/<demand_pid>/reopen")
@requires(*RECORD)
def demand_reopen(pid: str, demand_pid: str) -> ResponseReturnValue:
    """A search ended too early goes on."""
    firm = _firm(pid)
    row = find_demand(viewer(), firm, demand_pid, today())
    form = ConfirmForm()

    def reopen() -> None:
        service.reopen_demand(actor=viewer(), today=today(), demand=row, rev=form.rev.data)

    if submitted(form, "demand:reopen", reopen, record=row):
        flash(_("空间需求已重新打开。"), "ok")
        return redirect(url_for("firms.demand", pid=pid), 303)
    return _page(firm, again=form)


@bp.post("/firms/<pid>/demand/<demand_pid>/void")
@requires(*RECORD)
def demand_void(pid: str, demand_pid: str) -> ResponseReturnValue:
    """作废 of a wrong entry, with a reason."""
    firm = _firm(pid)
    row = find_demand(viewer(), firm, demand_pid, today())
    form = apart(VoidForm(), "void")

    def void() -> None:
        service.void_entry(
            actor=viewer(), today=today(), row=row, reason=form.reason.data, rev=form.rev.data
        )

    if submitted(form, "demand:void", void, form.reason.data, row):
        flash(_("已作废，原记录可在变动记录中查看。"), "ok")
        return redirect(url_for("firms.demand", pid=pid), 303)
    return _page(firm, void=form)
