"""Entering figures, and promising completeness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import select

from app.carriers.models import Return, Source, Verification
from app.carriers.service.trust import entered_by
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.db import FEN_LIMIT, session
from app.core.errors import Conflict, DomainError, register_messages
from app.core.text import N_
from app.firms.fields import need_enter, need_record
from app.firms.figure_columns import BY_NAME
from app.firms.models import Attestation, Figures, Firm, MilestoneKind
from app.firms.queries.figures import row_of
from app.firms.queries.use import Uses
from app.firms.service.register import seen

register_messages(
    {
        "period_ahead": N_("报告期还没有开始，不能填报。"),
        "figure_negative": N_("这一项不能为负。"),
        "figure_bound": N_("数值超过上限。"),
        "promised_with_return": N_("这项承诺随报表报送，报表退回时一并撤回。"),
    }
)


def enter_figures(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    period: Period,
    source: Source,
    values: Mapping[str, int | None],
    rev: int | None = None,
    reason: str | None = None,
    remark: str | None = None,
    verification: Verification | None = None,
    staff_approximate: bool | None = None,
) -> Figures:
    """Enter or change a firm's figures of a period and source; only the named columns change.

    Money in fen, heads in 24ths, quarters cumulative. `rev` is that of the row the form came
    from; None with a row in place means that somebody was faster, `rev=0` skips the check.
    Raises `period_ahead`, `figure_negative`, `figure_bound`, `stale`, `reason_needed`.
    """
    need_enter(actor, firm.id, period, today)
    _check(period, values, today)
    row = row_of(firm.id, period, source)
    if row is None:
        row = Figures(
            firm_id=firm.id,
            year=period.year,
            quarter=period.quarter,
            source=source,
            verification=verification or entered_by(actor),
        )
        session.add(row)
        changed = dict(values)
    else:
        if rev is None:
            raise Conflict("stale")
        seen(row, rev or None)
        changed = {k: v for k, v in values.items() if getattr(row, k) != v}
        if changed and not reason and figures_used(row):
            raise DomainError("reason_needed", "reason")
    for name, value in changed.items():
        setattr(row, name, value)
    if changed and (verification is not None or row.verification is not Verification.SELF):
        row.verification = verification or entered_by(actor)
    if remark is not None:
        row.remark = remark or None
    if staff_approximate is not None:
        row.staff_approximate = staff_approximate
    session.flush()
    return row


def figures_used(row: Figures, uses: Uses | None = None) -> bool:
    """Whether a submitted return or a decision rests on a row of figures.

    `uses`: what was looked up for many firms at once.
    """
    last = Period(row.year, row.quarter).last_day
    return (uses or Uses([row.firm_id])).rest_on(row.firm_id, row.rev, last)


def _check(period: Period, values: Mapping[str, int | None], today: dt.date) -> None:
    if period.starts > today:
        raise DomainError("period_ahead", "period")
    for name, value in values.items():
        column = BY_NAME[name]
        if value is None:
            continue
        if value < 0 and not column.signed:
            raise DomainError("figure_negative", name)
        if abs(value) > FEN_LIMIT:
            raise DomainError("figure_bound", name)


def attest(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    kind: MilestoneKind | None,
    ends: dt.date,
    starts: dt.date | None = None,
    made_with: Return | None = None,
) -> Attestation:
    """填报承诺: what is recorded of a kind (None: of all kinds) is complete on [starts, ends].

    The same promise made twice stands once. `made_with`: the return that is being submitted,
    which may speak for firms that have moved on since. Raises `future_day`, `days_range`.
    """
    if made_with is None:
        need_record(actor, firm.id, today)
    if ends > today:
        raise DomainError("future_day", "ends", today=today)
    if starts is not None and starts > ends:
        raise DomainError("days_range", "ends")
    statement = select(Attestation).where(
        Attestation.firm_id == firm.id,
        Attestation.kind.is_not_distinct_from(kind),
        Attestation.starts.is_not_distinct_from(starts),
        Attestation.ends == ends,
    )
    held = session.scalars(statement.order_by(Attestation.id)).first()
    if held is not None and (made_with is None or held.return_id == made_with.id):
        return held
    made = Attestation(
        firm_id=firm.id,
        kind=kind,
        starts=starts,
        ends=ends,
        return_id=made_with.id if made_with is not None else None,
    )
    session.add(made)
    session.flush()
    return made


def withdraw_attestation(*, actor: AnyViewer, today: dt.date, held: Attestation) -> None:
    """Take a promise back; what rests on completeness becomes unknown again.

    Raises `promised_with_return`: one made with a return falls when the return is sent back.
    """
    need_record(actor, held.firm_id, today)
    if held.return_id is not None:
        raise DomainError("promised_with_return")
    session.delete(held)
    session.flush()
