"""Whom to invite and which firms to bring: the scores of matching, with what each bidder knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import NotFound
from app.core.kept import kept
from app.firms import fields
from app.firms.models import Demand, Firm
from app.firms.queries.scope import sees_all
from app.pipeline.matching.rule import rule_on
from app.pipeline.matching.score import Fit, fit
from app.pipeline.models import Meeting
from app.pipeline.queries import matches, meetings, openings
from app.pipeline.queries.openings import Opening

#: how many are put on the table by one press
FILL = 5
SHOWN = 12
#: how many firms that came into the pool last are weighed, beside all that look for room; and how
#: many where nobody is on the table yet
RECENT, FIRST = 300, 100


def _need_all(viewer: AnyViewer) -> None:
    """The district only: it compares every firm of the pool with every bidder."""
    if not sees_all(viewer):
        raise NotFound()


def fits(ids: Iterable[int], rows: Sequence[Opening], day: dt.date) -> dict[int, list[Fit]]:
    """firm id → the fits of some firms of the pool with some bidders, the best first: what a firm
    looks for counts only once it has agreed that parks know."""
    wanted, firm_ids = tuple(sorted(set(ids))), tuple(row.id for row in rows)
    return kept(("meeting", wanted, firm_ids, day), lambda: _fits(wanted, rows, day))


def _fits(ids: Sequence[int], rows: Sequence[Opening], day: dt.date) -> dict[int, list[Fit]]:
    held, rule = matches.offers(ids, day), rule_on(day)
    agreed = fields.consents([row.id for row in rows], day)
    demands = matches.open_demands(agreed)
    areas = openings.areas_of({row.carrier_id for row in rows if row.carrier_id}, day)
    found = {}
    for row in rows:
        one = matches.wanted_of(row, demands.get(row.id), areas)
        some = [fit(rule, one, offer) for i, offer in held.items() if i != row.carrier_id]
        found[row.id] = sorted(some, key=lambda it: (-it.score, it.carrier_id))
    return found


def _latest(rows: Sequence[Opening], most: int) -> list[Opening]:
    """Those that came into the pool last."""
    return sorted(rows, key=lambda row: (row.since, row.id), reverse=True)[:most]


@dataclass(frozen=True)
class Bidder:
    """An accelerator or park that could be invited, with how many firms suit it."""

    carrier: Carrier
    suits: int


def bidders(viewer: AnyViewer, row: Meeting, day: dt.date) -> list[Bidder]:
    """Those not invited, whom most firms on the table suit on top; while nobody is on it, most of
    those that came into the pool last."""
    _need_all(viewer)
    ids = matches.bidders(day)
    invited = {guest.carrier_id for guest in meetings.guests(row)}
    listed = {entry.firm_id for entry in meetings.entries(row)}
    counts = dict.fromkeys(ids, 0)
    pool = openings.everything(day)
    rows = [one for one in pool if one.id in listed] if listed else _latest(pool, FIRST)
    for some in fits(ids, rows, day).values():
        for one in some:
            counts[one.carrier_id] += one.suits
    statement = select(Carrier).where(Carrier.id.in_([i for i in ids if i not in invited]))
    found = [Bidder(one, counts[one.id]) for one in session.scalars(statement.order_by(Carrier.id))]
    return sorted(found, key=lambda one: (-one.suits, one.carrier.sort_key, one.carrier.id))


@dataclass(frozen=True)
class Advised:
    """A firm of the pool that could be put on the table: its best fit among the invited, how many
    of them it suits, and since when it looks for room."""

    firm: Firm
    best: Fit | None
    suits: int
    demand: Demand | None


def firms(viewer: AnyViewer, row: Meeting, by: str, day: dt.date) -> list[Advised]:
    """Firms that are not on the table: by `match` those that suit one of the invited, the best
    first; by `demand` those that look for room, the longest first. NotFound for another word."""
    _need_all(viewer)
    if by not in ("match", "demand"):
        raise NotFound()
    coming = {guest.carrier_id for guest in meetings.guests(row)}
    listed = {entry.firm_id for entry in meetings.entries(row)}
    rows = [one for one in openings.everything(day) if one.id not in listed]
    ids = [one.id for one in rows]
    demands = matches.open_demands(ids)
    recent = {one.id for one in _latest(rows, RECENT)}
    weighed = [one for one in rows if one.id in recent or one.id in demands]
    scored = fits(coming, weighed, day) if coming else {}
    suiting = {i: [one for one in scored.get(i, ()) if one.suits] for i in ids}
    if by == "match":
        chosen = sorted((i for i in ids if suiting[i]), key=lambda i: (-suiting[i][0].score, i))
    else:
        chosen = sorted(demands, key=lambda i: (demands[i].opened_on, i))
    chosen = chosen[:SHOWN]
    named = openings.firms(chosen)
    return [
        Advised(named[i], next(iter(suiting[i]), None), len(suiting[i]), demands.get(i))
        for i in chosen if i in named
    ]  # fmt: skip
