"""Returns: opened by the district, submitted by the carrier, checked, verified or sent back."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.carriers.models import ACCELERATOR, INCUBATOR, Carrier, Return, ReturnReminder, ReturnState
from app.carriers.queries import own, registered
from app.core.access import AnyViewer, Permission
from app.core.days import Period, now
from app.core.db import session
from app.core.errors import Conflict, DomainError, Forbidden, register_messages
from app.core.text import N_

register_messages(
    {
        "return_move": N_("报表现为“%(state)s”，不能做这一步。"),
        "return_promise": N_("报送前请勾选填报承诺。"),
        "return_reason": N_("请写明退回原因。"),
        "return_own": N_("不能核定本人报送的报表，请由另一人核定。"),
        "return_early": N_("报告期还没有结束，不能报送。"),
        "return_due": N_("截止日应在报告期结束之后。"),
    }
)

#: (state, act) → state: the whole life of a return
MOVES = {
    (ReturnState.DRAFT, "submit"): ReturnState.SUBMITTED,
    (ReturnState.RETURNED, "submit"): ReturnState.SUBMITTED,
    (ReturnState.SUBMITTED, "check"): ReturnState.CHECKED,
    (ReturnState.CHECKED, "verify"): ReturnState.VERIFIED,
    (ReturnState.SUBMITTED, "send_back"): ReturnState.RETURNED,
    (ReturnState.CHECKED, "send_back"): ReturnState.RETURNED,
}


def _move(sheet: Return, act: str, rev: int | None) -> None:
    if rev is not None and sheet.rev != rev:
        raise Conflict("stale")
    to = MOVES.get((sheet.state, act))
    if to is None:
        raise Conflict("return_move", state=sheet.state.label)
    sheet.state = to


def open_returns(*, actor: AnyViewer, today: dt.date, period: Period, due_on: dt.date) -> int:
    """Ask every registered incubator and accelerator for a period; how many were asked anew.

    Raises `return_due`.
    """
    actor.need(Permission.RETURN_CHECK)
    if due_on <= period.last_day:
        raise DomainError("return_due", "due_on")
    asked = select(Return.carrier_id).where(
        Return.year == period.year, Return.quarter == period.quarter
    )
    wanted = (
        select(Carrier.id)
        .where(
            Carrier.id.in_(registered(min(today, period.last_day)).order_by(None)),
            Carrier.tier.in_((INCUBATOR, ACCELERATOR)),
            Carrier.id.not_in(asked),
        )
        .order_by(Carrier.id)
    )
    ids = list(session.scalars(wanted))
    session.add_all(
        Return(
            carrier_id=i,
            year=period.year,
            quarter=period.quarter,
            state=ReturnState.DRAFT,
            due_on=due_on,
        )
        for i in ids
    )
    session.flush()
    return len(ids)


def note_reminder(*, actor: AnyViewer, today: dt.date, period: Period) -> int:
    """催报: note that every carrier that has not filed was reminded today; how many.

    A second time on the same day counts once.
    """
    actor.need(Permission.RETURN_CHECK)
    told = select(ReturnReminder.return_id).where(ReturnReminder.day == today)
    late = select(Return.id).where(
        Return.year == period.year,
        Return.quarter == period.quarter,
        Return.state.in_((ReturnState.DRAFT, ReturnState.RETURNED)),
        Return.id.not_in(told),
    )
    ids = session.scalars(late.order_by(Return.id)).all()
    session.add_all(ReturnReminder(return_id=i, day=today, person_id=actor.person_id) for i in ids)
    session.flush()
    return len(ids)


def submit_return(
    *, actor: AnyViewer, today: dt.date, sheet: Return, promised: bool, rev: int | None = None
) -> Return:
    """报送 with the 填报承诺. Raises `return_promise`, `return_early`, `return_move`, `stale`."""
    actor.need(Permission.RETURN_SUBMIT)
    if sheet.carrier_id not in set(session.scalars(own(actor))) and not actor.holds("district"):
        raise Forbidden()
    if not promised:
        raise DomainError("return_promise", "promised")
    if Period(sheet.year, sheet.quarter).last_day > today:
        raise DomainError("return_early")
    _move(sheet, "submit", rev)
    sheet.promised = True
    sheet.submitted_at = now()
    sheet.submitted_by = actor.person_id
    sheet.reason = None
    session.flush()
    return sheet


def check_return(
    *, actor: AnyViewer, today: dt.date, sheet: Return, rev: int | None = None
) -> Return:
    """初核, by the district's clerk or the agency. Raises `return_move`."""
    actor.need(Permission.RETURN_CHECK)
    _move(sheet, "check", rev)
    sheet.checked_by, sheet.checked_on = actor.person_id, today
    session.flush()
    return sheet


def verify_return(
    *, actor: AnyViewer, today: dt.date, sheet: Return, rev: int | None = None
) -> Return:
    """核定. Nobody verifies what they submitted themselves. Raises `return_own`, `return_move`."""
    actor.need(Permission.RETURN_VERIFY)
    if actor.person_id is not None and sheet.submitted_by == actor.person_id:
        raise DomainError("return_own")
    _move(sheet, "verify", rev)
    sheet.verified_by = actor.person_id
    sheet.verified_on = today
    session.flush()
    return sheet


def send_back_return(
    *,
    actor: AnyViewer,
    today: dt.date,
    sheet: Return,
    reason: str | None,
    rev: int | None = None,
) -> Return:
    """退回 with a reason; the carrier corrects and submits again. Raises `return_reason`."""
    actor.need(Permission.RETURN_CHECK)
    if not reason:
        raise DomainError("return_reason", "reason")
    _move(sheet, "send_back", rev)
    sheet.reason = reason[:200]
    session.flush()
    return sheet
