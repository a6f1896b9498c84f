"""登记落地: an arrival is booked by whoever received the firm; nothing waits for a signature."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from app.carriers.models import ACCELERATOR, Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.firms.models import Firm, Residency, Route
from app.firms.queries.space import capacity_left
from app.firms.service import register_firm
from app.pipeline.moves.cases import FirmCase, TieGiven
from app.pipeline.moves.firm import FIRM
from app.pipeline.queries import chain
from app.pipeline.words import FirmAct

register_messages(
    {
        "landing:full": N_(
            "承载能力为 %(n)s 家，已满。企业已实际入驻的，在备注中写明原因后再登记；"
            "承载能力有变的，在载体基本信息中修改。"
        ),
    }
)


def land(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    carrier: Carrier,
    arrived_on: dt.date,
    **given: Any,
) -> Residency:
    """A counted tie begins at an accelerator or park on the day of 实际入驻.

    Closes the counted tie before it; a former incubator is asked to say how the firm left. The
    carrier's own claim is done, those of others end. `given`: site, area_m2, lease_ends,
    signed_on, registered_on, taxed_on, remark; signing alone moves nothing. Raises
    `landing:full` when the carrier would hold more firms than it states it can and no remark
    says why: an arrival is a fact, so it is asked about and never barred.
    """
    route = given.pop("route", None) or _route(firm, carrier, today)
    case = FirmCase(actor, today, firm, carrier, TieGiven(on=arrived_on, route=route, **given))
    FIRM.perform(FirmAct.ACCELERATE if carrier.tier == ACCELERATOR else FirmAct.SETTLE, case)
    assert case.made is not None
    left = capacity_left(carrier, arrived_on)
    if left is not None and left < 0 and not (case.made.remark or "").strip():
        raise DomainError("landing:full", "remark", n=carrier.capacity)
    return case.made


def land_unknown(
    *,
    actor: AnyViewer,
    today: dt.date,
    carrier: Carrier,
    arrived_on: dt.date,
    name: str,
    code: str,
    code_reason: str | None = None,
    sector: str | None = None,
    **given: Any,
) -> Residency:
    """直接引进 of a firm that nobody has registered before."""
    firm = register_firm(
        actor=actor, today=today, name=name, code=code, code_reason=code_reason, sector=sector
    )
    given["route"] = Route.DIRECT
    return land(
        actor=actor, today=today, firm=firm, carrier=carrier, arrived_on=arrived_on, **given
    )


def _route(firm: Firm, carrier: Carrier, today: dt.date) -> Route:
    if chain.live_claim(firm, carrier, today) is not None:
        return Route.CLAIMED
    known = select(Residency.id).where(Residency.firm_id == firm.id, Residency.counted).limit(1)
    return Route.LANDED if session.scalar(known) is not None else Route.DIRECT


def same_park(tie: Residency) -> bool:
    """同园: the firm came from a carrier that lies inside the park."""
    statement = (
        select(Carrier.host_id)
        .join(Residency, Residency.carrier_id == Carrier.id)
        .where(Residency.firm_id == tie.firm_id, Residency.counted, Residency.starts < tie.starts)
        .order_by(Residency.starts.desc())
        .limit(1)
    )
    return session.scalar(statement) == tie.carrier_id
