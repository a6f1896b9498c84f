"""Two records of one firm become one; a wrong entry is taken out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete, select

from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.firms.fields import need_record
from app.firms.hooks import hooks
from app.firms.models import (
    Attestation,
    Consent,
    Contact,
    Demand,
    Evidence,
    Figures,
    Firm,
    FirmLink,
    FirmName,
    FirmSearch,
    FirmTag,
    Milestone,
    Occupancy,
    Place,
    Residency,
    StatedFigure,
)
from app.firms.queries.use import is_used
from app.firms.search_text import refill
from app.firms.service.demand import merge_demands
from app.firms.service.entries import free_papers, papers_of
from app.firms.service.milestones import twin
from app.firms.service.register import seen

register_messages(
    {
        "merge_self": N_("不能并入自己。"),
        "merge_done": N_("其中一条记录已经并入别的企业。"),
        "merge_reason": N_("请写明合并原因。"),
        "merge_tied": N_("被合并的记录仍有入驻记录，不能合并。"),
        "void_used": N_("这家企业已有报表承诺或毕业核对，不能作废；请由区级合并或更正。"),
        "void_tied": N_("这家企业仍有入驻记录，不能作废。"),
    }
)


def merge_firms(
    *, actor: AnyViewer, today: dt.date, firm: Firm, into: Firm, reason: str | None
) -> Firm:
    """Merge a double record into the one that stays. The district only.

    Milestones, figures, evidence, tags, links, contacts and searches for room pass over unless
    the other record has the same; promises, places and names stay behind. Rooms above
    move theirs. Both names and codes find the firm. Raises `merge_self`, `merge_done`,
    `merge_reason`, `merge_tied`.
    """
    actor.need(Permission.FIRM_VERIFY)
    if firm.id == into.id:
        raise DomainError("merge_self", "code")
    if firm.merged_into_id is not None or into.merged_into_id is not None:
        raise DomainError("merge_done", "code")
    if not reason:
        raise DomainError("merge_reason", "reason")
    for move in hooks().merge:
        move(actor=actor, today=today, firm=firm, into=into)
    if _any(Residency, firm):
        raise DomainError("merge_tied")
    _move_milestones(firm, into)
    _move_unless(Figures, firm, into, "year", "quarter", "source")
    _move_unless(StatedFigure, firm, into, "key", "day")
    _move_unless(FirmTag, firm, into, "tag")
    _move_unless(Contact, firm, into, "name", "phone")
    _move_links(firm, into)
    for row in _rows(Occupancy, firm):
        row.firm_id = into.id
    merge_demands(firm, into)
    for model in (Attestation, Place, Consent):
        _remove(model, firm)
    firm.merged_into_id = into.id
    session.flush()
    refill([firm.id, into.id])
    return into


def _any(model: Any, firm: Firm) -> bool:
    return session.scalar(select(model.id).where(model.firm_id == firm.id).limit(1)) is not None


def _rows(model: Any, firm: Firm) -> list[Any]:
    return list(session.scalars(select(model).where(model.firm_id == firm.id).order_by(model.id)))


def _remove(model: Any, firm: Firm) -> None:
    for row in _rows(model, firm):
        session.delete(row)
    session.flush()


def _move_milestones(firm: Firm, into: Firm) -> None:
    """Entries of which the other record has a twin leave their evidence to it."""
    for entry in _rows(Milestone, firm):
        papers = papers_of(entry)
        with session.no_autoflush:
            entry.firm_id = into.id
            same = twin(entry)
        if same is not None:
            session.expire(entry, ["firm_id"])
            for paper in papers:
                paper.milestone_id = same.id
            session.flush()
            session.delete(entry)
        session.flush()
    for paper in _rows(Evidence, firm):
        paper.firm_id = into.id
    session.flush()


def _move_unless(model: Any, firm: Firm, into: Firm, *key: str) -> None:
    held = {tuple(getattr(row, k) for k in key) for row in _rows(model, into)}
    for row in _rows(model, firm):
        if tuple(getattr(row, k) for k in key) in held:
            for paper in free_papers(row):
                paper.firm_id = into.id
            session.delete(row)
        else:
            row.firm_id = into.id
    session.flush()


def _move_links(firm: Firm, into: Firm) -> None:
    mine = select(FirmLink).where((FirmLink.from_id == firm.id) | (FirmLink.to_id == firm.id))
    theirs = select(FirmLink).where((FirmLink.from_id == into.id) | (FirmLink.to_id == into.id))
    held = {(link.from_id, link.to_id) for link in session.scalars(theirs.order_by(FirmLink.id))}
    for link in session.scalars(mine.order_by(FirmLink.id)).all():
        ends = tuple(into.id if end == firm.id else end for end in (link.from_id, link.to_id))
        if ends[0] == ends[1] or ends in held:
            session.delete(link)
        else:
            link.from_id, link.to_id = ends
    session.flush()


#: In the order in which rows may go: what points to others first.
OWN_ROWS = (
    Occupancy,
    Evidence,
    Demand,
    Milestone,
    Figures,
    StatedFigure,
    Attestation,
    Consent,
    Contact,
    FirmTag,
    FirmName,
    Place,
)


def void_firm(
    *, actor: AnyViewer, today: dt.date, firm: Firm, reason: str | None, rev: int | None = None
) -> None:
    """作废 of a wrong entry: it leaves the register with all it holds; the history keeps it.

    Raises `void_reason`, `void_used` once a return or a decision rests on it, `void_tied`
    while it is tied to a carrier, `stale`.
    """
    need_record(actor, firm.id, today)
    seen(firm, rev)
    if not reason:
        raise DomainError("void_reason", "reason")
    if is_used(firm.id, 0, today) or _any(Attestation, firm):
        raise DomainError("void_used")
    for remove in hooks().void:
        remove(actor=actor, today=today, firm=firm)
    if _any(Residency, firm):
        raise DomainError("void_tied")
    for model in OWN_ROWS:
        _remove(model, firm)
    session.execute(delete(FirmSearch).where(FirmSearch.firm_id == firm.id))
    links = select(FirmLink).where((FirmLink.from_id == firm.id) | (FirmLink.to_id == firm.id))
    for link in session.scalars(links.order_by(FirmLink.id)).all():
        session.delete(link)
    session.flush()
    session.delete(firm)
    session.flush()
