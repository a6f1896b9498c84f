"""Mediations as they stand on a day, and who reads which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.carriers.models import ACCELERATOR, INCUBATOR, Carrier
from app.core.access import AnyViewer
from app.core.days import working_days_after
from app.core.db import session
from app.core.db.base import OPEN
from app.core.db.revision import Revision
from app.core.errors import NotFound
from app.core.text import _
from app.firms import fields
from app.firms.models import Firm, Residency, Route
from app.firms.queries import nameable
from app.firms.queries.scope import sees_all
from app.pipeline.models import Claim, ClaimState, Mediation, MediationState, Opinion
from app.pipeline.queries import chain, ties
from app.pipeline.words import MediationEnd

S = MediationState
#: States in which a mediation goes on, unless claims or days have ended it.
LIVE = (S.ASKED, S.ADVISED, S.AGAIN, S.READVISED)
#: States that wait for the district.
WAITING = (S.ASKED, S.AGAIN)
#: What a mediation is on a day, and why where it has ended.
Standing = tuple[MediationState, MediationEnd | None]


def standing(row: Mediation, day: dt.date) -> Standing:
    """The state of a mediation on a day that is not before its last change, and why it ended."""
    return standings([row], day)[row.id]


def standings(rows: Iterable[Mediation], day: dt.date) -> dict[int, Standing]:
    """The same of many, by id."""
    some = list(rows)
    why = over([row for row in some if row.state in LIVE], day)
    return {row.id: _standing(row, why.get(row.id)) for row in some}


def _standing(row: Mediation, why: MediationEnd | None) -> Standing:
    if row.state not in LIVE:
        return row.state, MediationEnd(row.end_reason) if row.end_reason else None
    return (S.ENDED, why) if why else (row.state, None)


def over(rows: Sequence[Mediation], day: dt.date) -> dict[int, MediationEnd]:
    """mediation id → what has ended it, for those of some stored as live that have ended: choice,
    arrival, or no claim left.

    A claim made in the very write that asks does not bring back one that had run out of claims.
    """
    ids = {row.firm_id for row in rows}
    if not ids:
        return {}
    chosen = select(Claim.firm_id).where(
        Claim.firm_id.in_(sorted(ids)), Claim.state == ClaimState.ACCEPTED
    )
    accepted, held = set(session.scalars(chosen)), ties.latest_of(ids, day)
    live, writing = chain.live_claims_of(ids, day), OPEN.get()

    def ended(row: Mediation) -> MediationEnd | None:
        tie, courting = held.get(row.firm_id), live.get(row.firm_id, [])
        if row.firm_id in accepted:
            return MediationEnd.CHOSEN
        if tie is not None and tie.carrier_id != row.host_id and _arrived(tie):
            return MediationEnd.LANDED
        if writing is not None and row.rev < writing:
            courting = [claim for claim in courting if chain.first_written(claim) < writing]
        return None if courting else MediationEnd.NO_CLAIM

    return {row.id: why for row in rows if (why := ended(row)) is not None}


def _arrived(tie: Residency) -> bool:
    """Whether a tie is an arrival: a firm whose accelerator closed went nowhere by 整体转入."""
    return tie.carrier.tier >= ACCELERATOR and tie.route is not Route.TRANSFERRED


def live_of(firm: Firm) -> Mediation | None:
    """The mediation of a firm that is stored as live, ended by the days or not."""
    statement = select(Mediation).where(Mediation.firm_id == firm.id, Mediation.state.in_(LIVE))
    return session.scalars(statement).one_or_none()


def stored_live(firm_ids: Iterable[int] | None = None) -> list[Mediation]:
    """Mediations stored as live, of some firms or all."""
    statement = select(Mediation).where(Mediation.state.in_(LIVE))
    if firm_ids is not None:
        statement = statement.where(Mediation.firm_id.in_(sorted(firm_ids)))
    return list(session.scalars(statement.order_by(Mediation.due_on, Mediation.id)))


def courted(day: dt.date) -> ColumnElement[bool]:
    """Condition on Claim beside Mediation: it was live at some time while the mediation ran."""
    until = func.coalesce(Mediation.ended_on, day)
    return (
        (Claim.firm_id == Mediation.firm_id)
        & (Claim.opened_on <= until)
        & or_(Claim.ended_on.is_(None), Claim.ended_on >= Mediation.asked_on)
        & or_(Claim.state != ClaimState.OPEN, Claim.follow_until >= Mediation.asked_on)
    )


def visible(viewer: AnyViewer, day: dt.date) -> Select[Mediation]:
    """The mediations that a viewer reads, the latest first.

    The district reads all; a carrier those on firms that it has, or had when it was asked; a
    bidder those in which it had a claim.
    """
    statement = select(Mediation).where(nameable(viewer, Mediation.firm_id))
    if not sees_all(viewer):
        mine = chain.own_carriers(viewer)
        party = exists().where(courted(day), Claim.carrier_id.in_(mine))
        hosts = (
            select(Residency.firm_id)
            .join(Carrier, Carrier.id == Residency.carrier_id)
            .where(
                Residency.counted, Residency.starts <= day,
                or_(Residency.ends.is_(None), Residency.ends > day),
                Carrier.tier == INCUBATOR, Residency.carrier_id.in_(mine),
            )
        )  # fmt: skip
        statement = statement.where(
            or_(
                Mediation.host_id.in_(mine), Mediation.asked_by_id.in_(mine), party,
                Mediation.firm_id.in_(hosts),
            )
        )  # fmt: skip
    return statement.order_by(Mediation.asked_on.desc(), Mediation.id.desc())


def one(viewer: AnyViewer, pid: str, day: dt.date) -> Mediation:
    """One of them; NotFound for any other."""
    found = session.scalars(visible(viewer, day).where(Mediation.pid == pid)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def opinions(rows: Iterable[Mediation]) -> dict[int, list[Opinion]]:
    """mediation id → what the district said, the first first."""
    statement = select(Opinion).where(Opinion.mediation_id.in_([row.id for row in rows]))
    found: dict[int, list[Opinion]] = {}
    for row in session.scalars(statement.order_by(Opinion.turn)):
        found.setdefault(row.mediation_id, []).append(row)
    return found


def claims(row: Mediation, day: dt.date) -> list[Claim]:
    """The claims of its sides, the earliest first."""
    statement = (
        select(Claim).join(Mediation, courted(day)).where(Mediation.id == row.id)
    ).order_by(Claim.opened_on, Claim.id)
    return list(session.scalars(statement))


def parties(viewer: AnyViewer, firm: Firm, day: dt.date) -> list[Carrier]:
    """The viewer's carriers that are a side today: those with a live claim, and the firm's own."""
    live = {claim.carrier_id for claim in chain.live_claims(firm, day)}
    tie = ties.latest(firm, day)
    host = tie.carrier_id if tie else None
    return [c for c in ties.my_carriers(viewer) if c.id in live or c.id == host]


def due(day: dt.date) -> dt.date:
    """The last day for an opinion that is asked for on a day."""
    return working_days_after(day, current_app.config["MEDIATION_DAYS"])


@dataclass(frozen=True)
class Told:
    """A mediation in a list: its state on the day, why it ended, how many court the firm, and
    whether the viewer reads who asked."""

    row: Mediation
    state: MediationState
    why: MediationEnd | None
    claims: int
    named: bool

    @property
    def asker(self) -> str:
        """Who asked, in words."""
        return self.row.asked_by.short_name if self.named else _("另一家单位")

    @property
    def live(self) -> bool:
        """Whether it goes on."""
        return self.state in LIVE


def told(viewer: AnyViewer, day: dt.date) -> list[Told]:
    """The mediations a viewer reads, what waits for the district first, then the latest."""
    names = joinedload(Mediation.firm), joinedload(Mediation.asked_by)
    rows = list(session.scalars(visible(viewer, day).options(*names).limit(500)))
    courting = (
        select(Mediation.id, func.count())
        .join(Claim, courted(day))
        .where(Mediation.id.in_([row.id for row in rows]))
        .group_by(Mediation.id)
        .order_by(Mediation.id)
    )
    claims: dict[int, int] = dict(session.execute(courting).all())
    states, askers = standings(rows, day), named(viewer, rows, day)
    made = [
        Told(row, *states[row.id], claims.get(row.id, 0), row.id in askers) for row in rows
    ]  # fmt: skip
    made.sort(key=lambda one: one.row.due_on if one.state in WAITING else dt.date.max)
    return made


def waiting(day: dt.date, hosts: Iterable[int] | None = None) -> list[Mediation]:
    """What waits for an opinion of the district, the first due on top; `hosts` narrows it to
    firms of some carriers."""
    statement = select(Mediation).where(Mediation.state.in_(WAITING))
    if hosts is not None:
        statement = statement.where(Mediation.host_id.in_(sorted(hosts)))
    rows = session.scalars(statement.order_by(Mediation.due_on, Mediation.id)).all()
    ended = over(rows, day)
    return [row for row in rows if row.id not in ended]


def reads_all(viewer: AnyViewer, row: Mediation, day: dt.date) -> bool:
    """Whether the viewer reads every side: the district, and the carrier that has the firm."""
    return row.id in _whole(viewer, [row], day)


def _whole(viewer: AnyViewer, rows: Sequence[Mediation], day: dt.date) -> set[int]:
    """Ids of those of which the viewer reads every side."""
    if sees_all(viewer):
        return {row.id for row in rows}
    mine = {one.id for one in ties.my_carriers(viewer, INCUBATOR, ACCELERATOR)}
    held = ties.latest_of({row.firm_id for row in rows}, day) if mine else {}
    at = {firm_id: tie.carrier_id for firm_id, tie in held.items()}
    return {row.id for row in rows if mine & {row.host_id, at.get(row.firm_id)}}


def named(viewer: AnyViewer, rows: Sequence[Mediation], day: dt.date) -> set[int]:
    """Ids of those in which the viewer reads who asked: it did itself, or it reads every side.
    A park knows of others that they are, not who."""
    own = {one.id for one in ties.my_carriers(viewer)}
    return _whole(viewer, rows, day) | {row.id for row in rows if row.asked_by_id in own}


def wish_open(viewer: AnyViewer, row: Mediation, day: dt.date) -> bool:
    """Whether a bidder may read the firm's wish: with the firm's consent, like its demand."""
    return "demand" in fields.open_to(viewer, row.firm_id, day)


def running(viewer: AnyViewer, firm: Firm, day: dt.date) -> Mediation | None:
    """The mediation of a firm that goes on, where the viewer reads it."""
    statement = visible(viewer, day).where(Mediation.firm_id == firm.id, Mediation.state.in_(LIVE))
    row = session.scalars(statement).first()
    return row if row is not None and not over([row], day) else None


def said_since(
    viewer: AnyViewer, since: dt.date, day: dt.date
) -> list[tuple[Opinion, dt.datetime]]:
    """Opinions of a day or later in mediations that the viewer reads, and when."""
    rows = visible(viewer, day).with_only_columns(Mediation.id).order_by(None)
    statement = (
        select(Opinion, Revision.at)
        .join(Revision, Revision.id == Opinion.rev)
        .where(Opinion.day >= since, Opinion.mediation_id.in_(rows))
        .order_by(Opinion.day.desc(), Opinion.id.desc())
        .limit(20)
    )
    return [(one, at) for one, at in session.execute(statement)]
