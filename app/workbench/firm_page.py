"""The firm's page: one screen made of every room's panels."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.core.access import Viewer
from app.core.db import session
from app.core.panels import Panel, collect, registry
from app.core.terms import term
from app.firms.models import Firm, FirmName

PLACES = ("path", "flags", "main", "side")


@dataclass
class FirmPage:
    """What the page shows, by place."""

    firm: Firm
    facts: list[str]
    former: list[str]
    actions: list[dict[str, Any]]
    panels: dict[str, list[Panel]] = field(default_factory=dict)


def build(viewer: Viewer, firm: Firm, day: dt.date) -> FirmPage:
    """The page of a firm for this viewer; each room decides what the viewer may see."""
    found = collect(registry().firm, viewer, firm, day)
    actions = collect(registry().firm_actions, viewer, firm, day)
    places = {
        place: sorted((p for p in found if p.place == place), key=lambda p: p.position)
        for place in PLACES
    }
    actions.sort(key=lambda a: (bool(a.get("why_not")), a.get("position", 50)))
    facts = [term("sector", firm.sector), term("industry", firm.industry)]
    return FirmPage(firm, [f for f in facts if f], _former(firm), actions, places)


def _former(firm: Firm) -> list[str]:
    names = select(FirmName.name).where(FirmName.firm_id == firm.id)
    return list(session.scalars(names.order_by(FirmName.starts.desc())))
