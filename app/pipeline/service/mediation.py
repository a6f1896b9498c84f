"""意向协调: asked for by a side, answered by the district with an opinion that binds nobody."""

from __future__ import annotations

import datetime as dt

from app.carriers.models import Carrier
from app.core.access import AnyViewer, System
from app.core.db import Txn
from app.core.errors import DomainError, NotFound, register_constraints, register_messages
from app.core.text import N_
from app.firms.models import Firm
from app.pipeline.models import Mediation, MediationState
from app.pipeline.moves.cases import MediationCase
from app.pipeline.moves.mediation import MEDIATION
from app.pipeline.queries import mediations, ties
from app.pipeline.words import MediationAct, MediationEnd

ITSELF = System("mediation:end")
#: tables on which it rests whether a mediation goes on
GROUND = ("claim", "graduation", "residency")

register_messages(
    {
        "mediation:text": N_("写明协调意见。"),
        "mediation:wish": N_("写明企业的意愿。"),
    }
)
register_constraints({"uq_mediation_live": ("mediation:running", None)})


def ask_mediation(
    *, actor: AnyViewer, today: dt.date, firm: Firm, carrier: Carrier, reason: str | None = None
) -> Mediation:
    """提请协调 by a bidder with a live claim, or by the firm's carrier.

    Ends one that claims and days had ended. Raises `mediation:running` while one goes on.
    """
    last = mediations.live_of(firm)
    if last is not None:
        end_over([last], today)
    tie = ties.latest(firm, today)
    draft = Mediation(
        firm_id=firm.id,
        host_id=tie.carrier_id if tie else None,
        asked_by_id=carrier.id,
        state=MediationState.ASKED,
        asked_on=today,
        due_on=mediations.due(today),
        reason=reason,
    )
    case = MediationCase(actor, today, firm, carrier, draft=draft)
    MEDIATION.perform(MediationAct.ASK, case)
    return case.there


def state_wish(*, actor: AnyViewer, today: dt.date, mediation: Mediation, wish: str) -> None:
    """登记企业意愿, as the firm told its carrier."""
    if not wish:
        raise DomainError("mediation:wish", "wish")
    tie = ties.latest(mediation.firm, today)
    _perform(MediationAct.WISH, actor, today, mediation, tie.carrier if tie else None, wish)


def advise(*, actor: AnyViewer, today: dt.date, mediation: Mediation, text: str) -> None:
    """出具协调意见: the first, or the second where it was asked for once more.

    Numbered, with the sides frozen as they stand. Raises `mediation:author` when the second one
    would be written by the person who wrote the first.
    """
    if not text:
        raise DomainError("mediation:text", "text")
    case = MediationCase(actor, today, mediation.firm, None, mediation, text=text)
    again = case.state() is MediationState.AGAIN
    MEDIATION.perform(MediationAct.READVISE if again else MediationAct.ADVISE, case)


def ask_again(
    *, actor: AnyViewer, today: dt.date, mediation: Mediation, reason: str | None = None
) -> None:
    """申请再次协调: another person of the district looks once more."""
    mine = mediations.parties(actor, mediation.firm, today)
    if not mine:
        raise NotFound()
    _perform(MediationAct.AGAIN, actor, today, mediation, mine[0], reason)


def withdraw_mediation(*, actor: AnyViewer, today: dt.date, mediation: Mediation) -> None:
    """The side that asked lets go before the district has said anything."""
    _perform(MediationAct.WITHDRAW, actor, today, mediation, mediation.asked_by)


def end_mediations(txn: Txn, today: dt.date) -> None:
    """In the write that ends it: the firm chose, arrived, or the last claim ended."""
    if not any(txn.ids(table) for table in GROUND):
        return
    end_over(mediations.stored_live(txn.ids("firm")), today)


def end_over(rows: list[Mediation], today: dt.date) -> None:
    """Write down those of some mediations that claims and days have ended."""
    why = mediations.over(rows, today)
    for row in rows:
        if row.id in why:
            _end(row, today, why[row.id])


def _end(row: Mediation, today: dt.date, why: MediationEnd) -> None:
    case = MediationCase(ITSELF, today, row.firm, None, row, code=why.value)
    MEDIATION.perform(MediationAct.END, case)


def _perform(
    act: MediationAct, actor: AnyViewer, today: dt.date, row: Mediation, carrier: Carrier | None,
    note: str | None = None,
) -> None:  # fmt: skip
    MEDIATION.perform(act, MediationCase(actor, today, row.firm, carrier, row, note=note))
