"""Recording, confirming and voiding what only a firm or an expert can say (自述数据)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select

from app.carriers.models import Verification
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import DomainError
from app.core.statements import statement_on
from app.firms.fields import need_record
from app.firms.models import Evidence, Firm, StatedFigure
from app.firms.papers import Stored
from app.firms.service.evidence import attach
from app.firms.service.milestones import entered_by
from app.firms.service.register import seen


def state_figure(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    key: str,
    day: dt.date,
    until: dt.date,
    low: int | None,
    high: int | None,
    verification: Verification | None = None,
    papers: Iterable[Stored] = (),
) -> StatedFigure:
    """Record what only the firm or an expert can say, valid on [day, until).

    Saying it again for the same day replaces it. Raises as `statement_on`.
    """
    need_record(actor, firm.id, today)
    row = statement_on(
        StatedFigure, today=today, key=key, day=day, until=until, low=low, high=high,
        firm_id=firm.id,
    )  # fmt: skip
    row.verification = verification or entered_by(actor)
    session.flush()
    for stored in papers:
        attach(stored, firm_id=firm.id, stated_id=row.id)
    return row


def correct_stated(
    *,
    actor: AnyViewer,
    today: dt.date,
    row: StatedFigure,
    rev: int | None,
    until: dt.date,
    low: int | None,
    high: int | None,
    papers: Iterable[Stored] = (),
) -> StatedFigure:
    """Change what was stated on its day; the former version stays in the history.

    Files alone leave the trust as it is. Raises `stale`, `days_range`, `range_order`.
    """
    need_record(actor, row.firm_id, today)
    seen(row, rev)
    if (row.until, row.low, row.high) != (until, low, high):
        statement_on(
            StatedFigure, today=today, key=row.key, day=row.day, until=until, low=low, high=high,
            firm_id=row.firm_id,
        )  # fmt: skip
        row.verification = entered_by(actor)
    session.flush()
    for stored in papers:
        attach(stored, firm_id=row.firm_id, stated_id=row.id)
    return row


def confirm_stated(
    *, actor: AnyViewer, row: StatedFigure, verification: Verification, rev: int | None
) -> StatedFigure:
    """Say who has confirmed a statement as it was read. The district only. Raises `stale`."""
    actor.need(Permission.FIRM_VERIFY)
    seen(row, rev)
    row.verification = verification
    session.flush()
    return row


def void_stated(
    *, actor: AnyViewer, today: dt.date, row: StatedFigure, reason: str | None, rev: int | None
) -> None:
    """作废: what was stated no longer counts; history and files stay.

    Raises `void_reason`, `stale`.
    """
    need_record(actor, row.firm_id, today)
    seen(row, rev)
    if not reason:
        raise DomainError("void_reason", "reason")
    papers = select(Evidence).where(Evidence.stated_id == row.id).order_by(Evidence.id)
    for paper in session.scalars(papers).all():
        paper.stated_id = None
    session.flush()
    session.delete(row)
    session.flush()
