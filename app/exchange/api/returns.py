"""报表: a carrier's return of a period with its form, handed in, checked, verified, sent back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue

from app.carriers import service as carriers
from app.carriers.models import Return, ReturnState
from app.carriers.queries.returns import find_return, returns
from app.core.access import Permission, viewer
from app.core.days import Period, today
from app.core.db import steady
from app.core.errors import DomainError
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
from app.exchange.api.evidence import EvidenceShape, FileAsked, sent_file
from app.exchange.api.evidence import one as one_paper
from app.exchange.api.names import CarrierName
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import (
    PERIOD,
    Day,
    Flag,
    Instant,
    Many,
    Part,
    Patterned,
    Pid,
    Shape,
    Text,
    Whole,
    Word,
    yuan,
)
from app.exchange.api.typed import body, typed
from app.firms import service
from app.firms.forms.milestone import VoidForm
from app.firms.forms.parts import show_heads
from app.firms.models import MilestoneKind
from app.firms.queries.evidence import READ_RETURN
from app.firms.queries.returns import firms_of
from app.statistics.summary.form import Row, form_of
from app.statistics.summary.items import UNITS

TAG = N_("报表")
SUBMIT = (Permission.RETURN_SUBMIT,)
MEASURES = dict(UNITS) | {"money": N_("元")}


class ReturnShape(Shape):
    """A return: whose, of which period, how far it is."""

    id = Pid(required=True)
    carrier = Part(CarrierName, required=True)
    period = Patterned(PERIOD, "not_code", required=True)
    state = Word(ReturnState, required=True)
    due_on = Day(required=True)
    submitted_at = Instant(required=True, allow_none=True)
    checked_on = Day(required=True, allow_none=True)
    verified_on = Day(required=True, allow_none=True)
    reason = Text(required=True, allow_none=True, metadata={"description": N_("退回的原因。")})
    explained = Text(required=True, allow_none=True, metadata={"description": N_("勾稽说明。")})


class LineShape(Shape):
    """One line of the form; null is not recorded, never zero."""

    code = Text(required=True)
    section = Text(required=True)
    name = Text(required=True)
    definition = Text(required=True)
    unit = Word(MEASURES, labels=MEASURES, required=True)
    value = Text(required=True, allow_none=True)
    before = Text(required=True, allow_none=True, metadata={"description": N_("上年同期。")})
    missing = Whole(required=True, metadata={"description": N_("其中没有登记的有几处。")})


class ReturnSheetShape(ReturnShape):
    """A return with its form as it is filled from the facts, and what does not agree in it."""

    lines = Many(Part(LineShape), required=True)
    broken = Many(Text(), required=True, metadata={"description": N_("不符的勾稽关系。")})


ReturnPage = page_of(ReturnShape, "ReturnPage")


class ReturnsAsked(Paged):
    """Which of them."""

    state = Word(ReturnState)
    period = Patterned(PERIOD, "not_code", metadata={"description": N_("如 2025 或 2026Q3")})


class ExceptionBody(Shape):
    """A firm that the promise leaves out, altogether or for a kind of milestone."""

    firm = Pid(required=True)
    kind = Word(MilestoneKind, allow_none=True)


class SubmitBody(Shape):
    """报送 with the promise that what is recorded of its firms is complete."""

    promised = Flag(required=True)
    since_founding = Flag(
        metadata={"description": N_("true 承诺自企业成立以来，false（默认）承诺本年以来。")}
    )
    exceptions = Many(Part(ExceptionBody))
    explained = Text(300, allow_none=True, metadata={"description": N_("勾稽不符的说明。")})


def shape(row: Return) -> dict[str, Any]:
    """A return as its list tells it."""
    names = (
        "carrier", "state", "due_on", "submitted_at", "checked_on", "verified_on", "reason",
        "explained",
    )  # fmt: skip
    return {
        "id": row.pid,
        "period": Period(row.year, row.quarter).code,
        **{name: getattr(row, name) for name in names},
    }


def _one(row: Return) -> tuple[dict[str, Any], int]:
    return shape(row), row.rev


def _line(row: Row) -> dict[str, Any]:
    item = row.value.item
    return {
        "code": item.code,
        "section": item.section,
        "name": item.label,
        "definition": item.definition,
        "unit": item.unit,
        "value": _number(item.unit, row.value.amount),
        "before": _number(item.unit, row.before.amount),
        "missing": row.value.missing,
    }


def _number(unit: str, amount: int | None) -> str | None:
    """A value as text: yuan, heads with two decimals, all else whole."""
    if amount is None:
        return None
    if unit == "money":
        return yuan(amount)
    return show_heads(amount) if unit == "heads" else str(amount)


@operation(
    "GET", "/returns", tag=TAG, answer=ReturnPage, may=READ_RETURN, query=lambda: ReturnsAsked,
    summary=N_("可见范围内载体的报表"),
)  # fmt: skip
def list_returns() -> ResponseReturnValue:
    """Returns of the carriers in the viewer's scope."""
    wanted, statement = asked(), in_state(returns(viewer()), Return.state)
    if wanted.get("period"):
        when = Period.parse(wanted["period"])
        statement = statement.where(Return.year == when.year, Return.quarter == when.quarter)
    return selected(ReturnPage, statement, Return.pid, lambda rows: list(map(shape, rows)))


@operation(
    "GET", "/returns/<pid>", tag=TAG, answer=ReturnSheetShape, may=READ_RETURN,
    summary=N_("一份报表，连同综合情况表和勾稽"),
)  # fmt: skip
def get_return(pid: str) -> ResponseReturnValue:
    """One return with its form."""
    asked()
    find_return(viewer(), pid)
    steady()
    row = find_return(viewer(), pid)
    form = form_of(viewer(), row, today())
    more = {
        "lines": [_line(one) for _section, rows in form.sections for one in rows],
        "broken": [finding.sentence for finding in form.broken],
    }
    return shown(ReturnSheetShape, shape(row) | more, row.rev)


@operation(
    "POST", "/returns/<pid>/submission", tag=TAG, answer=ReturnShape, may=SUBMIT, matches=True,
    body=lambda: SubmitBody, summary=N_("报送，连同填报承诺"),
)  # fmt: skip
def submit_return(pid: str) -> ResponseReturnValue:
    """报送 with the promise and its exceptions."""
    row = find_return(viewer(), pid)
    held = given()
    rev = matched(row)
    left_out = _exceptions(row, held.get("exceptions", []))

    def submit() -> tuple[dict[str, Any], int]:
        made = service.file_return(
            actor=viewer(), today=today(), sheet=row, promised=held["promised"], rev=rev,
            exceptions=left_out, since_founding=held.get("since_founding", False),
            explained=held.get("explained"),
        )  # fmt: skip
        return _one(made)

    return written("return:submit", submit, ReturnShape)


def _exceptions(
    row: Return, held: list[dict[str, Any]]
) -> list[tuple[int, MilestoneKind | None]]:  # fmt: skip
    firms = {firm.pid: firm.id for firm in firms_of(row, today())}
    said = DomainError("not_among").message
    strange = [n for n, one in enumerate(held) if one["firm"] not in firms]
    if strange:
        raise Unreadable([("not_among", f"exceptions.{n}.firm", said) for n in strange])
    return [
        (firms[one["firm"]], MilestoneKind(one["kind"]) if one.get("kind") else None)
        for one in held
    ]


#: act → its service and who may
SIGNED: dict[str, tuple[Callable[..., Return], Permission, str]] = {
    "check": (carriers.check_return, Permission.RETURN_CHECK, N_("初核")),
    "verify": (service.verify_return, Permission.RETURN_VERIFY, N_("核定")),
}


def _signing(act: str) -> Callable[[str], ResponseReturnValue]:
    run = SIGNED[act][0]

    def view(pid: str) -> ResponseReturnValue:
        row = find_return(viewer(), pid)
        given()
        rev = matched(row)

        def sign() -> tuple[dict[str, Any], int]:
            return _one(run(actor=viewer(), today=today(), sheet=row, rev=rev))

        return written(f"return:{act}", sign, ReturnShape)

    view.__name__ = f"{act}_return"
    return view


for _act, (_run, _may, _words) in SIGNED.items():
    operation(
        "POST", f"/returns/<pid>/{_act}", tag=TAG, answer=ReturnShape, may=(_may,), matches=True,
        body=lambda: Nothing, summary=_words,
    )(_signing(_act))  # fmt: skip


@operation(
    "POST", "/returns/<pid>/return", tag=TAG, answer=ReturnShape, matches=True,
    may=(Permission.RETURN_CHECK,), body=body("SendBackBody", VoidForm), summary=N_("退回"),
)  # fmt: skip
def send_back_return(pid: str) -> ResponseReturnValue:
    """退回 with a reason; the promises made with it are taken back."""
    row = find_return(viewer(), pid)
    form, rev = typed(VoidForm, given()), matched(row)

    def send_back() -> tuple[dict[str, Any], int]:
        made = service.send_back_return(
            actor=viewer(), today=today(), sheet=row, reason=form.reason.data, rev=rev
        )
        return _one(made)

    return written("return:send_back", send_back, ReturnShape, note=form.reason.data)


@operation(
    "POST", "/returns/<pid>/evidence", tag=TAG, answer=EvidenceShape, may=SUBMIT, status=201,
    takes_file=True, query=lambda: FileAsked, summary=N_("上传盖章扫描件：文件即请求内容"),
)  # fmt: skip
def add_return_evidence(pid: str) -> ResponseReturnValue:
    """Attach the signed and stamped scan."""
    row = find_return(viewer(), pid)
    stored = sent_file(asked()["name"])

    def add() -> tuple[dict[str, Any], int]:
        made = service.add_return_paper(actor=viewer(), today=today(), sheet=row, stored=stored)
        return one_paper(made)

    return written("evidence:add", add, EvidenceShape, status=201)
