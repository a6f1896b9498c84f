"""Further facts that milestones tell: rights by how they were obtained and used, money received
within a window, standards drafted, incidents within days or months."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, or_, true

from app.core.text import N_
from app.criteria import moments
from app.criteria.facts.base import Param, Params, Rows
from app.criteria.facts.milestones import (
    INCIDENTS,
    KIND,
    LEVELED,
    OF_MONEY,
    OF_RIGHTS,
    codes,
    milestone,
    money,
    property_,
)
from app.criteria.interval import Count, Some, Total, among, flag
from app.firms.models import IncidentKind, IpObtained, IpType

OWN = IpObtained.OWN.value
HELD = {
    **OF_RIGHTS,
    #: types that count only while no earlier application has used them
    "once": codes(IpType, False),
    #: how they were obtained; none named: any way
    "obtained": codes(IpObtained, False),
    #: months for which a right of others must have been the firm's own
    "settled": Param("months", default=0, required=False),
}


def held(m: Any, p: Params) -> Rows:
    """知识产权 in force that is not used up, was obtained as asked and long enough ago."""
    base = property_(m, p)
    sure, maybe = [base.low == 1], [base.high == 1]
    if p["once"]:
        other = ~among(m.ip_type, p["once"])
        sure.append(or_(other, m.used_before.is_(False)))
        maybe.append(or_(other, m.used_before.is_(False), m.used_before.is_(None)))
    if p["obtained"]:
        asked = among(m.obtained, p["obtained"])
        sure.append(asked)
        maybe.append(or_(asked, m.obtained.is_(None)))
    if p["settled"]:
        own, since = m.obtained == OWN, moments.elapsed(p["settled"])
        sure.append(or_(own, m.obtained_on <= since))
        maybe.append(
            or_(own, m.obtained.is_(None), m.obtained_on <= since, m.obtained_on.is_(None))
        )
    return Rows(flag(and_(true(), *sure)), flag(and_(true(), *maybe)), base.day)


def recent_money(m: Any, p: Params) -> Rows:
    """融资 that arrived within the months; what has not arrived may still have."""
    base, since = money(m, p), moments.within(p["months"])
    late = or_(m.received_on.is_(None), m.received_on >= since)
    within = and_(m.kind == KIND.FINANCING.value, late)
    return Rows(case((within, base.low), else_=0), case((within, base.high), else_=0), base.day)


def drafted(m: Any, p: Params) -> Rows:
    """标准 in whose drafting the firm took part, whenever and at whatever place."""
    drafted_ = and_(m.kind == KIND.STANDARD.value, m.day <= moments.day())
    sure = flag(and_(drafted_, among(m.level, p["levels"])))
    return Rows(sure, sure, m.day)


def _grave(m: Any, p: Params, since: Any) -> Rows:
    within = and_(
        m.kind == KIND.INCIDENT.value,
        m.day <= moments.day(),
        m.day >= since,
        among(m.incident, p["kinds"]),
    )
    grave = or_(m.serious, m.incident == IncidentKind.ILLEGAL)  # serious by its name
    told = or_(grave, m.serious.is_(None))
    return Rows(flag(and_(within, grave)), flag(and_(within, told)), m.day)


def in_days(m: Any, p: Params) -> Rows:
    """Serious incidents within so many days before the day."""
    return _grave(m, p, moments.days_before(p["days"]))


def in_months(m: Any, p: Params) -> Rows:
    """Serious incidents within so many months before the day."""
    return _grave(m, p, moments.within(p["months"]))


def applied(m: Any, p: Params) -> Rows:
    """知识产权 that was applied for by the day, whatever became of it; one without the day of
    application or of grant may have been."""
    day, asked = moments.day(), and_(m.kind == KIND.IP.value, among(m.ip_type, p["types"]))
    own = m.obtained == OWN
    sure = and_(asked, own, or_(m.applied_on <= day, m.granted_on <= day))
    unsaid = and_(m.applied_on.is_(None), m.granted_on.is_(None))
    maybe = and_(asked, or_(own, m.obtained.is_(None)),
                 or_(m.applied_on <= day, m.granted_on <= day, unsaid))  # fmt: skip
    return Rows(flag(sure), flag(maybe), m.applied_on)


def money_of_year(m: Any, p: Params) -> Rows:
    """融资 that arrived within the last calendar year; what has not arrived has not."""
    base = money(m, p)
    first, after = moments.year_start(1), moments.year_start(0)
    within = and_(m.received_on >= first, m.received_on < after)
    unsaid = and_(m.received_on.is_(None), m.day < after)
    return Rows(
        case((within, base.low), else_=0),
        case((or_(within, unsaid), base.high), else_=0),
        base.day,
    )


def _days(p: Params) -> Any:
    return moments.days_before(p["days"])


def _months(p: Params) -> Any:
    return moments.within(p["months"])


milestone("rights_held", KIND.IP, N_("可用知识产权"), held, HELD, Count(), "items")
milestone(
    "equity_recent", KIND.FINANCING, N_("近年到账股权融资"), recent_money,
    {**OF_MONEY, "months": Param("months")}, Total(), "fen", since=_months,
)  # fmt: skip
milestone(
    "rights_applied", KIND.IP, N_("申请的知识产权"), applied, {"types": codes(IpType)}, Count(),
    "items",
)  # fmt: skip
milestone(
    "equity_of_year", KIND.FINANCING, N_("上一年度到账融资"), money_of_year, OF_MONEY, Total(),
    "fen", since=lambda _p: moments.year_start(1),
)  # fmt: skip
milestone("standard_drafted", KIND.STANDARD, N_("参与制定标准"), drafted, LEVELED, Some())
milestone(
    "incident_in_days", KIND.INCIDENT, N_("重大事故与违法"), in_days,
    {**INCIDENTS, "days": Param("days")}, Some(), since=_days,
)  # fmt: skip
milestone(
    "incident_in_months", KIND.INCIDENT, N_("重大事故与失信"), in_months,
    {**INCIDENTS, "months": Param("months")}, Some(), since=_months,
)  # fmt: skip
