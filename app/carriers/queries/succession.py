"""Predecessors and successors of carriers, and which carrier stands for which on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select

from app.carriers.models import Carrier, CarrierStatus, CarrierSuccession
from app.core.db import known, session


def befores(carrier_id: int) -> list[CarrierSuccession]:
    """What a carrier came from, the earliest first."""
    return _all(CarrierSuccession.successor_id == carrier_id)


def afters(carrier_id: int) -> list[CarrierSuccession]:
    """What a carrier goes on in, the earliest first."""
    return _all(CarrierSuccession.predecessor_id == carrier_id)


def _all(condition: object) -> list[CarrierSuccession]:
    statement = select(CarrierSuccession).where(condition)  # type: ignore[arg-type]
    order = (CarrierSuccession.day, CarrierSuccession.id)
    return list(session.scalars(statement.order_by(*order)))


def heirs(day: dt.date, cut: int | None = None) -> dict[int, int]:
    """predecessor id → the carrier that stands for it on a day, the chain followed to its end.

    One that was split among several stands for itself: nothing says what of it went where.
    """
    held = known(CarrierSuccession, cut, "succession_").c
    statement = (
        select(held.predecessor_id, held.successor_id)
        .where(held.day <= day)
        .order_by(held.predecessor_id, held.id)
    )
    return ends((old, new) for old, new in session.execute(statement))


def ends(links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Where each chain of (predecessor, successor) leads; a predecessor of several leads nowhere.

    A link that would close a circle is not followed.
    """
    after: dict[int, set[int]] = {}
    for old, new in links:
        after.setdefault(old, set()).add(new)
    step = {old: next(iter(new)) for old, new in after.items() if len(new) == 1}
    found = {}
    for first in step:
        seen, at = {first}, step[first]
        while at in step and at not in seen:
            seen.add(at)
            at = step[at]
        if at not in seen:
            found[first] = at
    return found


def successor(carrier: Carrier, day: dt.date) -> Carrier | None:
    """The carrier that stands for another one on a day; None where it stands for itself."""
    number = heirs(day).get(carrier.id)
    return session.get(Carrier, number) if number else None


def follows(first: int, last: int) -> bool:
    """Whether a chain of successions, of whatever days, leads from one carrier to another."""
    reached, ahead = {first}, [first]
    while ahead:
        statement = select(CarrierSuccession.successor_id).where(
            CarrierSuccession.predecessor_id.in_(ahead)
        )
        found = session.scalars(statement.order_by(CarrierSuccession.successor_id))
        ahead = [number for number in found if number not in reached]
        reached.update(ahead)
    return last in reached


def act_of(carrier: Carrier, number: int) -> CarrierStatus | None:
    """An act of a carrier by its number."""
    wanted = select(CarrierStatus).where(
        CarrierStatus.id == number, CarrierStatus.carrier_id == carrier.id
    )
    return session.scalars(wanted).one_or_none()


def succession_of(carrier: Carrier, number: int) -> CarrierSuccession | None:
    """A succession of a carrier, on whichever side it stands, by its number."""
    sides = (CarrierSuccession.predecessor_id, CarrierSuccession.successor_id)
    wanted = select(CarrierSuccession).where(
        CarrierSuccession.id == number, (sides[0] == carrier.id) | (sides[1] == carrier.id)
    )
    return session.scalars(wanted).one_or_none()
