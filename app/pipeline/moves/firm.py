"""The move table of firms: what each stage allows."""

from __future__ import annotations

from app.core.access import Permission as P
from app.core.text import N_, Coded
from app.pipeline.moves import needs as n
from app.pipeline.moves import sides
from app.pipeline.moves import tie_effects as does
from app.pipeline.moves.amends import CORRECT, VOID
from app.pipeline.moves.cases import FirmCase
from app.pipeline.moves.compound import (
    ASK,
    CLOSE_CLAIMS,
    END_CLAIMS,
    FINISH_CLAIM,
    OPEN_CLAIM,
    PROPOSE,
    REPORT,
    RESTORE_CLAIMS,
)
from app.pipeline.moves.table import Effect, Move, Need, Side, Table
from app.pipeline.stage import Stage as S
from app.pipeline.words import FirmAct as A

ANY = frozenset(S)


def _move(
    to: S | frozenset[Coded], permission: P, side: Side[FirmCase],
    needs: tuple[Need[FirmCase], ...] = (), *effects: Effect[FirmCase],
) -> Move[FirmCase]:  # fmt: skip
    return Move(
        to if isinstance(to, frozenset) else frozenset({to}), permission, side, needs, effects
    )


def _arrival(to: S, tier: Need[FirmCase]) -> Move[FirmCase]:
    return _move(
        to, P.LANDING_BOOK, sides.RECEIVER, (n.RECEIVED, tier, n.A_FIRM, n.ELSEWHERE),
        does.GIVE_WAY, does.OPEN_TIE, FINISH_CLAIM, CLOSE_CLAIMS, does.END_PUSH,
    )  # fmt: skip


def _everywhere() -> dict[tuple[Coded, Coded], Move[FirmCase]]:
    """Moves that every stage allows and that leave it as it is, or as the record then says."""
    moves: dict[tuple[Coded, Coded], Move[FirmCase]] = {}
    for stage in S:
        moves[stage, A.TIE] = _move(
            stage, P.RESIDENCY_MOVE, sides.FAMILIAR, (n.RECEIVED,), does.SIDE_TIE
        )
        moves[stage, A.CORRECT] = _move(ANY, P.RESIDENCY_MOVE, sides.FORMER, (n.HAS_TIE,), CORRECT)
        moves[stage, A.VOID] = _move(
            ANY, P.RESIDENCY_MOVE, sides.FORMER, (n.HAS_TIE,), VOID, RESTORE_CLAIMS
        )
        if stage is not S.REGISTERED:
            moves[stage, A.CONFIRM] = _move(
                stage, P.GRADUATION_REPORT, sides.FORMER, (n.UNCONFIRMED,), does.CONFIRM
            )
        if stage in (S.GRADUATED, S.LEFT):
            moves[stage, A.TRACE] = _move(
                frozenset({S.GRADUATED, S.LEFT}), P.RESIDENCY_MOVE, sides.FORMER,
                (n.UNTRACED,), does.TRACE,
            )  # fmt: skip
        if stage not in (S.REGISTERED, S.LEFT):
            moves[stage, A.RESETTLE] = _move(
                stage, P.TRANSFER_DECIDE, sides.BY_DISTRICT,
                (n.HELD, n.ENDING, n.RECEIVES, n.ELSEWHERE, n.SAME_TIER, n.NOT_PROPOSED),
                does.RESETTLE, FINISH_CLAIM, does.END_PUSH,
            )  # fmt: skip
        moves[stage, A.ACCELERATE] = _arrival(S.ACCELERATING, n.AT_ACCELERATOR)
        moves[stage, A.SETTLE] = _arrival(S.SETTLED, n.AT_PARK)
    return moves


def _late(stage: S) -> dict[tuple[Coded, Coded], Move[FirmCase]]:
    """A graduation found after the firm has moved on; its stage today does not change back."""
    to = frozenset({S.GRADUATED, S.LEFT}) if stage is S.LEFT else frozenset({stage})
    wants = (n.A_FIRM, n.HAS_STAYED, n.NOT_GRADUATED, n.UNREPORTED)
    return {
        (stage, A.GRADUATE): _move(
            to, P.GRADUATION_REPORT, sides.FORMER, (*wants, n.REPORTING), REPORT
        ),
        (stage, A.PROPOSE): _move(
            stage, P.GRADUATION_REPORT, sides.FORMER, (*wants, n.APPROVING), PROPOSE
        ),
    }


def _in_pool(stage: S) -> dict[tuple[Coded, Coded], Move[FirmCase]]:
    return {
        (stage, A.CLAIM): _move(
            stage, P.CLAIM_MAKE, sides.RECEIVER,
            (n.RECEIVES, n.BIDDER, n.IN_POOL, n.ELSEWHERE, n.NO_LIVE_CLAIM), OPEN_CLAIM,
        )
    }  # fmt: skip


MOVES: dict[tuple[Coded, Coded], Move[FirmCase]] = {
    (S.REGISTERED, A.ADMIT): _move(
        S.INCUBATING, P.RESIDENCY_MOVE, sides.RECEIVER,
        (n.AT_INCUBATOR, n.FREE, n.NOT_GRADUATED, n.RECEIVED), does.OPEN_TIE,
    ),
    (S.LEFT, A.ADMIT): _move(
        S.INCUBATING, P.RESIDENCY_MOVE, sides.RECEIVER,
        (n.AT_INCUBATOR, n.FREE, n.NOT_GRADUATED, n.RECEIVED), does.OPEN_TIE,
    ),
    (S.GRADUATED, A.STAY): _move(
        S.GRADUATED, P.RESIDENCY_MOVE, sides.RECEIVER,
        (n.AT_INCUBATOR, n.HAS_GRADUATED, n.FREE, n.RECEIVED), does.OPEN_TIE,
    ),
    (S.LEFT, A.STAY): _move(
        S.GRADUATED, P.RESIDENCY_MOVE, sides.RECEIVER,
        (n.AT_INCUBATOR, n.HAS_GRADUATED, n.FREE, n.RECEIVED), does.OPEN_TIE,
    ),
    (S.INCUBATING, A.EXTEND): _move(
        S.INCUBATING, P.RESIDENCY_MOVE, sides.HOST, (), does.EXTEND
    ),
    (S.INCUBATING, A.PUSH): _move(
        S.INCUBATING, P.RESIDENCY_MOVE, sides.HOST, (n.A_FIRM, n.NOT_PUSHED), does.PUSH
    ),
    (S.INCUBATING, A.UNPUSH): _move(
        S.INCUBATING, P.RESIDENCY_MOVE, sides.HOST, (n.IS_PUSHED,), does.END_PUSH
    ),
    (S.INCUBATING, A.GRADUATE): _move(
        frozenset({S.GRADUATED, S.LEFT}), P.GRADUATION_REPORT, sides.HOST,
        (n.A_FIRM, n.NOT_GRADUATED, n.UNREPORTED, n.REPORTING), REPORT,
    ),
    (S.INCUBATING, A.PROPOSE): _move(
        S.INCUBATING, P.GRADUATION_REPORT, sides.HOST,
        (n.A_FIRM, n.NOT_GRADUATED, n.UNREPORTED, n.APPROVING), PROPOSE,
    ),
    (S.INCUBATING, A.TRANSFER): _move(
        S.INCUBATING, P.RESIDENCY_MOVE, sides.RECEIVER,
        (n.AT_INCUBATOR, n.ELSEWHERE, n.SAME_OPERATOR, n.RECEIVED), does.HAND_ON, does.END_PUSH,
    ),
    (S.INCUBATING, A.ASK): _move(
        S.INCUBATING, P.RESIDENCY_MOVE, sides.RECEIVER,
        (n.RECEIVES, n.AT_INCUBATOR, n.ELSEWHERE, n.OTHER_OPERATOR, n.NOT_ASKED), ASK,
    ),
    (S.INCUBATING, A.HAND_OVER): _move(
        S.INCUBATING, P.FIRM_READ, sides.GIVER, (n.ASKED, n.STILL_THERE, n.RECEIVES),
        does.HAND_ON, does.END_PUSH,
    ),
    (S.INCUBATING, A.LEAVE): _move(
        S.LEFT, P.RESIDENCY_MOVE, sides.HOST, (), does.LEAVE, does.END_PUSH, END_CLAIMS
    ),
    (S.GRADUATED, A.LEAVE): _move(
        frozenset({S.GRADUATED, S.LEFT}), P.RESIDENCY_MOVE, sides.HOST, (),
        does.LEAVE, does.END_PUSH, END_CLAIMS,
    ),
    (S.ACCELERATING, A.LEAVE): _move(
        frozenset({S.GRADUATED, S.LEFT}), P.RESIDENCY_MOVE, sides.HOST, (),
        does.LEAVE, END_CLAIMS,
    ),
    (S.SETTLED, A.LEAVE): _move(
        S.LEFT, P.RESIDENCY_MOVE, sides.HOST, (), does.LEAVE, END_CLAIMS
    ),
    **_in_pool(S.INCUBATING), **_in_pool(S.GRADUATED), **_in_pool(S.ACCELERATING),
    **_late(S.ACCELERATING), **_late(S.SETTLED), **_late(S.LEFT),
    **_everywhere(),
}  # fmt: skip

FIRM: Table[FirmCase] = Table(N_("企业"), tuple(S), A, MOVES)
