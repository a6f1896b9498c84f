"""Registered carriers as of a day, computed from their dated acts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from app.carriers.models import Carrier, CarrierStatus, StatusAct
from app.core.db import known, session
from app.core.kept import kept

#: Acts after which a carrier counts as registered. 变更 leaves the standing as it was.
STANDING = (StatusAct.REGISTERED, StatusAct.RESUMED)
#: Acts that end a registration: such a carrier takes in nobody, and its firms are to be settled.
OVER = (StatusAct.WITHDRAWN, StatusAct.CLOSED)


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


def over(day: dt.date) -> dict[int, CarrierStatus]:
    """carrier id → the act that ended its registration by a day, and that still stands."""
    return {k: act for k, act in _last_acts(day).items() if act.act in OVER}


def _last_acts(day: dt.date) -> dict[int, CarrierStatus]:
    """Of carriers that were ever 取消 or 注销: the last act by a day, 变更 left out."""
    ended = select(CarrierStatus.carrier_id).where(CarrierStatus.act.in_(OVER))
    return standings(day, list(session.scalars(ended.order_by(CarrierStatus.carrier_id))))


def over_act(carrier: Carrier, day: dt.date) -> tuple[StatusAct, dt.date] | None:
    """How and when a carrier's registration ended by a day; None while it stands."""
    held = kept(
        ("carriers over", day),
        lambda: {number: (act.act, act.day) for number, act in over(day).items()},
    )
    return held.get(carrier.id)


def announced(
    day: dt.date, ended: dict[int, CarrierStatus] | None = None
) -> dict[int, CarrierStatus]:
    """carrier id → the first 取消 or 注销 entered for a day that is still to come; `ended`: what
    :func:`over` says of the day, if it was asked before."""
    ended = over(day) if ended is None else ended
    statement = (
        select(CarrierStatus)
        .where(CarrierStatus.act.in_(OVER), CarrierStatus.day > day)
        .order_by(CarrierStatus.day.desc(), CarrierStatus.id)
    )
    return {a.carrier_id: a for a in session.scalars(statement) if a.carrier_id not in ended}
