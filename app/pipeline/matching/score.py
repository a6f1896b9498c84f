"""The score of a pair: points for each criterion, with what decided it. Pure: no database.

Unknown is an answer of its own and lies between no and yes; a better offer never lowers a score,
because the room that suits best stands for the carrier. A room whose use is not on record stands
for nothing, so that a blank record never counts more than a truthful one; and a pair whose room
fails a hard technical condition stays below 高, whatever else speaks for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from app.carriers.models import Clean, Exhaust, UnitUse
from app.pipeline.matching.rule import WHOLE, MatchRule

YES, NO, OPEN = "yes", "no", "open"
EXHAUSTS, CLEANS = list(Exhaust), list(Clean)
#: code of a region that stands for all
ANY = "any"


@dataclass(frozen=True)
class Need:
    """What a firm has said that it looks for, as far as the other side may know it."""

    area_low: int
    area_high: int
    uses: frozenset[UnitUse]
    needed_by: dt.date
    regions: frozenset[str] | None = None
    rent_most: int | None = None
    load_kg: int | None = None
    height_mm: int | None = None
    power_kw: int | None = None
    exhaust: Exhaust | None = None
    clean: Clean | None = None
    assessment: bool | None = None


@dataclass(frozen=True)
class Wanted:
    """A firm as a bidder may know it: `need` None where it is not open or not said."""

    firm_id: int
    sector: str | None
    carrier_id: int | None
    need: Need | None
    #: areas where its present carrier is
    areas: frozenset[str] = frozenset()


class Spot(NamedTuple):
    """Where a unit is; `firms.unit_words.place` puts it in the reader's words."""

    building: str
    floor: int
    floor_label: str | None
    number: str


@dataclass(frozen=True)
class Room:
    """A unit of which something can be taken from a day on: whole ㎡, fen per ㎡ and day.

    Without `uses` it is not weighed; a rent of 0 is one that is not said.
    """

    id: int
    spot: Spot
    area: int
    free_from: dt.date
    uses: frozenset[UnitUse] = frozenset()
    approved: frozenset[UnitUse] = frozenset()
    rent: int | None = None
    load_kg: int | None = None
    height_mm: int | None = None
    power_kw: int | None = None
    exhaust: Exhaust | None = None
    clean: Clean | None = None
    #: its public id; how many desks it is let by, if by desks; what of it is free, as it is let
    pid: str = ""
    desks: int | None = None
    free: int = 0


@dataclass(frozen=True)
class Offer:
    """A park or accelerator: its declared speciality first, where it is, what is free."""

    carrier_id: int
    sectors: tuple[str, ...]
    areas: frozenset[str]
    rooms: tuple[Room, ...] = ()
    #: ids of carriers that lie in it
    inside: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Criterion:
    """How one criterion came out: points in per cent of its weight, and what decided it."""

    key: str
    answer: str
    points: int
    #: which of the cases of the criterion it was
    case: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fit:
    """The score of a pair, 0 to 100, with its criteria in the order of the rule."""

    firm_id: int
    carrier_id: int
    score: int
    level: str
    criteria: tuple[Criterion, ...]
    room: Room | None = None
    #: what the firm looks for, as the bidder may know it
    need: Need | None = None
    #: whether a hard technical condition kept the score below 高
    capped: bool = False

    @property
    def suits(self) -> bool:
        """Whether the pair is recommended, to both sides alike."""
        return self.level != "low"


def fit(rule: MatchRule, firm: Wanted, offer: Offer) -> Fit:
    """How well the two suit each other, by the room that suits best."""
    held = {"sector": _sector(rule, firm, offer), "region": _region(rule, firm, offer)}
    base = sum(rule.weights[one.key] * one.points for one in held.values())
    room, rest = _best(rule, firm.need, offer, base)
    held |= rest
    criteria = tuple(held[key] for key in rule.weights)
    score = sum(rule.weights[one.key] * one.points for one in criteria) // WHOLE
    failed = firm.need is not None and room is not None and _fails(rule, firm.need, room)
    capped = failed and score >= rule.levels["high"]
    score = rule.levels["high"] - 1 if capped else score
    return Fit(
        firm.firm_id, offer.carrier_id, score, rule.level(score), criteria, room, firm.need, capped
    )


def ranked(rule: MatchRule, firm: Wanted, offer: Offer) -> list[Room]:
    """The rooms of an offer, those that suit the firm best first."""
    need = firm.need
    if need is None:
        return list(offer.rooms)
    low = need.area_low
    scores = {one.id: fit(rule, firm, replace(offer, rooms=(one,))).score for one in offer.rooms}
    return sorted(offer.rooms, key=lambda one: (-scores[one.id], abs(one.area - low), one.id))


def _sector(rule: MatchRule, firm: Wanted, offer: Offer) -> Criterion:
    if firm.sector is None or not offer.sectors:
        return Criterion("sector", OPEN, rule.open, "firm" if firm.sector is None else "carrier")
    if firm.sector == offer.sectors[0]:
        return Criterion("sector", YES, rule.sector["first"], "first")
    if firm.sector in offer.sectors:
        return Criterion("sector", YES, rule.sector["lead"], "lead")
    return Criterion("sector", NO, 0, "other")


def _region(rule: MatchRule, firm: Wanted, offer: Offer) -> Criterion:
    wished = firm.need.regions if firm.need else None
    if not wished:
        if firm.carrier_id in offer.inside:
            return Criterion("region", YES, max(rule.region["inside"], rule.open), "inside")
        near = sorted(firm.areas & offer.areas)
        if near:
            facts = {"area": near[0]}
            return Criterion("region", YES, max(rule.region["near"], rule.open), "near", facts)
        return Criterion("region", OPEN, rule.open, "firm")
    if ANY in wished:
        return Criterion("region", YES, WHOLE, "any")
    if not offer.areas:
        return Criterion("region", OPEN, rule.open, "carrier")
    shared = sorted(wished & offer.areas)
    if shared:
        return Criterion("region", YES, WHOLE, "wished", {"area": shared[0]})
    return Criterion("region", NO, 0, "elsewhere", {"areas": sorted(wished)})


def _best(
    rule: MatchRule, need: Need | None, offer: Offer, base: int
) -> tuple[Room | None, dict[str, Criterion]]:
    """The room with the most points, the nearer to the wish the better; its criteria.

    `base` are the weighted points of the pair apart from rooms: with them a room that fails a hard
    condition is weighed no higher than the pair may come.
    """
    keys, weights = ("area", "technical", "time", "budget"), rule.weights
    rooms = [room for room in offer.rooms if room.uses]
    if need is None or not rooms:
        case = "firm" if need is None else "blank" if offer.rooms else "carrier"
        return None, {key: Criterion(key, OPEN, rule.open, case) for key in keys}
    together = _together(rule, need, rooms)
    most = rule.levels["high"] * WHOLE - 1
    best: tuple[tuple[int, int, int], Room] | None = None
    ranked = [(base + _plain_points(rule, need, room, together), room) for room in rooms]
    ranked.sort(key=lambda one: -one[0])
    for plain, room in ranked:
        if best is not None and plain + weights["technical"] * WHOLE < -best[0][0]:
            break  # no technical fit can lift this one, or any after it, to the best
        points = plain + weights["technical"] * _technical_points(rule, need, room)
        if points > most and _fails(rule, need, room):
            points = most
        order = (-points, abs(room.area - need.area_low), room.id)
        if best is None or order < best[0]:
            best = order, room
    assert best is not None
    room = best[1]
    return room, {
        "area": _area(rule, need, room, together), "technical": _technical(rule, need, room),
        "time": _time(rule, need, room), "budget": _budget(rule, need, room),
    }  # fmt: skip


def _fails(rule: MatchRule, need: Need, room: Room) -> bool:
    """Whether the room fails one of the hard technical conditions."""
    return any(met is False and key in rule.hard for key, met, *_rest in _asked(need, room))


def _joins(rule: MatchRule, need: Need, room: Room) -> bool:
    """Whether a room counts where several are needed: free in time, no hard condition failed."""
    return room.free_from <= need.needed_by and not _fails(rule, need, room)


def _together(rule: MatchRule, need: Need, rooms: Sequence[Room]) -> dict[int, int]:
    """By id of a room that can be joined with others: ㎡ of all those together."""
    if sum(room.area for room in rooms) < need.area_low:
        return {}
    some = [room for room in rooms if _joins(rule, need, room)]
    return dict.fromkeys((room.id for room in some), sum(room.area for room in some))


def _plain_points(rule: MatchRule, need: Need, room: Room, together: dict[int, int]) -> int:
    """Weighted points of a room for area, time and budget."""
    return (
        rule.weights["area"] * _area_points(rule, need, room, together)
        + rule.weights["time"] * _time_points(rule, need, room)
        + rule.weights["budget"] * _budget_points(rule, need, room)
    )


def _area_case(rule: MatchRule, need: Need, room: Room, together: dict[int, int]) -> str:
    if room.area >= need.area_low:
        return "one"
    if together.get(room.id, 0) >= need.area_low:
        return "several"
    return "nearly" if room.area * WHOLE >= need.area_low * rule.area["nearly_share"] else "small"


def _area_points(rule: MatchRule, need: Need, room: Room, together: dict[int, int]) -> int:
    return rule.area.get(_area_case(rule, need, room, together), 0)


def _area(rule: MatchRule, need: Need, room: Room, together: dict[int, int]) -> Criterion:
    case = _area_case(rule, need, room, together)
    facts = {
        "room": room.spot, "area": room.area, "need": need.area_low,
        "together": together.get(room.id, 0),
    }  # fmt: skip
    answer = YES if case in ("one", "several") else NO
    return Criterion("area", answer, rule.area.get(case, 0), case, facts)


def _asked(need: Need, room: Room) -> Iterable[tuple[str, bool | None, Any, Any]]:
    """(what, whether the room has it or None, needed, there) of all that is asked of a room."""
    yield "uses", (need.uses <= room.uses if room.uses else None), need.uses, room.uses
    for key in ("load_kg", "height_mm", "power_kw"):
        wanted, there = getattr(need, key), getattr(room, key)
        if wanted is not None:
            met = True if wanted == 0 else None if there is None else there >= wanted
            yield key, met, wanted, there
    for key, order in (("exhaust", EXHAUSTS), ("clean", CLEANS)):
        want, has = getattr(need, key), getattr(room, key)
        if want is not None:
            free = want is Exhaust.NONE
            met = True if free else None if has is None else order.index(has) >= order.index(want)
            yield key, met, want, has
    if need.assessment:
        yield "approved", (need.uses <= room.approved if room.approved else None), None, None


def _technical_points(rule: MatchRule, need: Need, room: Room) -> int:
    met = [one[1] for one in _asked(need, room)]
    return sum(rule.open if one is None else WHOLE * one for one in met) // len(met)


def _technical(rule: MatchRule, need: Need, room: Room) -> Criterion:
    asked = list(_asked(need, room))
    wrong = [one for one in asked if one[1] is False]
    unknown = [one for one in asked if one[1] is None]
    answer = NO if wrong else OPEN if unknown else YES
    facts = {"wrong": wrong, "unknown": unknown}
    return Criterion("technical", answer, _technical_points(rule, need, room), answer, facts)


def _time_points(rule: MatchRule, need: Need, room: Room) -> int:
    late = (room.free_from - need.needed_by).days
    if late <= 0:
        return WHOLE
    return rule.time["late"] if late <= rule.time["late_days"] else 0


def _time(rule: MatchRule, need: Need, room: Room) -> Criterion:
    late = (room.free_from - need.needed_by).days
    facts = {"free_from": room.free_from, "needed_by": need.needed_by, "late": late}
    case = "early" if late <= 0 else "late"
    return Criterion("time", YES if late <= 0 else NO, _time_points(rule, need, room), case, facts)


def _budget_points(rule: MatchRule, need: Need, room: Room) -> int:
    if need.rent_most is None or not room.rent:
        return rule.open
    if room.rent <= need.rent_most:
        return WHOLE
    within = room.rent * WHOLE <= need.rent_most * (WHOLE + rule.budget["dearer_share"])
    return rule.budget["dearer"] if within else 0


def _budget(rule: MatchRule, need: Need, room: Room) -> Criterion:
    points, facts = _budget_points(rule, need, room), {"most": need.rent_most, "rent": room.rent}
    if need.rent_most is None:
        return Criterion("budget", OPEN, points, "firm", facts)
    if not room.rent:
        return Criterion("budget", OPEN, points, "carrier", facts)
    met = room.rent <= need.rent_most
    return Criterion("budget", YES if met else NO, points, "within" if met else "dearer", facts)
