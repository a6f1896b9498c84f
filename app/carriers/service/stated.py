"""What a carrier states of itself."""

from __future__ import annotations

import datetime as dt

from app.carriers.models import Carrier, CarrierStated, Verification
from app.carriers.service.profile import need_own
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.statements import statement_on


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

    Saying it again for the same day replaces it. Raises as `statement_on`.
    """
    need_own(actor, carrier, Permission.CARRIER_FIGURES)
    row = statement_on(
        CarrierStated, today=today, key=key, day=day, until=until, low=low, high=high,
        carrier_id=carrier.id,
    )  # fmt: skip
    row.verification = Verification.CARRIER
    session.flush()
    return row
