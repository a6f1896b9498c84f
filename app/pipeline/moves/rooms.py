"""The room that a claim names: open it is only said, accepted it is kept for the firm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select, update

from app.carriers.models import DM2, HoldKind, Unit
from app.core.access import System
from app.core.db import current_revision, session
from app.core.errors import Conflict, DomainError, register_messages
from app.core.filters import day as day_text
from app.core.text import N_
from app.firms.hooks import Kept
from app.firms.models import Firm
from app.firms.queries.space import Hold, stock
from app.firms.service.keeping import fitting_out
from app.firms.service.space import follow, in_use_after, measured, room_left
from app.firms.unit_words import amount as amount_text
from app.pipeline.models import Claim, ClaimState

#: who looks up from when on a room can be had
ROOMS = System("rooms")
#: so many units are asked for by id; of more everything that is kept is read
PIECE = 500

register_messages(
    {
        "claim:unit": N_("所选房源不是〔%(carrier)s〕的：请选它的房源，或改选意向方。"),
        "claim:by_area": N_("该房源按面积出租：请填“面积（㎡）”，工位数留空。"),
        "claim:left": N_("该房源自 %(day)s 起只余 %(left)s，请减少用量或改选房源。"),
        "claim:works": N_("该房源施工至 %(day)s，计划入驻不能早于那一天；工期未定的改选房源。"),
        "claim:room": N_("意向中的房源已被使用或预留，余量不够；请意向方先在意向中改选房源。"),
    }
)


def name_room(
    claim: Claim, unit: Unit | None, today: dt.date, desks: int | None = None
) -> None:  # fmt: skip
    """Say which unit of the claimant is meant, and how much: its desks, or the claim's area; all
    that is free where neither is said, or all that the firm uses already. What is accepted is
    kept from then on, unless the firm has it in use. Raises `claim:unit`,
    `claim:by_area`, `claim:works`, `claim:left`.
    """
    claim.reserved_from = None
    claim.unit_id = claim.area_dm2 = claim.desks = None
    session.flush()
    if unit is None:
        return
    if unit.carrier_id != claim.carrier_id:
        raise DomainError("claim:unit", "unit", carrier=claim.carrier.short_name)
    if unit.desks is None and desks is not None:
        raise DomainError("claim:by_area", "amount")
    mine, since = in_use(claim, unit, today), _since(claim, unit, today)
    works = None if mine else _works(claim, unit, since)
    if works is not None:
        raise DomainError("claim:works", "planned_on", day=day_text(works.ends))
    left = room_left(unit, since)
    amount = _asked(claim, unit, desks, mine or left)
    if amount is None or amount > (unit.total if mine else left):
        field = "unit" if amount is None else "area_m2" if unit.desks is None else "amount"
        said = {"day": since.isoformat(), "left": amount_text(unit, left)}
        raise DomainError("claim:left", field, **said)
    claim.unit_id = unit.id
    for name, value in measured(unit, amount).items():
        setattr(claim, name, value)
    if unit.desks is None:
        claim.area_m2 = -(-amount // DM2)
    if claim.state == ClaimState.ACCEPTED and not mine:
        claim.reserved_from = since
    session.flush()


def _asked(claim: Claim, unit: Unit, desks: int | None, left: int) -> int | None:
    """How much of a unit is meant; None where nothing is left to mean."""
    if unit.desks is not None:
        return desks or left or None
    asked = (claim.area_m2 or 0) * DM2
    if not asked:
        return left or None
    return left if left <= asked < left + DM2 and left else asked  # the last part of a ㎡ is met


def _planned(claim: Claim, unit: Unit, today: dt.date) -> dt.date:
    """On which day the firm means to come, as far as that can be."""
    return max(day for day in (claim.planned_on, unit.starts, today) if day is not None)


def _since(claim: Claim, unit: Unit, today: dt.date) -> dt.date:
    """From which day on the firm would have the room: where none is planned, from the first on
    which some of it can be taken, as it is offered."""
    day = _planned(claim, unit, today)
    if claim.planned_on is not None:
        return day
    found = stock(ROOMS, day, Unit.id == unit.id, everywhere=True)
    return (found[0].free_from if found else None) or day


def _works(claim: Claim, unit: Unit, day: dt.date) -> Hold | None:
    """Works on the unit, not the firm's own, that go on when it would come."""
    found = stock(ROOMS, day, Unit.id == unit.id, everywhere=True)
    hold = found[0].hold if found else None
    if hold is None or hold.kind is not HoldKind.WORKS or fitting_out(claim.firm_id, day, unit):
        return None
    return hold


def in_use(claim: Claim, unit: Unit, today: dt.date) -> int:
    """How much of a unit the firm itself uses when it means to come, or will later: then nothing
    needs to be kept for it."""
    uses = in_use_after(unit, _planned(claim, unit, today))
    return max((row.amount for row in uses if row.firm_id == claim.firm_id), default=0)


def lacks(claim: Claim, today: dt.date) -> bool:
    """Whether less is left of the room that an open claim names than it says, so that a choice
    would be refused; of an accepted one, whether nothing is kept though the firm is not there."""
    unit, room = claim.unit, claim.room
    if unit is None or room is None or claim.reserved_from or in_use(claim, unit, today):
        return False
    if claim.state == ClaimState.OPEN:
        return room > room_left(unit, _since(claim, unit, today))
    return claim.state == ClaimState.ACCEPTED


def keep_free(claim: Claim, today: dt.date) -> None:
    """Keep the room that an accepted claim names, from the day on which the firm plans to come,
    unless it is there already.

    Raises Conflict `claim:room` where it has been given away meanwhile.
    """
    if claim.unit is None or claim.room is None or in_use(claim, claim.unit, today):
        return
    since = _since(claim, claim.unit, today)
    if claim.room > room_left(claim.unit, since) or _works(claim, claim.unit, since):
        raise Conflict("claim:room")
    claim.reserved_from = since
    session.flush()


def keep_again(claim: Claim, today: dt.date) -> None:
    """Keep it once more after the landing was voided, unless it has been given away meanwhile;
    the firm's own use of it ends first, as its stay has."""
    claim.reserved_from = None
    follow([claim.firm_id])
    try:
        keep_free(claim, today)
    except Conflict:
        return


def kept_rooms(unit_ids: Sequence[int]) -> list[Kept]:
    """What accepted claims keep of units, by unit and day."""
    few = unit_ids if len(unit_ids) <= PIECE else ()
    amount = func.coalesce(Claim.desks, Claim.area_dm2)
    keeps = select(Claim.unit_id, Claim.firm_id, Claim.reserved_from, amount).where(
        Claim.state == ClaimState.ACCEPTED, Claim.reserved_from.is_not(None),
        *([Claim.unit_id.in_(few)] if few else []),
    )  # fmt: skip
    wanted = set(unit_ids)
    rows = session.execute(keeps.order_by(Claim.unit_id, Claim.reserved_from, Claim.id))
    return [
        Kept(unit, firm, since, amount)
        for unit, firm, since, amount in rows
        if unit in wanted and since is not None
    ]


def moved_in(firm: Firm, unit: Unit) -> None:
    """The firm has the room now, so its claim keeps it no longer."""
    mine = select(Claim).where(
        Claim.firm_id == firm.id, Claim.unit_id == unit.id, Claim.reserved_from.is_not(None)
    )
    for row in session.scalars(mine).all():
        row.reserved_from = None
    session.flush()


def moved_out(day: dt.date, firm: Firm, unit: Unit) -> None:
    """The firm never had the room, or has it no longer from a day on, so the claim that it has
    chosen keeps it again from then.
    """
    chosen = select(Claim).where(
        Claim.firm_id == firm.id, Claim.unit_id == unit.id, Claim.state == ClaimState.ACCEPTED
    )
    for row in session.scalars(chosen).all():
        keep_again(row, day)


def forget_units(unit_ids: Sequence[int]) -> None:
    """The record of units goes, or their measure: claims that named them name none; history
    keeps what they said."""
    none = {"unit_id": None, "area_dm2": None, "desks": None, "reserved_from": None}
    session.execute(
        update(Claim).where(Claim.unit_id.in_(unit_ids)).values(rev=current_revision(), **none)
    )
    session.expire_all()
