"""Files of evidence: each is authorised by its own row, never by its hash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from app.carriers.models import Carrier
from app.carriers.queries import visible as visible_carriers
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import NotFound
from app.firms.fields import open_to
from app.firms.models import Evidence, Firm

#: who reads what a carrier files: its returns, with the figures of all firms, and its statements
READ_RETURN = (Permission.RETURN_SUBMIT, Permission.RETURN_CHECK, Permission.CARRIER_FIGURES)


def find_evidence(viewer: AnyViewer, pid: str, day: dt.date) -> Evidence:
    """The file of a public id, if its firm (or carrier) is open to the viewer; else NotFound."""
    paper = session.scalars(select(Evidence).where(Evidence.pid == pid)).one_or_none()
    if paper is None:
        raise NotFound()
    if paper.firm_id is not None:
        if "evidence" not in open_to(viewer, paper.firm_id, day):
            raise NotFound()
        return paper
    if not any(viewer.may(word) for word in READ_RETURN):
        raise NotFound()
    mine = visible_carriers(viewer).where(Carrier.id == paper.carrier_id)
    if session.scalars(mine).one_or_none() is None:
        raise NotFound()
    return paper


def of_firm(firm: Firm) -> list[Evidence]:
    """All files of a firm whose evidence is open to the caller."""
    statement = select(Evidence).where(Evidence.firm_id == firm.id).order_by(Evidence.id)
    return list(session.scalars(statement))


def of_return(_viewer: AnyViewer, return_id: int) -> list[Evidence]:
    """Signed scans of a return that the caller has found in scope."""
    statement = select(Evidence).where(Evidence.return_id == return_id).order_by(Evidence.id)
    return list(session.scalars(statement))


def of_milestones(ids: Iterable[int]) -> dict[int, list[Evidence]]:
    """milestone id → its files, for milestones whose firm's evidence the caller has checked."""
    return _by(Evidence.milestone_id, ids)


def of_stated(ids: Iterable[int]) -> dict[int, list[Evidence]]:
    """id of a statement → its files, likewise."""
    return _by(Evidence.stated_id, ids)


def of_carrier_stated(ids: Iterable[int]) -> dict[int, list[Evidence]]:
    """id of a carrier's statement → its files, likewise."""
    return _by(Evidence.carrier_stated_id, ids)


def _by(column: InstrumentedAttribute[int | None], ids: Iterable[int]) -> dict[int, list[Evidence]]:
    found: dict[int, list[Evidence]] = {}
    statement = select(Evidence).where(column.in_(list(ids))).order_by(column, Evidence.id)
    for paper in session.scalars(statement):
        found.setdefault(getattr(paper, column.key), []).append(paper)
    return found
