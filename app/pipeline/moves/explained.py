"""The move tables that the page on the rules of the chain tells."""

from __future__ import annotations

from typing import Any

from app.pipeline.moves.application import APPLICATION
from app.pipeline.moves.claim import CLAIM
from app.pipeline.moves.firm import FIRM
from app.pipeline.moves.graduation import GRADUATION
from app.pipeline.moves.handover import HANDOVER
from app.pipeline.moves.mediation import MEDIATION
from app.pipeline.moves.meeting import MEETING
from app.pipeline.moves.table import Table
from app.pipeline.moves.transfer import TRANSFER

#: name in the address → table; rooms above add theirs
TABLES: dict[str, Table[Any]] = {
    "firm": FIRM,
    "graduation": GRADUATION,
    "claim": CLAIM,
    "mediation": MEDIATION,
    "meeting": MEETING,
    "handover": HANDOVER,
    "transfer": TRANSFER,
    "application": APPLICATION,
}


def explain(code: str, table: Table[Any]) -> None:
    """Tell the moves of a room above on the same page."""
    TABLES[code] = table
