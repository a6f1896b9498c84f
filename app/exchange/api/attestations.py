"""填报承诺 of a firm: what is promised complete, until when."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from app.core.access import viewer
from app.core.days import today
from app.core.text import N_
from app.exchange.api.door import Nothing, asked, given, listed, operation, page_of, shown
from app.exchange.api.firms import RECORD, recordable
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import Day, Pid, Shape, Whole, Word
from app.exchange.api.typed import body, typed
from app.firms import service
from app.firms.forms.promise import ALL, PromiseForm
from app.firms.models import MilestoneKind
from app.firms.queries.promises import Promise, find_promise, promises_of

TAG = N_("填报承诺")
KINDS = {ALL: N_("全部类型")} | {kind.value: kind.text for kind in MilestoneKind}


class AttestationShape(Shape):
    """What is recorded of a kind is complete on [starts, ends], both days included."""

    id = Whole(required=True)
    kind = Word(KINDS, labels=KINDS, required=True)
    starts = Day(
        required=True, allow_none=True,
        metadata={"description": N_("起始日；null 为自企业成立以来。")},
    )  # fmt: skip
    ends = Day(required=True)
    with_return = Pid(
        required=True, allow_none=True,
        metadata={"description": N_("随哪一份报表作出；单独作出的为 null。")},
    )  # fmt: skip


class TakenBack(Shape):
    """A promise that no longer stands."""

    id = Whole(required=True)


AttestationPage = page_of(AttestationShape, "AttestationPage")


def shape(held: Promise) -> dict[str, Any]:
    """A promise as its page tells it."""
    row, sheet = held
    return {
        "id": row.id,
        "kind": row.kind or ALL,
        "starts": row.starts,
        "ends": row.ends,
        "with_return": sheet.pid if sheet is not None else None,
    }


@operation(
    "GET", "/firms/<pid>/attestations", tag=TAG, answer=AttestationPage, may=RECORD,
    summary=N_("一家企业的填报承诺"),
)  # fmt: skip
def list_attestations(pid: str) -> ResponseReturnValue:
    """The promises of a firm."""
    return listed(
        AttestationPage, promises_of(recordable(pid)), lambda held: f"{held[0].id:020d}",
        lambda some: list(map(shape, some)),
    )  # fmt: skip


@operation(
    "GET", "/firms/<pid>/attestations/<int:number>", tag=TAG, answer=AttestationShape, may=RECORD,
    summary=N_("一条填报承诺"),
)  # fmt: skip
def get_attestation(pid: str, number: int) -> ResponseReturnValue:
    """One promise."""
    held = find_promise(recordable(pid), number)
    asked()
    return shown(AttestationShape, shape(held), held[0].rev)


@operation(
    "POST", "/firms/<pid>/attestations", tag=TAG, answer=AttestationShape, may=RECORD, status=201,
    body=body("AttestationBody", PromiseForm), summary=N_("承诺某类大事已登记齐全"),
)  # fmt: skip
def make_attestation(pid: str) -> ResponseReturnValue:
    """Promise that what is recorded of a kind is complete; made twice it stands once."""
    firm = recordable(pid)
    form = typed(PromiseForm, given())

    def promise() -> tuple[dict[str, Any], int]:
        made = service.attest(actor=viewer(), today=today(), firm=firm, **form.promise())
        return shape(find_promise(firm, made.id)), made.rev

    return written("attestation:make", promise, AttestationShape, status=201)


@operation(
    "POST", "/firms/<pid>/attestations/<int:number>/withdrawal", tag=TAG, answer=TakenBack,
    may=RECORD, body=lambda: Nothing, matches=True, summary=N_("撤回一条填报承诺"),
)  # fmt: skip
def withdraw_attestation(pid: str, number: int) -> ResponseReturnValue:
    """Take a promise back; what rests on it becomes unknown again."""
    row, _sheet = find_promise(recordable(pid), number)
    given()
    matched(row)

    def take_back() -> tuple[dict[str, int], None]:
        service.withdraw_attestation(actor=viewer(), today=today(), held=row)
        return {"id": number}, None

    return written("attestation:withdraw", take_back, TakenBack)
