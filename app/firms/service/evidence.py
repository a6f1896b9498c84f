"""Attaching files to what they prove, and taking them off."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.carriers.models import CarrierStated, Return
from app.carriers.queries import own
from app.carriers.service.profile import need_own_id
from app.core.access import AnyViewer, Permission
from app.core.days import now
from app.core.db import session
from app.core.errors import DomainError, Forbidden
from app.firms.fields import need_record
from app.firms.models import Evidence, Figures, Firm, Milestone
from app.firms.papers import Stored


def add_evidence(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    stored: Stored,
    milestone: Milestone | None = None,
    figures: Figures | None = None,
) -> Evidence:
    """Attach a kept file to a firm, one of its milestones or one of its rows of figures.

    The same file at the same place stands once. Forbidden when milestone or figures belong to
    another firm.
    """
    need_record(actor, firm.id, today)
    for row in (milestone, figures):
        if row is not None and row.firm_id != firm.id:
            raise Forbidden()
    return attach(
        stored,
        firm_id=firm.id,
        milestone_id=milestone.id if milestone else None,
        figures_id=figures.id if figures else None,
    )


def add_return_paper(
    *, actor: AnyViewer, today: dt.date, sheet: Return, stored: Stored
) -> Evidence:
    """Attach the signed and stamped scan of a return. The carrier's own people only."""
    actor.need(Permission.RETURN_SUBMIT)
    if sheet.carrier_id not in set(session.scalars(own(actor))) and not actor.holds("district"):
        raise Forbidden()
    return attach(stored, carrier_id=sheet.carrier_id, return_id=sheet.id)


def add_carrier_paper(*, actor: AnyViewer, row: CarrierStated, stored: Stored) -> Evidence:
    """Attach a file to what a carrier states."""
    need_own_id(actor, row.carrier_id, Permission.CARRIER_FIGURES)
    return attach(stored, carrier_id=row.carrier_id, carrier_stated_id=row.id)


def attach(stored: Stored, **keys: int | None) -> Evidence:
    """The row that ties a kept file to its place; the same file there stands once."""
    conditions = [getattr(Evidence, k).is_not_distinct_from(v) for k, v in keys.items()]
    statement = select(Evidence).where(Evidence.sha256 == stored.sha256, *conditions)
    held = session.scalars(statement.order_by(Evidence.id)).first()
    if held is not None:
        return held
    paper = Evidence(
        **keys,
        sha256=stored.sha256,
        name=stored.name,
        size=stored.size,
        media_type=stored.media_type,
        added_at=now(),
    )
    session.add(paper)
    session.flush()
    return paper


def void_evidence(*, actor: AnyViewer, today: dt.date, paper: Evidence, reason: str | None) -> None:
    """作废: the file is no longer shown; its row stays in the history, the file in the store."""
    if paper.firm_id is not None:
        need_record(actor, paper.firm_id, today)
    elif paper.carrier_id not in set(session.scalars(own(actor))):
        actor.need(Permission.RETURN_VERIFY)
    if not reason:
        raise DomainError("void_reason", "reason")
    session.delete(paper)
    session.flush()
