"""The clock of incubation: months add up over stays, unless a stay ended in graduation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from app.carriers.models import INCUBATOR, Carrier
from app.core.days import add_months, months_between
from app.core.db import session
from app.core.errors import NotFound
from app.criteria.queries import limit_months
from app.firms.models import Firm, FirmLink, LeaveReason, Residency, ResidencyKind


@dataclass(frozen=True)
class Stay:
    """A counted stay in incubation on days [starts, ends)."""

    starts: dt.date
    ends: dt.date | None


def allowed_months(firm: Firm, day: dt.date) -> int | None:
    """Months that the firm may be incubated by the standard in force; None without one."""
    try:
        return limit_months(firm.incubation_field, day)
    except NotFound:
        return None


def limit_on(months: int, starts: dt.date, earlier: Iterable[Stay]) -> dt.date:
    """The last day within the limit for a stay that begins on `starts` after earlier ones.

    A stay that follows without a gap continues the same stretch. Earlier stretches use up full
    months and the days beyond them. The anniversary itself is still within the limit.
    """
    stretches: list[tuple[dt.date, dt.date]] = []
    for stay in sorted(earlier, key=lambda s: s.starts):
        if stay.ends is None or stay.starts >= starts:
            continue
        if stretches and stretches[-1][1] == stay.starts:
            stretches[-1] = (stretches[-1][0], stay.ends)
        else:
            stretches.append((stay.starts, stay.ends))
    if stretches and stretches[-1][1] == starts:
        starts = stretches.pop()[0]
    days = 0
    for begun, ended in stretches:
        used = months_between(begun, ended)
        months -= used
        days += (ended - add_months(begun, used)).days
    return add_months(starts, months) - dt.timedelta(days=days)


def began_on(starts: dt.date, earlier: Iterable[Stay]) -> dt.date:
    """入孵日期: the first day of the stretch of stays without a gap that `starts` continues."""
    ended = {stay.ends: stay.starts for stay in earlier if stay.ends is not None}
    while starts in ended:
        starts = ended[starts]
    return starts


def stays(firm: Firm, without: int | None = None) -> list[Stay]:
    """Counted incubation stays of the firm and of those whose clock passes to it.

    Stays that ended in graduation and stays of graduates do not count.
    """
    before = select(FirmLink.from_id).where(FirmLink.to_id == firm.id, FirmLink.clock_passes)
    rows = session.execute(
        select(Residency.starts, Residency.ends, Residency.id, Residency.leave_reason)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(
            (Residency.firm_id == firm.id) | Residency.firm_id.in_(before),
            Residency.counted,
            Residency.kind != ResidencyKind.GRADUATE_STAY,
            Carrier.tier == INCUBATOR,
        )
        .order_by(Residency.starts)
    )
    return [
        Stay(row.starts, row.ends)
        for row in rows
        if row.id != without and row.leave_reason != LeaveReason.GRADUATED
    ]


def rewind(firm: Firm, today: dt.date) -> None:
    """After a correction: 入孵日期 and limit of every incubation tie whose clock runs."""
    rows = select(Residency).where(
        Residency.firm_id == firm.id, Residency.counted, Residency.limit_on.is_not(None)
    )
    for tie in session.scalars(rows.order_by(Residency.starts)).all():
        wind(firm, tie, today)


def wind(firm: Firm, tie: Residency, today: dt.date) -> None:
    """Write 入孵日期 and the limit on an incubation tie, from all stays before it."""
    earlier, months = stays(firm, without=tie.id), allowed_months(firm, today)
    tie.incubated_on = began_on(tie.starts, earlier)
    tie.limit_on = None if months is None else limit_on(months, tie.starts, earlier)
