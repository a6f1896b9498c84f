"""Matches of firms and bidders: what each side may know of the other, read once and scored.

A firm that has not agreed contributes what the pool opens and nothing of its demand, so neither
score, order nor filter tells of it. The firm's side is scored with what each bidder knows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from app.carriers.models import (
    ACCELERATOR,
    DM2,
    Carrier,
    StatusAct,
    Unit,
    UnitUse,
)
from app.carriers.queries.status import standings
from app.core.access import AnyViewer, System
from app.core.db import session
from app.core.kept import kept
from app.core.terms import term_words
from app.firms import fields
from app.firms.models import Demand, DemandState, Firm, Residency
from app.firms.queries.space import Stock, stock
from app.pipeline.claim_state import claim_state
from app.pipeline.matching.rule import MatchRule, rule_on
from app.pipeline.matching.score import (
    Fit,
    Need,
    Offer,
    Room,
    Spot,
    Wanted,
    fit,
    ranked,
)
from app.pipeline.models import Claim
from app.pipeline.queries import openings, ties
from app.pipeline.queries.openings import Opening
from app.pipeline.words import ClaimStanding

READER = System("matching")
GONE = (StatusAct.WITHDRAWN, StatusAct.CLOSED)
PIECE = 500
#: conditions of an address of the list
CONDITIONS = ("tab", "sector", "use", "sort")


def need_of(row: Demand) -> Need:
    """A search as the score reads it."""
    return Need(
        area_low=row.area_low, area_high=row.area_high, uses=frozenset(row.uses),
        needed_by=row.needed_by, regions=frozenset(row.regions) if row.regions else None,
        rent_most=row.rent_most, load_kg=row.load_kg, height_mm=row.height_mm,
        power_kw=row.power_kw, exhaust=row.exhaust, clean=row.clean, assessment=row.assessment,
    )  # fmt: skip


def open_demands(firm_ids: Iterable[int]) -> dict[int, Demand]:
    """firm id → its open search; whether it may be shown is the caller's to ask."""
    ids = sorted(set(firm_ids))
    found: dict[int, Demand] = {}
    for start in range(0, len(ids), PIECE):
        some = Demand.firm_id.in_(ids[start : start + PIECE])
        statement = select(Demand).where(some, Demand.state == DemandState.OPEN)
        found |= {row.firm_id: row for row in session.scalars(statement.order_by(Demand.id))}
    return found


def shown_demands(viewer: AnyViewer, firm_ids: Iterable[int], day: dt.date) -> dict[int, Demand]:
    """The open searches that the viewer may read: by relation, or by the firm's consent."""
    found = open_demands(firm_ids)
    ids = sorted(found)
    seen: dict[int, Demand] = {}
    for start in range(0, len(ids), PIECE):
        some = fields.open_to_each(viewer, ids[start : start + PIECE], day)
        seen |= {i: found[i] for i, opened in some.items() if "demand" in opened}
    return seen


def room_of(one: Stock) -> Room | None:
    """A unit as the score reads it; None where nothing of it will be free for good.

    A unit whose end is planned is not offered: what follows it is, from its own first day, so that
    no ㎡ is there twice.
    """
    since, unit = one.free_from, one.unit
    if since is None or unit.ends is not None:
        return None
    free = one.free_on(since)
    area = free if unit.desks is None else unit.area_dm2 * free // unit.desks
    return Room(
        id=unit.id, spot=Spot(unit.building, unit.floor, unit.floor_label, unit.number),
        area=area // DM2, free_from=since, uses=frozenset(unit.uses),
        approved=frozenset(unit.approved), rent=(unit.rent or None) if unit.desks is None else None,
        load_kg=unit.load_kg, height_mm=unit.height_mm, power_kw=unit.power_kw,
        exhaust=unit.exhaust, clean=unit.clean, pid=unit.pid, desks=unit.desks, free=free,
    )  # fmt: skip


def offers(ids: Iterable[int], day: dt.date) -> dict[int, Offer]:
    """What carriers look for and have free, by id; kept until something is written."""
    wanted = tuple(sorted(set(ids)))
    return kept(("offers", wanted, day), lambda: _offers(wanted, day))


def _offers(ids: Sequence[int], day: dt.date) -> dict[int, Offer]:
    areas = openings.areas_of(set(ids), day)
    sectors, inside = openings.sectors_of(ids), openings.inside_of(ids)
    rooms: dict[int, list[Room]] = {}
    for one in stock(READER, day, Unit.carrier_id.in_(ids), everywhere=True):
        room = room_of(one)
        if room is not None and room.area > 0:
            rooms.setdefault(one.unit.carrier_id, []).append(room)
    return {
        i: Offer(
            i,
            tuple(sectors.get(i, ())),
            frozenset(areas.get(i, ())),
            tuple(rooms.get(i, ())),
            frozenset(inside.get(i, ())),
        )
        for i in ids
    }


def matches(viewer: AnyViewer, day: dt.date) -> dict[int, Fit]:
    """firm id → its best fit with one of the viewer's bidders, for all firms of its pool."""
    return kept(("matches", viewer, day), lambda: _matches(viewer, day))


def _matches(viewer: AnyViewer, day: dt.date) -> dict[int, Fit]:
    rows = openings.pool(viewer, day)
    held = offers(openings.own(viewer).ids, day)
    if not held:
        return {}
    rule, demands = rule_on(day), shown_demands(viewer, [row.id for row in rows], day)
    areas = openings.areas_of({row.carrier_id for row in rows if row.carrier_id}, day)
    found = {}
    for row in rows:
        wanted = wanted_of(row, demands.get(row.id), areas)
        found[row.id] = min(
            (fit(rule, wanted, offer) for offer in held.values()),
            key=lambda one: (-one.score, one.carrier_id),
        )
    return found


def rooms_for(viewer: AnyViewer, firm: Firm, day: dt.date) -> list[tuple[int, Room]]:
    """(carrier, room) of the viewer's bidders of which something is free, those that suit the
    firm best first as far as what it looks for is shown."""
    demand = shown_demands(viewer, [firm.id], day).get(firm.id)
    need = need_of(demand) if demand is not None else None
    wanted, rule = Wanted(firm.id, firm.sector, None, need), rule_on(day)
    held = offers(openings.own(viewer).ids, day)
    return [(i, room) for i, offer in held.items() for room in ranked(rule, wanted, offer)]


def by_desks(viewer: AnyViewer, day: dt.date) -> bool:
    """Whether any room that the viewer's bidders offer is let by desks."""
    held = offers(openings.own(viewer).ids, day)
    return any(room.desks is not None for offer in held.values() for room in offer.rooms)


@dataclass(frozen=True)
class Sums:
    """Of a list: firms whose demand is shown, what they need at least and at most, in ㎡; and what
    the viewer's bidders have free."""

    firms: int
    low: int
    high: int
    free: int


def sums(rows: Sequence[Opening], fits: Mapping[int, Fit], free: int = 0) -> Sums:
    """The demand of a list as far as it is shown."""
    needs = [fits[row.id].need for row in rows if row.id in fits]
    told = [need for need in needs if need is not None]
    low, high = sum(n.area_low for n in told), sum(n.area_high for n in told)
    return Sums(len(told), low, high, free)


def free_m2(viewer: AnyViewer, day: dt.date) -> int:
    """㎡ that the viewer's bidders have free today or will have."""
    held = offers(openings.own(viewer).ids, day)
    return sum(room.area for offer in held.values() for room in offer.rooms)


def wanted_of(row: Opening, demand: Demand | None, areas: dict[int, set[str]]) -> Wanted:
    """A firm of the pool as the score reads it."""
    here = frozenset(areas.get(row.carrier_id or 0, ()))
    need = need_of(demand) if demand is not None else None
    return Wanted(row.id, row.sector, row.carrier_id, need, here)


def bidders(day: dt.date) -> list[int]:
    """Accelerators and parks that have not closed or lost their title."""
    ids = list(session.scalars(select(Carrier.id).where(Carrier.tier >= ACCELERATOR)))
    last = standings(day, ids)
    return sorted(i for i in ids if i not in last or last[i].act not in GONE)


def knowing(firm: Firm, day: dt.date) -> set[int]:
    """Bidders that know what the firm looks for without its consent: it chose them, or is there."""
    chosen = select(Claim.carrier_id).where(
        Claim.firm_id == firm.id, claim_state(day) == ClaimStanding.ACCEPTED
    )
    hosts = select(Residency.carrier_id).where(
        Residency.firm_id == firm.id, Residency.starts <= day,
        or_(Residency.ends.is_(None), Residency.ends > day),
    )  # fmt: skip
    return {*session.scalars(chosen), *session.scalars(hosts)}


def mirror(firm: Firm, day: dt.date) -> list[Fit]:
    """The bidders that suit a firm, the best first: the very pairs and scores that each of them
    sees. Bidders where it is now are left out."""
    tie = ties.here(firm, day)
    here = tie.carrier_id if tie else None
    areas = openings.areas_of({here} if here else set(), day)
    demand = open_demands([firm.id]).get(firm.id)
    agreed, knows = bool(fields.consents([firm.id], day)), knowing(firm, day)
    rule: MatchRule = rule_on(day)
    plain = Wanted(firm.id, firm.sector, here, None, frozenset(areas.get(here or 0, ())))
    need = need_of(demand) if demand is not None else None
    told = Wanted(firm.id, firm.sector, here, need, plain.areas)
    found = [
        fit(rule, told if agreed or i in knows else plain, offer)
        for i, offer in offers(bidders(day), day).items()
        if i != here
    ]
    suiting = [one for one in found if one.suits]
    return sorted(suiting, key=lambda one: (-one.score, one.carrier_id))


@dataclass(frozen=True)
class Listed:
    """The list of an address: its conditions, and the firms under them in order."""

    tab: str
    sector: str
    use: str
    latest: bool
    everything: list[Opening]
    in_tab: list[Opening]
    found: list[Opening]
    fits: dict[int, Fit]
    #: under the conditions of the address, by tab
    counts: dict[str, int]
    #: what the address asks for that there is not, by name of the condition
    unknown: dict[str, str]

    @property
    def asked(self) -> dict[str, str]:
        """The conditions as an address says them, without those that there are not."""
        held = {"tab": self.tab, "sector": self.sector, "use": self.use}
        said = {name: value for name, value in held.items() if value}
        return said | ({"sort": "day"} if self.latest else {})


def _known(name: str, value: str) -> bool:
    """Whether a condition of an address can be asked for."""
    if name == "sector":
        named = (openings.LEAD, openings.UNSAID)
        return value in named or term_words("sector", value) is not None
    choices = {"tab": openings.TABS, "use": list(UnitUse), "sort": ("fit", "day")}
    return value in choices[name]


def listed(viewer: AnyViewer, day: dt.date, asked: Mapping[str, str]) -> Listed:
    """承接机会 under the tab, sector, use and order that an address asks for.

    A condition that there is not is left out and named in `unknown`.
    """
    given = {name: asked[name] for name in CONDITIONS if asked.get(name)}
    unknown = {name: value for name, value in given.items() if not _known(name, value)}
    tab, sector, use = (
        "" if name in unknown else given.get(name, "") for name in ("tab", "sector", "use")
    )
    fits, everything = matches(viewer, day), openings.pool(viewer, day)
    mine, latest = openings.own(viewer), given.get("sort") == "day"
    some = openings.used_for(openings.within(everything, mine, sector), fits, use)
    under = {code: openings.under(some, fits, code) for code in openings.TABS}
    counts = {code: len(rows) for code, rows in under.items()}
    in_tab = openings.under(everything, fits, tab)
    found = openings.ordered(under[tab], fits, latest)
    return Listed(tab, sector, use, latest, everything, in_tab, found, fits, counts, unknown)
