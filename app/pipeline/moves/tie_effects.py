"""What the moves do to ties. Nothing else writes residencies."""

from __future__ import annotations

import datetime as dt

from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, Carrier
from app.core.db import session
from app.core.errors import DomainError, register_constraints, register_messages
from app.core.text import N_
from app.firms import service as firm_service
from app.firms.models import Destination, Firm, LeaveReason, Residency, ResidencyKind, Route
from app.pipeline import clock
from app.pipeline.models import Push
from app.pipeline.moves.cases import FirmCase
from app.pipeline.moves.table import Effect
from app.pipeline.queries import chain, ties

register_messages(
    {
        "tie:future": N_("日期不能晚于今天。"),
        "tie:lease": N_("“租期至”不能早于入驻日期 %(day)s，请核对年份。"),
        "tie:before_start": N_("日期须晚于现有入驻记录的开始日 %(day)s。"),
        "tie:not_graduated": N_(
            "企业没有毕业记录，不能记为毕业离园：先办理毕业，或选择其他离园原因。"
        ),
        "tie:untraced": N_("选择查明的去向；查过仍找不到企业的，选“失联”。"),
        "tie:overlap": N_("与另一条计数归属的入驻记录日期重叠。"),
        "tie:extension": N_("延长到期日须晚于期限 %(day)s。"),
    }
)
register_constraints({"ex_residency_counted": ("tie:overlap", "on")})

TOWARDS = {
    INCUBATOR: Destination.INCUBATOR,
    ACCELERATOR: Destination.ACCELERATOR,
    PARK: Destination.PARK,
}


def towards(carrier: Carrier) -> Destination:
    """The coded destination of a firm that goes to a carrier."""
    return TOWARDS.get(carrier.tier, Destination.PARK)


def not_future(day: dt.date, today: dt.date, field: str = "on") -> None:
    """Refuse a day that has not come."""
    if day > today:
        raise DomainError("tie:future", field)


def _begin(case: FirmCase) -> None:
    given, firm = case.given, case.firm
    not_future(given.day, case.today)
    if given.lease_ends is not None and given.lease_ends < given.day:
        raise DomainError("tie:lease", "lease_ends", day=given.day.isoformat())
    tie = Residency(
        firm_id=firm.id, carrier_id=case.by.id, site_id=given.site.id if given.site else None,
        kind=given.kind, counted=True, route=given.route, starts=given.day, ends=given.ends,
        area_m2=given.area_m2, lease_ends=given.lease_ends, agreement_on=given.agreement_on,
        signed_on=given.signed_on, registered_on=given.registered_on, taxed_on=given.taxed_on,
        remark=given.remark,
    )  # fmt: skip
    if case.by.tier == INCUBATOR and given.kind != ResidencyKind.GRADUATE_STAY:
        clock.wind(firm, tie, case.today)
    session.add(tie)
    session.flush()
    case.made = tie


def _open(case: FirmCase) -> None:
    _begin(case)
    if case.by.tier >= ACCELERATOR:
        firm_service.meet_by_landing(firm=case.firm, carrier=case.by, on=case.given.day)


def _side_tie(case: FirmCase) -> None:
    given = case.given
    not_future(given.day, case.today)
    case.made = Residency(
        firm_id=case.firm.id, carrier_id=case.by.id, kind=given.kind, counted=False,
        site_id=given.site.id if given.site else None, route=given.route, starts=given.day,
        ends=given.ends, area_m2=given.area_m2, lease_ends=given.lease_ends,
        agreement_on=given.agreement_on, remark=given.remark,
    )  # fmt: skip
    session.add(case.made)


def close(tie: Residency, day: dt.date, today: dt.date) -> None:
    """End a tie on a day after its first one."""
    not_future(day, today)
    if day <= tie.starts:
        raise DomainError("tie:before_start", "on", day=tie.starts.isoformat())
    tie.ends = day


def graduate_stay(tie: Residency, day: dt.date) -> Residency:
    """毕业留驻 at the place of the incubation that ended on the day."""
    return Residency(
        firm_id=tie.firm_id, carrier_id=tie.carrier_id, site_id=tie.site_id,
        kind=ResidencyKind.GRADUATE_STAY, counted=True, route=Route.STAYED,
        starts=day, area_m2=tie.area_m2, lease_ends=tie.lease_ends,
        agreement_on=tie.agreement_on, incubated_on=tie.incubated_on,
    )  # fmt: skip


def _end(case: FirmCase) -> Residency:
    """The running tie, ended. A graduate that goes on the day of its graduation never stayed."""
    tie, day = case.running, case.given.day
    if tie.kind == ResidencyKind.GRADUATE_STAY and tie.starts == day:
        before = session.scalars(ties.counted(case.firm, day).limit(1)).first()
        if before is not None and before.ends == day:
            session.delete(tie)
            session.flush()
            return before
    close(tie, day, case.today)
    return tie


def _leave(case: FirmCase) -> None:
    given = case.given
    if given.leave_reason == LeaveReason.GRADUATED and not case.graduated:
        raise DomainError("tie:not_graduated", "reason")
    tie = _end(case)
    tie.destination = given.destination
    if tie.leave_reason != LeaveReason.GRADUATED:
        tie.leave_reason = given.leave_reason
    tie.destination_id = given.destination_carrier.id if given.destination_carrier else None
    tie.remark = given.remark or tie.remark
    for other in ties.open_at(case.firm, tie.carrier, given.day):
        if other.id != tie.id and other.starts < given.day:
            other.ends = given.day
    firm_service.end_by_departure(firm=case.firm, to=given.destination, on=given.day)
    case.made = tie


def _give_way(case: FirmCase) -> None:
    """An arrival ends the counted tie before it; its carrier is asked to say how the firm left."""
    if case.present is None:
        return
    tie = _end(case)
    tie.destination, tie.destination_id = towards(case.by), case.by.id
    if tie.carrier.tier != INCUBATOR:
        tie.leave_reason = LeaveReason.TRANSFER
    elif case.graduated:
        tie.leave_reason = LeaveReason.GRADUATED
    else:
        tie.leave_confirmed = False
    session.flush()


def _hand_on(case: FirmCase) -> None:
    """The tie passes to another incubator on the same day; the agreement and the clock go on."""
    tie, given = case.running, case.given
    close(tie, given.day, case.today)
    to = case.request.to_carrier if case.request else case.by
    tie.destination, tie.destination_id = Destination.INCUBATOR, to.id
    tie.leave_reason = LeaveReason.TRANSFER
    session.flush()
    given.route, given.kind = Route.TRANSFERRED, ResidencyKind.ON_SITE
    given.agreement_on = given.agreement_on or tie.agreement_on
    receiving = FirmCase(case.actor, case.today, case.firm, to, given)
    _open(receiving)
    case.made = receiving.made
    assert case.made is not None
    case.made.extended_to, case.made.extension_reason = tie.extended_to, tie.extension_reason


def end_closed(side: Residency, day: dt.date) -> None:
    """A further tie ends because its carrier does."""
    side.ends, side.leave_reason = day, LeaveReason.CARRIER_CLOSED


def _resettle(case: FirmCase) -> None:
    """The ties at a carrier that ends pass to another one on a day. Nothing of it is the former
    carrier's or the firm's doing: the reason says so, the kind, the agreement and the clock go on,
    and what the firm looks for stays open.
    """
    tie, given = case.running, case.given
    close(tie, given.day, case.today)
    tie.destination, tie.destination_id = towards(case.by), case.by.id
    tie.leave_reason, tie.leave_confirmed = LeaveReason.CARRIER_CLOSED, True
    for other in ties.open_at(case.firm, tie.carrier, given.day):
        if other.id != tie.id and other.starts < given.day:
            end_closed(other, given.day)
    session.flush()
    given.route, given.kind, given.agreement_on = Route.TRANSFERRED, tie.kind, tie.agreement_on
    _begin(case)
    made = case.made
    assert made is not None
    made.extended_to, made.extension_reason = tie.extended_to, tie.extension_reason
    made.incubated_on = made.incubated_on or tie.incubated_on
    session.flush()


def _extend(case: FirmCase) -> None:
    tie, to = case.running, case.given.extended_to
    assert to is not None
    if tie.limit_on is not None and to <= tie.limit_on:
        raise DomainError("tie:extension", "to", day=tie.limit_on.isoformat())
    tie.extended_to, tie.extension_reason = to, case.given.reason
    case.made = tie


def stop_push(firm: Firm, today: dt.date) -> None:
    """The push of a firm ends today; one begun today never was."""
    push = chain.push_of(firm, today)
    if push is None:
        return
    if push.starts >= today:
        session.delete(push)
    else:
        push.ends = today


def _end_push(case: FirmCase) -> None:
    stop_push(case.firm, case.today)


def _push(case: FirmCase) -> None:
    session.add(Push(firm_id=case.firm.id, carrier_id=case.by.id, starts=case.today))


def _confirm(case: FirmCase) -> None:
    tie = case.own
    assert tie is not None
    tie.leave_confirmed, tie.leave_reason = True, LeaveReason.NOT_GRADUATED
    case.made = tie


def _trace(case: FirmCase) -> None:
    """What was found out of a firm that had left; a reason never said follows its graduation."""
    tie, given = case.own, case.given
    assert tie is not None
    if given.destination in (None, Destination.UNKNOWN):
        raise DomainError("tie:untraced", "destination")
    tie.destination, tie.remark = given.destination, given.remark or tie.remark
    if tie.leave_reason is None and tie.leave_confirmed:
        graduated = case.graduated and tie.carrier.tier == INCUBATOR
        tie.leave_reason = LeaveReason.GRADUATED if graduated else LeaveReason.NOT_GRADUATED
    case.made = tie


OPEN_TIE = Effect(
    N_(
        "自该日起记为计数归属；孵化器的入驻开始计时，前段月数相加；"
        "到加速器或园区的，寻找中的空间需求记为已解决"
    ),
    _open,
)
SIDE_TIE = Effect(N_("增加一条不计数的入驻关系"), _side_tie)
LEAVE = Effect(
    N_("入驻记录到该日为止，记下去向和原因；迁往区外、自建或停业的，空间需求随之结束"), _leave
)
GIVE_WAY = Effect(N_("原计数归属到该日为止；原孵化器确认毕业或未毕业离园"), _give_way)
HAND_ON = Effect(N_("入驻记录转给接收的孵化器，孵化时限接着算"), _hand_on)
RESETTLE = Effect(
    N_(
        "原载体的入驻记录到该日为止，原因记为载体关停或合并；入驻方式、协议和孵化时限在接收载体接着算，"
        "空间需求照旧"
    ),
    _resettle,
)
EXTEND = Effect(N_("记下延长到期日和理由"), _extend)
PUSH = Effect(N_("加速器和园区可以看到并提交意向"), _push)
END_PUSH = Effect(N_("推送结束"), _end_push)
TRACE = Effect(N_("离园记录补上去向，移出去向待查；原值留在历史中"), _trace)
CONFIRM = Effect(N_("记为未毕业离园"), _confirm)
