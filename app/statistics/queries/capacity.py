"""What the carriers of each stage of the flow can take, and what is left of it on the day.

Areas and desks follow from units, their uses and holds; firms are measured as a booking is: those
that count at a carrier, against the 承载能力 that it states itself. Who states none, and who has
no units, is counted apart and never taken for zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, or_, select

from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, Carrier, Unit, UnitHold
from app.carriers.queries import visible
from app.core.access import Permission
from app.core.db import session
from app.firms.models import Occupancy, Residency
from app.firms.queries.space import Filling, Hold, Stock, Use, kept_rooms
from app.statistics.asof import covers
from app.statistics.dimensions import NONE
from app.statistics.indicators import Standing
from app.statistics.queries.cubes import standing
from app.statistics.queries.figures import Desk, Figure

#: Tier → the indicator of its registered carriers.
REGISTERED = {INCUBATOR: "K-01", ACCELERATOR: "K-02", PARK: "K-03"}
#: Tier → the indicator of those inside and its filters.
INSIDE: dict[int, tuple[str, dict[str, str]]] = {
    INCUBATOR: ("S-10", {"tier": "1"}),
    ACCELERATOR: ("S-05", {}),
    PARK: ("S-06", {}),
}
#: What the indicator of those inside an incubator is the sum of.
INCUBATED = (Standing.TEAM, Standing.INCUBATING, Standing.SERVED, Standing.STAYING)


@dataclass(frozen=True)
class Amount:
    """Square decimetres, or desks: what is let, in use, and kept or promised for later."""

    total: int
    used: int
    reserved: int

    @property
    def left(self) -> int:
        """What could be taken for good."""
        return self.total - self.used - self.reserved


@dataclass(frozen=True)
class Rooms:
    """Units of some carriers as of a day; None for what none of them lets."""

    area: Amount | None
    desks: Amount | None
    vacant: int
    #: carriers that have no units on the day
    bare: int


@dataclass(frozen=True)
class Places:
    """承载能力 of the carriers that state one, in firms and teams."""

    stated: int
    capacity: int
    inside: int
    left: int
    #: by how many firms those that are over-full exceed theirs
    over: int


@dataclass(frozen=True)
class Number:
    """A number, and the figure whose list has as many rows; None where no list has."""

    value: int
    figure: Figure | None = None


@dataclass(frozen=True)
class Stage:
    """One stage of the flow: its carriers and what they can still take."""

    tier: int
    carriers: Number
    inside: Number
    unstated: Number
    places: Places | None
    rooms: Rooms | None
    #: whether the list of units shows the same vacant ones: it only knows the present
    listed: bool


@dataclass(frozen=True)
class Capacity:
    """All stages that the viewer has carriers of, from incubators to parks."""

    day: dt.date
    stages: list[Stage]

    @property
    def desks(self) -> bool:
        """Whether anything is let by desks."""
        return any(one.rooms and one.rooms.desks for one in self.stages)

    @property
    def over(self) -> bool:
        """Whether a carrier holds more than it says it can."""
        return any(one.places and one.places.over for one in self.stages)


def capacity(desk: Desk, today: dt.date) -> Capacity:
    """What the registered carriers within the viewer's scope can take on the question's day.

    Only of carriers that the viewer may open: a park's rooms are nobody else's below the district.
    """
    may_open = visible(desk.viewer).with_only_columns(Carrier.id, Carrier.tier)
    homes = {row.id: row.tier for row in session.execute(may_open)}
    opened = frozenset(homes)
    tiers = {tier: _registered(desk, code) for tier, code in REGISTERED.items()}
    mine = {
        tier: {key: stated for key, stated in found.items() if key in opened}
        for tier, found in tiers.items()
    }
    hosted = desk.held(("hosted", opened), lambda: _hosted(desk, opened))
    stocks: Mapping[int, tuple[Filling, Filling]] = {}
    if desk.viewer.may(Permission.UNIT_READ):
        stocks = desk.held(("rooms", opened), lambda: _fillings(desk, opened))
    known = {key for found in mine.values() for key in found}
    off = {homes[key] for key, (held, _kept) in stocks.items() if held.vacant and key not in known}
    present = desk.asof.current and desk.asof.day == today
    return Capacity(
        desk.asof.day,
        [
            replace(
                _stage(desk, tier, found, hosted, stocks, whole=len(found) == len(tiers[tier])),
                listed=present and tier not in off,
            )
            for tier, found in mine.items()
            if found
        ],
    )


def _registered(desk: Desk, code: str) -> dict[int, int | None]:
    """Carrier id → 承载能力 of an indicator's carriers."""
    return dict(desk.cube(code, "carrier_id", "capacity").columns("carrier_id", "capacity"))


def _stage(
    desk: Desk,
    tier: int,
    found: Mapping[int, int | None],
    hosted: Mapping[int, int],
    stocks: Mapping[int, tuple[Filling, Filling]],
    whole: bool,
) -> Stage:
    """One stage; `whole`: the indicator of its carriers counts no other."""
    code, unstated = REGISTERED[tier], sum(one is None for one in found.values())
    inside = sum(hosted.get(key, 0) for key in found)
    who, filters = INSIDE[tier]
    told = standing(desk).by("standing")
    words = {ACCELERATOR: (Standing.ACCELERATING,), PARK: (Standing.SETTLED,)}.get(tier, INCUBATED)
    same = sum(told[word.value] for word in words) == inside
    return Stage(
        tier=tier,
        carriers=Number(len(found), desk.figure(code, len(found)) if whole else None),
        inside=Number(inside, desk.figure(who, inside, **filters) if same else None),
        unstated=Number(unstated, desk.figure(code, unstated, capacity=NONE) if whole else None),
        places=_places(found, hosted),
        rooms=_rooms(found, stocks) if desk.viewer.may(Permission.UNIT_READ) else None,
        listed=False,
    )


def _places(found: Mapping[int, int | None], hosted: Mapping[int, int]) -> Places | None:
    """Places of those that state how many they have; None where nobody does."""
    stated = {key: places for key, places in found.items() if places is not None}
    if not stated:
        return None
    left = [places - hosted.get(key, 0) for key, places in stated.items()]
    return Places(
        stated=len(stated),
        capacity=sum(stated.values()),
        inside=sum(hosted.get(key, 0) for key in stated),
        left=sum(one for one in left if one > 0),
        over=-sum(one for one in left if one < 0),
    )


def _rooms(found: Iterable[int], stocks: Mapping[int, tuple[Filling, Filling]]) -> Rooms:
    held = [stocks[key] for key in found if key in stocks]
    area = Amount(
        sum(one.lettable for one, _kept in held),
        sum(one.used for one, _kept in held),
        sum(kept.used for _one, kept in held),
    )
    desks = Amount(
        sum(one.desks for one, _kept in held),
        sum(one.desks_used for one, _kept in held),
        sum(kept.desks_used for _one, kept in held),
    )
    return Rooms(
        area=area if held else None,
        desks=desks if desks.total else None,
        vacant=sum(one.vacant for one, _kept in held),
        bare=sum(key not in stocks for key in found),
    )


def _hosted(desk: Desk, carriers: Collection[int]) -> dict[int, int]:
    """Carrier id → firms and teams that count at it on the day (`space.hosted_count`)."""
    tie = desk.asof.at(Residency, "hosted_", "id firm_id carrier_id starts ends counted")
    counted = (
        select(tie.c.carrier_id, func.count(func.distinct(tie.c.firm_id)))
        .where(tie.c.counted, covers(tie, desk.asof.day))
        .group_by(tie.c.carrier_id)
    )
    return {key: number for key, number in session.execute(counted) if key in carriers}


def _fillings(desk: Desk, carriers: Collection[int]) -> dict[int, tuple[Filling, Filling]]:
    """Carrier id → (how full it is, what of it is kept or promised for later)."""
    found: dict[int, tuple[Filling, Filling]] = {}
    for one in _stock(desk, carriers):
        held, kept = found.setdefault(one.unit.carrier_id, (Filling(), Filling()))
        held.add(one)
        if one.hold is None:
            days = {one.day, *(use.starts for use in one.uses if use.starts > one.day)}
            later = max(map(one.taken_on, days)) - one.used
            if one.unit.desks is None:
                kept.used += later
            else:
                kept.desks_used += later
    return found


def _stock(desk: Desk, carriers: Collection[int]) -> list[Stock]:
    """The units of carriers that are there on the day, as known at the cut.

    What an accepted claim keeps is only known of the present.
    """
    asof = desk.asof
    unit = asof.at(Unit, "stock_", "id carrier_id area_dm2 desks starts ends")
    rows: list[Any] = [
        row
        for row in session.execute(select(unit).where(covers(unit, asof.day)))
        if row.carrier_id in carriers
    ]
    uses: dict[int, list[Use]] = {row.id: [] for row in rows}
    holds: dict[int, list[Hold]] = {row.id: [] for row in rows}
    use = asof.at(Occupancy, "used_", "id unit_id starts ends desks area_dm2").c
    amount = func.coalesce(use.desks, use.area_dm2)
    running = or_(use.ends.is_(None), use.ends > asof.day)
    for key, starts, ends, number in session.execute(
        select(use.unit_id, use.starts, use.ends, amount).where(running)
    ):
        if key in uses:
            uses[key].append(Use(starts, ends, number))
    hold = asof.at(UnitHold, "held_back_", "id unit_id kind starts ends")
    for row in session.execute(select(hold).where(covers(hold, asof.day))):
        if row.unit_id in holds:
            holds[row.unit_id].append(Hold(row.starts, row.ends, row.kind))
    for later in kept_rooms(list(uses)) if asof.current and uses else ():
        uses[later.unit_id].append(Use(later.since, None, later.amount, kept=True))
    return [Stock(row, asof.day, uses[row.id], holds[row.id]) for row in rows]
