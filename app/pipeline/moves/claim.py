"""The move table of claims."""

from __future__ import annotations

from flask import current_app

from app.core.access import Permission as P
from app.core.db import session
from app.core.text import N_, Coded
from app.pipeline.models import ClaimState, ClaimStep, ClaimStepKind
from app.pipeline.moves import needs, sides
from app.pipeline.moves.cases import ClaimCase
from app.pipeline.moves.rooms import keep_again, keep_free
from app.pipeline.moves.table import Effect, Move, Table, move
from app.pipeline.queries import chain
from app.pipeline.words import ClaimAct as A
from app.pipeline.words import ClaimEnd
from app.pipeline.words import ClaimStanding as S


def follow_days() -> int:
    """Days of the follow-up period (跟进期)."""
    return int(current_app.config["CLAIM_FOLLOW_DAYS"])


def renewal_limit() -> int:
    """How often a follow-up renews the period."""
    return int(current_app.config["CLAIM_RENEWALS"])


def _accept(case: ClaimCase) -> None:
    row = case.there
    keep_free(row, case.today)
    row.state, row.accepted_on, row.chosen_by = ClaimState.ACCEPTED, case.today, case.chosen_by


def _end(state: ClaimState) -> Effect[ClaimCase]:
    def run(case: ClaimCase) -> None:
        row = case.there
        row.state, row.ended_on = state, case.today
        row.end_reason, row.end_note = case.code, case.note

    return Effect(N_("意向结束，记下原因；企业回到可承接名单"), run)


def _untie(case: ClaimCase) -> None:
    """What the claimant was given to see by such a tie ends with the choice that allowed it."""
    for tie in chain.made_since_choice(case.there, case.today):
        if tie.starts < case.today:
            tie.ends = case.today
        else:
            session.delete(tie)
    session.flush()


def _lapse(case: ClaimCase) -> None:
    case.code = ClaimEnd.LAPSED.value


def _arrive(case: ClaimCase) -> None:
    row = case.there
    row.state, row.ended_on = ClaimState.DONE, case.today
    session.add(ClaimStep(claim_id=row.id, step=ClaimStepKind.ARRIVAL, day=case.today))


def _reopen(case: ClaimCase) -> None:
    row = case.there
    held = row.accepted_on is not None and chain.accepted_claim(case.firm) is None
    row.reserved_from = None
    row.state = ClaimState.ACCEPTED if held else ClaimState.OPEN
    row.ended_on = row.end_reason = row.end_note = None
    if not held:
        row.accepted_on = row.chosen_by = row.reserved_from = None
    else:
        keep_again(row, case.today)


INSERT: Effect[ClaimCase] = Effect(N_("意向登记，跟进期开始"), ClaimCase.insert)
ROOM: Effect[ClaimCase] = Effect(
    N_("改写意向中的房源和用量；企业已选定的随即改为预留"), lambda case: None
)
FOLLOW: Effect[ClaimCase] = Effect(N_("记一次跟进；跟进期顺延，以限次为止"), lambda case: None)
ACCEPT = Effect(
    N_("企业选定这一家，同一时间只能选定一家；意向写明的房源自计划入驻日起预留"), _accept
)
ARRIVE = Effect(N_("企业已到，意向完成"), _arrive)
LAPSE = Effect(N_("跟进期满，先结束原意向"), _lapse)
UNTIE = Effect(N_("选定期间意向方登记的不计数入驻关系同日结束"), _untie)
REOPEN = Effect(N_("落地作废，恢复到落地之前"), _reopen)


#: A claim brought back may meanwhile have lapsed.
REOPENED: frozenset[Coded] = frozenset({S.OPEN, S.ACCEPTED, S.LAPSED})
WITHDRAWN, REFUSED = _end(ClaimState.WITHDRAWN), _end(ClaimState.REFUSED)
RELEASED = _end(ClaimState.RELEASED)

MOVES: dict[tuple[Coded, Coded], Move[ClaimCase]] = {
    (S.NONE, A.OPEN): move(S.OPEN, P.CLAIM_MAKE, sides.CLAIMANT, INSERT),
    (S.OPEN, A.FOLLOW): move(S.OPEN, P.CLAIM_MAKE, sides.CLAIMANT, FOLLOW),
    (S.ACCEPTED, A.FOLLOW): move(S.ACCEPTED, P.CLAIM_MAKE, sides.CLAIMANT, FOLLOW),
    (S.OPEN, A.ROOM): move(S.OPEN, P.CLAIM_MAKE, sides.CLAIMANT, ROOM),
    (S.ACCEPTED, A.ROOM): move(S.ACCEPTED, P.CLAIM_MAKE, sides.CLAIMANT, ROOM),
    (S.OPEN, A.CHOOSE): move(
        S.ACCEPTED, P.CLAIM_CHOOSE, sides.CHOOSER, ACCEPT,
        needs=(needs.CLAIMANT_STANDS, needs.UNTAKEN),
    ),
    (S.OPEN, A.REFUSE): move(S.REFUSED, P.CLAIM_CHOOSE, sides.CHOOSER, REFUSED),
    (S.OPEN, A.WITHDRAW): move(S.WITHDRAWN, P.CLAIM_MAKE, sides.CLAIMANT, WITHDRAWN),
    (S.ACCEPTED, A.RELEASE): move(S.RELEASED, P.CLAIM_CHOOSE, sides.CHOOSER, UNTIE, RELEASED),
    (S.OPEN, A.LAND): move(S.DONE, P.LANDING_BOOK, sides.CLAIMANT, ARRIVE),
    (S.ACCEPTED, A.LAND): move(S.DONE, P.LANDING_BOOK, sides.CLAIMANT, ARRIVE),
    (S.DONE, A.REOPEN): Move(REOPENED, P.FIRM_READ, sides.ANYONE, (), (REOPEN,)),
    (S.REFUSED, A.REOPEN): Move(REOPENED, P.FIRM_READ, sides.ANYONE, (), (REOPEN,)),
    (S.RELEASED, A.REOPEN): Move(REOPENED, P.FIRM_READ, sides.ANYONE, (), (REOPEN,)),
    (S.DONE, A.CLOSE): move(S.RELEASED, P.FIRM_READ, sides.ANYONE, RELEASED),
    (S.OPEN, A.CLOSE): move(S.REFUSED, P.FIRM_READ, sides.ANYONE, REFUSED),
    (S.ACCEPTED, A.CLOSE): move(S.RELEASED, P.FIRM_READ, sides.ANYONE, UNTIE, RELEASED),
    (S.LAPSED, A.CLOSE): move(S.LAPSED, P.FIRM_READ, sides.ANYONE, LAPSE, RELEASED),
}  # fmt: skip

CLAIM: Table[ClaimCase] = Table(N_("承接意向"), tuple(S), A, MOVES)
