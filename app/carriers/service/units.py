"""房源 as a carrier keeps them: adding, editing, taking off the market and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from app.carriers.models import Carrier, HoldKind, Site, Unit, UnitEnd, UnitHold
from app.carriers.queries import own
from app.core.access import AnyViewer, Permission, System
from app.core.db import session
from app.core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    register_constraints,
    register_messages,
)
from app.core.text import N_

register_messages(
    {
        "unit:number_taken": N_("同一楼层已有这个房号，请核对或改用别的房号。"),
        "unit:room": N_("这一天在用的面积（工位）会超出房源，没有写入。请先办理腾退或调整面积。"),
        "unit:held": N_("该日期内已登记为暂不出租或施工，先恢复招租。"),
        "unit:area": N_("建筑面积应大于 0。"),
        "unit:days": N_("止日应晚于起日。"),
        "unit:not_held": N_("房源现在没有停租，没有改动。"),
        "unit:gone": N_("房源已于 %(day)s 停用（%(why)s），没有改动。"),
        "unit:planned": N_(
            "房源已安排于 %(day)s 停用（%(why)s），没有改动；要改，先撤销这一安排。"
        ),
        "unit:site": N_("请选择本载体的场地。"),
    }
)
#: SQLite names the columns of a unique index, PostgreSQL the index.
register_constraints(
    {
        "uq_unit_number": ("unit:number_taken", "number"),
        "unit.site_id, unit.building, unit.floor, unit.number": ("unit:number_taken", "number"),
        "guard_room": ("unit:room", "amount"),
        "ck_unit_area": ("unit:area", "area_dm2"),
        "ex_unit_hold": ("unit:held", "starts"),
    }
)

#: columns that a form or a sheet fills
EDITABLE = (
    "building", "floor", "floor_label", "number", "uses", "approved", "area_dm2", "desks",
    "height_mm", "load_kg", "power_kw", "exhaust", "clean", "rent", "starts", "remark",
)  # fmt: skip


def need_units(actor: AnyViewer, carrier_id: int) -> None:
    """Units are kept by the carrier's own people; not even the district changes them."""
    actor.need(Permission.UNIT_EDIT)
    if isinstance(actor, System) or carrier_id in set(session.scalars(own(actor))):
        return
    raise Forbidden()


def seen(unit: Unit, rev: int | None) -> None:
    """Conflict when somebody changed the unit since the form was opened."""
    if rev is not None and unit.rev != rev:
        raise Conflict("stale")


def living(unit: Unit, today: dt.date) -> None:
    """Refuse to change a unit that is no more; one that ends on a day to come still is."""
    if unit.ends is not None and unit.ends <= today:
        assert unit.end_reason is not None
        raise DomainError("unit:gone", day=unit.ends.isoformat(), why=unit.end_reason.label)


def unplanned(unit: Unit) -> None:
    """Refuse to plan an end for a unit that has one."""
    if unit.ends is not None:
        assert unit.end_reason is not None
        raise DomainError("unit:planned", day=unit.ends.isoformat(), why=unit.end_reason.label)


def add_unit(
    *, actor: AnyViewer, today: dt.date, carrier: Carrier, site: Site, values: Mapping[str, Any]
) -> Unit:
    """A unit of a carrier comes on record; `values` by column, areas in square decimetres.

    Without `starts` it exists from today. Raises `unit:number_taken`, `unit:site`, `unit:area`.
    """
    need_units(actor, carrier.id)
    if site.carrier_id != carrier.id:
        raise DomainError("unit:site", "site")
    _measured(values)
    given = {"starts": today} | {k: v for k, v in values.items() if k in EDITABLE}
    unit = Unit(carrier_id=carrier.id, site_id=site.id, **given)
    session.add(unit)
    session.flush()
    return unit


def _measured(values: Mapping[str, Any]) -> None:
    area = values.get("area_dm2")
    if area is not None and area <= 0:
        raise DomainError("unit:area", "area_dm2")


def _as_planned(unit: Unit, values: Mapping[str, Any]) -> None:
    """Parts that are planned add up to the unit as it is; and it begins before it ends."""
    if unit.ends is None:
        return
    sizes = ("area_dm2", "desks")
    if unit.end_reason is not UnitEnd.GIVEN_UP and any(
        values.get(name, getattr(unit, name)) != getattr(unit, name) for name in sizes
    ):
        unplanned(unit)
    if values.get("starts", unit.starts) >= unit.ends:
        raise DomainError("unit:days", "starts")


def edit_unit(
    *,
    actor: AnyViewer,
    today: dt.date,
    unit: Unit,
    values: Mapping[str, Any],
    site: Site | None = None,
    rev: int | None = None,
) -> Unit:
    """Change what is recorded of a unit. Raises `stale`, `unit:gone`, `unit:number_taken`,
    `unit:area`, and `unit:room` where less would be left than is in use on some day."""
    need_units(actor, unit.carrier_id)
    seen(unit, rev)
    living(unit, today)
    _as_planned(unit, values)
    if site is not None:
        if site.carrier_id != unit.carrier_id:
            raise DomainError("unit:site", "site")
        unit.site_id = site.id
    _measured(values)
    for name, value in values.items():
        if name in EDITABLE:
            setattr(unit, name, value)
    session.flush()
    return unit


def held_on(unit: Unit, day: dt.date) -> UnitHold | None:
    """The hold of a unit that runs on a day."""
    return session.scalars(
        select(UnitHold).where(
            UnitHold.unit_id == unit.id,
            UnitHold.starts <= day,
            or_(UnitHold.ends.is_(None), UnitHold.ends > day),
        )
    ).one_or_none()


def hold_unit(
    *,
    actor: AnyViewer,
    today: dt.date,
    unit: Unit,
    kind: HoldKind,
    starts: dt.date,
    ends: dt.date | None = None,
    reason: str | None = None,
) -> UnitHold:
    """Off the market on [starts, ends): 暂不出租 or 施工. Who uses it goes on using it.

    Raises `unit:days`, `unit:held`, `unit:gone`.
    """
    need_units(actor, unit.carrier_id)
    living(unit, today)
    if ends is not None and ends <= starts:
        raise DomainError("unit:days", "ends")
    row = UnitHold(unit_id=unit.id, kind=kind, starts=starts, ends=ends, reason=reason)
    session.add(row)
    session.flush()
    return row


def release_unit(*, actor: AnyViewer, today: dt.date, unit: Unit, on: dt.date) -> None:
    """Back on the market from a day on; a hold that begins that day never was.

    Raises `unit:not_held`.
    """
    need_units(actor, unit.carrier_id)
    held = held_on(unit, on)
    if held is None:
        raise DomainError("unit:not_held", "on")
    if held.starts == on:
        session.delete(held)
    else:
        held.ends = on
    session.flush()
