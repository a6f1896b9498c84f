"""填报率 and 审核率: which registered incubators have filed the return of the last quarter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, select

from app.carriers.models import ACCELERATOR, INCUBATOR, Return, ReturnState
from app.core.text import N_
from app.statistics.ground import Ground
from app.statistics.indicators.base import PERCENT, Indicator
from app.statistics.indicators.flows import Yes, flag
from app.statistics.indicators.stock import registered_rows

FILED = (ReturnState.SUBMITTED, ReturnState.CHECKED, ReturnState.VERIFIED)
CHECKED = (ReturnState.CHECKED, ReturnState.VERIFIED)


def coverage_rows(ground: Ground) -> Select[Any]:
    """Incubators and accelerators that owed a return of the quarter before the day's.

    They were registered as it ended. The quarter that ends with the day is not yet due.
    """
    quarter = ground.asof.due_quarter
    carriers = registered_rows(Ground(ground.asof.at_day(quarter.last_day))).subquery("due")
    sheet = ground.asof.at(Return, "return_", "carrier_id year quarter state due_on")
    state = sheet.c.state
    return (
        select(
            carriers,
            state,
            sheet.c.due_on,
            flag(state.in_(FILED)).label("filed"),
            flag(state.in_(CHECKED)).label("checked"),
            flag(state == ReturnState.VERIFIED).label("verified"),
        )
        .select_from(carriers)
        .outerjoin(
            sheet,
            and_(
                sheet.c.carrier_id == carriers.c.carrier_id,
                sheet.c.year == quarter.year,
                sheet.c.quarter == quarter.quarter,
            ),
        )
        .where(carriers.c.tier.in_((INCUBATOR, ACCELERATOR)))
    )


DUE = N_("统计时点所在季度的上一季度末登记有效的孵化器和加速器")
SHEETS = N_("载体季报")


def _share(code: str, text: str, definition: str, numerator: str, part: str) -> Indicator:
    return Indicator(
        code, text, definition, "%", SHEETS, coverage_rows, N_("登记日期"), "stock", "carrier",
        PERCENT, numerator, DUE, ((part, Yes.YES.value),), ("return_state", "due_on"),
    )  # fmt: skip


COVERAGE = (
    _share(
        "V-01",
        N_("填报率"),
        N_("应报载体中已报送上一季度季报的比例。退回未重报的不算已报。"),
        N_("其中季报已报、已初核或已核定的"),
        "filed",
    ),
    _share(
        "V-02",
        N_("初核率"),
        N_("应报载体中上一季度季报已初核的比例。"),
        N_("其中季报已初核或已核定的"),
        "checked",
    ),
    _share(
        "V-03",
        N_("审核率"),
        N_("应报载体中上一季度季报已核定的比例。"),
        N_("其中季报已核定的"),
        "verified",
    ),
)
