"""空间需求: what firms look for, told to those who may know it, kept by who keeps their files."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from app.carriers.models import Clean, Exhaust, UnitUse
from app.core.access import viewer
from app.core.days import today
from app.core.errors import Conflict, DomainError
from app.core.text import N_
from app.exchange.api.door import (
    Paged,
    asked,
    given,
    in_state,
    operation,
    page_of,
    selected,
    shown,
)
from app.exchange.api.firms import RECORD, recordable
from app.exchange.api.names import CarrierName, FirmName, Gone
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import Day, Flag, Many, Money, Part, Pid, Shape, Text, Whole, Word
from app.exchange.api.typed import body, typed
from app.firms import service
from app.firms.fields import need_record
from app.firms.forms.demand import CloseDemandForm, DemandForm
from app.firms.forms.milestone import ConfirmForm, VoidForm
from app.firms.models import SAID, Demand, DemandEnd, DemandState
from app.firms.queries import demand as reads

TAG = N_("空间需求")


class DemandShape(Shape):
    """One search of a firm for room. What nobody has said is null, never "none needed"."""

    id = Pid(required=True)
    firm = Part(FirmName, required=True)
    state = Word(DemandState, required=True)
    opened_on = Day(required=True)
    checked_on = Day(
        required=True, metadata={"description": N_("企业最近一次确认的日期。")}
    )  # fmt: skip
    area_low = Whole(required=True, metadata={"description": N_("以 ㎡ 计。")})
    area_high = Whole(required=True, metadata={"description": N_("以 ㎡ 计。")})
    uses = Many(Word(UnitUse), required=True)
    needed_by = Day(required=True)
    regions = Many(
        Text(), required=True, allow_none=True,
        metadata={"description": N_("片区代码；any 为不限。")},
    )  # fmt: skip
    rent_most = Money(required=True, allow_none=True, metadata={"description": N_("元/㎡·天。")})
    load_kg = Whole(required=True, allow_none=True)
    height_mm = Whole(required=True, allow_none=True)
    power_kw = Whole(required=True, allow_none=True)
    exhaust = Word(Exhaust, required=True, allow_none=True)
    clean = Word(Clean, required=True, allow_none=True)
    assessment = Flag(required=True, allow_none=True)
    talents = Whole(required=True, allow_none=True)
    talent_note = Text(required=True, allow_none=True)
    finance = Money(required=True, allow_none=True)
    finance_note = Text(required=True, allow_none=True)
    remark = Text(required=True, allow_none=True)
    closed_on = Day(required=True, allow_none=True)
    end_reason = Word(DemandEnd, required=True, allow_none=True)
    end_note = Text(required=True, allow_none=True)
    met_at = Part(CarrierName, required=True, allow_none=True)


DemandPage = page_of(DemandShape, "DemandPage")


class DemandsAsked(Paged):
    """Which demands."""

    state = Word(DemandState)


OPEN = body("DemandBody", DemandForm, firm=Pid(required=True))
EDIT = body("DemandEditBody", DemandForm)
CLOSE = body("DemandCloseBody", CloseDemandForm)
AGAIN = body("DemandReopenBody", ConfirmForm)
VOID = body("DemandVoidBody", VoidForm)
TOLD = ("firm", "state", "opened_on", "checked_on", *SAID, "closed_on", "end_reason", "end_note",
        "met_at")  # fmt: skip


def _shape(row: Demand) -> dict[str, Any]:
    return {"id": row.pid, **{name: getattr(row, name) for name in TOLD}}


def _one(row: Demand) -> tuple[dict[str, Any], int]:
    return _shape(row), row.rev


def _kept(pid: str) -> Demand:
    """One that the viewer may read, of a firm whose file it keeps."""
    row = reads.readable_demand(viewer(), pid, today())
    need_record(viewer(), row.firm_id, today())
    return row


@operation(
    "GET", "/demands", tag=TAG, answer=DemandPage, query=lambda: DemandsAsked,
    summary=N_("可以知道的空间需求；园区只见企业同意公开、已选定本单位或在本单位的"),
)  # fmt: skip
def list_demands() -> ResponseReturnValue:
    """Searches of all firms whose demand the reader may know."""
    statement = in_state(reads.readable(viewer(), today()), Demand.state).options(
        joinedload(Demand.firm), joinedload(Demand.met_at)
    )
    return selected(DemandPage, statement, Demand.pid, lambda rows: list(map(_shape, rows)))


@operation("GET", "/demands/<pid>", tag=TAG, answer=DemandShape, summary=N_("一份空间需求"))
def get_demand(pid: str) -> ResponseReturnValue:
    """One search."""
    row = reads.readable_demand(viewer(), pid, today())
    asked()
    return shown(DemandShape, *_one(row))


def _said(form: DemandForm) -> dict[str, Any]:
    return {"actor": viewer(), "today": today(), "opened_on": form.opened_on.data, **form.said()}


@operation(
    "POST", "/demands", tag=TAG, answer=DemandShape, may=RECORD, body=OPEN, status=201,
    summary=N_("登记企业的空间需求；已有一份寻找中的，改那一份"),
)  # fmt: skip
def make_demand() -> ResponseReturnValue:
    """A firm begins to look for room."""
    held = given()
    firm = recordable(held.pop("firm"))
    form = typed(DemandForm, held)

    def make() -> tuple[dict[str, Any], int]:
        if reads.open_of(firm.id) is not None:
            raise Conflict("demand_held")
        return _one(service.record_demand(firm=firm, **_said(form)))

    return written("demand:save", make, DemandShape, status=201)


@operation(
    "PUT", "/demands/<pid>", tag=TAG, answer=DemandShape, may=RECORD, body=EDIT, matches=True,
    summary=N_("更新空间需求，视同企业今日确认；未给的一律清空"),
)  # fmt: skip
def correct_demand(pid: str) -> ResponseReturnValue:
    """What the firm says now; what it said stays in the history."""
    row = _kept(pid)
    form, rev = typed(DemandForm, given()), matched(row)

    def correct() -> tuple[dict[str, Any], int]:
        if row.state is not DemandState.OPEN:
            raise DomainError("demand_closed")
        return _one(service.record_demand(firm=row.firm, rev=rev, **_said(form)))

    return written("demand:save", correct, DemandShape)


@operation(
    "POST", "/demands/<pid>/close", tag=TAG, answer=DemandShape, may=RECORD, body=CLOSE,
    matches=True, summary=N_("结束空间需求"),
)  # fmt: skip
def close_demand(pid: str) -> ResponseReturnValue:
    """The search is over."""
    row = _kept(pid)
    form, rev = typed(CloseDemandForm, given()), matched(row)

    def close() -> tuple[dict[str, Any], int]:
        made = service.close_demand(
            actor=viewer(), today=today(), demand=row, reason=DemandEnd(form.reason.data or ""),
            on=form.on.data, note=form.note.data, rev=rev,
        )  # fmt: skip
        return _one(made)

    return written("demand:close", close, DemandShape, note=form.note.data)


@operation(
    "POST", "/demands/<pid>/reopen", tag=TAG, answer=DemandShape, may=RECORD, body=AGAIN,
    matches=True, summary=N_("重新打开过早结束的空间需求"),
)  # fmt: skip
def reopen_demand(pid: str) -> ResponseReturnValue:
    """A search ended too early goes on."""
    row = _kept(pid)
    given()
    rev = matched(row)

    def reopen() -> tuple[dict[str, Any], int]:
        return _one(service.reopen_demand(actor=viewer(), today=today(), demand=row, rev=rev))

    return written("demand:reopen", reopen, DemandShape)


@operation(
    "POST", "/demands/<pid>/void", tag=TAG, answer=Gone, may=RECORD, body=VOID, matches=True,
    summary=N_("作废录错的空间需求"),
)  # fmt: skip
def void_demand(pid: str) -> ResponseReturnValue:
    """作废 with a reason."""
    row = _kept(pid)
    form, rev = typed(VoidForm, given()), matched(row)
    gone = {"id": row.pid}

    def void() -> tuple[dict[str, Any], None]:
        service.void_entry(
            actor=viewer(), today=today(), row=row, reason=form.reason.data, rev=rev
        )  # fmt: skip
        return gone, None

    return written("demand:void", void, Gone, note=form.reason.data)
