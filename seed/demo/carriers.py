"""Operators, incubators and accelerators with their sites, status and titles."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from app.carriers.models import PARK, Carrier, CarrierSector, Site
from app.core.db import session
from app.core.pinyin import sort_key
from seed.demo.codes import uscc
from seed.demo.dice import Dice, dice, parts_of
from seed.demo.endings import end_some
from seed.demo.making import Makers
from seed.demo.world import NEVER, SECTORS, House, Spot, World
from seed.files import read

Row = dict[str, Any]
#: Registered incubators at the ends of the last years, and how many left the register in each;
#: 170 at the end of 2020 is the plan's baseline, 194 in 2023 and now what was published: one of
#: the present ones has closed a few days ago (seed.demo.endings).
REGISTERED = (128, 139, 150, 160, 170, 179, 188, 194, 190, 188, 195)
LEFT = (0, 0, 1, 1, 2, 2, 2, 2, 7, 5, 2)
#: Codes of operators count from here; firms' codes lie elsewhere.
OPERATOR_CODES = 700_000_000


def make_world(make: Makers) -> World:
    """Carriers of all tiers. Parks come from the reference data."""
    builder = _Builder(make)
    incubators = builder.incubators()
    accelerators = builder.accelerators()
    first = make.calendar.start.toordinal() - 366 * 4
    last = make.calendar.today.toordinal()
    return World(incubators, accelerators, builder.parks(), first, last)


def _lives(make: Makers, one: Dice) -> list[tuple[int, int]]:
    """(opening, closing) ordinals of incubators, so that each year ends with its number."""
    year = make.calendar.today.year
    start, today = make.calendar.start.toordinal(), make.calendar.today.toordinal()
    levels = [make.carriers(n) for n in REGISTERED]
    lives = [[start - (one.whole(30, 2500) if n else 2500), NEVER] for n in range(levels[0])]
    for offset in range(1, len(levels)):
        when = year - 10 + offset
        low = max(dt.date(when, 1, 8).toordinal(), start)
        high = min(dt.date(when, 12, 20).toordinal(), today - 3)
        if high <= low:
            continue
        leaving = min(round(LEFT[offset] * min(make.scale, 1.0)), levels[offset - 1] // 2)
        live = [i for i, life in enumerate(lives) if life[1] == NEVER and life[0] < low - 400]
        for _ in range(min(leaving, max(len(live) - 12, 0))):
            lives[live.pop(one.whole(10, len(live) - 1))][1] = one.whole(low, high)
        now = sum(1 for life in lives if life[1] == NEVER)
        lives += [[one.whole(low, high), NEVER] for _ in range(max(levels[offset] - now, 0))]
    return sorted((a, b) for a, b in lives)


class _Builder:
    def __init__(self, make: Makers) -> None:
        self.make = make
        self.one = dice(make.seed, 101)
        self.data = read("demo/carriers.yaml")
        self.brands = self.data["brands"].split()
        self.places = {place[0]: place for place in self.data["places"]}
        self.operators = 0
        self.operator: tuple[int, int] = (0, 0)
        self.named = {one["name"] for one in self.data["named"]}

    def incubators(self) -> list[House]:
        """Every incubator that was ever registered."""
        lives = _lives(self.make, self.one)
        lasting = [i for i, life in enumerate(lives) if life[1] == NEVER][: len(self.data["named"])]
        named = dict(zip(lasting, self.data["named"], strict=False))
        kinds = self._kinds(len(lives))
        houses = []
        for number, (opens, closes) in enumerate(lives):
            given = named.get(number) or self._invent(number, kinds[number])
            houses.append(self._incubator(number, given, opens, closes))
        self._weigh(houses)
        spared = {one["name"] for one in self.data["named"]}
        end_some(self.make, houses, spared)
        return houses

    def _kinds(self, count: int) -> list[str]:
        kinds = self.data["kinds"]
        numbers = parts_of(count, [kind["share"] for kind in kinds.values()])
        made = [k for k, n in zip(kinds, numbers, strict=True) for _ in range(n)]
        self.one.shuffle(made)
        return made

    def _invent(self, number: int, kind: str) -> Row:
        places = self.data["places"]
        ends = self.data["kinds"][kind]["ends"]
        for attempt in range(10_000):
            place = places[(number * 5 + attempt) % len(places)]
            brand = self.brands[(number * 7 + attempt * 3) % len(self.brands)]
            more = "" if number < 1_500 else f"{number}号"
            name = f"{place[0]}{brand}{more}{ends[number % len(ends)]}"
            if name not in self.named:
                self.named.add(name)
                break
        lead = [SECTORS.draw(self.one)]
        if self.one.chance(0.5) and (other := SECTORS.draw(self.one)) not in lead:
            lead.append(other)
        return {"place": place[0], "name": name, "kind": kind, "sectors": lead}

    def _weigh(self, houses: list[House]) -> None:
        """Sizes: those named get the firms wanted, the others share the rest."""
        live = [h for h in houses if h.closes == NEVER]
        wanted = sum(h.weight for h in live)
        others = [h for h in houses if not h.weight]
        raw = [min(max(self.one.lognormvariate(0, 0.5), 0.35), 2.4) for _ in others]
        rest = self.make.size - wanted * min(self.make.scale, 1.0)
        whole = sum(r for r, h in zip(raw, others, strict=True) if h.closes == NEVER) or 1.0
        for house in live:
            house.weight *= min(self.make.scale, 1.0)
        for weight, house in zip(raw, others, strict=True):
            house.weight = weight * rest / whole

    def _incubator(self, number: int, given: Row, opens: int, closes: int) -> House:
        house = self._carrier(given, 1, given["kind"], opens, closes)
        house.weight = float(given.get("weight", 0))
        house.late = bool(given.get("late"))
        house.filed = bool(given.get("filed"))
        self._status(house, number)
        self._titles(house)
        return house

    def accelerators(self) -> list[House]:
        """The four accelerators."""
        houses = []
        for number, given in enumerate(self.data["accelerators"]):
            opens = self.make.calendar.start.toordinal() - 200 + number * 130
            house = self._carrier(given, 2, "accelerator", opens, NEVER)
            self._status(house, 900 + number)
            house.weight = float(given["area_m2"])
            houses.append(house)
        return houses

    def parks(self) -> list[House]:
        """The parks of the reference data, now with a status."""
        sites: dict[int, list[Spot]] = {}
        for site in session.scalars(select(Site).order_by(Site.id)):
            spot = Spot(site.id, site.town or "", site.area or "", site.address)
            sites.setdefault(site.carrier_id, []).append(spot)
        leads: dict[int, list[str]] = {}
        order = (CarrierSector.carrier_id, CarrierSector.position)
        for lead in session.scalars(select(CarrierSector).order_by(*order)):
            leads.setdefault(lead.carrier_id, []).append(lead.sector)
        houses = []
        parks = select(Carrier).where(Carrier.tier == PARK).order_by(Carrier.id)
        for number, park in enumerate(session.scalars(parks)):
            day = park.founded_on or dt.date(2019, 6, 1)
            house = House(park.id, park.name, 3, leads[park.id], sites[park.id], 1.0, 0)
            house.organisation_id = park.organisation_id
            house.opens = day.toordinal()
            house.weight = self.one.lognormvariate(0, 0.5)
            self._status(house, 950 + number)
            houses.append(house)
        return houses

    def _carrier(self, given: Row, tier: int, kind: str, opens: int, closes: int) -> House:
        make, one = self.make, self.one
        slot = make.calendar.slot(opens)
        _name, town, area = self.places[given["place"]]
        operator_id, parent = self._operator(given, slot)
        organisation = make.ids.new("organisation")
        carrier = make.ids.new("carrier")
        names = {"name": given["name"], "short_name": given["name"].removesuffix("(浦东)")}
        make.stream.add(
            slot,
            "organisation",
            {"id": organisation, "pid": one.pid(), "kind": "carrier", **names}
            | {"code": None, "parent_id": parent, "area_code": area, "town_code": town},
        )
        area_m2 = given.get("area_m2") or one.whole(10, 120) * 100
        row = {"id": carrier, "pid": one.pid(), "organisation_id": organisation, **names}
        row |= {"operator_id": operator_id, "sort_key": sort_key(given["name"]), "tier": tier}
        row |= {"type": kind, "founded_on": dt.date.fromordinal(opens - one.whole(40, 400))}
        row |= {"area_m2": area_m2, "incubating_m2": area_m2 * one.whole(55, 85) // 100}
        make.stream.add(slot, "carrier", row)
        for position, sector in enumerate(given["sectors"]):
            lead = {"id": make.ids.new("carrier_sector"), "carrier_id": carrier}
            make.stream.add(slot, "carrier_sector", lead | {"sector": sector, "position": position})
        spots = self._sites(carrier, given, opens, area_m2, (town, area))
        house = House(carrier, given["name"], tier, list(given["sectors"]), spots, 0.0, opens)
        house.closes, house.organisation_id, house.kind = closes, organisation, kind
        house.operator, house.area_m2 = operator_id, area_m2
        return house

    def _sites(
        self, carrier: int, given: Row, opens: int, area_m2: int, where: tuple[str, str]
    ) -> list[Spot]:
        one, make = self.one, self.make
        spots = []
        for number in range(1 if one.chance(0.8) else one.whole(2, 3)):
            town, area = where
            place = given["place"]
            if number and one.chance(0.5):
                place, town, area = one.one(self.data["places"])
            start = opens if not number else min(opens + 400 * number, make.calendar.ordinals[-1])
            road = place if place.endswith("路") else f"{place}路"
            address = f"{road}{one.whole(2, 188) * 10 + 8}号{one.whole(1, 9)}号楼"
            spot = Spot(make.ids.new("site"), town, area, address, start)
            row = {"id": spot.id, "pid": one.pid(), "carrier_id": carrier, "address": address}
            row |= {"name": f"{place}{'总部' if not number else f'{number + 1}号点'}"}
            row |= {"town": town, "area": area, "area_m2": area_m2 // (number + 1)}
            row["starts"] = dt.date.fromordinal(start)
            make.stream.add(make.calendar.slot(start), "site", row)
            spots.append(spot)
        return spots

    def _operator(self, given: Row, slot: int) -> tuple[int, int]:
        """(operator, its organisation); every sixth carrier shares the operator before it."""
        make, one = self.make, self.one
        if self.operators and "加速器" not in given["name"] and one.chance(0.16):
            return self.operator
        self.operators += 1
        end = "创业孵化管理有限公司" if "加速器" not in given["name"] else "加速器运营管理有限公司"
        name = f"上海{given['name'][:5]}{end}"
        if name in self.named:
            name = f"上海{given['name'].removesuffix('(浦东)')}{end}"
        self.named.add(name)
        code = uscc(OPERATOR_CODES + self.operators)
        organisation, operator = make.ids.new("organisation"), make.ids.new("operator")
        row = {"id": organisation, "pid": one.pid(), "kind": "operator", "name": name}
        row |= {"short_name": name[2:9], "code": code, "parent_id": None}
        make.stream.add(slot, "organisation", row | {"area_code": None, "town_code": None})
        row = {"id": operator, "pid": one.pid(), "organisation_id": organisation}
        make.stream.add(slot, "operator", row | {"name": name, "code": code})
        self.operator = operator, organisation
        return self.operator

    def _status(self, house: House, number: int) -> None:
        one = self.one
        opens = dt.date.fromordinal(house.opens)
        half = "上" if opens.month <= 6 else "下"
        self._act(
            house,
            "registered",
            house.opens,
            f"登字第{number + 1:03d}号",
            f"{opens.year}年{half}半年",
        )
        if house.tier > 1:
            return
        last = min(house.closes, self.make.calendar.today.toordinal()) - 60
        if one.chance(0.2) and last > house.opens + 400:
            self._act(
                house, "changed", one.whole(house.opens + 300, last), f"变字第{number + 1:03d}号"
            )
        if one.chance(0.03) and last > house.opens + 900 and house.closes == NEVER:
            paused = one.whole(house.opens + 500, last - 300)
            self._act(house, "suspended", paused, f"停字第{number + 1:03d}号")
            self._act(house, "resumed", paused + one.whole(60, 240), f"复字第{number + 1:03d}号")
        if house.closes != NEVER:
            act = one.one(("withdrawn", "closed"))
            self._act(house, act, house.closes, f"销字第{number + 1:03d}号")

    def _act(
        self, house: House, act: str, day: int, document: str, batch: str | None = None
    ) -> None:
        when = dt.date.fromordinal(day)
        row = {"id": self.make.ids.new("carrier_status"), "carrier_id": house.id, "act": act}
        row |= {"day": when, "document": f"演示文号〔{when.year}〕{document}", "batch": batch}
        self.make.stream.add(self.make.calendar.slot(day), "carrier_status", row | {"remark": None})

    def _titles(self, house: House) -> None:
        one, today = self.one, self.make.calendar.today.toordinal()
        wanted = [("district", 0.45, 200), ("municipal", 0.2, 800), ("national", 0.1, 1500)]
        wanted += [("plateau", 0.25, 2600), ("peak", 0.05, 2600)]
        for level, share, age in wanted:
            start = house.opens + age + one.whole(0, 200)
            if not one.chance(share) or start >= min(today, house.closes):
                continue
            ends = min(house.closes, start + 5 * 365)
            day = dt.date.fromordinal(start)
            row: Row = {"id": self.make.ids.new("carrier_title"), "carrier_id": house.id}
            row |= {
                "level": level,
                "starts": day,
                "document": f"演示文号〔{day.year}〕级字{house.id}号",
            }
            row["ends"] = None
            slot = self.make.calendar.slot
            if ends < today:
                ended = {"ends": dt.date.fromordinal(ends)}
                self.make.stream.later(slot(start), slot(ends), "carrier_title", row, ended)
            else:
                self.make.stream.add(slot(start), "carrier_title", row)
