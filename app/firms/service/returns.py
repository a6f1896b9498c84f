"""A return with all it says about firms: the promise, the figures' verification."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select

from app.carriers import service as carriers
from app.carriers.models import Return, Verification
from app.core.access import AnyViewer, Permission
from app.core.days import Period
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.firms.hooks import hooks
from app.firms.models import Attestation, Figures, MilestoneKind
from app.firms.queries.returns import firms_of
from app.firms.service.figures import attest

register_messages(
    {
        "return_broken": N_(
            "综合情况表有 %(n)s 项勾稽不符：%(first)s。请改正数据；确属实际情况的，"
            "写明勾稽说明再报送。"
        ),
    }
)  # fmt: skip


def file_return(
    *,
    actor: AnyViewer,
    today: dt.date,
    sheet: Return,
    promised: bool,
    exceptions: Iterable[tuple[int, MilestoneKind | None]] = (),
    since_founding: bool = False,
    explained: str | None = None,
    rev: int | None = None,
) -> Return:
    """报送: submit the return and promise, for each of its firms, that its file is complete.

    The promise covers the year up to the period's end, or everything since the firm exists.
    `exceptions` are (firm id, kind) pairs; kind None leaves the firm out altogether. Figures
    that firms stated themselves count as reviewed by the carrier from now on. `explained` says
    why figures that do not agree are right. Raises `return_broken` while it is missing.
    """
    actor.need(Permission.RETURN_SUBMIT)
    wrong = [one for broken in hooks().broken for one in broken(actor, sheet, today)]
    if wrong and not explained:
        raise DomainError("return_broken", "explained", n=len(wrong), first=wrong[0])
    sheet.explained = explained[:300] if wrong and explained else None
    carriers.submit_return(actor=actor, today=today, sheet=sheet, promised=promised, rev=rev)
    period = Period(sheet.year, sheet.quarter)
    starts = None if since_founding else dt.date(period.year, 1, 1)
    left_out = set(exceptions)
    for firm in firms_of(sheet, today):
        if (firm.id, None) in left_out:
            continue
        without = {kind for firm_id, kind in left_out if firm_id == firm.id}
        kinds = [k for k in MilestoneKind if k not in without] if without else [None]
        for kind in kinds:
            attest(
                actor=actor, today=today, firm=firm, kind=kind, starts=starts,
                ends=period.last_day, made_with=sheet,
            )  # fmt: skip
    _raise_figures(sheet, today, (Verification.SELF,), Verification.CARRIER)
    return sheet


def verify_return(
    *, actor: AnyViewer, today: dt.date, sheet: Return, rev: int | None = None
) -> Return:
    """核定: the period's figures of its firms are confirmed by the district."""
    carriers.verify_return(actor=actor, today=today, sheet=sheet, rev=rev)
    _raise_figures(sheet, today, (Verification.SELF, Verification.CARRIER), Verification.DISTRICT)
    return sheet


def send_back_return(
    *, actor: AnyViewer, today: dt.date, sheet: Return, reason: str | None, rev: int | None = None
) -> Return:
    """退回: the promises made with the return are taken back until it is submitted again."""
    carriers.send_back_return(actor=actor, today=today, sheet=sheet, reason=reason, rev=rev)
    made = select(Attestation).where(Attestation.return_id == sheet.id).order_by(Attestation.id)
    for promise in session.scalars(made).all():
        session.delete(promise)
    session.flush()
    return sheet


def _raise_figures(
    sheet: Return, today: dt.date, held: tuple[Verification, ...], to: Verification
) -> None:
    ids = [firm.id for firm in firms_of(sheet, today)]
    rows = select(Figures).where(
        Figures.firm_id.in_(ids),
        Figures.year == sheet.year,
        Figures.quarter == sheet.quarter,
        Figures.verification.in_(held),
    )
    for row in session.scalars(rows.order_by(Figures.id)).all():
        row.verification = to
    session.flush()
