"""申请转入: another carrier's firm is asked for; five working days, then the district."""

from __future__ import annotations

import datetime as dt

from flask import current_app

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.days import working_days_after
from app.firms.models import Firm
from app.pipeline.models import TransferRequest, TransferState
from app.pipeline.moves.cases import FirmCase, TransferCase
from app.pipeline.moves.firm import FIRM
from app.pipeline.moves.transfer import TRANSFER
from app.pipeline.words import FirmAct, TransferAct


def ask_transfer(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    carrier: Carrier,
    wanted_on: dt.date,
    note: str | None = None,
) -> TransferRequest:
    """A carrier asks for a firm that another operator's carrier holds."""
    case = FirmCase(actor, today, firm, carrier)
    inner = TransferCase(actor, today, firm, carrier)

    def ask() -> None:
        inner.draft = TransferRequest(
            firm_id=firm.id,
            from_id=case.running.carrier_id,
            to_id=carrier.id,
            state=TransferState.OPEN,
            asked_on=today,
            due_on=working_days_after(today, current_app.config["TRANSFER_ANSWER_DAYS"]),
            wanted_on=wanted_on,
            note=note,
        )
        TRANSFER.perform(TransferAct.ASK, inner)

    case.inner.append(ask)
    FIRM.perform(FirmAct.ASK, case)
    return inner.there


def agree_transfer(
    *, actor: AnyViewer, today: dt.date, request: TransferRequest, note: str | None = None
) -> None:
    """The host agrees: the firm moves, its clock goes on."""
    _answer(TransferAct.AGREE, actor, today, request, note)


def refuse_transfer(
    *, actor: AnyViewer, today: dt.date, request: TransferRequest, note: str | None = None
) -> None:
    """The host says no, with its answer; the district may be asked."""
    _answer(TransferAct.REFUSE, actor, today, request, note)


def withdraw_transfer(
    *, actor: AnyViewer, today: dt.date, request: TransferRequest, note: str | None = None
) -> None:
    """The carrier that asked lets go."""
    _answer(TransferAct.WITHDRAW, actor, today, request, note)


def decide_transfer(
    *, actor: AnyViewer, today: dt.date, request: TransferRequest, note: str | None = None
) -> None:
    """After a refusal or five silent working days the district settles that the firm moves."""
    _answer(TransferAct.DECIDE, actor, today, request, note)


def uphold_refusal(
    *, actor: AnyViewer, today: dt.date, request: TransferRequest, note: str | None = None
) -> None:
    """After five silent working days the district settles that the firm stays."""
    _answer(TransferAct.UPHOLD, actor, today, request, note)


def _answer(
    act: TransferAct,
    actor: AnyViewer,
    today: dt.date,
    row: TransferRequest,
    note: str | None,
) -> None:
    TRANSFER.perform(act, TransferCase(actor, today, row.firm, row.to_carrier, row, note=note))
