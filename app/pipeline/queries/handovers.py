"""Handover sheets: who may send one to whom, who reads which, and which wait for a word."""

from __future__ import annotations

import datetime as dt

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.carriers.models import ACCELERATOR, Carrier
from app.core.access import AnyViewer
from app.core.days import working_days_after
from app.core.db import session
from app.core.db.revision import Revision
from app.core.errors import NotFound
from app.firms.models import Firm, Residency
from app.firms.queries import nameable
from app.firms.queries.scope import sees_all
from app.pipeline.models import Claim, ClaimState, Handover, HandoverBody, HandoverState
from app.pipeline.queries import chain, pages, ties

S = HandoverState
#: States of a sheet that stands; one between two carriers for a firm.
STANDING = (S.SENT, S.CONFIRMED, S.REMARKED)


def receivers(firm: Firm, sender: Carrier) -> list[Carrier]:
    """To whom a carrier hands a firm on: whom the firm has chosen, and where it went next."""
    own = ties.latest_at(firm, sender)
    if own is None:
        return []
    found: list[Carrier] = []
    chosen = chain.accepted_claim(firm)
    if chosen is not None and own.ends is None:
        found.append(chosen.carrier)
    after = [t for t in ties.all_of(firm) if t.counted and t.starts >= (own.ends or dt.date.max)]
    following = after[-1] if after else None
    if following is not None and following.carrier.tier >= ACCELERATOR:
        found.append(following.carrier)
    return [one for one in found if one.id != sender.id]


def senders(viewer: AnyViewer, firm: Firm) -> list[tuple[Carrier, Carrier]]:
    """(sender, receiver) pairs for which the viewer can send a sheet, the present host first."""
    had = {tie.carrier_id for tie in ties.all_of(firm)}
    own = [mine for mine in ties.my_carriers(viewer) if mine.id in had]
    return [(mine, to) for mine in own for to in receivers(firm, mine)]


def standing(firm: Firm, sender: Carrier, receiver: Carrier) -> Handover | None:
    """The sheet that stands between two carriers for a firm."""
    statement = select(Handover).where(
        Handover.firm_id == firm.id,
        Handover.from_id == sender.id,
        Handover.to_id == receiver.id,
        Handover.state.in_(STANDING),
    )
    return session.scalars(statement).one_or_none()


def visible(viewer: AnyViewer) -> Select[Handover]:
    """Sheets that the viewer's carriers sent or received; the district reads all."""
    statement = select(Handover).where(nameable(viewer, Handover.firm_id))
    if not sees_all(viewer):
        mine = chain.own_carriers(viewer)
        statement = statement.where(or_(Handover.from_id.in_(mine), Handover.to_id.in_(mine)))
    return statement.order_by(Handover.sent_on.desc(), Handover.id.desc())


def one(viewer: AnyViewer, pid: str) -> Handover:
    """One of them; NotFound for any other."""
    found = session.scalars(visible(viewer).where(Handover.pid == pid)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def opened(viewer: AnyViewer, row: Handover) -> bool:
    """Whether the viewer reads the package: its sender and the district always; the receiver
    while the firm's choice stands or once the firm has been there, and unless it was withdrawn.
    """
    if sees_all(viewer) or ties.acts_for(viewer, row.from_carrier):
        return True
    return session.scalar(select(Handover.id).where(Handover.id == row.id, _reaches())) is not None


def _reaches() -> ColumnElement[bool]:
    """Condition on Handover: its receiver reads the package."""
    chosen = exists().where(
        Claim.firm_id == Handover.firm_id, Claim.carrier_id == Handover.to_id,
        Claim.state == ClaimState.ACCEPTED,
    )  # fmt: skip
    there = exists().where(
        Residency.firm_id == Handover.firm_id, Residency.carrier_id == Handover.to_id,
        Residency.counted,
    )  # fmt: skip
    return and_(Handover.state != S.WITHDRAWN, or_(chosen, there))


def body_of(row: Handover) -> str:
    """What a sheet froze."""
    statement = select(HandoverBody.text).where(HandoverBody.handover_id == row.id)
    return session.scalars(statement).one()


def last_of(firm: Firm, sender: Carrier) -> Handover | None:
    """The latest sheet of a carrier on a firm."""
    statement = select(Handover).where(Handover.firm_id == firm.id, Handover.from_id == sender.id)
    return session.scalars(statement.order_by(Handover.id.desc()).limit(1)).first()


def of_firm(viewer: AnyViewer, firm: Firm) -> list[Handover]:
    """The sheets on a firm that the viewer reads, the latest first."""
    return list(session.scalars(visible(viewer).where(Handover.firm_id == firm.id)))


def waiting(viewer: AnyViewer) -> Select[Handover]:
    """Sheets that wait for the receiver's word, the first due on top."""
    statement = visible(viewer).where(Handover.state == S.SENT).order_by(None)
    return statement.order_by(Handover.due_on, Handover.id)


def late(viewer: AnyViewer, day: dt.date) -> Select[Handover]:
    """Those of them whose days have passed."""
    return waiting(viewer).where(Handover.due_on < day)


def to_confirm(viewer: AnyViewer) -> Select[Handover]:
    """Those of them that the viewer's carriers have received and read."""
    mine = Handover.to_id.in_(chain.own_carriers(viewer))
    names = joinedload(Handover.firm), joinedload(Handover.from_carrier)
    return waiting(viewer).where(mine, _reaches()).options(*names)


def rows(statement: Select[Handover], most: int | None = None) -> list[Handover]:
    """The sheets of a statement."""
    return list(session.scalars(statement.limit(most)))


def how_many(statement: Select[Handover]) -> int:
    """How many they are."""
    found = statement.order_by(None).with_only_columns(Handover.id).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def unsent(viewer: AnyViewer, day: dt.date) -> list[Claim]:
    """Choices of firms at the viewer's carriers for which no sheet stands yet."""
    chosen = pages.courting(viewer, day).where(Claim.state == ClaimState.ACCEPTED)
    sent = select(Handover.id).where(
        Handover.firm_id == Claim.firm_id, Handover.to_id == Claim.carrier_id,
        Handover.state.in_(STANDING),
    )  # fmt: skip
    return list(session.scalars(chosen.where(~sent.exists())))


def due(day: dt.date) -> dt.date:
    """The last day for the receiver's word on a sheet sent on a day."""
    return working_days_after(day, current_app.config["HANDOVER_DAYS"])


def answered(viewer: AnyViewer, since: dt.date) -> list[tuple[Handover, dt.datetime]]:
    """Sheets of the viewer's carriers that were answered on a day or later, and when."""
    statement = (
        select(Handover, Revision.at)
        .join(Revision, Revision.id == Handover.rev)
        .where(
            Handover.from_id.in_(chain.own_carriers(viewer)), nameable(viewer, Handover.firm_id),
            Handover.state.in_((S.CONFIRMED, S.REMARKED)), Handover.answered_on >= since,
        )
        .order_by(Handover.answered_on.desc(), Handover.id.desc())
        .limit(20)
    )  # fmt: skip
    return [(row, at) for row, at in session.execute(statement)]
