"""租期 of a firm: one rule for the ring, the calendar and the warnings.

A firm can have several leases: that of its stay and one for each unit it uses. The one that is
told is the next to end, since that is the one to act upon; where none is to come, the one that
passed last. What another carrier agreed with the firm is not told.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.carriers.models import Unit
from app.core.access import AnyViewer
from app.core.db import session
from app.firms.models import Occupancy, Residency
from app.firms.queries.scope import sees_all
from app.pipeline.queries.chain import own_carriers


def runs(model: type[Residency] | type[Occupancy], day: dt.date) -> list[ColumnElement[bool]]:
    """Conditions: it runs on the day."""
    return [model.starts <= day, or_(model.ends.is_(None), model.ends > day)]


def ours(viewer: AnyViewer, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """At a carrier of one's own; anywhere for whoever sees all."""
    return true() if sees_all(viewer) else column.in_(own_carriers(viewer))


def lease_ends(viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, dt.date]:
    """firm id → the end of the lease that is told of it, for those that have one."""
    stays = (
        select(Residency.firm_id, Residency.lease_ends)
        .where(Residency.firm_id.in_(ids), Residency.lease_ends.is_not(None))
        .where(*runs(Residency, day), ours(viewer, Residency.carrier_id))
        .order_by(Residency.firm_id, Residency.id)
    )
    units = (
        select(Occupancy.firm_id, Occupancy.lease_ends)
        .join(Unit, Unit.id == Occupancy.unit_id)
        .where(Occupancy.firm_id.in_(ids), Occupancy.lease_ends.is_not(None))
        .where(*runs(Occupancy, day), ours(viewer, Unit.carrier_id))
        .order_by(Occupancy.firm_id, Occupancy.id)
    )
    found: dict[int, list[dt.date]] = {}
    for statement in (stays, units):
        for firm_id, end in session.execute(statement):
            if end is not None:
                found.setdefault(firm_id, []).append(end)
    return {firm_id: _told(ends, day) for firm_id, ends in found.items()}


def _told(ends: list[dt.date], day: dt.date) -> dt.date:
    return min((end for end in ends if end >= day), default=max(ends))
