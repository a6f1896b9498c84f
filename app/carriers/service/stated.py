"""What a carrier states of itself."""

from __future__ import annotations

import datetime as dt

from app.carriers.models import Carrier, CarrierStated
from app.carriers.service.profile import need_own
from app.carriers.service.trust import entered_by, trust_after
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import Conflict
from app.core.statements import standing, statement_on


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
    rev: int | None = None,
) -> CarrierStated:
    """Record what only the carrier can say, valid on [day, until).

    Saying it again for the same day corrects it: what it was stays in the history, and its trust
    falls to the corrector's. `rev` is that of the statement the form came from. Raises as
    `statement_on`, and `stale`.
    """
    need_own(actor, carrier, Permission.CARRIER_FIGURES)
    held = standing(CarrierStated, key, day, carrier_id=carrier.id)
    if held is None:
        trust = entered_by(actor)
    elif rev is not None and held.rev != rev:
        raise Conflict("stale")
    elif (held.until, held.low, held.high) == (until, low, high):
        return held
    else:
        trust = trust_after(held.verification, actor)
    row = statement_on(
        CarrierStated, today=today, key=key, day=day, until=until, low=low, high=high,
        carrier_id=carrier.id,
    )  # fmt: skip
    row.verification = trust
    session.flush()
    return row
