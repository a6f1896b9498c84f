"""Conditions of the list of firms that the figures of the workbench open."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask, g
from sqlalchemy import ColumnElement, Select, exists, or_, select

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.core.panels import Filter, registry
from app.core.text import N_, _
from app.firms.models import Firm, Residency
from app.pipeline.models import Push
from app.pipeline.stage import Stage, stages


def tiers(viewer: AnyViewer) -> frozenset[int]:
    """Tiers of the carriers the viewer acts for. Read once a request."""
    held: dict[str, frozenset[int]] = g.setdefault("own_tiers", {})
    if viewer.code not in held:
        own = select(Carrier.tier).where(Carrier.organisation_id.in_(viewer.organisation_ids))
        held[viewer.code] = frozenset(session.scalars(own.order_by(Carrier.id)))
    return held[viewer.code]


def tied_here(viewer: AnyViewer, day: dt.date) -> ColumnElement[bool]:
    """Condition on Firm: its counted tie of the day is at a carrier of the viewer's."""
    return Firm.id.in_(
        select(Residency.firm_id)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(
            Carrier.organisation_id.in_(viewer.organisation_ids),
            Residency.counted,
            Residency.starts <= day,
            or_(Residency.ends.is_(None), Residency.ends > day),
        )
    )


def here(statement: Select[Any], viewer: AnyViewer, _value: str, day: dt.date) -> Select[Any]:
    """Firms counted at the viewer's own carriers today."""
    return statement.where(tied_here(viewer, day))


def pushed(statement: Select[Any], _viewer: AnyViewer, _value: str, day: dt.date) -> Select[Any]:
    """Firms that a carrier shows to accelerators and parks today."""
    return statement.where(
        exists().where(
            Push.firm_id == Firm.id,
            Push.starts <= day,
            or_(Push.ends.is_(None), Push.ends > day),
        )
    )


def stage(statement: Select[Any], _viewer: AnyViewer, value: str, day: dt.date) -> Select[Any]:
    """Firms and teams in a stage of the chain."""
    told = stages(day, firms=statement.with_only_columns(Firm.id).order_by(None))
    return statement.where(Firm.id.in_(select(told.c.firm_id).where(told.c.stage == value)))


def init_app(app: Flask) -> None:
    """Register the conditions that no room below has registered itself."""
    held = registry(app)
    taken = {one.key for one in held.filters}
    offered = (
        Filter("stage", N_("阶段"), Stage.choices, stage, 10),
        Filter("here", N_("归属"), lambda: [("1", _("本单位"))], here, 12),
        Filter("pushed", N_("推送"), lambda: [("1", _("推送中"))], pushed, 16),
    )
    held.filters += [one for one in offered if one.key not in taken]
