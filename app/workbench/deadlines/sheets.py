"""Returns of one's own carriers that are still to be filed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.carriers.models import Carrier, Return
from app.carriers.queries.returns import FILED
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.db import session
from app.pipeline.queries.chain import own_carriers


def due(viewer: AnyViewer, day: dt.date) -> list[Return]:
    """Returns of periods that have begun and are not filed, the first due on top."""
    statement = (
        select(Return)
        .join(Carrier, Carrier.id == Return.carrier_id)
        .where(Return.carrier_id.in_(own_carriers(viewer)), Return.state.not_in(FILED))
        .order_by(Return.due_on, Carrier.sort_key, Return.id)
    )
    return [row for row in session.scalars(statement) if period(row).starts <= day]


def period(row: Return) -> Period:
    """The period that a return is of."""
    return Period(row.year, row.quarter)
