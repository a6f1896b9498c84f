"""申请转入: asked for by the carrier that wants a firm, answered by its host, settled by the
district."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.core import codes
from app.core.access import Permission, viewer
from app.core.days import today
from app.core.errors import DomainError, NotFound
from app.core.problems import Unreadable
from app.core.text import N_
from app.exchange.api.door import View, asked, given, operation, page_of, selected, shown
from app.exchange.api.names import CarrierName, FirmName
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import Day, Part, Pid, Shape, Text, Word
from app.exchange.api.typed import body, typed
from app.firms import queries
from app.pipeline import acts, forms
from app.pipeline.models import TransferRequest, TransferState
from app.pipeline.moves.sides import is_district
from app.pipeline.queries import pages
from app.pipeline.words import FirmAct, TransferAct, TransferEnd

TAG = N_("转入申请")
MAY = (Permission.RESIDENCY_MOVE, Permission.TRANSFER_DECIDE)


class TransferShape(Shape):
    """A request of a carrier for a firm that another one holds."""

    id = Pid(required=True, attribute="pid")
    firm = Part(FirmName, required=True)
    from_carrier = Part(CarrierName, required=True)
    to_carrier = Part(CarrierName, required=True)
    state = Word(TransferState, required=True)
    asked_on = Day(required=True)
    due_on = Day(required=True)
    wanted_on = Day(required=True)
    note = Text(required=True, allow_none=True)
    answer = Text(required=True, allow_none=True)
    answered_on = Day(required=True, allow_none=True)
    end_reason = Word(TransferEnd, required=True, allow_none=True)


TransferPage = page_of(TransferShape, "TransferPage")
ANSWER = body("TransferAnswerBody", forms.AnswerForm)
CODE = Text(required=True, metadata={"description": N_("企业的统一社会信用代码")})


@operation(
    "GET", "/transfers", tag=TAG, answer=TransferPage, may=MAY,
    summary=N_("转入申请：载体为自己发出和收到的，区主管部门为全部"),
)  # fmt: skip
def list_transfers() -> ResponseReturnValue:
    """Requests that the viewer reads, answered ones too."""
    wanted = pages.readable_requests(viewer(), is_district(viewer()))
    return selected(TransferPage, wanted, TransferRequest.pid, list)


@operation(
    "GET", "/transfers/<pid>", tag=TAG, answer=TransferShape, may=MAY, summary=N_("一份转入申请")
)
def get_transfer(pid: str) -> ResponseReturnValue:
    """One request."""
    row = pages.request_by(viewer(), pid, is_district(viewer()))
    asked()
    return shown(TransferShape, row, row.rev)


@operation(
    "POST", "/transfers", tag=TAG, answer=TransferShape, may=(Permission.RESIDENCY_MOVE,),
    status=201, body=body("AskTransferBody", forms.AskForm, code=CODE),
    summary=N_("按信用代码申请转入其他载体的企业"),
)  # fmt: skip
def ask_transfer() -> ResponseReturnValue:
    """Ask for a firm by its code: it stays hidden until it has moved."""
    held = given()
    try:
        firm = queries.by_code(codes.parse(held["code"]))
    except DomainError as error:
        raise Unreadable([("wrong", "code", error.message)]) from None
    if firm is None or firm.counted_only:
        raise NotFound()
    there = acts.choices(viewer(), firm, today())
    choice = next((one for one in there if one.act is FirmAct.ASK), None)
    if choice is None:
        raise NotFound()
    if choice.refusal is not None:
        raise choice.refusal
    form = typed(forms.AskForm, {key: held[key] for key in held if key != "code"})
    move = acts.Given(viewer(), today(), firm, choice.carrier, form)

    def ask() -> tuple[TransferRequest, int]:
        made: TransferRequest = acts.PAGES[FirmAct.ASK].run(move)
        return made, made.rev

    return written("transfer:ask", ask, TransferShape, status=201, note=form.note.data)


def _view(act: TransferAct) -> View:
    """The view of one answer."""

    def run(pid: str) -> ResponseReturnValue:
        row = pages.request_by(viewer(), pid, is_district(viewer()))
        form = typed(forms.AnswerForm, given())
        matched(row)

        def answer() -> tuple[TransferRequest, int]:
            acts.TRANSFERS[act](
                actor=viewer(), today=today(), request=row, note=form.note.data
            )  # fmt: skip
            return row, row.rev

        return written(f"transfer:{act.value}", answer, TransferShape, note=form.note.data)

    run.__name__ = f"transfer_{act.value}"
    return run


for _act in acts.TRANSFERS:
    operation(
        "POST", f"/transfers/<pid>/{_act.value}", tag=TAG, answer=TransferShape, may=MAY,
        matches=True, body=ANSWER, summary=_act.text,
    )(_view(_act))  # fmt: skip
