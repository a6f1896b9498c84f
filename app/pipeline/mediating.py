"""What mediations add to the rail, the to-dos, the changes and the pages of claims and firms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask, url_for

from app.core.access import AnyViewer, Permission
from app.core.days import today
from app.core.kept import kept_count
from app.core.panels import Change, NavEntry, Todo, registry
from app.core.text import N_, _
from app.firms.models import Firm
from app.pipeline.models import Mediation, MediationState
from app.pipeline.moves.cases import MediationCase
from app.pipeline.moves.mediation import MEDIATION
from app.pipeline.queries import mediations, ties
from app.pipeline.rail import GROUP, shows
from app.pipeline.words import MediationAct

P = Permission


def doorway(viewer: AnyViewer, firm: Firm, day: dt.date) -> dict[str, Any]:
    """For a side: the mediation of the firm that goes on, or whether one may be asked for."""
    mine = mediations.parties(viewer, firm, day) if viewer.may(P.MEDIATION_ASK) else []
    if not mine:
        return {"running": None, "ask": False}
    running = mediations.running(viewer, firm, day)
    case = MediationCase(viewer, day, firm, mine[0])
    may = running is None and MEDIATION.refusal(MediationAct.ASK, case) is None
    return {"running": running, "ask": may}


def _url(row: Mediation) -> str:
    return url_for("pipeline.one_mediation", pid=row.pid)


def firm_actions(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[dict[str, Any]]:
    """提请协调 on the firm's page, or the way to the one that goes on."""
    door = doorway(viewer, firm, day)
    if door["running"] is not None:
        url = _url(door["running"])
        yield {"text": _("看意向协调"), "url": url, "icon": "people", "position": 50}
    elif door["ask"]:
        url = url_for("pipeline.ask_mediation", pid=firm.pid)
        yield {"text": MediationAct.ASK.label, "url": url, "icon": "people", "position": 50}


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """Opinions that the district owes; wishes that a firm's carrier has not recorded."""
    if viewer.may(P.MEDIATION_ADVISE):
        yield from _owed(viewer, day)
    elif viewer.may(P.MEDIATION_ASK):
        mine = {carrier.id for carrier in ties.my_carriers(viewer)}
        for row in mediations.waiting(day, mine):
            if not row.wish:
                yield Todo(
                    row.due_on, MediationAct.WISH.label, _("已提请意向协调"), row.firm.short_name,
                    _url(row), _("登记"),
                )  # fmt: skip


def _owed(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """A second opinion is another person's than the first."""
    for row in mediations.waiting(day):
        again = row.state is MediationState.AGAIN
        side = row.again_by if again and row.again_by else row.asked_by
        if again and not _writes_again(viewer, row, day):
            continue
        act = MediationAct.READVISE if again else MediationAct.ADVISE
        yield Todo(
            row.due_on, _("意向协调"), _("%(side)s提请", side=side.short_name),
            row.firm.short_name, _url(row), act.label, True,
        )  # fmt: skip


def _writes_again(viewer: AnyViewer, row: Mediation, day: dt.date) -> bool:
    case = MediationCase(viewer, day, row.firm, None, row, stands=row.state)
    return MEDIATION.refusal(MediationAct.READVISE, case) is None


def changes(viewer: AnyViewer, since: dt.date) -> Iterator[Change]:
    """What the district said to the viewer's carriers."""
    if not viewer.may(P.MEDIATION_ASK):
        return
    for one, at in mediations.said_since(viewer, since, today()):
        yield Change(
            at=at, subject=one.mediation.firm.short_name, url=_url(one.mediation),
            text=_("协调意见 %(number)s", number=one.number),
            who=one.author.name if one.author else "",
        )  # fmt: skip


def _count(viewer: AnyViewer) -> int | None:
    return sum(one.live for one in mediations.told(viewer, today())) or None


def init_app(app: Flask) -> None:
    """Register them."""
    held = registry(app)
    held.firm_actions.append(firm_actions)
    held.todos.append(todos)
    held.changes.append(changes)
    held.nav.append(
        NavEntry(
            GROUP, N_("意向协调"), "pipeline.mediation_list", "people", 37,
            shows(P.MEDIATION_ASK, district=P.MEDIATION_ADVISE), kept_count(_count),
            seldom=True,
        )
    )  # fmt: skip
