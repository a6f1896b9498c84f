"""What firms look for, said by the system."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.core.db import session, write
from app.firms import service
from app.firms.models import Consent, Demand, Firm
from tests.factories.carriers import ACTOR
from tests.factories.firms import TODAY

PLAIN: dict[str, Any] = {
    "area_low": 400, "area_high": 600, "uses": ("research",), "needed_by": dt.date(2027, 3, 31),
}  # fmt: skip


def need(firm: Firm, agreed: bool = False, **said: Any) -> Demand:
    """An open search of a firm, shown to parks once it has `agreed`. Writes."""
    with write("test:demand", actor=ACTOR):
        row = service.record_demand(actor=ACTOR, today=TODAY, firm=firm, **(PLAIN | said))
        if agreed:
            session.add(Consent(firm_id=firm.id, starts=TODAY - dt.timedelta(days=9)))
    return row
