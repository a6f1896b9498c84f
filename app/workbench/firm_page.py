"""The firm's page: one screen made of every room's panels."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.core.access import Viewer
from app.core.db import session
from app.core.filters import day as day_text
from app.core.panels import Panel, collect, registry
from app.core.terms import term
from app.core.text import N_, _
from app.firms import fields
from app.firms.models import Firm, FirmKind, FirmName
from app.pipeline.queries.ties import stage_now
from app.pipeline.stage import Stage

CRUMBS = {
    Stage.REGISTERED: N_("已登记企业"),
    Stage.INCUBATING: N_("在孵企业"),
    Stage.GRADUATED: N_("毕业企业"),
    Stage.ACCELERATING: N_("加速期企业"),
    Stage.SETTLED: N_("落地企业"),
    Stage.LEFT: N_("已离园企业"),
}
PLACES = ("path", "flags", "main", "side")


@dataclass
class FirmPage:
    """What the page shows, by place."""

    firm: Firm
    crumb: str
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
    _one_primary(actions)
    return FirmPage(
        firm, crumb(firm, day), _facts(viewer, firm, day), _former(firm), actions, places
    )


def _facts(viewer: Viewer, firm: Firm, day: dt.date) -> list[str]:
    """The line under the name; the register entry only where the relation opens it."""
    facts: list[str | None] = [term("sector", firm.sector)]
    if "profile" in fields.open_to(viewer, firm.id, day):
        founded = firm.founded_on
        facts = [
            _("成立 %(day)s", day=day_text(founded)) if founded else None,
            *facts,
            term("industry", firm.industry),
        ]
    return [fact for fact in facts if fact]


def _one_primary(actions: list[dict[str, Any]]) -> None:
    """A head has one filled button at most: the first that asks for it."""
    asked = [action for action in actions if action.get("primary")]
    for action in asked[1:]:
        action["primary"] = False


def crumb(firm: Firm, day: dt.date) -> str:
    """What the firm is today, in a word: 在孵企业, 毕业企业 …; a team stays a team."""
    if firm.kind is not FirmKind.FIRM:
        return firm.kind.label
    return _(CRUMBS[stage_now(firm, day)])


def _former(firm: Firm) -> list[str]:
    names = select(FirmName.name).where(FirmName.firm_id == firm.id)
    return list(session.scalars(names.order_by(FirmName.starts.desc())))
