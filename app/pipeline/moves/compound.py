"""Effects of a firm's move that are moves of a claim, a graduation or a request themselves."""

from __future__ import annotations

from app.carriers.models import INCUBATOR, PARK
from app.core.text import N_
from app.pipeline.models import Claim, ClaimState
from app.pipeline.moves.cases import ClaimCase, FirmCase, GraduationCase
from app.pipeline.moves.claim import CLAIM
from app.pipeline.moves.table import Effect
from app.pipeline.moves.tie_effects import stop_push
from app.pipeline.queries import chain
from app.pipeline.stage import NEARBY
from app.pipeline.words import ClaimAct, ClaimEnd


def _inner(case: FirmCase) -> None:
    for act in case.inner:
        act()


def _case(case: FirmCase | GraduationCase, row: Claim, code: ClaimEnd | None = None) -> ClaimCase:
    return ClaimCase(
        case.actor, case.today, case.firm, row.carrier, row, code=code.value if code else None
    )


def _finish(case: FirmCase) -> None:
    mine = chain.live_claim(case.firm, case.by, case.today)
    if mine is not None:
        CLAIM.perform(ClaimAct.LAND, _case(case, mine))


def _close_others(case: FirmCase) -> None:
    """In a park the search is over; an accelerator ends it for accelerators only."""
    top = case.by.tier
    for row in chain.standing_claims(case.firm, ClaimState.OPEN, ClaimState.ACCEPTED):
        if row.carrier.tier <= top or top >= PARK:
            CLAIM.perform(ClaimAct.CLOSE, _case(case, row, ClaimEnd.LANDED_ELSEWHERE))


def _end_claims(case: FirmCase) -> None:
    """A firm that leaves the district or ends is nobody's to win."""
    if case.given.destination not in NEARBY:
        _close_all(case)


def _close_all(case: FirmCase | GraduationCase) -> None:
    for row in chain.standing_claims(case.firm, ClaimState.OPEN, ClaimState.ACCEPTED):
        CLAIM.perform(ClaimAct.CLOSE, _case(case, row, ClaimEnd.FIRM_LEFT))


def _settle(case: GraduationCase) -> None:
    """A graduate needs no push to be seen; one gone from the district is nobody's to win."""
    stop_push(case.firm, case.today)
    gone = case.there.destination
    if gone is not None and gone not in NEARBY:
        _close_all(case)


def _restore(case: FirmCase) -> None:
    """What a voided arrival did to claims is undone, unless they have been made anew since."""
    void = case.made
    if void is None or not void.counted or void.carrier.tier == INCUBATOR:
        return
    for row in chain.ended_by_arrival(case.firm, void):
        if chain.held_claim(row.firm, row.carrier) is None:
            CLAIM.perform(ClaimAct.REOPEN, _case(case, row))
        elif row.state == ClaimState.DONE:
            CLAIM.perform(ClaimAct.CLOSE, _case(case, row, ClaimEnd.CHOSE_OTHER))


REPORT: Effect[FirmCase] = Effect(N_("生成毕业记录并固定核对结果，由区按季核定"), _inner)
PROPOSE: Effect[FirmCase] = Effect(N_("生成毕业记录并固定核对结果，区同意后生效"), _inner)
OPEN_CLAIM: Effect[FirmCase] = Effect(N_("登记本单位的承接意向，由企业选择"), _inner)
ASK: Effect[FirmCase] = Effect(N_("登记转入申请，由对方载体答复"), _inner)
FINISH_CLAIM: Effect[FirmCase] = Effect(N_("本单位的承接意向完成"), _finish)
CLOSE_CLAIMS: Effect[FirmCase] = Effect(
    N_("他家的承接意向结束；落地加速器不影响园区的意向"), _close_others
)
END_CLAIMS: Effect[FirmCase] = Effect(N_("去向在区外的，承接意向全部结束"), _end_claims)
SETTLE_CLAIMS: Effect[GraduationCase] = Effect(
    N_("推送结束；去向在区外的，承接意向全部结束"), _settle
)
RESTORE_CLAIMS: Effect[FirmCase] = Effect(N_("作废落地的，因它完成或结束的意向恢复"), _restore)
