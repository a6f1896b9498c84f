"""The firms a return speaks for."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_, select

from app.carriers.models import Return
from app.core.days import Period
from app.core.db import session
from app.firms.models import Firm, FirmKind, Residency


def firms_of(sheet: Return, day: dt.date) -> list[Firm]:
    """Firms counted at the return's carrier when its period ended (or today, if earlier).

    The caller has found the return within the viewer's scope. Teams have no figures.
    """
    end = min(Period(sheet.year, sheet.quarter).last_day, day)
    counted = select(Residency.firm_id).where(
        Residency.carrier_id == sheet.carrier_id,
        Residency.counted,
        Residency.starts <= end,
        or_(Residency.ends.is_(None), Residency.ends > end),
    )
    statement = select(Firm).where(
        Firm.id.in_(counted), Firm.kind == FirmKind.FIRM, Firm.merged_into_id.is_(None)
    )
    return list(session.scalars(statement.order_by(Firm.sort_key, Firm.id)))
