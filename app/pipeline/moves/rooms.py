"""The room that a claim names: open it is only said, accepted it is kept for the firm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select, update

from app.carriers.models import DM2, Unit
from app.core.db import current_revision, session
from app.core.errors import Conflict, DomainError, register_messages
from app.core.text import N_
from app.firms.hooks import Kept
from app.firms.models import Firm
from app.firms.service.space import follow, measured, room_left
from app.firms.unit_words import amount as amount_text
from app.pipeline.models import Claim, ClaimState

#: so many units are asked for by id; of more everything that is kept is read
PIECE = 500

register_messages(
    {
        "claim:unit": N_("所选房源不是〔%(carrier)s〕的：请选它的房源，或改选意向方。"),
        "claim:by_area": N_("该房源按面积出租：请填“面积（㎡）”，工位数留空。"),
        "claim:left": N_("该房源自 %(day)s 起只余 %(left)s，请减少用量或改选房源。"),
        "claim:room": N_("意向中的房源已被使用或预留，余量不够；请意向方先在意向中改选房源。"),
    }
)


def name_room(
    claim: Claim, unit: Unit | None, today: dt.date, desks: int | None = None
) -> None:  # fmt: skip
    """Say which unit of the claimant is meant, and how much: its desks, or the claim's area; all
    that is free where neither is said. What is accepted is kept from then on. Raises
    `claim:unit`, `claim:by_area`, `claim:left`.
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
    since = _since(claim, unit, today)
    left = room_left(unit, since)
    amount = _asked(claim, unit, desks, left)
    if amount is None or amount > left:
        field = "unit" if amount is None else "area_m2" if unit.desks is None else "amount"
        said = {"day": since.isoformat(), "left": amount_text(unit, left)}
        raise DomainError("claim:left", field, **said)
    claim.unit_id = unit.id
    for name, value in measured(unit, amount).items():
        setattr(claim, name, value)
    if unit.desks is None:
        claim.area_m2 = -(-amount // DM2)
    if claim.state == ClaimState.ACCEPTED:
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


def _since(claim: Claim, unit: Unit, today: dt.date) -> dt.date:
    """From which day on the firm would have the room."""
    return max(day for day in (claim.planned_on, unit.starts, today) if day is not None)


def keep_free(claim: Claim, today: dt.date) -> None:
    """Keep the room that an accepted claim names, from the day on which the firm plans to come.

    Raises Conflict `claim:room` where it has been given away meanwhile.
    """
    if claim.unit is None or claim.room is None:
        return
    since = _since(claim, claim.unit, today)
    if claim.room > room_left(claim.unit, since):
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


def forget_units(unit_ids: Sequence[int]) -> None:
    """The record of units goes: claims that named them name none; history keeps what they said."""
    none = {"unit_id": None, "area_dm2": None, "desks": None, "reserved_from": None}
    session.execute(
        update(Claim).where(Claim.unit_id.in_(unit_ids)).values(rev=current_revision(), **none)
    )
    session.expire_all()
