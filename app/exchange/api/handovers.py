"""企业输送(移交)单: read as they were sent, by the sender, the receiver and the district."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from app.core.access import Permission, viewer
from app.core.errors import NotFound
from app.core.text import N_, language
from app.exchange.api.door import Paged, asked, in_state, operation, page_of, selected, shown
from app.exchange.api.names import CarrierName, FirmName
from app.exchange.api.shapes import Day, Many, Part, Pid, Shape, Text, Whole, Word
from app.pipeline.models import Handover, HandoverState
from app.pipeline.papers import package
from app.pipeline.queries import handovers

TAG = N_("企业输送单")
READ = (Permission.HANDOVER_SEND, Permission.HANDOVER_CONFIRM, Permission.TRANSFER_DECIDE)


class HandoverShape(Shape):
    """A handover sheet."""

    id = Pid(required=True)
    number = Text(required=True)
    firm = Part(FirmName, required=True)
    sender = Part(CarrierName, required=True)
    receiver = Part(CarrierName, required=True)
    state = Word(HandoverState, required=True)
    sent_on = Day(required=True)
    due_on = Day(required=True)
    answered_on = Day(required=True, allow_none=True)
    remark = Text(required=True, allow_none=True)
    cut = Whole(required=True, metadata={"description": N_("数据截至的修订号。")})
    sum = Text(required=True, metadata={"description": N_("输送单内容的校验码（SHA-256）。")})


class SectionShape(Shape):
    """One part of the sheet; without heads its rows are names with their values."""

    title = Text(required=True)
    heads = Many(Text(), required=True)
    rows = Many(Many(Text()), required=True)
    more = Whole(required=True, metadata={"description": N_("未列出的条数。")})


class WholeHandoverShape(HandoverShape):
    """A sheet with what it froze; contact persons are not in it."""

    sections = Many(Part(SectionShape), required=True)


HandoverPage = page_of(HandoverShape, "HandoverPage")


class HandoversAsked(Paged):
    """Which of them."""

    state = Word(HandoverState)


def shape(row: Handover) -> dict[str, Any]:
    """A sheet as its list tells it."""
    names = ("number", "firm", "state", "sent_on", "due_on", "answered_on", "remark", "cut")
    ends = {"sender": row.from_carrier, "receiver": row.to_carrier}
    return {"id": row.pid, "sum": row.digest, **ends, **{n: getattr(row, n) for n in names}}


@operation(
    "GET", "/handovers", tag=TAG, answer=HandoverPage, may=READ, query=lambda: HandoversAsked,
    summary=N_("企业输送单；送出方和接收方各为自己的，区主管部门为全部"),
)  # fmt: skip
def list_handovers() -> ResponseReturnValue:
    """Sheets that the viewer reads."""
    statement = in_state(handovers.visible(viewer()), Handover.state)
    return selected(HandoverPage, statement, Handover.pid, lambda rows: list(map(shape, rows)))


@operation(
    "GET", "/handovers/<pid>", tag=TAG, answer=WholeHandoverShape, may=READ,
    summary=N_("一份企业输送单，内容与发出时相同"),
)  # fmt: skip
def get_handover(pid: str) -> ResponseReturnValue:
    """One sheet as it was sent."""
    row = handovers.one(viewer(), pid)
    if not handovers.opened(viewer(), row):
        raise NotFound()
    asked()
    told = package.thaw(handovers.body_of(row), language())
    sections = [
        {"title": s.title, "heads": s.heads, "rows": s.rows, "more": s.more} for s in told.sections
    ]
    return shown(WholeHandoverShape, shape(row) | {"sections": sections}, row.rev)
