"""The firms a return speaks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select

from app.carriers.models import Return, ReturnState, Source
from app.carriers.queries import own
from app.carriers.queries.returns import narrowed, returns
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.db import session
from app.firms.models import Figures, Firm, FirmKind, Residency


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


def asked_of(viewer: AnyViewer, firm_id: int, period: Period) -> bool:
    """Whether an open return of one of the viewer's carriers speaks for a firm: it was counted
    there when the period ended, wherever it is now."""
    statement = (
        select(Return.id)
        .join(Residency, Residency.carrier_id == Return.carrier_id)
        .where(
            Return.carrier_id.in_(own(viewer).order_by(None)),
            Return.year == period.year,
            Return.quarter == period.quarter,
            Return.state.in_((ReturnState.DRAFT, ReturnState.RETURNED)),
            Residency.firm_id == firm_id,
            Residency.counted,
            Residency.starts <= period.last_day,
            or_(Residency.ends.is_(None), Residency.ends > period.last_day),
        )
    )
    return session.scalar(statement.limit(1)) is not None


def _counted(sheets: list[int], period: Period, day: dt.date) -> Select[int, int]:
    """(return id, firm id) of the firms that some returns of a period speak for."""
    end = min(period.last_day, day)
    return (
        select(Return.id.label("return_id"), Residency.firm_id)
        .join(Residency, Residency.carrier_id == Return.carrier_id)
        .join(Firm, Firm.id == Residency.firm_id)
        .where(
            Return.id.in_(sheets),
            Residency.counted,
            Residency.starts <= end,
            or_(Residency.ends.is_(None), Residency.ends > end),
            Firm.kind == FirmKind.FIRM,
            Firm.merged_into_id.is_(None),
        )
    )


def progress(sheets: Iterable[Return], day: dt.date) -> dict[int, tuple[int, int]]:
    """Return id → (firms with figures of its period, firms it speaks for)."""
    wanted: dict[Period, list[int]] = {}
    for sheet in sheets:
        wanted.setdefault(Period(sheet.year, sheet.quarter), []).append(sheet.id)
    found: dict[int, tuple[int, int]] = {}
    for period, ids in wanted.items():
        firms = _counted(ids, period, day).subquery("firms")
        filled = (
            select(Figures.firm_id)
            .where(
                Figures.year == period.year,
                Figures.quarter == period.quarter,
                Figures.source == Source.EXPRESS,
            )
            .subquery("filled")
        )
        statement = (
            select(firms.c.return_id, func.count(filled.c.firm_id), func.count())
            .outerjoin(filled, filled.c.firm_id == firms.c.firm_id)
            .group_by(firms.c.return_id)
            .order_by(firms.c.return_id)
        )
        found |= {row[0]: (row[1], row[2]) for row in session.execute(statement)}
    return found


@dataclass(frozen=True)
class Missing:
    """A return that has not been filed, with the firms that still lack figures."""

    sheet: Return
    firms: int

    def days(self, day: dt.date) -> int:
        """Days past the due day; 0 before it."""
        return max(0, (day - self.sheet.due_on).days)


def missing(viewer: AnyViewer, period: Period, day: dt.date) -> list[Missing]:
    """Returns of a period not yet filed in the viewer's scope, by carrier."""
    sheets = list(session.scalars(narrowed(returns(viewer), period, state="open", q="", day=day)))
    done = progress(sheets, day)
    return [
        Missing(s, total - filled) for s in sheets for filled, total in [done.get(s.id, (0, 0))]
    ]
