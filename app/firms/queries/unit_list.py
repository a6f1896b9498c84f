"""The list of units under the conditions of an address, and who uses them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, or_, select

from app.carriers.models import (
    DM2,
    TIER_WORDS,
    Carrier,
    Site,
    Unit,
    UnitLink,
    UnitUse,
)
from app.carriers.queries import visible
from app.core.access import AnyViewer
from app.core.db import holds, session
from app.core.errors import NotFound
from app.firms.hooks import Kept
from app.firms.models import Firm, Occupancy
from app.firms.queries import scope
from app.firms.queries.space import PIECE, Stock, UnitState, kept_rooms, running, stock, within

#: conditions of the list, by the names in its address
KEYS = ("carrier", "tier", "state", "use", "building", "area", "by", "q")
#: `state` of those empty for long, and of all that can be taken now
LONG_VACANT, FREE = "long", "free"
#: `tier` of those of incubators, accelerators and parks
TIERS = {str(tier): tier for tier in TIER_WORDS}


@dataclass(frozen=True)
class User:
    """Who uses a unit on the day, or will: named where the viewer may know, linked where open."""

    occupancy: Occupancy
    name: str | None
    pid: str | None


def carriers(viewer: AnyViewer) -> list[Carrier]:
    """Carriers that have units, or may get some, within the viewer's scope."""
    return list(session.scalars(visible(viewer)))


def find_unit(viewer: AnyViewer, pid: str) -> Unit:
    """The unit of a public id within the viewer's carriers; NotFound otherwise."""
    statement = select(Unit).where(Unit.pid == pid)
    scope_ = within(viewer)
    if scope_ is not None:
        statement = statement.where(scope_)
    unit = session.scalars(statement).one_or_none()
    if unit is None:
        raise NotFound()
    return unit


def find_use(unit: Unit, pid: str) -> Occupancy:
    """A use of a unit by its public id; NotFound otherwise."""
    row = session.scalars(
        select(Occupancy).where(Occupancy.unit_id == unit.id, Occupancy.pid == pid)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row


def sites_of(carrier: Carrier) -> list[Site]:
    """The sites of a carrier, those it has given up last."""
    statement = select(Site).where(Site.carrier_id == carrier.id)
    return list(session.scalars(statement.order_by(Site.ends.is_not(None), Site.starts, Site.id)))


def only_building(site: Site, but: Unit | None = None) -> str:
    """The building of a site whose units stand in one alone, `but` aside; "" otherwise."""
    found = select(Unit.building).where(Unit.site_id == site.id, Unit.ends.is_(None))
    if but is not None:
        found = found.where(Unit.id != but.id)
    names = session.scalars(found.distinct().order_by(Unit.building).limit(2)).all()
    return names[0] if len(names) == 1 else ""


def listed(
    viewer: AnyViewer, given: Mapping[str, str], day: dt.date, sort: str = ""
) -> list[Stock]:
    """Units under conditions, in the order asked for; what cannot be read narrows nothing.

    They are lean: `space.whole` completes those that are shown.
    """
    found = stock(viewer, day, *_sql(given, day), lean=True)
    wanted = given.get("state")
    if wanted == LONG_VACANT:
        found = [one for one in found if one.long_vacant]
    elif wanted == FREE:
        found = [one for one in found if one.free_from == day]
    elif wanted in {state.value for state in UnitState}:
        found = [one for one in found if one.state.value == wanted]
    by = _day(given.get("by"))
    if by is not None:
        found = [one for one in found if one.free_from is not None and one.free_from <= by]
    least = _number(given.get("area"))
    if least is not None:
        found = [one for one in found if _free_area(one) >= least * DM2]
    return _sorted(found, sort)


def unread(given: Mapping[str, str]) -> list[str]:
    """The conditions of an address that cannot be read, so that they narrow nothing."""
    states = {FREE, LONG_VACANT, *(state.value for state in UnitState)}
    known = {
        "tier": given.get("tier") in TIERS,
        "state": given.get("state") in states,
        "use": given.get("use") in {use.value for use in UnitUse},
        "area": _number(given.get("area")) is not None,
        "by": _day(given.get("by")) is not None,
    }
    return [key for key, read in known.items() if given.get(key) and not read]


def _free_area(one: Stock) -> int:
    """Square decimetres that can be taken once some are free; of desks, the whole space."""
    start = one.free_from
    if start is None:
        return 0
    return one.free_on(start) if one.unit.desks is None else int(one.unit.area_dm2)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _sql(given: Mapping[str, str], day: dt.date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if given.get("carrier"):
        found.append(Unit.carrier_id.in_(select(Carrier.id).where(Carrier.pid == given["carrier"])))
    if given.get("tier") in TIERS:
        tier = TIERS[given["tier"]]
        found.append(Unit.carrier_id.in_(select(Carrier.id).where(Carrier.tier == tier)))
    if given.get("use") in {use.value for use in UnitUse}:
        found.append(holds(Unit.uses, UnitUse(given["use"])))
    if given.get("building"):
        found.append(Unit.building == given["building"])
    if given.get("q"):
        q = given["q"]
        used = (
            select(Occupancy.unit_id)
            .join(Firm, Firm.id == Occupancy.firm_id)
            .where(running(day), Firm.counted_only.is_(False))
            .where(or_(Firm.name.contains(q, autoescape=True), Firm.code == q.upper()))
        )
        found.append(
            or_(
                Unit.number.contains(q, autoescape=True),
                Unit.building.contains(q, autoescape=True),
                Unit.id.in_(used),
            )
        )
    return found


#: key → what a unit is sorted by; None comes last
ORDERS: dict[str, Any] = {
    "area": lambda one: one.unit.area_dm2,
    "free": lambda one: one.free,
    "vacant": lambda one: one.vacant_days,
    "from": lambda one: one.free_from and one.free_from.toordinal(),
    "rent": lambda one: one.unit.rent,
}


def _sorted(found: list[Stock], sort: str) -> list[Stock]:
    key = ORDERS.get(sort.lstrip("-"))
    if key is None:
        return found
    known = [one for one in found if key(one) is not None]
    rest = [one for one in found if key(one) is None]
    return sorted(known, key=key, reverse=sort.startswith("-")) + rest


def buildings(found: Sequence[Stock]) -> list[str]:
    """The buildings of some units, in order."""
    return sorted({one.unit.building for one in found if one.unit.building})


def users(viewer: AnyViewer, unit_ids: Sequence[int], day: dt.date) -> dict[int, list[User]]:
    """By unit of the viewer's carriers who uses it on the day or will, the present ones first."""
    if len(unit_ids) <= PIECE:
        return _users(viewer, and_(Occupancy.unit_id.in_(unit_ids), running(day)))
    mine, wanted = within(viewer), set(unit_ids)
    here = [] if mine is None else [Occupancy.unit_id.in_(select(Unit.id).where(mine))]
    found = _users(viewer, and_(running(day), *here))
    return {unit: some for unit, some in found.items() if unit in wanted}


def history(viewer: AnyViewer, unit: Unit) -> list[User]:
    """Everybody who used, uses or will use a unit, the latest first."""
    found = _users(viewer, Occupancy.unit_id == unit.id).get(unit.id, [])
    return found[::-1]


def _users(viewer: AnyViewer, condition: ColumnElement[bool]) -> dict[int, list[User]]:
    nameable = cast(scope.nameable(viewer, Firm.id), Integer).label("nameable")
    statement = (
        select(Occupancy, Firm.name, Firm.pid, nameable)
        .join(Firm, Firm.id == Occupancy.firm_id)
        .where(condition)
        .order_by(Occupancy.unit_id, Occupancy.starts, Occupancy.id)
    )
    rows = session.execute(statement).all()
    within_scope = scope.visible(viewer).with_only_columns(Firm.id).order_by(None)
    used = select(Occupancy.firm_id).where(condition)
    opened = set(session.scalars(within_scope.where(Firm.id.in_(used)))) if rows else set()
    found: dict[int, list[User]] = {}
    for row, name, pid, may in rows:
        one = User(row, name if may else None, pid if row.firm_id in opened else None)
        found.setdefault(row.unit_id, []).append(one)
    return found


@dataclass(frozen=True)
class Keeper:
    """For whom some of a unit is kept, since when and how much; named and linked as users are."""

    kept: Kept
    name: str | None
    pid: str | None


def keepers(viewer: AnyViewer, unit: Unit) -> list[Keeper]:
    """Firms that are to come, for which some of a unit is kept."""
    kept = kept_rooms([unit.id])
    if not kept:
        return []
    ids = {one.firm_id for one in kept}
    may = scope.nameable(viewer, Firm.id)
    named = select(Firm).where(Firm.id.in_(ids), may).order_by(Firm.id)
    firms = {row.id: row for row in session.scalars(named)}
    opened = scope.visible(viewer).with_only_columns(Firm.id).order_by(None)
    linked = set(session.scalars(opened.where(Firm.id.in_(ids))))
    found = []
    for one in kept:
        firm = firms.get(one.firm_id)
        link = firm.pid if firm is not None and firm.id in linked else None
        found.append(Keeper(one, firm.short_name if firm else None, link))
    return found


def lineage(unit: Unit) -> tuple[list[Unit], list[Unit]]:
    """The units that a unit came out of, and those that came out of it."""
    before = (
        select(Unit).join(UnitLink, UnitLink.from_id == Unit.id).where(UnitLink.to_id == unit.id)
    )
    after = (
        select(Unit).join(UnitLink, UnitLink.to_id == Unit.id).where(UnitLink.from_id == unit.id)
    )
    return (
        list(session.scalars(before.order_by(Unit.number, Unit.id))),
        list(session.scalars(after.order_by(Unit.number, Unit.id))),
    )
