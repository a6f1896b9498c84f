"""Lists of the chain's pages: pool, claims, quarters to verify, departures, requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.carriers.models import DM2, Carrier, Site
from app.core.access import AnyViewer, System
from app.core.days import today
from app.core.db import session
from app.core.db.revision import Revision
from app.core.errors import NotFound
from app.core.text import Coded
from app.firms import fields
from app.firms import queries as firm_queries
from app.firms.models import Firm, Residency
from app.firms.queries import nameable
from app.pipeline.claim_state import LIVE, claim_state, standing_now
from app.pipeline.models import (
    Claim,
    ClaimState,
    ClaimStep,
    Graduation,
    GraduationState,
    TransferRequest,
    TransferState,
)
from app.pipeline.queries.chain import own_carriers
from app.pipeline.queries.ties import acts_for
from app.pipeline.stage import EFFECTIVE
from app.pipeline.words import ChosenBy, ClaimEnd, ClaimStanding

A = TypeVar("A", bound=Coded)
#: States in which a graduation waits for 核定, or for 同意 where that is a gate.
WAITING = (GraduationState.REPORTED, GraduationState.CHECKED, GraduationState.PROPOSED)
#: What a carrier has to correct or withdraw.
SENT_BACK = (GraduationState.RETURNED, GraduationState.DECLINED)


#: what every list of claims tells of each
NAMED = (joinedload(Claim.firm), joinedload(Claim.carrier), joinedload(Claim.unit))


#: Only then does the firm's side learn which room a claim means.
ROOM_TOLD = (ClaimState.ACCEPTED, ClaimState.DONE)


def area(row: Claim, exact: bool = True) -> Decimal | None:
    """㎡ that a claim means: as kept of its room, to 0.01, for who may read which one it is
    (`exact`); else as asked for.
    """
    if exact and row.area_dm2 is not None:
        return Decimal(row.area_dm2) / DM2
    return None if row.area_m2 is None else Decimal(row.area_m2)


def own_claims(viewer: AnyViewer, day: dt.date, live: bool) -> Select[Claim]:
    """Claims of the viewer's own carriers, live or ended, the first to lapse on top."""
    state = claim_state(day)
    return (
        select(Claim)
        .where(Claim.carrier_id.in_(own_carriers(viewer)), nameable(viewer, Claim.firm_id))
        .where(state.in_(LIVE) if live else state.not_in(LIVE))
        .options(*NAMED)
        .order_by(Claim.follow_until, Claim.id)
    )


def claims(viewer: AnyViewer, day: dt.date, live: bool = True) -> list[Claim]:
    """As many of them as the page shows."""
    return list(session.scalars(own_claims(viewer, day, live).limit(500)))


def claims_for(viewer: AnyViewer, firm: Firm) -> list[Claim]:
    """Claims of the viewer's own carriers for a firm, live or ended, the latest first."""
    if isinstance(viewer, System):
        return []
    statement = select(Claim).where(
        Claim.firm_id == firm.id, Claim.carrier_id.in_(own_carriers(viewer))
    )
    return list(session.scalars(statement.order_by(Claim.opened_on.desc(), Claim.id.desc())))


def claim_of(viewer: AnyViewer, pid: str) -> Claim:
    """A claim of the viewer's carriers, or on a firm counted at one of them."""
    wanted = select(Claim).where(Claim.pid == pid, nameable(viewer, Claim.firm_id))
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    if acts_for(viewer, found.carrier):
        return found
    hosted = select(Residency.id).where(
        Residency.firm_id == found.firm_id,
        Residency.counted,
        Residency.ends.is_(None),
        Residency.carrier_id.in_(own_carriers(viewer)),
    )
    if session.scalar(hosted.limit(1)) is None:
        raise NotFound()
    return found


def steps(claim_ids: list[int]) -> dict[int, list[ClaimStep]]:
    """claim id → its follow-ups, the latest first."""
    statement = select(ClaimStep).where(ClaimStep.claim_id.in_(claim_ids))
    found: dict[int, list[ClaimStep]] = {}
    for row in session.scalars(statement.order_by(ClaimStep.day.desc(), ClaimStep.id.desc())):
        found.setdefault(row.claim_id, []).append(row)
    return found


def suitors(viewer: AnyViewer, day: dt.date) -> list[Claim]:
    """Live claims on firms counted at the viewer's carriers: whom each firm may choose."""
    return list(session.scalars(courting(viewer, day)))


def courting(viewer: AnyViewer, day: dt.date) -> Select[Claim]:
    """The statement of them."""
    hosted = select(Residency.firm_id).where(
        Residency.counted,
        Residency.starts <= day,
        or_(Residency.ends.is_(None), Residency.ends > day),
        Residency.carrier_id.in_(own_carriers(viewer)),
    )
    statement = select(Claim).where(Claim.firm_id.in_(hosted), claim_state(day).in_(LIVE))
    statement = statement.options(*NAMED)
    return statement.order_by(Claim.firm_id, Claim.opened_on, Claim.id)


@dataclass
class Quarter:
    """Graduations that count in a quarter, as the district verifies them."""

    year: int
    quarter: int
    rows: list[Graduation] = field(default_factory=list)

    @property
    def reported(self) -> int:
        """申报数: all that hold, returned ones included."""
        return sum(g.state in EFFECTIVE for g in self.rows)

    @property
    def verified(self) -> int:
        """核定数."""
        return sum(g.state == GraduationState.VERIFIED for g in self.rows)

    @property
    def waiting(self) -> int:
        """Those still to be verified, or to be agreed to."""
        return sum(g.state in WAITING for g in self.rows)

    @property
    def returned(self) -> int:
        """Returned ones."""
        return sum(g.state == GraduationState.RETURNED for g in self.rows)


def quarters() -> list[tuple[int, int, int, int]]:
    """(year, quarter, reported, still to verify), the latest first."""
    waiting = Graduation.state.in_((GraduationState.REPORTED, GraduationState.CHECKED))
    statement = (
        select(
            Graduation.period_year,
            Graduation.period_quarter,
            func.count(),
            func.count(Graduation.id).filter(waiting),
        )
        .where(Graduation.state.in_(EFFECTIVE))
        .group_by(Graduation.period_year, Graduation.period_quarter)
        .order_by(Graduation.period_year.desc(), Graduation.period_quarter.desc())
    )
    return [tuple(row) for row in session.execute(statement)]  # type: ignore[misc]


def quarter(year: int, number: int) -> Quarter:
    """One quarter with its graduations, by carrier and firm; proposals come along."""
    statement = (
        select(Graduation)
        .join(Carrier, Carrier.id == Graduation.carrier_id)
        .join(Firm, Firm.id == Graduation.firm_id)
        .where(Graduation.period_year == year, Graduation.period_quarter == number)
        .order_by(Carrier.sort_key, Firm.sort_key, Graduation.id)
    )
    return Quarter(year, number, list(session.scalars(statement)))


def graduations(viewer: AnyViewer, day: dt.date) -> Select[Graduation]:
    """Graduations that the viewer's carriers reported, or of firms whose values are open to it.

    Parks that only may bid, and area readers, see that a firm graduated, not on what.
    """
    firms = firm_queries.visible(viewer).with_only_columns(Firm.id).order_by(None)
    opened = firms.where(fields.opening(viewer, "values", day))
    return (
        select(Graduation)
        .where(
            Graduation.firm_id.in_(firms),
            or_(
                Graduation.carrier_id.in_(own_carriers(viewer)),
                Graduation.firm_id.in_(opened),
            ),
        )
        .order_by(Graduation.graduated_on.desc(), Graduation.id)
    )


def graduation_by(viewer: AnyViewer, pid: str) -> Graduation:
    """One of them; NotFound for any other."""
    wanted = graduations(viewer, today()).where(Graduation.pid == pid)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    return found


def graduations_by_pid(pids: list[str]) -> list[Graduation]:
    """Graduations ticked on a page, in a fixed order."""
    statement = select(Graduation).where(Graduation.pid.in_(pids)).order_by(Graduation.id)
    return list(session.scalars(statement))


def returned(viewer: AnyViewer) -> list[Graduation]:
    """Graduations of the viewer's carriers that the district returned."""
    statement = select(Graduation).where(
        Graduation.state.in_(SENT_BACK),
        Graduation.carrier_id.in_(own_carriers(viewer)),
    )
    return list(session.scalars(statement.order_by(Graduation.graduated_on, Graduation.id)))


def departures(condition: ColumnElement[bool]) -> list[Residency]:
    """Ties ended by an arrival elsewhere whose carrier has not said how the firm left."""
    statement = select(Residency).where(Residency.leave_confirmed.is_(False), condition)
    return list(session.scalars(statement.order_by(Residency.ends, Residency.id)))


def my_departures(viewer: AnyViewer) -> list[Residency]:
    """Departures that the viewer's carriers have to confirm."""
    return departures(Residency.carrier_id.in_(own_carriers(viewer)))


def readable_requests(viewer: AnyViewer, district: bool) -> Select[TransferRequest]:
    """Requests from or to the viewer's carriers, settled ones too; the district reads all."""
    statement = select(TransferRequest).where(nameable(viewer, TransferRequest.firm_id))
    if not district:
        mine = own_carriers(viewer)
        scope = or_(TransferRequest.from_id.in_(mine), TransferRequest.to_id.in_(mine))
        statement = statement.where(scope)
    return statement.order_by(TransferRequest.id)


def requests(viewer: AnyViewer, all_of_them: bool = False) -> list[TransferRequest]:
    """Requests from or to the viewer's carriers; for the district all that wait."""
    statement = readable_requests(viewer, all_of_them)
    if all_of_them:
        waiting = (TransferState.OPEN, TransferState.REFUSED)
        statement = statement.where(TransferRequest.state.in_(waiting))
    order = (TransferRequest.asked_on.desc(), TransferRequest.id.desc())
    wanted = statement.order_by(None).order_by(*order).limit(200)
    return list(session.scalars(wanted))


def answered(viewer: AnyViewer, since: dt.date) -> list[tuple[TransferRequest, dt.datetime]]:
    """Requests of the viewer's carriers that came to an end since a day, and when."""
    ends = (TransferState.AGREED, TransferState.REFUSED, TransferState.DECIDED, TransferState.ENDED)
    statement = (
        select(TransferRequest, Revision.at)
        .join(Revision, Revision.id == TransferRequest.rev)
        .where(
            TransferRequest.to_id.in_(own_carriers(viewer)),
            nameable(viewer, TransferRequest.firm_id),
            TransferRequest.state.in_(ends),
            TransferRequest.answered_on >= since,
        )
        .order_by(TransferRequest.answered_on.desc(), TransferRequest.id.desc())
        .limit(20)
    )
    return [(row, at) for row, at in session.execute(statement)]


def request_by(viewer: AnyViewer, pid: str, district: bool) -> TransferRequest:
    """A request that the viewer's carriers made or received; the district reads all."""
    wanted = select(TransferRequest).where(
        TransferRequest.pid == pid, nameable(viewer, TransferRequest.firm_id)
    )
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    if not district and not any(
        acts_for(viewer, part) for part in (found.from_carrier, found.to_carrier)
    ):
        raise NotFound()
    return found


def sites(carrier: Carrier, day: dt.date) -> list[Site]:
    """Sites of a carrier in use on the day."""
    statement = select(Site).where(
        Site.carrier_id == carrier.id, or_(Site.ends.is_(None), Site.ends > day)
    )
    return list(session.scalars(statement.order_by(Site.name, Site.id)))


def waiting_count(*states: GraduationState) -> int:
    """Graduations that wait for the district; of some states or all of these."""
    wanted = Graduation.state.in_(states or WAITING)
    return session.scalar(select(func.count()).where(wanted)) or 0


def standing(day: dt.date) -> Callable[[Claim], ClaimStanding]:
    """A function that tells a claim's standing on the day."""
    return lambda row: standing_now(row, day)


def ended(row: Claim) -> str | None:
    """Why a claim ended, in words."""
    return ClaimEnd(row.end_reason).label if row.end_reason else None


def chosen_by(row: Claim) -> str | None:
    """Who recorded the firm's choice, in words."""
    return ChosenBy(row.chosen_by).label if row.chosen_by else None


def known_act(code: str, acts: Iterable[A]) -> A:
    """The act of an address; NotFound for an unknown one."""
    found = next((act for act in acts if act.value == code), None)
    if found is None:
        raise NotFound()
    return found


def departures_all() -> list[Residency]:
    """All departures that wait for a word of the former carrier."""
    return departures(Residency.ends.is_not(None))
