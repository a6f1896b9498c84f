"""房源 of the demo: buildings and units of every carrier, and the rooms its firms use.

Made when the firms are there: each present firm gets the area of its tie, small firms of
incubators get desks, some share a room, and about one unit in seven is empty, most of them with
somebody who left. Rents, heights and loads are what Pudong's parks advertise for such rooms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select, update

from app.carriers.models import (
    ACCELERATOR,
    INCUBATOR,
    Carrier,
    CarrierSector,
    Clean,
    Exhaust,
    HoldKind,
    Site,
    Unit,
    UnitHold,
    UnitUse,
)
from app.core.db import current_revision, insert_rows, session, write
from app.firms.models import Occupancy, Residency
from app.firms.service.space import ROOMED
from seed.demo.dice import Dice, dice
from seed.demo.making import Makers
from seed.demo.slots import SEED

Row = dict[str, Any]
STREAM = 133
DAY = dt.timedelta(days=1)
OFFICE, RESEARCH, PILOT = UnitUse.OFFICE, UnitUse.RESEARCH, UnitUse.PILOT
GMP, CLEAN, PRODUCTION = UnitUse.GMP, UnitUse.CLEAN, UnitUse.PRODUCTION
#: lead sector → what its labs are made for above the ground floor, and on it
LABS: dict[str, tuple[tuple[UnitUse, ...], tuple[UnitUse, ...]]] = {
    "biomedicine": ((OFFICE, RESEARCH, CLEAN), (RESEARCH, PILOT, GMP, CLEAN)),
    "electronics": ((OFFICE, RESEARCH), (RESEARCH, PILOT, CLEAN)),
    "materials": ((OFFICE, RESEARCH, PILOT), (PILOT, PRODUCTION)),
    "smart_manufacturing": ((OFFICE, RESEARCH), (RESEARCH, PILOT, PRODUCTION)),
    "automotive": ((OFFICE, RESEARCH), (PILOT, PRODUCTION)),
    "aviation": ((OFFICE, RESEARCH), (PILOT, PRODUCTION)),
}
PLAIN = ((OFFICE,), (OFFICE, RESEARCH))
#: 片区 → asked rent of an office, fen per ㎡ and day, from and to
RENTS = {
    "zhangjiang": (420, 620), "jinqiao": (380, 560), "baoshui": (320, 480), "lingang": (150, 280),
}  # fmt: skip
ELSEWHERE = (240, 380)
#: days since a unit fell empty, and the days to come on which one is given back
LATELY, SOON = (8, 320), (20, 260)


class Tie(NamedTuple):
    """A firm's stay with rooms at a carrier; area in ㎡."""

    firm_id: int
    starts: dt.date
    ends: dt.date | None
    area: int


class Rooms:
    """Makes units, holds and occupancies, all in one revision."""

    def __init__(self, make: Makers) -> None:
        self.make, self.today = make, make.calendar.today
        self.units: list[Row] = []
        self.holds: list[Row] = []
        self.uses: list[Row] = []

    def write(self, at: dt.datetime) -> None:
        """All carriers that stand, in order."""
        ties, sites = self._ties(), self._sites()
        leads = self._leads()
        capacities = {}
        found = select(Carrier.id, Carrier.tier, Carrier.host_id).order_by(Carrier.id)
        for carrier_id, tier, _host in session.execute(found).all():
            if carrier_id not in sites:
                continue
            present, gone = ties.get(carrier_id, ([], []))
            if tier == INCUBATOR and not present:
                continue
            house = _House(self, carrier_id, tier, sites[carrier_id], leads.get(carrier_id, ""))
            house.fill(present, gone)
            if tier == ACCELERATOR:
                capacities[carrier_id] = len(present) + len(capacities) * 3
        with write("seed:rooms", actor=SEED, at=at):
            rev = current_revision()
            parts = ((Unit, self.units), (UnitHold, self.holds), (Occupancy, self.uses))
            for model, rows in parts:
                for row in rows:
                    row["rev"] = rev
                if rows:
                    insert_rows(model.__table__, rows)
            table = Carrier.__table__
            for carrier_id, capacity in capacities.items():
                stated = {"capacity": max(capacity, 1), "rev": rev}
                session.execute(update(table).where(table.c.id == carrier_id).values(**stated))
        session.rollback()

    def _ties(self) -> dict[int, tuple[list[Tie], list[Tie]]]:
        """carrier → stays that run today, and those that ended within a year."""
        one = Residency
        statement = select(one.carrier_id, one.firm_id, one.starts, one.ends, one.area_m2).where(
            one.kind.in_(ROOMED), one.counted
        )
        found: dict[int, tuple[list[Tie], list[Tie]]] = {}
        for carrier, firm, starts, ends, area in session.execute(statement.order_by(one.id)):
            present, gone = found.setdefault(carrier, ([], []))
            tie = Tie(firm, starts, ends, area or 60)
            if ends is None or ends > self.today:
                present.append(tie)
            elif ends > self.today - dt.timedelta(days=LATELY[1]):
                gone.append(tie)
        return found

    def _sites(self) -> dict[int, list[Site]]:
        found: dict[int, list[Site]] = {}
        for site in session.scalars(select(Site).where(Site.ends.is_(None)).order_by(Site.id)):
            found.setdefault(site.carrier_id, []).append(site)
        return found

    def _leads(self) -> dict[int, str]:
        order = (CarrierSector.carrier_id, CarrierSector.position)
        rows = session.scalars(select(CarrierSector).order_by(*order))
        found: dict[int, str] = {}
        for row in rows:
            found.setdefault(row.carrier_id, row.sector)
        return found


class _House:
    """One carrier while its floors fill up."""

    def __init__(
        self, all_: Rooms, carrier_id: int, tier: int, sites: Sequence[Site], lead: str
    ) -> None:
        self.all, self.carrier_id, self.tier, self.lead = all_, carrier_id, tier, lead
        self.one: Dice = dice(all_.make.seed, STREAM, carrier_id)
        self.site, self.today = sites[0], all_.today
        self.opened = min(self.site.starts, dt.date(2016, 1, 1))
        self.made = 0
        self.per_floor = 6 if tier == INCUBATOR else 5

    def fill(self, present: Sequence[Tie], gone: Sequence[Tie]) -> None:
        """Rooms for those who are there, then the empty ones."""
        desks = [tie for tie in present if self.tier == INCUBATOR and tie.area <= 40]
        rooms = [tie for tie in present if tie not in desks]
        if desks:
            self._open_space(desks)
        while rooms:
            tie = rooms.pop()
            if rooms and self.one.chance(0.12):
                self._shared(tie, rooms.pop())
            else:
                self._own(tie)
        empty = max(len(present) // 7, 2 if self.tier == INCUBATOR else 6)
        left = list(gone)
        for _ in range(empty):
            self._empty(left.pop() if left else None)

    def _unit(self, area: int, starts: dt.date | None = None, desks: int | None = None) -> Row:
        """A unit of an area in ㎡, on the next place of the building."""
        one, place = self.one, self.made
        self.made += 1
        floor = place // self.per_floor % 12 + 1
        building = f"{place // (self.per_floor * 12) + 1} 号楼"
        uses = (LABS.get(self.lead, PLAIN))[floor == 1]
        if self.tier == INCUBATOR:
            uses = (OFFICE, RESEARCH) if self.lead in LABS else (OFFICE,)
        low, high = RENTS.get(self.site.area or "", ELSEWHERE)
        heavy = PRODUCTION in uses or PILOT in uses
        clean = CLEAN in uses and one.chance(0.5)
        row: Row = {
            "id": self.all.make.ids.new("unit"), "pid": one.pid(), "carrier_id": self.carrier_id,
            "site_id": self.site.id, "building": building, "floor": floor, "floor_label": None,
            "number": f"{floor}{place % self.per_floor + 1:02d}",
            "uses": tuple(uses), "approved": tuple(u for u in uses if u is not OFFICE),
            "area_dm2": area * 100 + (one.whole(0, 99) if area > 40 else 0), "desks": desks,
            "height_mm": one.whole(60, 84) * 100 if floor == 1 and heavy
            else one.whole(36, 45) * 100,
            "load_kg": one.one((1000, 1500, 2000)) if floor == 1 and heavy
            else one.one((300, 500, 800)),
            "power_kw": max(area * (15 if heavy else 6) // 100, 10),
            "exhaust": Exhaust.PROCESS if GMP in uses else Exhaust.GENERAL if heavy or clean
            else Exhaust.NONE,
            "clean": one.one((Clean.C100K, Clean.C10K, Clean.C1K)) if clean else None,
            "rent": one.whole(80, 150) * 1000 if desks else one.whole(low, high) // 5 * 5,
            "starts": starts or self.opened, "ends": None, "end_reason": None, "remark": None,
        }  # fmt: skip
        self.all.units.append(row)
        return row

    def _use(self, unit: Row, tie: Tie, amount: int, ends: dt.date | None = None) -> None:
        desks = unit["desks"] is not None
        lease = tie.starts.replace(day=1)
        while lease <= self.today:
            lease = lease.replace(year=lease.year + self.one.one((1, 2, 3)))
        self.all.uses.append(
            {
                "id": self.all.make.ids.new("occupancy"), "pid": self.one.pid(),
                "firm_id": tie.firm_id, "unit_id": unit["id"],
                "area_dm2": None if desks else amount, "desks": amount if desks else None,
                "starts": max(tie.starts, unit["starts"]), "ends": ends or tie.ends,
                "own_ends": ends, "tied": True,
                "lease_ends": None if tie.ends else lease - DAY, "remark": None,
            }
        )  # fmt: skip

    def _open_space(self, ties: Sequence[Tie]) -> None:
        wanted = [max(tie.area // 6, 1) for tie in ties]
        total = sum(wanted) + max(len(ties) // 3, 4)
        unit = self._unit(total * 6, desks=total)
        for tie, desks in zip(ties, wanted, strict=True):
            self._use(unit, tie, desks)

    def _own(self, tie: Tie) -> None:
        """A room of its own; large firms have two, some give theirs back on a known day."""
        ends = None
        if tie.ends is None and self.one.chance(0.04):
            ends = self.today + self.one.whole(*SOON) * DAY
        parts = [tie.area] if tie.area < 1_500 else [tie.area * 2 // 3, tie.area // 3]
        for area in parts:
            unit = self._unit(area)
            self._use(unit, tie, unit["area_dm2"], ends)

    def _shared(self, tie: Tie, other: Tie) -> None:
        unit = self._unit(tie.area + other.area)
        self._use(unit, tie, tie.area * 100)
        self._use(unit, other, other.area * 100)

    def _empty(self, last: Tie | None) -> None:
        """An empty unit: somebody left, it is new, held back, under works, or opens later."""
        one = self.one
        area = last.area if last else one.whole(6, 40) * (5 if self.tier == INCUBATOR else 60)
        kind = one.whole(1, 12)
        starts = None
        if last is None:
            ahead = kind == 1 and self.tier != INCUBATOR
            starts = self.today + (one.whole(*SOON) if ahead else -one.whole(*LATELY)) * DAY
        unit = self._unit(area, starts)
        if last is not None:
            self._use(unit, last, unit["area_dm2"])
        if kind in (2, 3):
            since = self.today - one.whole(5, 60) * DAY
            begins = max(since, last.ends if last and last.ends else since, unit["starts"])
            hold: Row = {
                "id": self.all.make.ids.new("unit_hold"), "unit_id": unit["id"],
                "kind": HoldKind.WORKS if kind == 2 else HoldKind.WITHHELD, "starts": begins,
                "ends": self.today + one.whole(30, 120) * DAY if kind == 2 else None,
                "reason": "换新风和强电" if kind == 2 else "留给在谈的企业扩租",
            }  # fmt: skip
            self.all.holds.append(hold)
