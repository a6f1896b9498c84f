"""Whether something recorded has been used: by a submitted return or by a decision."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_, select

from app.core.db import session
from app.firms.hooks import hooks
from app.firms.models import Attestation, MilestoneKind


def is_used(firm_id: int, rev: int, day: dt.date, kind: MilestoneKind | None = None) -> bool:
    """Whether a return submitted since revision `rev` promises a day, or a decision rests on it.

    `kind` None asks for figures: any promise of the day counts.
    """
    statement = select(Attestation.id).where(
        Attestation.firm_id == firm_id,
        Attestation.return_id.is_not(None),
        Attestation.rev >= rev,
        or_(Attestation.starts.is_(None), Attestation.starts <= day),
        Attestation.ends >= day,
    )
    if kind is not None:
        statement = statement.where(or_(Attestation.kind.is_(None), Attestation.kind == kind))
    if session.scalar(statement.limit(1)) is not None:
        return True
    return any(decided(firm_id, rev) for decided in hooks().decided)
