"""The move table of handover sheets (企业输送(移交)单). No step of a firm waits for one."""

from __future__ import annotations

from app.core.access import Permission as P
from app.core.text import N_, Coded
from app.pipeline.models import HandoverState as S
from app.pipeline.moves.cases import HandoverCase
from app.pipeline.moves.table import Effect, Move, Need, Side, Table, move
from app.pipeline.queries import handovers, ties
from app.pipeline.words import Absent
from app.pipeline.words import HandoverAct as A

NONE = Absent.HANDOVER

SENDER: Side[HandoverCase] = Side(
    N_("送出的载体"), lambda c: ties.acts_for(c.actor, c.sender)
)  # fmt: skip
RECEIVER: Side[HandoverCase] = Side(
    N_("接收的加速器或园区"), lambda c: ties.acts_for(c.actor, c.receiver)
)
GOES = Need[HandoverCase](
    "handover:nowhere", N_("企业尚未选定接收方，也没有在那里落地，暂不能发输送单。"),
    lambda c: any(one.id == c.receiver.id for one in handovers.receivers(c.firm, c.sender)),
)  # fmt: skip


def _answer(state: S) -> Effect[HandoverCase]:
    def run(case: HandoverCase) -> None:
        row = case.there
        row.state, row.answered_on, row.remark = state, case.today, case.note
        row.answered_by = case.actor.person_id

    return Effect(N_("记下接收方的确认、说明和日期"), run)


def _become(state: S) -> Effect[HandoverCase]:
    def run(case: HandoverCase) -> None:
        case.there.state = state

    return Effect(N_("原单留存，按发出时的内容可查"), run)


SENT: Effect[HandoverCase] = Effect(
    N_("内容固定并编号，接收方按期限确认；不影响落地"), HandoverCase.insert
)
REPLACED, WITHDRAWN = _become(S.REPLACED), _become(S.WITHDRAWN)
CONFIRMED, REMARKED = _answer(S.CONFIRMED), _answer(S.REMARKED)


def _moves() -> dict[tuple[Coded, Coded], Move[HandoverCase]]:
    send, confirm = P.HANDOVER_SEND, P.HANDOVER_CONFIRM
    moves: dict[tuple[Coded, Coded], Move[HandoverCase]] = {
        (NONE, A.SEND): move(S.SENT, send, SENDER, SENT, needs=(GOES,)),
        (S.SENT, A.CONFIRM): move(S.CONFIRMED, confirm, RECEIVER, CONFIRMED),
        (S.SENT, A.REMARK): move(S.REMARKED, confirm, RECEIVER, REMARKED),
        (S.CONFIRMED, A.REMARK): move(S.REMARKED, confirm, RECEIVER, REMARKED),
        (S.SENT, A.WITHDRAW): move(S.WITHDRAWN, send, SENDER, WITHDRAWN),
    }
    for state in handovers.STANDING:
        moves[state, A.REPLACE] = move(S.REPLACED, send, SENDER, REPLACED)
    return moves


HANDOVER: Table[HandoverCase] = Table(N_("企业输送单"), (*S, NONE), A, _moves())
