"""Registered carriers as of a day, computed from their dated acts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from app.carriers.models import Carrier, CarrierStatus, StatusAct
from app.core.db import known, session

#: Acts after which a carrier counts as registered. 变更 leaves the standing as it was.
STANDING = (StatusAct.REGISTERED, StatusAct.RESUMED)


def registered(day: dt.date, tier: int | None = None, cut: int | None = None) -> Select[int]:
    """Ids of the carriers registered at the end of a day, as known at a cut."""
    carriers = known(Carrier, cut)
    last = known(CarrierStatus, cut, "acts").alias("last_act")
    later = known(CarrierStatus, cut, "acts").alias("later_act")
    newer = (
        select(later.c.id)
        .where(
            later.c.carrier_id == last.c.carrier_id,
            later.c.act != StatusAct.CHANGED,
            later.c.day <= day,
            or_(later.c.day > last.c.day, and_(later.c.day == last.c.day, later.c.id > last.c.id)),
        )
        .exists()
    )
    statement = (
        select(carriers.c.id)
        .join(last, last.c.carrier_id == carriers.c.id)
        .where(last.c.day <= day, last.c.act.in_(STANDING), ~newer)
    )
    if tier is not None:
        statement = statement.where(carriers.c.tier == tier)
    return statement.order_by(carriers.c.id)


def count_registered(day: dt.date, tier: int | None = None, cut: int | None = None) -> int:
    """How many carriers were registered at the end of a day."""
    inner = registered(day, tier, cut).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


def standings(day: dt.date, ids: list[int]) -> dict[int, Any]:
    """carrier id → its last act by a day, 变更 left out."""
    statement = (
        select(CarrierStatus)
        .where(
            CarrierStatus.carrier_id.in_(ids),
            CarrierStatus.day <= day,
            CarrierStatus.act != StatusAct.CHANGED,
        )
        .order_by(CarrierStatus.day, CarrierStatus.id)
    )
    return {act.carrier_id: act for act in session.scalars(statement)}


def standing(carrier_id: int, day: dt.date) -> CarrierStatus | None:
    """The last act on a carrier's registration by a day, 变更 left out."""
    return standings(day, [carrier_id]).get(carrier_id)
