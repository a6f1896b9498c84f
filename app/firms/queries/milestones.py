"""Milestones as a viewer may see them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.core.access import AnyViewer
from app.core.db import Revision, session
from app.core.errors import NotFound
from app.firms.fields import open_to, seen_until
from app.firms.models import Firm, Milestone


def of_firm(viewer: AnyViewer, firm: Firm, day: dt.date) -> list[Milestone]:
    """A firm's milestones, the latest first; a former host sees those of its time."""
    if "milestones" not in open_to(viewer, firm.id, day):
        return []
    statement = select(Milestone).where(Milestone.firm_id == firm.id)
    until = seen_until(viewer, firm.id, day)
    if until is not None:
        statement = statement.where(Milestone.day < until)
    return list(session.scalars(statement.order_by(Milestone.day.desc(), Milestone.id.desc())))


def find_milestone(viewer: AnyViewer, firm: Firm, pid: str, day: dt.date) -> Milestone:
    """One milestone of a firm in the viewer's scope; NotFound otherwise."""
    entry = next((m for m in of_firm(viewer, firm, day) if m.pid == pid), None)
    if entry is None:
        raise NotFound()
    return entry


def last_logged(viewer: AnyViewer) -> Milestone | None:
    """What the viewer logged last, so that the next form begins where this one ended."""
    statement = (
        select(Milestone)
        .join(Revision, Revision.id == Milestone.rev)
        .where(Revision.person_id == viewer.person_id, Revision.action == "milestone:log")
        .order_by(Milestone.rev.desc(), Milestone.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()
