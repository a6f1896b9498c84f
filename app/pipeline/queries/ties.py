"""Ties of a firm as the moves read them, and the carriers somebody acts for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import has_request_context, request
from sqlalchemy import BigInteger, Date, Select, bindparam, select
from sqlalchemy.orm import joinedload

from app.carriers.models import ACCELERATOR, PARK, Carrier
from app.core.access import AnyViewer, Permission, System, Viewer
from app.core.db import session
from app.core.errors import NotFound
from app.firms.models import Firm, FirmKind, LeaveReason, Residency, ResidencyKind
from app.pipeline.models import Graduation
from app.pipeline.stage import Stage, stage_of
from app.pipeline.words import COUNTED_KINDS, SIDE_KINDS

#: The word that everybody who works at a carrier or park holds there.
WORK = Permission.FIRM_RECORD


def acts_for(viewer: AnyViewer, carrier: Carrier | None) -> bool:
    """Whether the viewer acts for this carrier today."""
    if carrier is None:
        return False
    return viewer.may_at(WORK, carrier.organisation_id)


def my_carriers(viewer: AnyViewer, *tiers: int) -> list[Carrier]:
    """Carriers the viewer acts for, of the tiers given (all when none is).

    While a page is read, which writes nothing, they are asked for once.
    """
    if not has_request_context() or request.method != "GET":
        found = _my_carriers(viewer)
    else:
        held = request.environ.setdefault("jieli.my_carriers", {})
        if viewer not in held:
            held[viewer] = _my_carriers(viewer)
        found = held[viewer]
    return [carrier for carrier in found if not tiers or carrier.tier in tiers]


def _my_carriers(viewer: AnyViewer) -> list[Carrier]:
    statement = select(Carrier).order_by(Carrier.sort_key, Carrier.id)
    if not isinstance(viewer, System):
        mine = places(viewer)
        if not mine:
            return []
        statement = statement.where(Carrier.organisation_id.in_(mine))
    return list(session.scalars(statement))


def bids(viewer: AnyViewer) -> bool:
    """Whether the viewer claims firms: only those who act for accelerators and parks meet the
    pool, never an incubator, though its people may hold the same permission.
    """
    return viewer.may(Permission.CLAIM_MAKE) and bool(my_carriers(viewer, ACCELERATOR, PARK))


def places(viewer: Viewer) -> list[int]:
    """Organisations at which the viewer works for the chain, not only reads or keeps accounts."""
    return sorted(place for word, place in viewer.rights if word == WORK)


def my_carrier(viewer: AnyViewer, pid: str, *tiers: int) -> Carrier:
    """One of the viewer's own carriers; NotFound for anybody else's."""
    found = next((c for c in my_carriers(viewer, *tiers) if c.pid == pid), None)
    if found is None:
        raise NotFound()
    return found


def side_tie_like(
    firm: Firm, carrier: Carrier, kind: ResidencyKind, starts: dt.date, given: dict[str, Any]
) -> Residency | None:
    """A tie that does not count with just these days, place and words; rooms may differ in area."""
    site = given.get("site")
    said = {name: given.get(name) for name in ("ends", "area_m2", "agreement_on", "remark")}
    statement = select(Residency).filter_by(
        firm_id=firm.id, carrier_id=carrier.id, kind=kind, starts=starts, counted=False,
        site_id=site.id if site else None, **said,
    )  # fmt: skip
    return session.scalars(statement.order_by(Residency.id)).first()


def team_like(team: Firm, carrier: Carrier) -> Firm | None:
    """Another team of the same name and head at the carrier: no code tells two teams apart."""
    statement = select(Firm).where(
        Firm.kind == FirmKind.TEAM, Firm.name == team.name, Firm.id != team.id,
        Firm.leader.is_not_distinct_from(team.leader),
        Firm.id.in_(
            select(Residency.firm_id).where(
                Residency.carrier_id == carrier.id, Residency.ends.is_(None)
            )
        ),
    )  # fmt: skip
    return session.scalars(statement.order_by(Firm.id)).first()


@cache
def _stage_statement() -> Select[Stage]:
    """Built once: the moves ask for the stage several times in each act."""
    asked = stage_of(bindparam("firm", type_=BigInteger), bindparam("day", type_=Date))
    return select(asked)


def stage_now(firm: Firm, day: dt.date) -> Stage:
    """The stage of one firm as of a day."""
    return Stage(session.scalars(_stage_statement(), {"firm": firm.id, "day": day}).one())


def sister_kinds(tie: Residency) -> tuple[ResidencyKind, ...]:
    """Kinds that a tie can be corrected to: those that count as it does."""
    if tie.kind == ResidencyKind.GRADUATE_STAY:
        return (tie.kind,)
    kinds = COUNTED_KINDS if tie.counted else SIDE_KINDS
    return kinds if tie.kind in kinds else (tie.kind, *kinds)


def counted(firm: Firm, before: dt.date | None = None) -> Select[Residency]:
    """Counted ties of a firm, the latest first; `before` leaves out those begun on or after."""
    statement = select(Residency).where(Residency.firm_id == firm.id, Residency.counted)
    if before is not None:
        statement = statement.where(Residency.starts < before)
    return statement.order_by(Residency.starts.desc())


def latest(firm: Firm, day: dt.date) -> Residency | None:
    """The counted tie begun last by the day; it may have ended."""
    statement = counted(firm).where(Residency.starts <= day).limit(1)
    return session.scalars(statement).first()


def here(firm: Firm, day: dt.date) -> Residency | None:
    """The counted tie that runs on the day."""
    tie = latest(firm, day)
    return tie if tie is not None and runs(tie, day) else None


def latest_of(firm_ids: Iterable[int], day: dt.date) -> dict[int, Residency]:
    """firm id → the counted tie begun last by the day, for many firms at once."""
    statement = (
        select(Residency)
        .where(Residency.firm_id.in_(sorted(firm_ids)), Residency.counted, Residency.starts <= day)
        .options(joinedload(Residency.carrier))
        .order_by(Residency.starts)
    )
    return {tie.firm_id: tie for tie in session.scalars(statement)}


def latest_at(firm: Firm, carrier: Carrier) -> Residency | None:
    """The counted tie that this carrier had or has with the firm, the latest one."""
    statement = counted(firm).where(Residency.carrier_id == carrier.id).limit(1)
    return session.scalars(statement).first()


def open_at(firm: Firm, carrier: Carrier, day: dt.date) -> list[Residency]:
    """Ties of all kinds, counted or not, that run at the carrier on the day."""
    statement = (
        select(Residency)
        .where(
            Residency.firm_id == firm.id,
            Residency.carrier_id == carrier.id,
            Residency.starts <= day,
            (Residency.ends.is_(None)) | (Residency.ends > day),
        )
        .order_by(Residency.starts, Residency.id)
    )
    return list(session.scalars(statement))


def ended_with(former: Residency) -> list[Residency]:
    """Further ties that 整体转入 ended together with a counted one; no other act says why."""
    if former.leave_reason != LeaveReason.CARRIER_CLOSED or former.ends is None:
        return []
    statement = select(Residency).where(
        Residency.firm_id == former.firm_id, Residency.carrier_id == former.carrier_id,
        Residency.counted.is_(False), Residency.ends == former.ends,
        Residency.leave_reason == LeaveReason.CARRIER_CLOSED,
    )  # fmt: skip
    return list(session.scalars(statement.order_by(Residency.starts, Residency.id)))


def before_closing(side: Residency) -> tuple[dt.date | None, LeaveReason | None]:
    """End and reason of a further tie as they were before 整体转入 ended it."""
    history: Any = Residency.__history__
    h, closed = history.c, LeaveReason.CARRIER_CLOSED
    held = (
        select(h.ends, h.leave_reason)
        .where(h.id == side.id, h.leave_reason.is_distinct_from(closed))
        .order_by(h.rev.desc())
    )
    row = session.execute(held.limit(1)).one()
    return row.ends, row.leave_reason


def beginning(carrier: Carrier, firm_ids: Iterable[int], day: dt.date) -> dict[int, Residency]:
    """firm id → its further tie at the carrier begun last, on or after the day, not ended."""
    statement = (
        select(Residency)
        .where(
            Residency.firm_id.in_(sorted(firm_ids)), Residency.carrier_id == carrier.id,
            Residency.counted.is_(False), Residency.starts >= day, Residency.ends.is_(None),
        )
        .options(joinedload(Residency.carrier))
        .order_by(Residency.starts, Residency.id)
    )  # fmt: skip
    return {tie.firm_id: tie for tie in session.scalars(statement)}


def runs(tie: Residency, day: dt.date) -> bool:
    """Whether a tie has not ended by the day."""
    return tie.ends is None or tie.ends > day


def graduation_of(firm: Firm) -> Graduation | None:
    """The graduation of a firm in whatever state; there is one at most."""
    statement = select(Graduation).where(Graduation.firm_id == firm.id)
    return session.scalars(statement).one_or_none()


def tie_by_pid(viewer: AnyViewer, pid: str) -> Residency:
    """A tie at one of the viewer's carriers; NotFound for any other."""
    found = session.scalars(select(Residency).where(Residency.pid == pid)).one_or_none()
    if found is None or not acts_for(viewer, found.carrier):
        raise NotFound()
    return found


def all_of(firm: Firm) -> list[Residency]:
    """All ties of a firm, the latest first."""
    statement = select(Residency).where(Residency.firm_id == firm.id)
    return list(session.scalars(statement.order_by(Residency.starts.desc(), Residency.id)))
