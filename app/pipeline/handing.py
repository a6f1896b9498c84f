"""What handover sheets add to the rail, the to-dos, the changes and the firm's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask, url_for

from app.core.access import AnyViewer, Permission
from app.core.days import today
from app.core.kept import kept_count
from app.core.panels import Change, NavEntry, Panel, Todo, registry
from app.core.text import N_, _
from app.firms.models import Firm
from app.pipeline.models import Handover
from app.pipeline.queries import handovers
from app.pipeline.rail import GROUP, shows
from app.pipeline.words import HandoverAct

P = Permission


def _url(row: Handover) -> str:
    return url_for("pipeline.one_handover", pid=row.pid)


def firm_panels(viewer: AnyViewer, firm: Firm, _day: dt.date) -> Iterator[Panel]:
    """The sheets on the firm that the viewer reads."""
    if viewer.may(P.HANDOVER_SEND) or viewer.may(P.TRANSFER_DECIDE):
        rows = handovers.of_firm(viewer, firm)
        if rows:
            yield Panel("handovers", "pipeline/handover_panel.html", {"rows": rows}, 26, "side")


def firm_actions(viewer: AnyViewer, firm: Firm, _day: dt.date) -> Iterator[dict[str, Any]]:
    """发企业输送单, once the firm has chosen or has gone; in front until one stands."""
    if not viewer.may(P.HANDOVER_SEND):
        return
    pairs = handovers.senders(viewer, firm)
    if pairs:
        sent = all(handovers.standing(firm, *pair) for pair in pairs)
        url = url_for("pipeline.send_handover", pid=firm.pid)
        yield {"text": HandoverAct.SEND.label, "url": url, "icon": "send",
               "position": 55 if sent else 13}  # fmt: skip


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """Sheets to confirm and to send; for the district those without a word past their day."""
    if viewer.may(P.HANDOVER_CONFIRM):
        for row in handovers.rows(handovers.to_confirm(viewer)):
            yield Todo(
                row.due_on, _("确认企业输送单"),
                _("%(from_)s 发来 %(number)s", from_=row.from_carrier.short_name,
                  number=row.number),
                row.firm.short_name, _url(row), _("确认"),
            )  # fmt: skip
    if viewer.may(P.HANDOVER_SEND):
        for claim in handovers.unsent(viewer, day):
            since = claim.accepted_on or day
            yield Todo(
                handovers.due(since), HandoverAct.SEND.label,
                _("企业已选定%(park)s", park=claim.carrier.short_name), claim.firm.short_name,
                url_for("pipeline.send_handover", pid=claim.firm.pid), _("发送"),
            )  # fmt: skip
    if viewer.may(P.TRANSFER_DECIDE):
        late = handovers.late(viewer, day)
        for first in handovers.rows(late, 1):
            told = _("%(n)s 份，接收方超期未答复", n=handovers.how_many(late))
            yield Todo(
                first.due_on, _("输送单未确认"), told,
                _("企业输送单"), url_for("pipeline.handover_list", tab="late"), _("查看"),
            )  # fmt: skip


def changes(viewer: AnyViewer, since: dt.date) -> Iterator[Change]:
    """What receivers said of the sheets that the viewer's carriers sent."""
    if not viewer.may(P.HANDOVER_SEND):
        return
    for row, at in handovers.answered(viewer, since):
        yield Change(
            at=at, subject=row.firm.short_name, url=_url(row), who=row.to_carrier.short_name,
            text=_("企业输送单：%(state)s", state=row.state.label),
        )  # fmt: skip


def _count(viewer: AnyViewer) -> int | None:
    """What waits for the viewer: sheets to confirm, for the district those that are late."""
    district = viewer.may(P.TRANSFER_DECIDE)
    waits = handovers.late(viewer, today()) if district else handovers.to_confirm(viewer)
    return handovers.how_many(waits) or None


def init_app(app: Flask) -> None:
    """Register them."""
    held = registry(app)
    held.firm.append(firm_panels)
    held.firm_actions.append(firm_actions)
    held.todos.append(todos)
    held.changes.append(changes)
    held.nav.append(
        NavEntry(
            GROUP, N_("企业输送单"), "pipeline.handover_list", "file-earmark-text", 38,
            shows(P.HANDOVER_SEND, district=P.TRANSFER_DECIDE), kept_count(_count),
            seldom=True,
        )
    )  # fmt: skip
