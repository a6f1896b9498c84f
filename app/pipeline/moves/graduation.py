"""The move table of graduations."""

from __future__ import annotations

from app.core.access import Permission as P
from app.core.text import N_, Coded
from app.pipeline.models import GraduationState as S
from app.pipeline.moves import graduation_effects as does
from app.pipeline.moves import needs, sides
from app.pipeline.moves.cases import GraduationCase
from app.pipeline.moves.compound import SETTLE_CLAIMS
from app.pipeline.moves.table import Effect, Move, Side, Table
from app.pipeline.words import Absent
from app.pipeline.words import GraduationAct as A

NONE = Absent.GRADUATION


def _move(
    to: Coded, permission: P, side: Side[GraduationCase], *effects: Effect[GraduationCase],
    own: bool = True,
) -> Move[GraduationCase]:  # fmt: skip
    return Move(frozenset({to}), permission, side, () if own else (needs.NOT_OWN_ENTRY,), effects)


CHECK, VERIFY = does.sign("checked"), does.sign("verified")


def _check() -> Move[GraduationCase]:
    return _move(
        S.CHECKED, P.GRADUATION_CHECK, sides.DISTRICT, does.state(S.CHECKED), CHECK, own=False
    )


def _verify() -> Move[GraduationCase]:
    return _move(
        S.VERIFIED, P.GRADUATION_VERIFY, sides.DISTRICT, does.state(S.VERIFIED), VERIFY, own=False
    )


def _return(permission: P = P.GRADUATION_VERIFY, to: S = S.RETURNED) -> Move[GraduationCase]:
    return _move(to, permission, sides.DISTRICT, does.state(to), does.GIVE_BACK)


def _withdraw() -> Move[GraduationCase]:
    return Move(
        frozenset({NONE}), P.GRADUATION_REPORT, sides.REPORTER, (needs.NOT_STAYING_ELSEWHERE,),
        (does.UNGRADUATE_TIE, does.DELETE),
    )  # fmt: skip


def _corrected(state: S) -> dict[tuple[Coded, Coded], Move[GraduationCase]]:
    """What the carrier does with one that was sent back."""
    again = (does.UNGRADUATE_TIE, does.FREEZE)
    return {
        (state, A.REPEAT): Move(
            frozenset({S.REPORTED}), P.GRADUATION_REPORT, sides.REPORTER, (needs.HOLDS_AT_ONCE,),
            (*again, does.state(S.REPORTED), does.GRADUATE_TIE, SETTLE_CLAIMS),
        ),
        (state, A.PROPOSE): Move(
            frozenset({S.PROPOSED}), P.GRADUATION_REPORT, sides.REPORTER, (needs.AGREES_FIRST,),
            (*again, does.state(S.PROPOSED)),
        ),
        (state, A.WITHDRAW): _withdraw(),
    }  # fmt: skip


MOVES: dict[tuple[Coded, Coded], Move[GraduationCase]] = {
    (NONE, A.REPORT): _move(
        S.REPORTED, P.GRADUATION_REPORT, sides.REPORTER,
        does.FREEZE, does.state(S.REPORTED), does.GRADUATE_TIE, SETTLE_CLAIMS,
    ),
    (NONE, A.PROPOSE): _move(
        S.PROPOSED, P.GRADUATION_REPORT, sides.REPORTER, does.FREEZE, does.state(S.PROPOSED)
    ),
    (S.PROPOSED, A.APPROVE): _move(
        S.VERIFIED, P.GRADUATION_VERIFY, sides.DISTRICT,
        does.state(S.VERIFIED), VERIFY, does.GRADUATE_TIE, SETTLE_CLAIMS, own=False,
    ),
    (S.PROPOSED, A.RETURN): _return(to=S.DECLINED),
    (S.PROPOSED, A.WITHDRAW): _withdraw(),
    (S.REPORTED, A.CHECK): _check(),
    (S.REPORTED, A.VERIFY): _verify(),
    (S.REPORTED, A.RETURN): _return(P.GRADUATION_CHECK),
    (S.REPORTED, A.WITHDRAW): _withdraw(),
    (S.CHECKED, A.VERIFY): _verify(),
    (S.CHECKED, A.RETURN): _return(P.GRADUATION_CHECK),
    (S.VERIFIED, A.RETURN): _return(),
    (S.VERIFIED, A.KEEP): _move(S.VERIFIED, P.GRADUATION_VERIFY, sides.DISTRICT, does.KEEP),
    **_corrected(S.RETURNED),
    **_corrected(S.DECLINED),
}  # fmt: skip

GRADUATION: Table[GraduationCase] = Table(N_("毕业记录"), (*S, NONE), A, MOVES)
