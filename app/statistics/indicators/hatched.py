"""孵化高企: which carrier is credited with a firm's first HNTE certificate."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, func, literal, or_, select

from app.core.text import N_, Coded
from app.firms.models import Milestone, MilestoneKind, Title
from app.statistics.ground import Ground, month_ord, quarter_of, year_of
from app.statistics.indicators.base import Indicator, firm_rows
from app.statistics.indicators.stock import CERTIFICATE

#: A carrier that the firm has left is credited up to so many months later.
REACH = 36
MONTH = 32


class Credit(Coded):
    """Why the carrier is credited."""

    STANDING = "standing", N_("发证日期当日归属")
    RECENT = "recent", N_("发证前 36 个月内最后归属")


def hatched_rows(ground: Ground) -> Select[Any]:
    """Firms with their first certificate, each credited to one carrier.

    The carrier of the counting tie on the day of issue, else that of the last one which ended
    within 36 months before (months compared as `month_ord`). Certificates cancelled by the day
    do not count; nor do those of firms that no carrier is credited with.
    """
    m = ground.asof.at(Milestone, "milestone_", CERTIFICATE).c
    issued = (
        select(m.firm_id, func.min(m.issued_on).label("issued_on"))
        .where(m.kind == MilestoneKind.RECOGNITION, m.title == Title.HNTE)
        .where(m.issued_on <= ground.day)
        .where(or_(m.revoked_on.is_(None), m.revoked_on > ground.day))
        .group_by(m.firm_id)
        .subquery("issued")
    )
    last = ground.last_before(issued, issued.c.issued_on, "credited_last")
    standing: ColumnElement[bool] = or_(last.c.ends.is_(None), last.c.ends > issued.c.issued_on)
    recent = month_ord(last.c.ends) + REACH * MONTH >= month_ord(issued.c.issued_on)
    why = case(
        (standing, literal(Credit.STANDING.value, String)),
        else_=literal(Credit.RECENT.value, String),
    )
    credited = (
        select(last, issued.c.issued_on, why.label("credit"))
        .join(issued, issued.c.firm_id == last.c.firm_id)
        .where(or_(standing, recent))
        .subquery("credited")
    )
    day = credited.c.issued_on
    return firm_rows(
        ground,
        credited,
        day,
        year_of(day).label("year"),
        quarter_of(day).label("quarter"),
        credited.c.credit,
    )


RULE = N_(
    "归属规则：发证日期当日计数归属的载体；当日无归属的，取发证日期前 36 个月内最后归属的载体。"
    "一家企业以首次发证计，只计一家载体；到统计时点已取消的不计。"
)

HATCHED = (
    Indicator(
        "H-01",
        N_("孵化高企（累计）"),
        RULE,
        N_("家"),
        N_("企业资质记录；规划四（七）2"),
        hatched_rows,
        N_("发证日期"),
        "stock",
        columns=("credit",),
    ),
    Indicator(
        "H-02",
        N_("载体内新认定高企"),
        RULE,
        N_("家"),
        N_("企业资质记录；规划四（七）2"),
        hatched_rows,
        N_("发证日期"),
        columns=("credit",),
    ),
)
