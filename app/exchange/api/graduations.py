"""毕业: reported by the carrier, checked and verified or returned by the district."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue

from app.core.access import Permission, viewer
from app.core.days import Period, today
from app.core.errors import DomainError, register_messages
from app.core.problems import Unreadable
from app.core.text import N_
from app.exchange.api.door import (
    Nothing,
    Paged,
    asked,
    given,
    in_state,
    operation,
    page_of,
    selected,
    shown,
)
from app.exchange.api.names import CarrierName, FirmName, Gone
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import (
    QUARTER,
    Day,
    Flag,
    Many,
    Part,
    Patterned,
    Pid,
    Shape,
    Text,
    Whole,
    Word,
)
from app.exchange.api.typed import body, typed
from app.firms import queries
from app.firms.models import Destination
from app.pipeline import acts, forms, service
from app.pipeline.models import Graduation, GraduationState
from app.pipeline.moves.needs import mode
from app.pipeline.queries import pages
from app.pipeline.words import FirmAct, GraduationAct, ReturnReason

TAG = N_("毕业")
REPORT = (Permission.GRADUATION_REPORT,)
CHECK = (Permission.GRADUATION_CHECK, Permission.GRADUATION_VERIFY)
VERIFY = (Permission.GRADUATION_VERIFY,)

register_messages({"gone_already": N_("企业已离开办理的载体，去向以入驻记录为准，这里不填。")})


class GraduationShape(Shape):
    """A graduation; the verdict that it rests on is frozen and known by its sum."""

    id = Pid(required=True)
    firm = Part(FirmName, required=True)
    carrier = Part(CarrierName, required=True)
    state = Word(GraduationState, required=True)
    eligible_on = Day(required=True, allow_none=True)
    graduated_on = Day(required=True)
    period = Patterned(
        QUARTER, "not_code", required=True, metadata={"description": N_("计入报告期")}
    )
    late = Flag(required=True, metadata={"description": N_("补报：所属报告期已关闭。")})
    destination = Word(Destination, required=True, allow_none=True)
    basis = Many(Text(), required=True, metadata={"description": N_("依据的条款。")})
    override = Text(required=True, allow_none=True)
    reported_on = Day(required=True)
    checked_on = Day(required=True, allow_none=True)
    verified_on = Day(required=True, allow_none=True)
    return_reason = Word(ReturnReason, required=True, allow_none=True)
    note = Text(
        required=True, allow_none=True,
        metadata={"description": N_("退回的说明，或复查后维持的理由。")},
    )  # fmt: skip
    judged_on = Day(required=True)
    cut = Whole(required=True, metadata={"description": N_("数据截至的修订号。")})
    sum = Text(required=True, metadata={"description": N_("核对结果的校验码（SHA-256）。")})


BODY = body("GraduationBody", forms.GraduateForm)
GraduationPage = page_of(GraduationShape, "GraduationPage")


class GraduationsAsked(Paged):
    """Which of them."""

    state = Word(GraduationState)
    period = Patterned(QUARTER, "not_code", metadata={"description": N_("计入报告期，如 2026Q3")})


def shape(row: Graduation) -> dict[str, Any]:
    """A graduation as its page tells it."""
    names = (
        "firm", "carrier", "state", "eligible_on", "graduated_on", "late", "destination",
        "override", "reported_on", "checked_on", "verified_on", "judged_on", "cut",
    )  # fmt: skip
    return {
        "id": row.pid,
        "period": Period(row.period_year, row.period_quarter).code,
        "basis": [code for code in row.basis.split(",") if code],
        "return_reason": row.return_code,
        "note": row.return_note,
        "sum": row.frozen_hash,
        **{name: getattr(row, name) for name in names},
    }


def _one(row: Graduation) -> tuple[dict[str, Any], int]:
    return shape(row), row.rev


@operation(
    "GET", "/graduations", tag=TAG, answer=GraduationPage, query=lambda: GraduationsAsked,
    summary=N_("本载体办理的毕业；主管部门则为全部"),
)  # fmt: skip
def list_graduations() -> ResponseReturnValue:
    """Graduations within the viewer's scope."""
    wanted = asked()
    statement = in_state(pages.graduations(viewer(), today()), Graduation.state)
    if wanted.get("period"):
        when = Period.parse(wanted["period"])
        statement = statement.where(
            Graduation.period_year == when.year, Graduation.period_quarter == when.quarter
        )
    return selected(GraduationPage, statement, Graduation.pid, lambda rows: list(map(shape, rows)))


@operation("GET", "/graduations/<pid>", tag=TAG, answer=GraduationShape, summary=N_("一条毕业记录"))
def get_graduation(pid: str) -> ResponseReturnValue:
    """One graduation."""
    row = pages.graduation_by(viewer(), pid)
    asked()
    return shown(GraduationShape, *_one(row))


@operation(
    "POST", "/firms/<pid>/graduation", tag=TAG, answer=GraduationShape, may=REPORT, status=201,
    body=BODY,
    summary=N_("办理毕业；实行事前同意的，为提请毕业"),
)  # fmt: skip
def report_graduation(pid: str) -> ResponseReturnValue:
    """办理毕业, as its page does it: the verdict is frozen, the stay becomes 毕业留驻."""
    firm = queries.find(viewer(), pid)
    act = FirmAct.PROPOSE if mode() == "approve" else FirmAct.GRADUATE
    choice = acts.choice(viewer(), firm, act.value, today())
    held = given()
    if choice.refusal is not None:
        raise choice.refusal
    if held.get("destination") and acts.gone(firm, choice):
        raise Unreadable([("gone_already", "destination", DomainError("gone_already").message)])
    form = typed(forms.GraduateForm, held)
    move = acts.Given(viewer(), today(), firm, choice.carrier, form)
    return written(
        f"firm:{act.value}", lambda: _one(acts.PAGES[act].run(move)), GraduationShape, status=201
    )


@operation(
    "PUT", "/graduations/<pid>", tag=TAG, answer=GraduationShape, may=REPORT, matches=True,
    body=BODY, summary=N_("退回的毕业，更正后重报"),
)  # fmt: skip
def repeat_graduation(pid: str) -> ResponseReturnValue:
    """更正后重报 with a fresh verdict."""
    row = pages.graduation_by(viewer(), pid)
    form, rev = typed(forms.GraduateForm, given()), matched(row)

    def again() -> tuple[dict[str, Any], int]:
        return _one(
            service.repeat(
                actor=viewer(), today=today(), graduation=row, report=acts.report_of(form), rev=rev
            )
        )

    return written("graduation:repeat", again, GraduationShape)


@operation(
    "POST", "/graduations/<pid>/withdrawal", tag=TAG, answer=Gone, may=REPORT, matches=True,
    body=body("WithdrawalBody", forms.ReasonForm), summary=N_("撤销办理"),
)  # fmt: skip
def withdraw_graduation(pid: str) -> ResponseReturnValue:
    """撤销办理 by the carrier; incubation runs on."""
    row = pages.graduation_by(viewer(), pid)
    form, rev = typed(forms.ReasonForm, given()), matched(row)

    def withdraw() -> tuple[dict[str, str], None]:
        service.withdraw_graduation(
            actor=viewer(), today=today(), graduation=row, reason=form.reason.data, rev=rev
        )
        return {"id": pid}, None

    return written("graduation:withdraw", withdraw, Gone, note=form.reason.data)


@operation(
    "POST", "/graduations/<pid>/return", tag=TAG, answer=GraduationShape, may=CHECK, matches=True,
    body=body("ReturnBody", forms.ReturnForm), summary=N_("退回"),
)  # fmt: skip
def return_graduation(pid: str) -> ResponseReturnValue:
    """退回 with a coded reason."""
    row = pages.graduation_by(viewer(), pid)
    form, rev = typed(forms.ReturnForm, given()), matched(row)

    def give_back() -> tuple[dict[str, Any], int]:
        service.return_graduation(
            actor=viewer(), today=today(), graduation=row, rev=rev, note=form.note.data,
            reason=ReturnReason(form.said("reason")),
        )  # fmt: skip
        return _one(row)

    return written("graduation:return", give_back, GraduationShape, note=form.note.data)


@operation(
    "POST", "/graduations/<pid>/upholding", tag=TAG, answer=GraduationShape, may=VERIFY,
    matches=True, body=body("UpholdingBody", forms.ReasonForm), summary=N_("复查后维持"),
)  # fmt: skip
def keep_graduation(pid: str) -> ResponseReturnValue:
    """复查后维持, with the reason."""
    row = pages.graduation_by(viewer(), pid)
    form, rev = typed(forms.ReasonForm, given()), matched(row)

    def keep() -> tuple[dict[str, Any], int]:
        service.keep_graduation(
            actor=viewer(), today=today(), graduation=row, reason=form.reason.data, rev=rev
        )
        return _one(row)

    return written("graduation:keep", keep, GraduationShape, note=form.reason.data)


#: what the district says of one: its service and who may
SIGNED: dict[GraduationAct, tuple[Callable[..., int], tuple[Permission, ...]]] = {
    GraduationAct.CHECK: (service.check, (Permission.GRADUATION_CHECK,)),
    GraduationAct.VERIFY: (service.verify, VERIFY),
    GraduationAct.APPROVE: (service.approve, VERIFY),
}


def _signing(act: GraduationAct) -> Callable[[str], ResponseReturnValue]:
    run = SIGNED[act][0]

    def view(pid: str) -> ResponseReturnValue:
        row = pages.graduation_by(viewer(), pid)
        given()
        rev = matched(row)

        def sign() -> tuple[dict[str, Any], int]:
            run(actor=viewer(), today=today(), graduations=[row], seen=rev)
            return _one(row)

        return written(f"graduation:{act.value}", sign, GraduationShape)

    view.__name__ = f"{act.value}_graduation"
    return view


for _act, (_run, _may) in SIGNED.items():
    operation(
        "POST", f"/graduations/<pid>/{_act.value}", tag=TAG, answer=GraduationShape, may=_may,
        matches=True, body=lambda: Nothing, summary=_act.text,
    )(_signing(_act))  # fmt: skip
