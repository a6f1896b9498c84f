"""The move table of requests to take over a firm (申请转入)."""

from __future__ import annotations

from app.core.access import Permission as P
from app.core.text import N_, Coded
from app.pipeline.models import TransferState as S
from app.pipeline.moves import needs, sides
from app.pipeline.moves.cases import FirmCase, TieGiven, TransferCase
from app.pipeline.moves.firm import FIRM
from app.pipeline.moves.table import Effect, Move, Table, move
from app.pipeline.words import Absent, FirmAct
from app.pipeline.words import TransferAct as A

NONE = Absent.TRANSFER


def _answer(state: S) -> Effect[TransferCase]:
    def run(case: TransferCase) -> None:
        row = case.there
        row.state, row.answered_on = state, case.today
        row.answer = case.note or row.answer

    return Effect(N_("记下答复和日期"), run)


def _end(case: TransferCase) -> None:
    row = case.there
    row.state, row.answered_on, row.end_reason = S.ENDED, case.today, case.code


def _hand_over(case: TransferCase) -> None:
    row = case.there
    day = min(row.wanted_on, case.today)
    firm = FirmCase(
        case.actor, case.today, case.firm, row.from_carrier, TieGiven(on=day), request=row
    )
    tie = firm.present
    if tie is not None and day <= tie.starts:
        firm.given.on = case.today
    FIRM.perform(FirmAct.HAND_OVER, firm)


HAND_OVER: Effect[TransferCase] = Effect(N_("企业转入申请方，孵化时限接着算"), _hand_over)
END: Effect[TransferCase] = Effect(N_("企业离开现载体或毕业，申请随之结束，原因告知申请方"), _end)
INSERT: Effect[TransferCase] = Effect(N_("申请发给所在载体，五个工作日内答复"), TransferCase.insert)


MOVES: dict[tuple[Coded, Coded], Move[TransferCase]] = {
    (NONE, A.ASK): move(S.OPEN, P.RESIDENCY_MOVE, sides.ASKER, INSERT),
    (S.OPEN, A.AGREE): move(S.AGREED, P.RESIDENCY_MOVE, sides.ASKED, _answer(S.AGREED), HAND_OVER),
    (S.OPEN, A.REFUSE): move(S.REFUSED, P.RESIDENCY_MOVE, sides.ASKED, _answer(S.REFUSED)),
    (S.OPEN, A.WITHDRAW): move(
        S.WITHDRAWN, P.RESIDENCY_MOVE, sides.ASKER, _answer(S.WITHDRAWN)
    ),
    (S.OPEN, A.DECIDE): move(
        S.DECIDED, P.TRANSFER_DECIDE, sides.MEDIATOR, _answer(S.DECIDED), HAND_OVER,
        needs=(needs.DUE,),
    ),
    (S.OPEN, A.UPHOLD): move(
        S.REFUSED, P.TRANSFER_DECIDE, sides.MEDIATOR, _answer(S.REFUSED), needs=(needs.DUE,)
    ),
    (S.OPEN, A.END): move(S.ENDED, P.FIRM_READ, sides.OF_ITSELF, END),
    (S.REFUSED, A.DECIDE): move(
        S.DECIDED, P.TRANSFER_DECIDE, sides.MEDIATOR, _answer(S.DECIDED), HAND_OVER,
        needs=(needs.STILL_HELD,),
    ),
}  # fmt: skip

TRANSFER: Table[TransferCase] = Table(N_("转入申请"), (*S, NONE), A, MOVES)
