"""Units with what is used of them: free, vacant since, free from; how full a carrier is.

Everything is as of a day and follows from occupancies and holds. Amounts are desks for a unit let
by desks and square decimetres otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from app.carriers.models import DM2, Carrier, HoldKind, Unit, UnitHold
from app.carriers.queries.scope import scope as carrier_scope
from app.core.access import AnyViewer
from app.core.db import session
from app.core.text import N_, Coded
from app.firms.hooks import Kept, hooks
from app.firms.models import Occupancy, Residency

#: columns of Unit that a list of all of them reads
LEAN = ("id", "carrier_id", "building", "area_dm2", "desks", "rent", "starts", "ends")
#: how many units a statement names one by one
PIECE = 500
#: days after which an empty unit counts as vacant for long
LONG = 90


class UnitState(Coded):
    """How a unit stands on a day. Only a hold is said by hand; the rest is computed."""

    VACANT = "vacant", N_("空置")
    RESERVED = "reserved", N_("已预留")
    PARTLY = "partly", N_("部分在用")
    FULL = "full", N_("已用满")
    WITHHELD = "withheld", N_("暂不出租")
    WORKS = "works", N_("施工中")
    COMING = "coming", N_("待启用")


class Use(NamedTuple):
    """An amount in use on days [starts, ends), or kept for a firm that is to come."""

    starts: dt.date
    ends: dt.date | None
    amount: int
    kept: bool = False

    def on(self, day: dt.date) -> bool:
        """Whether it is in use on a day."""
        return self.starts <= day and (self.ends is None or self.ends > day)


@dataclass(frozen=True)
class Hold:
    """Days [starts, ends) off the market."""

    starts: dt.date
    ends: dt.date | None
    kind: HoldKind
    reason: str | None = None

    def on(self, day: dt.date) -> bool:
        """Whether it holds on a day."""
        return self.starts <= day and (self.ends is None or self.ends > day)


@dataclass(frozen=True)
class Stock:
    """One unit as of a day. `unit` has the columns of Unit, or the `LEAN` ones.

    What follows from the uses is worked out once: a list asks for it of thousands.
    """

    unit: Any
    day: dt.date
    uses: Sequence[Use] = ()
    holds: Sequence[Hold] = ()

    @cached_property
    def total(self) -> int:
        """Desks of a unit let by desks, else square decimetres."""
        return int(self.unit.area_dm2 if self.unit.desks is None else self.unit.desks)

    def used_on(self, day: dt.date) -> int:
        """What is in use on a day."""
        return sum(use.amount for use in self.uses if use.on(day) and not use.kept)

    def taken_on(self, day: dt.date) -> int:
        """What is in use on a day or kept for a firm that is to come."""
        return sum(use.amount for use in self.uses if use.on(day))

    @property
    def least(self) -> int:
        """The least that can be taken: a desk, or a square metre; a smaller rest is no room."""
        return min(self.total, DM2) if self.unit.desks is None else 1

    @cached_property
    def used(self) -> int:
        """What is in use on the day."""
        return self.used_on(self.day)

    def free_on(self, day: dt.date) -> int:
        """What could be taken from a day on for good: neither in use nor kept nor promised later.

        A rest of less than a square metre is nothing.
        """
        later = {use.starts for use in self.uses if use.starts > day}
        left = self.total - max(map(self.taken_on, {day, *later}))
        return left if left >= self.least else min(left, 0)

    @cached_property
    def free(self) -> int:
        """What could be taken from the day on; holds are told apart."""
        return self.free_on(self.day)

    @cached_property
    def hold(self) -> Hold | None:
        """Why it is off the market on the day."""
        return next((hold for hold in self.holds if hold.on(self.day)), None)

    @cached_property
    def free_from(self) -> dt.date | None:
        """The first day, the day itself or later, from which some of it can be taken; None where
        none is known."""
        ends = [use.ends for use in self.uses] + [hold.ends for hold in self.holds]
        known = [day for day in (self.day, self.unit.starts, *ends) if day is not None]
        days = sorted({max(self.day, day) for day in known})
        return next((day for day in days if self._open(day)), None)

    def _open(self, day: dt.date) -> bool:
        unit = self.unit
        lives = unit.starts <= day and (unit.ends is None or unit.ends > day)
        return lives and not any(h.on(day) for h in self.holds) and self.free_on(day) > 0

    @cached_property
    def vacant_since(self) -> dt.date | None:
        """The first day of the vacancy that runs on the day; None while anything is in use, or
        under works, after which it begins anew."""
        works = [hold for hold in self.holds if hold.kind is HoldKind.WORKS]
        if self.used or self.unit.starts > self.day or any(one.on(self.day) for one in works):
            return None
        ends = [use.ends for use in self.uses] + [hold.ends for hold in works]
        ended = [day for day in ends if day and day <= self.day]
        first: dt.date = self.unit.starts
        return max([first, *ended])

    @cached_property
    def vacant_days(self) -> int | None:
        """Days of vacancy up to the day; None while anything is in use."""
        since = self.vacant_since
        return None if since is None else (self.day - since).days

    @cached_property
    def state(self) -> UnitState:
        """How it stands."""
        if self.unit.starts > self.day:
            return UnitState.COMING
        if self.total - self.used < self.least:
            return UnitState.FULL
        if self.hold is not None:
            return UnitState(self.hold.kind.value)
        if self.used:
            return UnitState.PARTLY
        return UnitState.RESERVED if self.free <= 0 else UnitState.VACANT

    @cached_property
    def long_vacant(self) -> bool:
        """Empty and on the market for more than 90 days."""
        return self.state is UnitState.VACANT and (self.vacant_days or 0) > LONG


def within(viewer: AnyViewer) -> ColumnElement[bool] | None:
    """Condition on Unit: those of the carriers that the viewer may open; None for all.

    A park's rooms, rents and vacancies are nobody else's below the district.
    """
    condition = carrier_scope(viewer)
    if condition is None:
        return None
    return Unit.carrier_id.in_(select(Carrier.id).where(condition))


def stock(
    viewer: AnyViewer,
    day: dt.date,
    *conditions: ColumnElement[bool],
    everywhere: bool = False,
    lean: bool = False,
) -> list[Stock]:
    """Units that are there on a day or will be, by carrier, building, floor and number.

    Within the viewer's carriers; `everywhere` is for rooms that show others nothing of what it
    finds but a word. `lean`: with no more columns than what follows from the uses needs, and what
    lists are sorted by; `whole` reads the others of those that are shown.
    """
    scope = None if everywhere else within(viewer)
    wanted = [or_(Unit.ends.is_(None), Unit.ends > day), *conditions]
    if scope is not None:
        wanted.append(scope)
    table = Unit.__table__.c
    rows = session.execute(
        select(*(table[name] for name in LEAN) if lean else table)
        .where(*wanted)
        .order_by(table.carrier_id, table.building, table.floor, table.number, table.id)
    ).all()
    uses, holds = spans([row.id for row in rows], wanted)
    return [Stock(row, day, uses.get(row.id, ()), holds.get(row.id, ())) for row in rows]


def whole(stocks: Sequence[Stock]) -> list[Stock]:
    """Units that were read `lean`, with all their columns; many by carrier, as a statement does not
    bear a value a unit."""
    table = Unit.__table__.c
    ids = [one.unit.id for one in stocks]
    wanted = table.id.in_(ids)
    if len(ids) > PIECE:
        wanted = table.carrier_id.in_(sorted({one.unit.carrier_id for one in stocks}))
    rows = session.execute(select(*table).where(wanted).order_by(table.id)).all()
    full = {row.id: row for row in rows}
    return [replace(one, unit=full[one.unit.id]) for one in stocks if one.unit.id in full]


def spans(
    ids: list[int], wanted: Sequence[ColumnElement[bool]]
) -> tuple[dict[int, list[Use]], dict[int, list[Hold]]]:
    """By unit what was, is and will be used, and its holds; of units under conditions."""
    uses: dict[int, list[Use]] = {}
    holds: dict[int, list[Hold]] = {}
    if not ids:
        return uses, holds
    one = Occupancy
    amount = func.coalesce(one.desks, one.area_dm2)
    used = select(one.unit_id, one.starts, one.ends, amount).join(Unit, Unit.id == one.unit_id)
    for unit, starts, ends, number in session.execute(
        used.where(*wanted).order_by(one.unit_id, one.starts, one.id)
    ):
        uses.setdefault(unit, []).append(Use(starts, ends, number))
    off = select(UnitHold).join(Unit, Unit.id == UnitHold.unit_id)
    for row in session.scalars(off.where(*wanted).order_by(UnitHold.starts, UnitHold.id)):
        hold = Hold(row.starts, row.ends, row.kind, row.reason)
        holds.setdefault(row.unit_id, []).append(hold)
    for later in kept_rooms(ids):
        uses.setdefault(later.unit_id, []).append(Use(later.since, None, later.amount, kept=True))
    return uses, holds


def kept_rooms(unit_ids: Sequence[int]) -> list[Kept]:
    """What is kept of units for firms that are to come."""
    return [kept for look in hooks().kept_rooms for kept in look(unit_ids)]


def free_units(
    viewer: AnyViewer, day: dt.date, carrier: Carrier | None = None, by: dt.date | None = None
) -> list[Stock]:
    """Units of which something can be taken on a day, or by a later one, and that are offered."""
    conditions = [Unit.carrier_id == carrier.id] if carrier is not None else []
    last = by or day
    return [
        one
        for one in stock(viewer, day, *conditions)
        if one.free_from is not None and one.free_from <= last
    ]


@dataclass
class Filling:
    """How full a carrier is on a day: areas in square decimetres, desks apart.

    A unit off the market counts with what is in use of it, so that nothing passes 100 %.
    """

    lettable: int = 0
    used: int = 0
    desks: int = 0
    desks_used: int = 0
    units: int = 0
    vacant: int = 0
    long_vacant: int = 0
    coming: int = 0

    @property
    def rate(self) -> float | None:
        """Used of lettable area in per cent; None where nothing is let by area."""
        return 100 * self.used / self.lettable if self.lettable else None

    @property
    def desk_rate(self) -> float | None:
        """Used of the desks in per cent; None where nothing is let by desks."""
        return 100 * self.desks_used / self.desks if self.desks else None

    def add(self, one: Stock) -> None:
        """Count a unit in."""
        if one.unit.starts > one.day:
            self.coming += 1
            return
        used, state = one.used, one.state
        lettable = used if one.hold is not None else one.total
        self.units += 1
        if state is UnitState.VACANT:
            self.vacant += 1
            self.long_vacant += one.long_vacant
        if one.unit.desks is None:
            self.lettable, self.used = self.lettable + lettable, self.used + used
        else:
            self.desks, self.desks_used = self.desks + lettable, self.desks_used + used


def fill(stocks: Iterable[Stock]) -> Filling:
    """How full some units are together."""
    total = Filling()
    for one in stocks:
        total.add(one)
    return total


@dataclass
class Fillings:
    """How full each carrier is, by id."""

    by: dict[int, Filling] = field(default_factory=dict)

    def of(self, carrier_id: int) -> Filling:
        """The filling of a carrier; an empty one where it has no units."""
        return self.by.get(carrier_id, Filling())


def fillings(stocks: Iterable[Stock]) -> Fillings:
    """How full each carrier is, of units at hand."""
    found = Fillings()
    for one in stocks:
        found.by.setdefault(one.unit.carrier_id, Filling()).add(one)
    return found


def filling(viewer: AnyViewer, carrier: Carrier, day: dt.date) -> Filling:
    """How full a carrier is on a day, as far as the viewer may know."""
    return fillings(stock(viewer, day, Unit.carrier_id == carrier.id)).of(carrier.id)


def hosted_count(carrier_id: int, day: dt.date) -> int:
    """Firms that count at a carrier on a day."""
    runs = or_(Residency.ends.is_(None), Residency.ends > day)
    counted = select(func.count(func.distinct(Residency.firm_id))).where(
        Residency.carrier_id == carrier_id, Residency.counted, Residency.starts <= day, runs
    )
    return session.scalar(counted) or 0


def capacity_left(carrier: Carrier, day: dt.date) -> int | None:
    """Firms that a carrier can still take by what it states; None where it states nothing.

    Negative when it holds more than it says it can.
    """
    return None if carrier.capacity is None else carrier.capacity - hosted_count(carrier.id, day)


def occupancies(viewer: AnyViewer, *conditions: ColumnElement[bool]) -> list[Occupancy]:
    """Occupancies of units within the viewer's carriers, the latest first."""
    scope = within(viewer)
    statement = select(Occupancy).join(Unit, Unit.id == Occupancy.unit_id).where(*conditions)
    if scope is not None:
        statement = statement.where(scope)
    return list(session.scalars(statement.order_by(Occupancy.starts.desc(), Occupancy.id.desc())))


def running(day: dt.date) -> ColumnElement[bool]:
    """Condition on Occupancy: it has not ended by the day; it may begin later."""
    return or_(Occupancy.ends.is_(None), Occupancy.ends > day)
