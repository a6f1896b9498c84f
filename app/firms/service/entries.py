"""What is done alike to everything recorded of a firm, and to what a carrier states: confirming
and voiding."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from app.carriers.models import CarrierStated, Verification
from app.carriers.service.profile import need_own_id
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.firms.fields import need_record
from app.firms.hooks import hooks
from app.firms.models import Evidence, Figures, Milestone, StatedFigure
from app.firms.service.register import seen

register_messages({"void_reason": N_("请写明作废原因。")})

#: by which column a file belongs to a record
PAPERS = {
    Milestone: "milestone_id",
    Figures: "figures_id",
    StatedFigure: "stated_id",
    CarrierStated: "carrier_stated_id",
}


def papers_of(row: Any) -> list[Evidence]:
    """The files of a record; none for a kind of record that has none."""
    column = PAPERS.get(type(row))
    if column is None:
        return []
    statement = select(Evidence).filter_by(**{column: row.id}).order_by(Evidence.id)
    return list(session.scalars(statement))


def free_papers(row: Any) -> list[Evidence]:
    """The files of a record, which belong to its owner alone from now on."""
    held = papers_of(row)
    for paper in held:
        setattr(paper, PAPERS[type(row)], None)
    session.flush()
    return held


def _need(actor: AnyViewer, row: Any, today: dt.date) -> None:
    if isinstance(row, CarrierStated):
        need_own_id(actor, row.carrier_id, Permission.CARRIER_FIGURES)
    else:
        need_record(actor, row.firm_id, today)


def void_entry(
    *, actor: AnyViewer, today: dt.date, row: Any, reason: str | None, rev: int | None = None
) -> None:
    """作废: a record no longer counts; its history stays, and its files with their owner.

    Raises `void_reason`, `stale`, and what a room above refuses.
    """
    _need(actor, row, today)
    seen(row, rev)
    if not reason:
        raise DomainError("void_reason", "reason")
    for refuse in hooks().kept:
        refuse(row=row)
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
