"""Files of evidence: each is authorised by its own row, never by its hash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select

from app.carriers.models import Carrier
from app.carriers.queries import visible as visible_carriers
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import NotFound
from app.firms.fields import open_to
from app.firms.models import Evidence


def find_evidence(viewer: AnyViewer, pid: str, day: dt.date) -> Evidence:
    """The file of a public id, if its firm (or carrier) is open to the viewer; else NotFound."""
    paper = session.scalars(select(Evidence).where(Evidence.pid == pid)).one_or_none()
    if paper is None:
        raise NotFound()
    if paper.firm_id is not None:
        if "evidence" not in open_to(viewer, paper.firm_id, day):
            raise NotFound()
        return paper
    mine = visible_carriers(viewer).where(Carrier.id == paper.carrier_id)
    if session.scalars(mine).one_or_none() is None:
        raise NotFound()
    return paper


def of_milestones(viewer: AnyViewer, ids: Iterable[int]) -> dict[int, list[Evidence]]:
    """milestone id → its files, for milestones whose firm's evidence the caller has checked."""
    statement = (
        select(Evidence)
        .where(Evidence.milestone_id.in_(list(ids)))
        .order_by(Evidence.milestone_id, Evidence.id)
    )
    return _by("milestone_id", statement)


def of_return(_viewer: AnyViewer, return_id: int) -> list[Evidence]:
    """Signed scans of a return that the caller has found in scope."""
    statement = select(Evidence).where(Evidence.return_id == return_id).order_by(Evidence.id)
    return list(session.scalars(statement))


def of_figures(viewer: AnyViewer, ids: Iterable[int]) -> dict[int, list[Evidence]]:
    """figures id → its files, likewise."""
    statement = (
        select(Evidence)
        .where(Evidence.figures_id.in_(list(ids)))
        .order_by(Evidence.figures_id, Evidence.id)
    )
    return _by("figures_id", statement)


def of_stated(viewer: AnyViewer, ids: Iterable[int]) -> dict[int, list[Evidence]]:
    """id of a statement → its files, likewise."""
    statement = (
        select(Evidence)
        .where(Evidence.stated_id.in_(list(ids)))
        .order_by(Evidence.stated_id, Evidence.id)
    )
    return _by("stated_id", statement)


def _by(column: str, statement: object) -> dict[int, list[Evidence]]:
    found: dict[int, list[Evidence]] = {}
    for paper in session.scalars(statement):  # type: ignore[call-overload]
        found.setdefault(getattr(paper, column), []).append(paper)
    return found
