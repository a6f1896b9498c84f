"""What the rule book adds to the firm's page and to the list of firms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask, url_for

from app.core.access import AnyViewer
from app.core.panels import Column, Panel, registry
from app.core.shell import has_endpoint
from app.core.text import N_
from app.criteria import showing
from app.criteria.queries import assess_many, assess_rules, in_force
from app.criteria.verdict import Ask, Verdict
from app.firms import fields
from app.firms.models import Firm

GRADUATION = "incubator.graduation"
#: rules that stand as flags under a firm's stage path, in this order
FLAGS = (GRADUATION, "tech_sme", "incubator.near_graduate", "park.ready", "incubator.clock")
#: kind of entry → page of the firms room where it is made
ENTRIES = {"milestone": "firms.log", "figures": "firms.figures", "attestation": "firms.attest"}


def panels(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[Panel]:
    """Flags and the sheet of graduation conditions; words only where the relation says so."""
    seen = fields.open_to(viewer, firm.id, day)
    if "outcomes" not in seen:
        return
    values = "values" in seen
    standing = in_force(day)
    rules = [rule for rule in FLAGS if rule in standing]
    if not rules:
        return
    verdicts = assess_rules(rules, firm.id, day)
    items = [
        (
            str(one.standard.short),
            one.display,
            str(one.reason) if values else None,
            url_for("criteria.sheet", pid=firm.pid, rule=one.rule) if values else None,
        )
        for one in verdicts
    ]
    yield Panel("flags", "criteria/flags.html", {"items": items}, 20, "flags")
    for one in verdicts:
        if one.rule == GRADUATION:
            yield Panel("check", "criteria/check.html", check(one, firm, values), 10, "main")


def check(verdict: Verdict, firm: Firm, values: bool) -> dict[str, Any]:
    """Data of the sheet's panel."""
    return {
        "verdict": verdict,
        "rows": showing.rows(verdict),
        "values": values,
        "entry": entry(verdict.ask, firm) if values else None,
    }


def entry(ask: Ask | None, firm: Firm) -> str | None:
    """Where the next thing is entered."""
    if ask is None:
        return None
    endpoint = ENTRIES.get(ask.kind, "")
    if not has_endpoint(endpoint):
        return None
    return url_for(endpoint, pid=firm.pid)


def cells(viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, Any]:
    """Outcome of the graduation conditions for a page of firms, reason where it may be seen."""
    seen = fields.open_to_each(viewer, ids, day)
    if GRADUATION not in in_force(day):
        return {}
    found = assess_many(GRADUATION, ids, day)
    return {
        firm_id: {
            "display": one.display,
            "reason": str(one.reason) if "values" in seen.get(firm_id, ()) else None,
        }
        for firm_id, one in found.items()
        if "outcomes" in seen.get(firm_id, ())
    }


def init_app(app: Flask) -> None:
    """Register panel and column."""
    held = registry(app)
    held.firm.append(panels)
    held.columns.append(
        Column(
            "graduation",
            N_("毕业条件"),
            cells=cells,
            template="criteria/cell.html",
            position=30,
        )
    )
