"""Pool, pushes, claims and requests as the moves and the pages read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    or_,
    select,
    union,
)

from app.carriers.models import ACCELERATOR, Carrier, CarrierStatus
from app.carriers.queries import OVER
from app.core.access import AnyViewer, System
from app.core.db import session
from app.firms.models import Firm, Residency
from app.pipeline.claim_state import LIVE, claim_state
from app.pipeline.models import (
    Claim,
    ClaimState,
    Graduation,
    Push,
    TransferRequest,
    TransferState,
)
from app.pipeline.queries import settling, ties
from app.pipeline.queries.ties import places, stage_now
from app.pipeline.stage import Stage, holds, stages
from app.pipeline.words import ClaimEnd, ClaimStanding

#: Stages in which any park or accelerator may see and claim a firm.
POOL = (Stage.GRADUATED, Stage.ACCELERATING)


def pushed(day: dt.date) -> Select[int]:
    """Firms that are pushed on a day."""
    return select(Push.firm_id).where(Push.starts <= day, or_(Push.ends.is_(None), Push.ends > day))


@lru_cache(maxsize=4)
def pool(day: dt.date) -> ColumnElement[bool]:
    """Condition on Firm: graduated, accelerating or pushed, and not for counting only."""
    stage = offered_stages(day)
    offered = select(stage.c.firm_id).where(stage.c.stage.in_(POOL))
    return and_(Firm.counted_only.is_(False), or_(Firm.id.in_(offered), Firm.id.in_(pushed(day))))


@lru_cache(maxsize=4)
def offered_stages(day: dt.date) -> Subquery:
    """Stages of the firms that can be in the pool; kept, as making it costs more than a page."""
    return stages(day, firms=offerable(day))


def offerable(day: dt.date) -> Select[int]:
    """The few firms that can be in the pool: graduates, those at accelerators, pushed ones."""
    graduates = select(Graduation.firm_id).where(holds(Graduation.__table__, day))
    hosted = (
        select(Residency.firm_id)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(Residency.counted, Residency.ends.is_(None) | (Residency.ends > day))
        .where(Residency.starts <= day, Carrier.tier == ACCELERATOR)
    )
    found = union(graduates, hosted, pushed(day)).subquery("offerable")
    return select(found.c.firm_id)


def in_pool(firm: Firm, day: dt.date) -> bool:
    """Whether one firm is in the pool on a day."""
    return stage_now(firm, day) in POOL or push_of(firm, day) is not None


def pushed_since(firm_ids: list[int], day: dt.date) -> dict[int, dt.date]:
    """firm id → the day since which it is pushed, for those of some firms that are."""
    running = Push.starts <= day, or_(Push.ends.is_(None), Push.ends > day)
    since = select(Push.firm_id, func.max(Push.starts)).where(Push.firm_id.in_(firm_ids), *running)
    return dict(session.execute(since.group_by(Push.firm_id).order_by(Push.firm_id)).all())


def push_of(firm: Firm, day: dt.date) -> Push | None:
    """The push of a firm that runs on a day."""
    statement = select(Push).where(
        Push.firm_id == firm.id, Push.starts <= day, or_(Push.ends.is_(None), Push.ends > day)
    )
    return session.scalars(statement.order_by(Push.starts.desc(), Push.id)).first()


def standing_claims(firm: Firm, *states: ClaimState) -> list[Claim]:
    """A firm's claims stored in one of the states, the earliest first."""
    statement = select(Claim).where(Claim.firm_id == firm.id, Claim.state.in_(states))
    return list(session.scalars(statement.order_by(Claim.opened_on, Claim.id)))


def live_claims(firm: Firm, day: dt.date) -> list[Claim]:
    """A firm's claims that are open or accepted on the day, the earliest first."""
    return live_claims_of([firm.id], day).get(firm.id, [])


def live_claims_of(firm_ids: Iterable[int], day: dt.date) -> dict[int, list[Claim]]:
    """firm id → its claims that are open or accepted on the day, the earliest first."""
    live = Claim.firm_id.in_(sorted(firm_ids)), claim_state(day).in_(LIVE)
    found: dict[int, list[Claim]] = {}
    for row in session.scalars(select(Claim).where(*live).order_by(Claim.opened_on, Claim.id)):
        found.setdefault(row.firm_id, []).append(row)
    return found


def first_written(row: Residency | Claim, *, state: ClaimState | None = None) -> int:
    """The revision that made a row, or that first brought it into a state it still is in."""
    history: Any = type(row).__history__
    earlier = select(func.min(history.c.rev)).where(history.c.id == row.id)
    if state is not None:
        earlier = earlier.where(history.c.state == state)
    first = session.scalar(earlier)
    return row.rev if first is None else min(first, row.rev)


def made_since_choice(claim: Claim, day: dt.date) -> list[Residency]:
    """Running ties that the carrier of an accepted claim made beside the count since then."""
    chosen = first_written(claim, state=ClaimState.ACCEPTED)
    held = ties.open_at(claim.firm, claim.carrier, day)
    return [tie for tie in held if not tie.counted and first_written(tie) > chosen]


def reached(claim: Claim) -> int:
    """The revision that brought a claim into the state it is in, whatever was written to it since:
    a room forgotten, another firm's record merged."""
    history: Any = Claim.__history__
    before = select(func.max(history.c.rev_to)).where(
        history.c.id == claim.id, history.c.state != claim.state
    )
    return session.scalar(before) or first_written(claim)


def ended_by_arrival(firm: Firm, tie: Residency) -> list[Claim]:
    """Claims that the arrival of a firm's last counted tie completed or ended."""
    completed = and_(Claim.carrier_id == tie.carrier_id, Claim.state == ClaimState.DONE)
    statement = select(Claim).where(
        Claim.firm_id == firm.id,
        or_(completed, Claim.end_reason == ClaimEnd.LANDED_ELSEWHERE.value),
    )
    since = first_written(tie)
    rows = session.scalars(statement.order_by(Claim.id))
    return [row for row in rows if row.rev >= since and reached(row) >= since]


def held_claim(firm: Firm, carrier: Carrier) -> Claim | None:
    """The claim of a carrier for a firm that is stored as open or accepted, lapsed or not."""
    held = standing_claims(firm, ClaimState.OPEN, ClaimState.ACCEPTED)
    return next((row for row in held if row.carrier_id == carrier.id), None)


def live_claim(firm: Firm, carrier: Carrier, day: dt.date) -> Claim | None:
    """The claim of a carrier for a firm that is open or accepted on the day."""
    return next((c for c in live_claims(firm, day) if c.carrier_id == carrier.id), None)


def accepted_claim(firm: Firm) -> Claim | None:
    """The claim that the firm has chosen."""
    return next(iter(standing_claims(firm, ClaimState.ACCEPTED)), None)


def claim_by_token(token: str) -> Claim | None:
    """The claim that a form with this token made."""
    return session.scalars(select(Claim).where(Claim.token == token)).one_or_none()


def own_carriers(viewer: AnyViewer, *tiers: int) -> Select[int]:
    """Ids of the carriers a viewer acts for, of some tiers or all."""
    statement = select(Carrier.id)
    if not isinstance(viewer, System):
        statement = statement.where(Carrier.organisation_id.in_(places(viewer)))
    return statement.where(Carrier.tier.in_(tiers)) if tiers else statement


def bids(viewer: AnyViewer) -> ColumnElement[bool]:
    """Condition on Carrier: the viewer's own that may claim."""
    return Carrier.id.in_(own_carriers(viewer).where(Carrier.tier >= ACCELERATOR))


def claimed(viewer: AnyViewer, day: dt.date, *standings: ClaimStanding) -> Select[int]:
    """Firms for which one of the viewer's carriers has a claim in a standing on the day."""
    return select(Claim.firm_id).where(
        Claim.carrier_id.in_(own_carriers(viewer)), claim_state(day).in_(standings)
    )


def open_request(firm: Firm, carrier: Carrier | None = None) -> TransferRequest | None:
    """The request for a firm that waits for an answer, of a carrier or of any."""
    statement = select(TransferRequest).where(
        TransferRequest.firm_id == firm.id, TransferRequest.state == TransferState.OPEN
    )
    if carrier is not None:
        statement = statement.where(TransferRequest.to_id == carrier.id)
    return session.scalars(statement.order_by(TransferRequest.id)).first()


def asked_of_host(row: TransferRequest, day: dt.date) -> bool:
    """Whether the firm of a request still incubates at the carrier that was asked."""
    tie = ties.latest(row.firm, day)
    at_host = tie is not None and tie.carrier_id == row.from_id
    return at_host and stage_now(row.firm, day) is Stage.INCUBATING


def overtaken_requests(day: dt.date) -> list[tuple[TransferRequest, Stage]]:
    """Requests that wait although the firm no longer incubates at the carrier that was asked,
    with the firm's stage.
    """
    waiting = TransferRequest.state == TransferState.OPEN
    asked = session.scalars(select(TransferRequest.firm_id).where(waiting).distinct()).all()
    if not asked:  # what most writes meet
        return []
    now = stages(day, firms=select(TransferRequest.firm_id).where(waiting))
    moved = or_(
        now.c.stage != Stage.INCUBATING,
        now.c.carrier_id.is_distinct_from(TransferRequest.from_id),
    )
    statement = (
        select(TransferRequest, now.c.stage)
        .join(now, now.c.firm_id == TransferRequest.firm_id)
        .where(waiting, moved)
        .order_by(TransferRequest.id)
    )
    return [(row, Stage(stage)) for row, stage in session.execute(statement)]


def ended_with_open(day: dt.date) -> set[int]:
    """Carriers ever 取消 or 注销 by a day that have a claim or a request stored as open, or a
    further tie of a firm that does not count there."""
    return set(session.scalars(_ended_with_open(), {"day": day}))


@cache
def _ended_with_open() -> CompoundSelect[int]:
    """Asked by each write, so built once."""
    ended = (
        select(CarrierStatus.carrier_id)
        .where(CarrierStatus.act.in_(OVER), CarrierStatus.day <= bindparam("day", type_=Date))
        .scalar_subquery()
    )
    claims = select(Claim.carrier_id).where(
        Claim.state.in_((ClaimState.OPEN, ClaimState.ACCEPTED)), Claim.carrier_id.in_(ended)
    )
    requests = select(TransferRequest.to_id).where(
        TransferRequest.state == TransferState.OPEN, TransferRequest.to_id.in_(ended)
    )
    beside = select(Residency.carrier_id).where(
        Residency.carrier_id.in_(ended), settling.left_beside(bindparam("day", type_=Date))
    )
    return claims.union(requests, beside).order_by("carrier_id")


def claims_of_carriers(ids: list[int]) -> list[Claim]:
    """Claims of some carriers that are stored as open or accepted."""
    standing = Claim.state.in_((ClaimState.OPEN, ClaimState.ACCEPTED))
    statement = select(Claim).where(standing, Claim.carrier_id.in_(ids))
    return list(session.scalars(statement.order_by(Claim.id)))


def requests_of_carriers(ids: list[int]) -> list[TransferRequest]:
    """Requests of some carriers that wait for an answer."""
    waiting = TransferRequest.state == TransferState.OPEN
    statement = select(TransferRequest).where(waiting, TransferRequest.to_id.in_(ids))
    return list(session.scalars(statement.order_by(TransferRequest.id)))


def rows(statement: Select[Any]) -> list[Any]:
    """All scalars of a statement."""
    return list(session.scalars(statement))
