"""入驻记录 of a firm: read by those who see its history; corrected, extended and voided by the
carrier that it is a tie to."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.core.access import Permission, viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.forms import PickField
from app.core.text import N_
from app.exchange.api.door import asked, given, listed, need_open, operation, page_of, shown
from app.exchange.api.names import CarrierName, Gone, SiteShape
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import Day, Flag, Part, Pid, Shape, Text, Whole, Word
from app.exchange.api.typed import body, typed
from app.firms import fields, queries
from app.firms.models import Destination, Firm, LeaveReason, Residency, ResidencyKind, Route
from app.pipeline import acts, forms, service
from app.pipeline.queries import ties
from app.pipeline.words import FirmAct

TAG = N_("入驻记录")
MOVE = (Permission.RESIDENCY_MOVE,)


class CorrectForm(forms.CorrectForm):
    """更正 with any kind named: the service tells which ones count alike."""

    kind = PickField(N_("入驻方式"), choices=ResidencyKind.choices)


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


def _firm(pid: str) -> Firm:
    firm = queries.find(viewer(), pid)
    need_open(fields.open_to(viewer(), firm.id, today()), "history", "terms")
    return firm


def _find(pid: str, tie_pid: str) -> Residency:
    """A tie of a firm whose ties are open to the viewer."""
    found = next((tie for tie in ties.all_of(_firm(pid)) if tie.pid == tie_pid), None)
    if found is None:
        raise NotFound()
    return found


@operation(
    "GET", "/firms/<pid>/residencies", tag=TAG, answer=ResidencyPage,
    summary=N_("一家企业的全部入驻记录"),
)  # fmt: skip
def list_residencies(pid: str) -> ResponseReturnValue:
    """All ties of a firm."""
    return listed(ResidencyPage, ties.all_of(_firm(pid)), lambda tie: tie.pid, list)


@operation(
    "GET", "/firms/<pid>/residencies/<tie_pid>", tag=TAG, answer=ResidencyShape,
    summary=N_("一条入驻记录"),
)  # fmt: skip
def get_residency(pid: str, tie_pid: str) -> ResponseReturnValue:
    """One tie."""
    tie = _find(pid, tie_pid)
    asked()
    return shown(ResidencyShape, tie, tie.rev)


@operation(
    "PUT", "/firms/<pid>/residencies/<tie_pid>", tag=TAG, answer=ResidencyShape, may=MOVE,
    matches=True, body=body("ResidencyBody", CorrectForm),
    summary=N_("更正一条入驻记录：给出全部各项，没有给的即清空"),
)  # fmt: skip
def correct_residency(pid: str, tie_pid: str) -> ResponseReturnValue:
    """更正 by the carrier; what it was stays in the history."""
    tie = _find(pid, tie_pid)
    form, rev = typed(CorrectForm, given()), matched(tie)
    held = form.given() | {"kind": ResidencyKind(form.said("kind")), "site": tie.site}

    def correct() -> tuple[Residency, int]:
        made = service.correct_tie(actor=viewer(), today=today(), tie=tie, rev=rev, **held)
        return made, made.rev

    return written("residency:correct", correct, ResidencyShape, note=form.reason.data)


@operation(
    "POST", "/firms/<pid>/residencies/<tie_pid>/void", tag=TAG, answer=Gone, may=MOVE,
    matches=True, body=body("VoidResidencyBody", forms.ReasonForm),
    summary=N_("作废一条入驻记录"),
)  # fmt: skip
def void_residency(pid: str, tie_pid: str) -> ResponseReturnValue:
    """作废 of a wrong entry; the one that it had ended runs on."""
    tie = _find(pid, tie_pid)
    form, rev = typed(forms.ReasonForm, given()), matched(tie)

    def void() -> tuple[dict[str, str], None]:
        service.void_tie(actor=viewer(), today=today(), tie=tie, reason=form.reason.data, rev=rev)
        return {"id": tie_pid}, None

    return written("residency:void", void, Gone, note=form.reason.data)


@operation(
    "POST", "/firms/<pid>/residencies/<tie_pid>/extension", tag=TAG, answer=ResidencyShape,
    may=MOVE, matches=True, body=body("ExtensionBody", forms.ExtendForm),
    summary=N_("延长孵化：在孵的那一条入驻记录"),
)  # fmt: skip
def extend_residency(pid: str, tie_pid: str) -> ResponseReturnValue:
    """延长孵化 of the stay that runs, with its reason."""
    tie = _find(pid, tie_pid)
    choice = acts.choice(viewer(), tie.firm, FirmAct.EXTEND.value, today())
    form, rev = typed(forms.ExtendForm, given()), matched(tie)
    running = ties.latest(tie.firm, today())
    if running is None or running.pid != tie_pid:
        raise NotFound()
    if choice.refusal is not None:
        raise choice.refusal

    def extend() -> tuple[Residency, int]:
        made = service.extend(
            actor=viewer(), today=today(), firm=tie.firm, carrier=choice.carrier, rev=rev,
            **form.given(),
        )  # fmt: skip
        return made, made.rev

    return written("firm:extend", extend, ResidencyShape)
