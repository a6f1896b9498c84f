"""Sending a handover sheet, and the receiver's word on it."""

from __future__ import annotations

import datetime as dt

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.db import current_revision, session
from app.core.errors import DomainError, register_constraints, register_messages
from app.core.text import N_
from app.firms.models import Firm
from app.pipeline.models import Handover, HandoverBody, HandoverState
from app.pipeline.moves.cases import HandoverCase
from app.pipeline.moves.handover import HANDOVER
from app.pipeline.papers import package
from app.pipeline.queries import handovers
from app.pipeline.words import HandoverAct

register_messages(
    {
        "handover:remark": N_("写明说明的内容；没有说明的，按“确认收到”。"),
        "handover:twice": N_("这两个单位之间已有一份有效的输送单，请刷新后再发。"),
    }
)
register_constraints({"uq_handover_standing": ("handover:twice", None)})


def send_handover(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    sender: Carrier,
    receiver: Carrier,
    services: str | None = None,
    needs: str | None = None,
) -> Handover:
    """发企业输送单: the package is assembled, frozen and numbered. A sheet that stands between
    the two is replaced; the very same package again gives the sheet that was sent.
    """
    case = HandoverCase(actor, today, firm, sender, receiver)
    refusal = HANDOVER.refusal(HandoverAct.SEND, case)
    if refusal is not None:
        raise refusal
    text, digest = package.freeze(actor, firm, today, services, needs)
    before = handovers.standing(firm, sender, receiver)
    if before is not None:
        if before.digest == digest:
            return before
        HANDOVER.perform(
            HandoverAct.REPLACE, HandoverCase(actor, today, firm, sender, receiver, before)
        )
    case.draft = Handover(
        firm_id=firm.id,
        from_id=sender.id,
        to_id=receiver.id,
        state=HandoverState.SENT,
        year=today.year,
        serial=Handover.next_serial(today.year),
        sent_on=today,
        due_on=handovers.due(today),
        sent_by=actor.person_id,
        replaces_id=before.id if before else None,
        cut=current_revision(),
        digest=digest,
    )
    HANDOVER.perform(HandoverAct.SEND, case)
    session.add(HandoverBody(handover_id=case.there.id, text=text))
    session.flush()
    return case.there


def confirm_handover(
    *, actor: AnyViewer, today: dt.date, handover: Handover, remark: str | None = None
) -> None:
    """确认收到, with a remark or without. Nothing was waiting for it."""
    act = HandoverAct.REMARK if remark else HandoverAct.CONFIRM
    _perform(act, actor, today, handover, remark)


def remark_handover(
    *, actor: AnyViewer, today: dt.date, handover: Handover, remark: str | None
) -> None:
    """A remark, also after the sheet was confirmed. Raises `handover:remark` without one."""
    if not remark:
        raise DomainError("handover:remark", "remark")
    _perform(HandoverAct.REMARK, actor, today, handover, remark)


def withdraw_handover(*, actor: AnyViewer, today: dt.date, handover: Handover) -> None:
    """The sender takes back a sheet that nobody has confirmed; the receiver reads it no more."""
    _perform(HandoverAct.WITHDRAW, actor, today, handover)


def _perform(
    act: HandoverAct, actor: AnyViewer, today: dt.date, row: Handover, note: str | None = None
) -> None:
    case = HandoverCase(
        actor, today, row.firm, row.from_carrier, row.to_carrier, row, note=note
    )  # fmt: skip
    HANDOVER.perform(act, case)
