"""The list of carriers: what is public of each, with its conditions and orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, or_, select

from app.carriers.models import (
    Carrier,
    CarrierSector,
    CarrierStatus,
    CarrierTitle,
    CarrierType,
    Level,
    Operator,
    Site,
    StatusAct,
)
from app.carriers.queries.status import registered
from app.core.db import session
from app.core.terms import term

#: conditions of the address; `standing` is `registered` or the act that ended the registration
KEYS = ("tier", "type", "level", "town", "area", "sector", "standing")
SORTS = {
    "name": (Carrier.sort_key,),
    "area": (Carrier.area_m2,),
    "type": (Carrier.tier, Carrier.type),
}
ENDED = (StatusAct.SUSPENDED, StatusAct.WITHDRAWN, StatusAct.CLOSED)


def listed(
    conditions: dict[str, str], q: str, sort: str, day: dt.date, own_order: Any = None
) -> Select[Carrier]:  # fmt: skip
    """All carriers under some conditions; everybody may read this much of each.

    `own_order` is the order that a room above offers under the key of `sort`.
    """
    statement = select(Carrier).join(Operator, Operator.id == Carrier.operator_id)
    if q:
        words = (Carrier.name, Carrier.short_name, Operator.name)
        statement = statement.where(
            or_(
                *(c.icontains(q, autoescape=True) for c in words),
                func.replace(Carrier.sort_key, " ", "").istartswith(q, autoescape=True),
                Operator.code == q.upper(),
            )
        )
    for key, value in conditions.items():
        statement = _narrowed(statement, key, value, day)
    down = sort.startswith("-")
    named = SORTS.get(sort.lstrip("-"), SORTS["name"])
    order = named if own_order is None else (own_order,)
    columns = [c.desc().nulls_last() if down else c.asc().nulls_last() for c in order]
    return statement.order_by(*columns, Carrier.sort_key, Carrier.id)


def _narrowed(statement: Select[Carrier], key: str, value: str, day: dt.date) -> Select[Carrier]:
    here = (Site.carrier_id == Carrier.id, or_(Site.ends.is_(None), Site.ends > day))
    if key == "tier" and value.isdigit():
        return statement.where(Carrier.tier == int(value))
    if key == "type" and value in {t.value for t in CarrierType}:
        return statement.where(Carrier.type == value)
    if key == "level" and value in {one.value for one in Level}:
        held = exists().where(
            CarrierTitle.carrier_id == Carrier.id,
            CarrierTitle.level == value,
            CarrierTitle.starts <= day,
            or_(CarrierTitle.ends.is_(None), CarrierTitle.ends > day),
        )
        return statement.where(held)
    if key in ("town", "area"):
        return statement.where(exists().where(*here, getattr(Site, key) == value))
    if key == "sector":
        return statement.where(
            exists().where(CarrierSector.carrier_id == Carrier.id, CarrierSector.sector == value)
        )
    if key == "standing":
        return _standing(statement, value, day)
    return statement


def _standing(statement: Select[Carrier], value: str, day: dt.date) -> Select[Carrier]:
    now = registered(day).order_by(None)
    if value == "registered":
        return statement.where(Carrier.id.in_(now))
    if value not in {act.value for act in ENDED}:
        return statement
    last = (
        select(CarrierStatus.act)
        .where(
            CarrierStatus.carrier_id == Carrier.id,
            CarrierStatus.day <= day,
            CarrierStatus.act != StatusAct.CHANGED,
        )
        .order_by(CarrierStatus.day.desc(), CarrierStatus.id.desc())
        .limit(1)
        .correlate(Carrier)
        .scalar_subquery()
    )
    return statement.where(Carrier.id.not_in(now), last == value)


@dataclass(frozen=True)
class Public:
    """What a row of the list tells besides the carrier itself."""

    levels: list[str]
    places: list[str]
    sectors: list[str]


def public(ids: list[int], day: dt.date) -> dict[int, Public]:
    """Carrier id → levels held, places of its sites and lead sectors, in words."""
    found = {i: Public([], [], []) for i in ids}
    titles = select(CarrierTitle).where(
        CarrierTitle.carrier_id.in_(ids),
        CarrierTitle.starts <= day,
        or_(CarrierTitle.ends.is_(None), CarrierTitle.ends > day),
    )
    for title in session.scalars(titles.order_by(CarrierTitle.starts, CarrierTitle.id)):
        found[title.carrier_id].levels.append(title.level.label)
    sites = select(Site.carrier_id, Site.town, Site.area).where(
        Site.carrier_id.in_(ids), or_(Site.ends.is_(None), Site.ends > day)
    )
    for row in session.execute(sites.order_by(Site.starts, Site.id)):
        place = " · ".join(filter(None, (term("area", row.area), term("town", row.town))))
        if place and place not in found[row.carrier_id].places:
            found[row.carrier_id].places.append(place)
    sectors = select(CarrierSector.carrier_id, CarrierSector.sector).where(
        CarrierSector.carrier_id.in_(ids)
    )
    for carrier_id, code in session.execute(
        sectors.order_by(CarrierSector.position, CarrierSector.id)
    ):
        found[carrier_id].sectors.append(term("sector", code))
    return found


def counts(
    conditions: dict[str, str], q: str, day: dt.date, narrow: Callable[[Any], Any] = lambda s: s
) -> dict[str, int]:  # fmt: skip
    """How many of each tier meet the other conditions, and how many in all (key "")."""
    others = {key: value for key, value in conditions.items() if key != "tier"}
    found = narrow(listed(others, q, "name", day))
    statement = found.with_only_columns(Carrier.tier).order_by(None)
    tiers = list(session.scalars(statement))
    return {"": len(tiers)} | {str(t): tiers.count(t) for t in (1, 2, 3)}
