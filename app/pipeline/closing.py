"""What a carrier without registration had asked for ends by itself: its claims, its requests."""

from __future__ import annotations

from app.carriers.queries import over
from app.core.access import System
from app.core.days import today
from app.core.db import Txn
from app.pipeline.moves.cases import ClaimCase, TransferCase
from app.pipeline.moves.claim import CLAIM
from app.pipeline.moves.transfer import TRANSFER
from app.pipeline.queries import chain
from app.pipeline.words import ClaimAct, ClaimEnd, TransferAct, TransferEnd

ITSELF = System("carrier:end")


def end_of_closed(_txn: Txn) -> None:
    """In the next write from the day on which a registration is 取消 or 注销, announced or not."""
    day = today()
    asking = chain.ended_with_open(day)
    ended = sorted(asking & over(day).keys()) if asking else []
    if not ended:
        return
    for claim in chain.claims_of_carriers(ended):
        case = ClaimCase(
            ITSELF, day, claim.firm, claim.carrier, claim, code=ClaimEnd.CLAIMANT_CLOSED.value
        )
        CLAIM.perform(ClaimAct.CLOSE, case)
    for row in chain.requests_of_carriers(ended):
        asked = TransferCase(
            ITSELF, day, row.firm, row.to_carrier, row, code=TransferEnd.CLOSED.value
        )
        TRANSFER.perform(TransferAct.END, asked)
