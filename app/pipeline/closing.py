"""What a carrier without registration had asked for, or kept beside the count of another one, ends
by itself: its claims, its requests, its further ties."""

from __future__ import annotations

import datetime as dt

from app.carriers.queries import over
from app.core.access import System
from app.core.days import today
from app.core.db import Txn
from app.firms.models import Residency
from app.pipeline.moves.cases import ClaimCase, TransferCase
from app.pipeline.moves.claim import CLAIM
from app.pipeline.moves.tie_effects import end_closed
from app.pipeline.moves.transfer import TRANSFER
from app.pipeline.queries import chain, settling, ties
from app.pipeline.words import ClaimAct, ClaimEnd, TransferAct, TransferEnd

ITSELF = System("carrier:end")


def end_of_closed(_txn: Txn) -> None:
    """In the next write from the day on which a registration is 取消 or 注销, announced or not."""
    day = today()
    asking = chain.ended_with_open(day)
    acts = over(day) if asking else {}
    ended = sorted(asking & acts.keys())
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
    for tie in settling.ties_beside(ended, day):
        end_closed(tie, last_day(tie, acts[tie.carrier_id].day))


def last_day(tie: Residency, over_on: dt.date) -> dt.date:
    """The day on which a further tie ends: that of the carrier's end, or of the firm's leaving it
    where that was later; never before the tie has had a day."""
    gone = ties.latest_at(tie.firm, tie.carrier)
    left = [gone.ends] if gone is not None and gone.ends is not None else []
    return max(over_on, tie.starts + dt.timedelta(days=1), *left)
