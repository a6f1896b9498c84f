"""Requests for a firm that has moved on end by themselves, whichever way it went."""

from __future__ import annotations

from app.core.access import System
from app.core.days import today
from app.core.db import Txn
from app.pipeline.moves.cases import TransferCase
from app.pipeline.moves.transfer import TRANSFER
from app.pipeline.queries import chain
from app.pipeline.stage import Stage
from app.pipeline.words import TransferAct, TransferEnd

ITSELF = System("transfer:end")
#: tables on which the place and the stage of a firm rest
GROUND = ("residency", "graduation")
REASONS = {
    Stage.GRADUATED: TransferEnd.GRADUATED,
    Stage.LEFT: TransferEnd.LEFT,
    Stage.REGISTERED: TransferEnd.CORRECTED,
}


def end_overtaken(txn: Txn) -> None:
    """In the write that moves a firm: end what waits for an answer of its former carrier."""
    if not any(txn.ids(table) for table in GROUND):
        return
    day = today()
    for row, stage in chain.overtaken_requests(day):
        code = REASONS.get(stage, TransferEnd.MOVED)
        case = TransferCase(ITSELF, day, row.firm, row.to_carrier, row, code=code.value)
        TRANSFER.perform(TransferAct.END, case)
