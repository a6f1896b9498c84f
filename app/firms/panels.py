"""What this room puts on the firm's page: the form 记一笔 and the ways into the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import Flask, request, url_for

from app.carriers.models import Return, ReturnState
from app.carriers.queries.returns import returns
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.filters import period
from app.core.panels import NavEntry, Panel, Todo, registry
from app.core.text import N_, _
from app.firms import demand_words
from app.firms.fields import consents, may_record
from app.firms.forms.milestone import MilestoneForm, for_kind
from app.firms.models import Firm, InvestorKind, MilestoneKind, MoneyState
from app.firms.queries.demand import LONG_DAYS, demands_of, may_read, unconfirmed
from app.firms.queries.milestones import last_logged

RETURNS = (Permission.RETURN_SUBMIT, Permission.RETURN_CHECK, Permission.CARRIER_FIGURES)


def kind_asked(viewer: AnyViewer) -> MilestoneKind:
    """The kind named in the address or form, else the one last used, else financing."""
    named = request.values.get("kind", "")
    if named in {kind.value for kind in MilestoneKind}:
        return MilestoneKind(named)
    last = last_logged(viewer)
    return last.kind if last is not None else MilestoneKind.FINANCING


#: Words kept from the entry before, since the next one is mostly alike.
KEPT = ("investor", "ip_type", "obtained", "title", "level", "incident", "deal")


def blank_form(viewer: AnyViewer, kind: MilestoneKind, day: dt.date) -> MilestoneForm:
    """An empty form of a kind: dated today, its words as in the viewer's last entry."""
    made: dict[str, Any] = {"day": day, "granted_on": day, "issued_on": day}
    if kind is MilestoneKind.FINANCING:
        made |= {"investor": InvestorKind.VENTURE, "money_state": MoneyState.RECEIVED}
    last = last_logged(viewer)
    if last is not None and last.kind is kind:
        made |= {name: getattr(last, name) for name in KEPT if getattr(last, name) is not None}
    form = for_kind(kind)(formdata=None)
    for name, value in made.items():
        if name in form.quick:
            form[name].process_data(value)
    return form


def log_data(firm: Firm, form: MilestoneForm) -> dict[str, Any]:
    """What the form's template needs."""
    kinds = [
        (
            kind.label,
            url_for("firms.log", pid=firm.pid, kind=kind.value),
            kind is form.kind,
            kind.value,
        )
        for kind in MilestoneKind
    ]
    return {"form": form, "kinds": kinds, "kind": form.kind}


def firm_panels(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterable[Panel]:
    """记一笔, for those who may write to the file."""
    if may_record(viewer, firm.id, day):
        form = blank_form(viewer, kind_asked(viewer), day)
        yield Panel("log", "firms/log_panel.html", log_data(firm, form), 10, "side")
    if may_read(viewer, firm.id, day):
        yield Panel("demand", "firms/demand_panel.html", demand_data(viewer, firm, day), 18, "side")


def demand_data(viewer: AnyViewer, firm: Firm, day: dt.date) -> dict[str, Any]:
    """空间需求 at a glance: the open search, else how the last one ended."""
    rows = demands_of(viewer, firm, day)
    row = rows[0] if rows and rows[0].closed_on is None else None
    return {
        "pid": firm.pid, "row": row, "last": rows[0] if rows and row is None else None,
        "age": (day - row.opened_on).days if row else 0, "long": LONG_DAYS, "words": demand_words,
        "may": may_record(viewer, firm.id, day), "consent": bool(consents([firm.id], day)),
    }  # fmt: skip


def firm_actions(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterable[dict[str, Any]]:
    """The way to the register entry."""
    if may_record(viewer, firm.id, day):
        url = url_for("firms.edit", pid=firm.pid)
        yield {"text": _("登记信息"), "url": url, "icon": "pencil-square", "position": 80}
        url = url_for("firms.figures", pid=firm.pid)
        yield {"text": _("填报数据"), "url": url, "icon": "grid-3x3", "position": 81}
        url = url_for("firms.stated", pid=firm.pid)
        yield {"text": _("自述数据"), "url": url, "icon": "clipboard-check", "position": 83}
        url = url_for("firms.demand", pid=firm.pid)
        yield {"text": _("空间需求"), "url": url, "icon": "building", "position": 84}
        url = url_for("firms.promises", pid=firm.pid)
        yield {"text": _("填报承诺"), "url": url, "icon": "clipboard-check", "position": 82}


def todos(viewer: AnyViewer, day: dt.date) -> Iterable[Todo]:
    """Returns to file, with what the district said about those sent back; old searches for room."""
    if viewer.may(Permission.FIRM_RECORD):
        yield from _demand_todos(viewer, day)
    if not viewer.may(Permission.CARRIER_FIGURES):
        return
    mine = returns(viewer).where(Return.state.in_((ReturnState.DRAFT, ReturnState.RETURNED)))
    for one in session.scalars(mine):
        yield Todo(
            due=one.due_on,
            title=_("报送%(period)s报表", period=period(one)),
            detail=one.reason or one.state.label,
            subject=one.carrier.short_name,
            url=url_for("firms.return_sheet", pid=one.pid),
            action=_("填报"),
            primary=one.due_on <= day,
        )


def _demand_todos(viewer: AnyViewer, day: dt.date) -> Iterable[Todo]:
    """Searches of the viewer's own firms that nobody has confirmed for long."""
    for row in unconfirmed(viewer, day):
        yield Todo(
            due=row.checked_on + dt.timedelta(days=LONG_DAYS),
            title=_("确认空间需求"),
            detail=_("提出于 %(day)s，还没有解决", day=row.opened_on.isoformat()),
            subject=row.firm.short_name,
            url=url_for("firms.demand", pid=row.firm.pid),
            action=_("确认"),
        )


def init_app(app: Flask) -> None:
    """Register the room's parts of the firm's page."""
    registry(app).firm.append(firm_panels)
    registry(app).firm_actions.append(firm_actions)
    registry(app).todos.append(todos)
    registry(app).nav.append(
        NavEntry(
            group=N_("报表与标准"),
            text=N_("季报 · 年报"),
            endpoint="firms.returns_list",
            icon="file-earmark-ruled",
            position=70,
            shows=lambda v: any(v.may(p) for p in RETURNS),
        )
    )
