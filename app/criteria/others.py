"""Every other standard on the firm's page, in words, each opening its sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import Flask, url_for

from app.core.access import AnyViewer
from app.core.panels import Panel, registry
from app.criteria.panels import FLAGS
from app.criteria.queries import in_force, outcomes
from app.firms import fields
from app.firms.models import Firm


def panels(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[Panel]:
    """Name and outcome of each standard that has no flag; sheets only where figures are open."""
    seen = fields.open_to(viewer, firm.id, day)
    if "outcomes" not in seen:
        return
    rules = [rule for rule in sorted(in_force(day)) if rule not in FLAGS]
    found = outcomes(rules, [firm.id], day).get(firm.id, [])
    values = "values" in seen
    items = [
        (name, shown, url_for("criteria.sheet", pid=firm.pid, rule=rule) if values else None)
        for rule, name, shown in found
    ]
    if items:
        yield Panel("standards", "criteria/others.html", {"items": items}, 40, "main")


def init_app(app: Flask) -> None:
    """Register the panel."""
    registry(app).firm.append(panels)
