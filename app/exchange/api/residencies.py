"""入驻记录 of a firm, for those who see its history."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from app.core.access import viewer
from app.core.days import today
from app.core.text import N_
from app.exchange.api.door import Paged, need_open, operation, page, page_of, place, within
from app.exchange.api.firms import CarrierName
from app.exchange.api.me import SiteShape
from app.exchange.api.shapes import Day, Flag, Part, Pid, Shape, Text, Whole, Word
from app.firms import fields, queries
from app.firms.models import Destination, LeaveReason, Residency, ResidencyKind, Route
from app.pipeline.queries import ties


class ResidencyShape(Shape):
    """A tie of a firm to a carrier on days [starts, ends)."""

    id = Pid(required=True, attribute="pid")
    carrier = Part(CarrierName, required=True)
    site = Part(SiteShape, required=True, allow_none=True)
    kind = Word(ResidencyKind, required=True)
    counted = Flag(required=True)
    route = Word(Route, required=True)
    starts = Day(required=True)
    ends = Day(required=True, allow_none=True)
    area_m2 = Whole(required=True, allow_none=True)
    lease_ends = Day(required=True, allow_none=True)
    agreement_on = Day(required=True, allow_none=True)
    incubated_on = Day(required=True, allow_none=True)
    limit_on = Day(required=True, allow_none=True)
    extended_to = Day(required=True, allow_none=True)
    signed_on = Day(required=True, allow_none=True)
    registered_on = Day(required=True, allow_none=True)
    taxed_on = Day(required=True, allow_none=True)
    destination = Word(Destination, required=True, allow_none=True)
    leave_reason = Word(LeaveReason, required=True, allow_none=True)
    leave_confirmed = Flag(required=True)
    remark = Text(required=True, allow_none=True)


ResidencyPage = page_of(ResidencyShape, "ResidencyPage")


def key(tie: Residency) -> str:
    """What pages are ordered by."""
    return tie.pid


@operation(
    "GET", "/firms/<pid>/residencies", tag=N_("入驻记录"), answer=ResidencyPage,
    query=lambda: Paged, summary=N_("一家企业的全部入驻记录"),
)  # fmt: skip
def list_residencies(pid: str) -> ResponseReturnValue:
    """All ties of a firm."""
    firm = queries.find(viewer(), pid)
    need_open(fields.open_to(viewer(), firm.id, today()), "history", "terms")
    rows: list[Any] = within(ties.all_of(firm), key)
    return page(rows, key, ResidencyPage, place()[0])
