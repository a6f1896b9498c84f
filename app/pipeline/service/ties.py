"""Acts on ties: admit, further ties, extension, departure, transfer, push, correction, 作废."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import Conflict, DomainError, NotFound, register_messages
from app.core.text import N_
from app.firms.models import Destination, Firm, LeaveReason, Residency, ResidencyKind, Route
from app.pipeline.moves.cases import FirmCase, TieGiven
from app.pipeline.moves.firm import FIRM
from app.pipeline.queries.ties import acts_for, side_tie_like
from app.pipeline.words import SIDE_KINDS, FirmAct

register_messages(
    {
        "tie:counted_kind": N_("毕业留驻不作为附加关系登记。"),
        "tie:need_reason": N_("写明理由。"),
        "tie:past_end": N_("结束日须晚于开始日。"),
        "tie:twice": N_("这条入驻关系已经登记过，没有重复写入。"),
    }
)


def _done(case: FirmCase) -> Residency:
    assert case.made is not None
    session.flush()
    return case.made


def admit(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    carrier: Carrier,
    starts: dt.date,
    **given: Any,
) -> Residency:
    """入孵: a counted tie at an incubator begins; the clock starts or goes on.

    `given`: kind, site, agreement_on, area_m2, lease_ends, remark. Raises DomainError when the
    firm is held elsewhere, has graduated, or the days overlap.
    """
    case = FirmCase(actor, today, firm, carrier, TieGiven(on=starts, **given))
    FIRM.perform(FirmAct.ADMIT, case)
    return _done(case)


def stay(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    carrier: Carrier,
    starts: dt.date,
    **given: Any,
) -> Residency:
    """A graduate moves (back) into an incubator: counted there, but not as incubating."""
    given |= {"kind": ResidencyKind.GRADUATE_STAY, "route": Route.STAYED}
    case = FirmCase(actor, today, firm, carrier, TieGiven(on=starts, **given))
    FIRM.perform(FirmAct.STAY, case)
    return _done(case)


def add_tie(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    carrier: Carrier,
    kind: ResidencyKind,
    starts: dt.date,
    **given: Any,
) -> Residency:
    """Another tie beside the counted one; several may run at once, at any carrier.

    Raises Conflict when just this one is on record: the same press came twice.
    """
    if kind not in SIDE_KINDS:
        raise DomainError("tie:counted_kind", "kind")
    if given.get("ends") is not None and given["ends"] <= starts:
        raise DomainError("tie:past_end", "ends")
    if side_tie_like(firm, carrier, kind, starts, given):
        raise Conflict("tie:twice")
    case = FirmCase(actor, today, firm, carrier, TieGiven(on=starts, kind=kind, **given))
    FIRM.perform(FirmAct.TIE, case)
    return _done(case)


def extend(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    carrier: Carrier,
    to: dt.date,
    reason: str,
    rev: int | None = None,
) -> Residency:
    """延长孵化: a later last day, with its reason. Raises Conflict when somebody was faster."""
    if not reason:
        raise DomainError("tie:need_reason", "reason")
    case = FirmCase(actor, today, firm, carrier, TieGiven(extended_to=to, reason=reason))
    if rev is not None and case.present is not None and case.present.rev != rev:
        raise Conflict("stale")
    FIRM.perform(FirmAct.EXTEND, case)
    return _done(case)


def leave(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    carrier: Carrier,
    on: dt.date,
    destination: Destination,
    reason: LeaveReason,
    destination_carrier: Carrier | None = None,
    registered: bool = False,
    remark: str | None = None,
) -> Residency:
    """离园: all ties at the carrier end on a day, with coded destination and reason.

    Ends a push; where the firm leaves the district, all bids for it too. With `registered` its
    registered address stays: from that day on it is tied to the carrier as 仅注册, uncounted.
    """
    given = TieGiven(
        on=on,
        destination=destination,
        leave_reason=reason,
        destination_carrier=destination_carrier,
        remark=remark,
    )
    case = FirmCase(actor, today, firm, carrier, given)
    FIRM.perform(FirmAct.LEAVE, case)
    left = _done(case)
    if registered:
        kept = TieGiven(on=on, kind=ResidencyKind.REGISTERED_ONLY, site=left.site)
        FIRM.perform(FirmAct.TIE, FirmCase(actor, today, firm, carrier, kept))
        session.flush()
    return left


def confirm_departure(
    *, actor: AnyViewer, today: dt.date, firm: Firm, carrier: Carrier
) -> Residency:
    """The former incubator says 未毕业离园; for 毕业 it reports the graduation instead."""
    case = FirmCase(actor, today, firm, carrier)
    FIRM.perform(FirmAct.CONFIRM, case)
    return _done(case)


def trace(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    carrier: Carrier,
    destination: Destination,
    remark: str | None = None,
) -> Residency:
    """登记去向 of a firm that left for nobody knew where: its last tie says where it is found.

    `remark`: how that is known. Raises `tie:untraced` for 不明, `move:traced` where it is known.
    """
    given = TieGiven(destination=destination, remark=remark)
    case = FirmCase(actor, today, firm, carrier, given)
    FIRM.perform(FirmAct.TRACE, case)
    return _done(case)


def transfer(
    *, actor: AnyViewer, today: dt.date, firm: Firm, carrier: Carrier, on: dt.date, **given: Any
) -> Residency:
    """转入 between carriers of one operator, without a signature; the clock goes on."""
    case = FirmCase(actor, today, firm, carrier, TieGiven(on=on, **given))
    FIRM.perform(FirmAct.TRANSFER, case)
    return _done(case)


def push(*, actor: AnyViewer, today: dt.date, firm: Firm, carrier: Carrier) -> None:
    """推送: accelerators and parks may see the firm and bid for it from today."""
    FIRM.perform(FirmAct.PUSH, FirmCase(actor, today, firm, carrier))


def unpush(*, actor: AnyViewer, today: dt.date, firm: Firm, carrier: Carrier) -> None:
    """The push ends today; bids already made stay."""
    FIRM.perform(FirmAct.UNPUSH, FirmCase(actor, today, firm, carrier))


def correct_tie(
    *,
    actor: AnyViewer,
    today: dt.date,
    tie: Residency,
    rev: int | None,
    starts: dt.date,
    reason: str,
    **given: Any,
) -> Residency:
    """更正 days, kind and particulars of a tie. Raises Conflict when somebody was faster.

    `given`: kind (one that counts alike; left as it is unless given), ends, agreement_on,
    lease_ends, signed_on, registered_on, taxed_on, area_m2, site, remark; what is left out
    becomes empty.
    """
    _check_tie(actor, tie, rev, reason)
    given.setdefault("kind", tie.kind)
    case = FirmCase(actor, today, tie.firm, tie.carrier, TieGiven(on=starts, **given), made=tie)
    FIRM.perform(FirmAct.CORRECT, case)
    return _done(case)


def void_tie(
    *, actor: AnyViewer, today: dt.date, tie: Residency, reason: str, rev: int | None = None
) -> None:
    """作废 of a wrong entry: the tie goes, the one that it had ended runs on, its claims reopen."""
    _check_tie(actor, tie, rev, reason)
    case = FirmCase(actor, today, tie.firm, tie.carrier, made=tie)
    FIRM.perform(FirmAct.VOID, case)


def _check_tie(actor: AnyViewer, tie: Residency, rev: int | None, reason: str) -> None:
    if not acts_for(actor, tie.carrier):
        raise NotFound()
    if rev is not None and tie.rev != rev:
        raise Conflict("stale")
    if not reason:
        raise DomainError("tie:need_reason", "reason")
