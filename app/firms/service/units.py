"""What becomes of units as a whole: splitting, merging, giving up, 作废 of a wrong entry.

A split or merged unit ends on a day and its parts begin on it, so that the past stays as it was;
who uses it then goes on in a part that has room.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from app.carriers.models import Unit, UnitEnd, UnitHold, UnitLink, UnitUse
from app.carriers.service import units as carriers
from app.carriers.service.units import EDITABLE, living, need_units, seen, unplanned
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.filters import day as day_text
from app.core.text import N_
from app.firms.hooks import hooks
from app.firms.models import Firm, Occupancy
from app.firms.queries.space import Use
from app.firms.service.keeping import called, unkept
from app.firms.service.space import in_use_after, measured, peak
from app.firms.unit_words import amount as amount_text

register_messages(
    {
        "unit:parts": N_("拆分后至少两间。"),
        "unit:part_number": N_("每一间都要写房号。"),
        "unit:sum": N_("各间合计 %(sum)s，与原来的 %(whole)s 不符，请核对。"),
        "unit:used_from": N_("自 %(day)s 起有企业使用，启用日期不能晚于这一天。"),
        "unit:not_planned": N_("房源没有安排停用，没有改动。"),
        "unit:parts_changed": N_("拆并后的“%(unit)s”又安排了拆并或停用，先撤销那一项。"),
        "unit:no_back": N_("“%(firm)s”已登记使用 %(amount)s，撤销后放不下：先作废或调整那条使用。"),
        "unit:no_part": N_(
            "“%(firm)s”在用 %(amount)s，拆分后没有一间放得下：先调整面积，或改变拆分办法。"
        ),
        "unit:merge": N_("请选择同一场地、同一楼层、计租方式相同的两间以上房源。"),
        "unit:after": N_("日期须晚于启用日期 %(day)s。"),
        "unit:in_use": N_("“%(firm)s”在用至 %(until)s，这一天之后仍有使用，不能停用：先办理腾退。"),
        "unit:void_used": N_("房源有使用、停租或拆并记录，不能作废；不再出租的请办理停用。"),
    }
)


def edit_unit(
    *, actor: AnyViewer, today: dt.date, unit: Unit, values: Mapping[str, Any], **more: Any
) -> Unit:
    """Change what is recorded of a unit, as the carriers' room does; it cannot begin after a use
    of it did, or after what is kept of it does. One that is let by another measure from now on is
    named no more, as amounts of the one say nothing of the other. Raises `unit:used_from`,
    `unit:kept` and what that raises."""
    need_units(actor, unit.carrier_id)
    starts = values.get("starts")
    first = session.scalar(select(func.min(Occupancy.starts)).where(Occupancy.unit_id == unit.id))
    if starts is not None and first is not None and first < starts:
        raise DomainError("unit:used_from", "starts", day=day_text(first))
    if starts is not None:
        unkept(actor, unit, "starts", lambda kept: kept.since < starts)
    if "desks" in values and (values["desks"] is None) != (unit.desks is None):
        unkept(actor, unit, "desks")
        _forget([unit.id])
    return carriers.edit_unit(actor=actor, today=today, unit=unit, values=values, **more)


def _go(actor: AnyViewer, units: Sequence[Unit]) -> None:
    """Their record goes: nothing is kept of them, and no row of a room above names them."""
    for unit in units:
        unkept(actor, unit)
    _forget([unit.id for unit in units])


def _forget(ids: Sequence[int]) -> None:
    """No row of a room above names these units any more."""
    for forget in hooks().units_go:
        forget(ids)


def _close(unit: Unit, on: dt.date, reason: UnitEnd) -> None:
    unplanned(unit)
    if on <= unit.starts:
        raise DomainError("unit:after", "on", day=unit.starts.isoformat())
    unit.ends, unit.end_reason = on, reason


def split_unit(
    *,
    actor: AnyViewer,
    today: dt.date,
    unit: Unit,
    on: dt.date,
    parts: Sequence[tuple[str, int]],
    rev: int | None = None,
) -> list[Unit]:
    """拆分 on a day into units (number, amount) whose amounts add up to the whole exactly.

    The parts of an open space let by desks share its area by desks. Whoever uses the unit goes
    on in the first part with room, the largest first; holds go with all parts. Raises
    `unit:parts`, `unit:sum`, `unit:no_part`, `unit:after`, `unit:gone`, `unit:planned`, `stale`.
    """
    need_units(actor, unit.carrier_id)
    seen(unit, rev)
    living(unit, today)
    unplanned(unit)
    if len(parts) < 2:
        raise DomainError("unit:parts", "parts")
    total = sum(amount for _, amount in parts)
    if total != unit.total or any(amount <= 0 for _, amount in parts):
        said = {"sum": amount_text(unit, total), "whole": amount_text(unit, unit.total)}
        raise DomainError("unit:sum", "parts", **said)
    unkept(actor, unit)
    moving = _leave(unit, on)
    _close(unit, on, UnitEnd.SPLIT)
    session.flush()
    areas = _areas(unit, [amount for _, amount in parts])
    made = []
    for (number, amount), area in zip(parts, areas, strict=True):
        given = {name: getattr(unit, name) for name in EDITABLE}
        given |= {"number": number, "area_dm2": area, "starts": on, "rent": unit.rent}
        given["desks"] = None if unit.desks is None else amount
        made.append(_part(unit, given, on))
    session.flush()
    _move_in(actor, moving, made)
    return made


def _areas(unit: Unit, amounts: Sequence[int]) -> list[int]:
    """Areas of the parts; of a unit let by desks in proportion, the last one what is left."""
    if unit.desks is None:
        return list(amounts)
    shares = [unit.area_dm2 * amount // unit.desks for amount in amounts[:-1]]
    return [*shares, unit.area_dm2 - sum(shares)]


def _part(unit: Unit, given: Mapping[str, Any], on: dt.date) -> Unit:
    """A unit in the place of another, with its link and the holds that go on."""
    part = Unit(carrier_id=unit.carrier_id, site_id=unit.site_id, **given)
    session.add(part)
    session.flush()
    session.add(UnitLink(from_id=unit.id, to_id=part.id, day=on))
    _holds_go_on(unit, part, on)
    return part


def _holds_go_on(unit: Unit, part: Unit, on: dt.date) -> None:
    held = select(UnitHold).where(
        UnitHold.unit_id == unit.id, or_(UnitHold.ends.is_(None), UnitHold.ends > on)
    )
    for row in session.scalars(held.order_by(UnitHold.starts, UnitHold.id)).all():
        session.add(
            UnitHold(
                unit_id=part.id, kind=row.kind, starts=max(row.starts, on), ends=row.ends,
                reason=row.reason,
            )
        )  # fmt: skip


@dataclass(frozen=True)
class Moving:
    """What an occupancy is to be in the unit that takes the place of its own."""

    firm: Firm
    was: Unit
    amount: int
    starts: dt.date
    ends: dt.date | None
    kept: dict[str, Any]


def _leave(unit: Unit, on: dt.date) -> list[Moving]:
    """Occupancies end with their unit; those to begin later are taken out of it."""
    found = []
    for row in in_use_after(unit, on):
        kept = {name: getattr(row, name) for name in ("own_ends", "tied", "lease_ends", "remark")}
        found.append(Moving(row.firm, unit, row.amount, max(row.starts, on), row.ends, kept))
        if row.starts < on:
            row.ends = row.own_ends = on
        else:
            session.delete(row)
    session.flush()
    return found


def _move_in(
    actor: AnyViewer,
    moving: Sequence[Moving],
    parts: Sequence[Unit],
    held: Mapping[int, list[Use]] | None = None,
    refusal: str = "unit:no_part",
) -> None:
    """Each occupancy goes on in the first part with room for it, the largest first.

    `held`: by unit what is in use of the parts already.
    """
    taken = {part.id: list((held or {}).get(part.id, ())) for part in parts}
    for one in sorted(moving, key=lambda one: -one.amount):
        wanted = Use(one.starts, one.ends, one.amount)
        part = next((p for p in parts if _room(p, taken[p.id], wanted)), None)
        if part is None:
            amount = amount_text(one.was, one.amount)
            raise DomainError(refusal, "parts", firm=called(actor, one.firm), amount=amount)
        taken[part.id].append(wanted)
        session.add(
            Occupancy(
                firm_id=one.firm.id, unit_id=part.id, starts=one.starts, ends=one.ends,
                **measured(part, one.amount), **one.kept,
            )
        )  # fmt: skip
    session.flush()


def _room(part: Unit, taken: Sequence[Use], wanted: Use) -> bool:
    return peak(taken, wanted) + wanted.amount <= part.total


def merge_units(
    *, actor: AnyViewer, today: dt.date, units: Sequence[Unit], on: dt.date, number: str
) -> Unit:
    """合并 on a day of units of one floor into one; whoever uses one goes on in it.

    It may be used for what all of them may, and is as high and as strong as the least of them;
    power adds up. Raises `unit:merge`, `unit:after`, `unit:gone`.
    """
    ordered = sorted({unit.id: unit for unit in units}.values(), key=lambda u: u.number)
    places = {(u.site_id, u.building, u.floor, u.desks is None) for u in ordered}
    if len(ordered) < 2 or len(places) != 1:
        raise DomainError("unit:merge", "units")
    moving: list[Moving] = []
    for unit in ordered:
        need_units(actor, unit.carrier_id)
        living(unit, today)
        unplanned(unit)
        unkept(actor, unit)
        moving += _leave(unit, on)
        _close(unit, on, UnitEnd.MERGED)
        session.flush()
    given = _together(ordered) | {"number": number, "starts": on}
    whole = _part(ordered[0], given, on)
    for unit in ordered[1:]:
        session.add(UnitLink(from_id=unit.id, to_id=whole.id, day=on))
    session.flush()
    _move_in(actor, moving, [whole])
    return whole


def _together(units: Sequence[Unit]) -> dict[str, Any]:
    first = units[0]
    given = {name: getattr(first, name) for name in EDITABLE}
    given["area_dm2"] = sum(unit.area_dm2 for unit in units)
    given["desks"] = sum(unit.desks or 0 for unit in units) or None
    for name in ("uses", "approved"):
        given[name] = tuple(
            use for use in UnitUse if all(use in getattr(unit, name) for unit in units)
        )
    for name in ("height_mm", "load_kg"):
        known = [getattr(unit, name) for unit in units]
        given[name] = None if None in known else min(known)
    power = [unit.power_kw for unit in units]
    given["power_kw"] = None if None in power else sum(p or 0 for p in power)
    return given


def give_up_unit(
    *, actor: AnyViewer, today: dt.date, unit: Unit, on: dt.date, rev: int | None = None
) -> None:
    """停用: from a day on the carrier no longer has the unit. Raises `unit:in_use`, `unit:after`,
    `unit:gone`, `stale`."""
    need_units(actor, unit.carrier_id)
    seen(unit, rev)
    living(unit, today)
    unplanned(unit)
    unkept(actor, unit)
    for row in in_use_after(unit, on):
        firm = called(actor, row.firm)
        raise DomainError("unit:in_use", "on", firm=firm, until=day_text(row.ends))
    _close(unit, on, UnitEnd.GIVEN_UP)
    session.flush()


def void_unit(*, actor: AnyViewer, today: dt.date, unit: Unit, rev: int | None = None) -> None:
    """作废 of a unit entered by mistake, of which nothing was ever used. Raises
    `unit:void_used`, `stale`."""
    need_units(actor, unit.carrier_id)
    seen(unit, rev)
    rests = (
        select(Occupancy.id).where(Occupancy.unit_id == unit.id),
        select(UnitHold.id).where(UnitHold.unit_id == unit.id),
        select(UnitLink.id).where(or_(UnitLink.from_id == unit.id, UnitLink.to_id == unit.id)),
    )
    if any(session.scalar(one.limit(1)) is not None for one in rests):
        raise DomainError("unit:void_used")
    _go(actor, [unit])
    session.delete(unit)
    session.flush()


# ---- a change of mind ---------------------------------------------------------------------------


def keep_unit(*, actor: AnyViewer, today: dt.date, unit: Unit) -> list[Unit]:
    """撤销 of what is planned for a day to come: the unit is not split, merged or given up.

    What a split or merger would make goes, and who was to go on there, or has reserved there,
    stays in the units that are. Returns these. Raises `unit:not_planned`, `unit:parts_changed`,
    `unit:no_back`, `unit:number_taken`.
    """
    need_units(actor, unit.carrier_id)
    if unit.ends is None or unit.ends <= today:
        raise DomainError("unit:not_planned")
    on = unit.ends
    parts = _units(select(UnitLink.to_id).where(UnitLink.from_id == unit.id))
    ids = [part.id for part in parts]
    kept = _units(select(UnitLink.from_id).where(UnitLink.to_id.in_(ids))) if parts else [unit]
    moving = [one for part in parts for one in _take_out(part)]
    _go(actor, parts)
    rests = (
        select(UnitLink).where(UnitLink.to_id.in_(ids)),
        select(UnitHold).where(UnitHold.unit_id.in_(ids)),
        select(Unit).where(Unit.id.in_(ids)),
    )
    for rest in rests:
        for row in session.scalars(rest).all():
            session.delete(row)
        session.flush()
    for one in kept:
        one.ends = one.end_reason = None
    session.flush()
    _stay(actor, moving, kept, on)
    return kept


def _units(ids: Any) -> list[Unit]:
    return list(session.scalars(select(Unit).where(Unit.id.in_(ids)).order_by(Unit.id)))


def _take_out(part: Unit) -> list[Moving]:
    """What is registered in a part that is not to be."""
    if part.ends is not None:
        raise DomainError("unit:parts_changed", unit=part.number)
    return _leave(part, part.starts)


def _stay(
    actor: AnyViewer, moving: Sequence[Moving], kept: Sequence[Unit], on: dt.date
) -> None:  # fmt: skip
    """Uses that were to go on elsewhere run on where they are; reservations find room."""
    rows = [row for unit in kept for row in in_use_after(unit, on - dt.timedelta(days=1))]
    added = []
    for one in moving:
        held = (row for row in rows if row.firm_id == one.firm.id and row.ends == on == one.starts)
        row = next((row for row in held if row.amount == one.amount), None)
        if row is None:
            added.append(one)
            continue
        rows.remove(row)
        row.ends, row.own_ends = one.ends, one.kept["own_ends"]
    session.flush()
    taken = {
        unit.id: [Use(row.starts, row.ends, row.amount) for row in in_use_after(unit, on)]
        for unit in kept
    }
    _move_in(actor, added, kept, taken, "unit:no_back")
