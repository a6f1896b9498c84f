"""What is done alike to everything recorded of a firm: confirming, voiding, losing trust."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from app.accounts.models import OrganisationKind
from app.carriers.models import Verification
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.firms.fields import need_record
from app.firms.models import Evidence, Figures, Milestone, StatedFigure
from app.firms.service.register import seen

register_messages({"void_reason": N_("请写明作废原因。")})

#: in rising order
TRUST = tuple(Verification)
#: by which column a file belongs to a record
PAPERS = {Milestone: "milestone_id", Figures: "figures_id", StatedFigure: "stated_id"}


def entered_by(actor: AnyViewer) -> Verification:
    """The trust that an entry carries from whoever makes it."""
    if actor.holds(OrganisationKind.DISTRICT):
        return Verification.DISTRICT
    return Verification.CARRIER


def trust_after(held: Verification, actor: AnyViewer) -> Verification:
    """The trust of a corrected record: what was confirmed is no longer what stands, so it falls
    to the corrector's; it never rises by itself."""
    return min(held, entered_by(actor), key=TRUST.index)


def papers_of(row: Any) -> list[Evidence]:
    """The files of a record; none for a kind of record that has none."""
    column = PAPERS.get(type(row))
    if column is None:
        return []
    statement = select(Evidence).filter_by(**{column: row.id}).order_by(Evidence.id)
    return list(session.scalars(statement))


def free_papers(row: Any) -> list[Evidence]:
    """The files of a record, which belong to the firm alone from now on."""
    held = papers_of(row)
    for paper in held:
        setattr(paper, PAPERS[type(row)], None)
    session.flush()
    return held


def void_entry(
    *, actor: AnyViewer, today: dt.date, row: Any, reason: str | None, rev: int | None = None
) -> None:
    """作废: a record no longer counts; its history stays, and its files with the firm.

    Raises `void_reason`, `stale`.
    """
    need_record(actor, row.firm_id, today)
    seen(row, rev)
    if not reason:
        raise DomainError("void_reason", "reason")
    free_papers(row)
    session.delete(row)
    session.flush()


def confirm_entry(
    *, actor: AnyViewer, row: Any, verification: Verification, rev: int | None = None
) -> None:
    """Say who has confirmed a record as it was read. The district only. Raises `stale`."""
    actor.need(Permission.FIRM_VERIFY)
    seen(row, rev)
    row.verification = verification
    session.flush()
