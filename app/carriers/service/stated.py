"""What a carrier states of itself."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.carriers.models import Carrier, CarrierStated, Verification
from app.carriers.service.profile import need_own
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import DomainError


def state_of_carrier(
    *,
    actor: AnyViewer,
    today: dt.date,
    carrier: Carrier,
    key: str,
    day: dt.date,
    until: dt.date,
    low: int,
    high: int,
) -> CarrierStated:
    """Record what only the carrier can say, valid on [day, until).

    Saying it again for the same day replaces it. Raises `future_day`, `days_range`.
    """
    need_own(actor, carrier, Permission.CARRIER_FIGURES)
    if day > today:
        raise DomainError("future_day", "day", today=today)
    if until <= day:
        raise DomainError("days_range", "until")
    row = session.scalars(
        select(CarrierStated).where(
            CarrierStated.carrier_id == carrier.id,
            CarrierStated.key == key,
            CarrierStated.day == day,
        )
    ).one_or_none()
    if row is None:
        row = CarrierStated(carrier_id=carrier.id, key=key, day=day)
        session.add(row)
    row.until, row.low, row.high = until, low, high
    row.verification = Verification.CARRIER
    session.flush()
    return row
