"""Acts on graduations: 办理, 初核, 核定, 退回, 更正后重报, 撤销."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.errors import Conflict, DomainError, register_messages
from app.core.text import N_, _
from app.firms.models import Firm
from app.pipeline.models import Graduation
from app.pipeline.moves.cases import FirmCase, GraduationCase
from app.pipeline.moves.firm import FIRM
from app.pipeline.moves.graduation import GRADUATION
from app.pipeline.moves.graduation_effects import (
    Report,
    ReportCase,
    check_days,
    examine,
    incubation_of,
)
from app.pipeline.moves.needs import mode
from app.pipeline.words import FirmAct, GraduationAct, ReturnReason

register_messages(
    {
        "graduation:none_ticked": N_("没有勾选任何一家。"),
        "graduation:changed": N_("刚才有人改过：%(firms)s。没有写入，请核对后再勾选。"),
    }
)


def graduate(
    *, actor: AnyViewer, today: dt.date, firm: Firm, carrier: Carrier, report: Report
) -> Graduation:
    """办理毕业, effective on its date; where the district wants a gate, a proposal.

    Effects: the verdict is frozen with all its findings; 条件达成日, 毕业日期 and 计入报告期
    are kept apart, a closed period counting in the current one as 补报; a firm still there
    becomes 毕业留驻. Refused when a condition is not met, or unknown without a stated reason.
    """
    gate = mode() == "approve"
    inner = ReportCase(actor, today, firm, carrier, report=report)
    inner.tie = incubation_of(inner)
    act = GraduationAct.PROPOSE if gate else GraduationAct.REPORT
    case = FirmCase(actor, today, firm, carrier)
    case.inner.append(lambda: GRADUATION.perform(act, inner))
    FIRM.perform(FirmAct.PROPOSE if gate else FirmAct.GRADUATE, case)
    return inner.there


def foresee(
    *, actor: AnyViewer, today: dt.date, firm: Firm, carrier: Carrier, report: Report
) -> DomainError | None:
    """What `graduate` would refuse on what is recorded now; None when nothing. Writes nothing.

    An agreement that only the report names is not looked at before it is recorded.
    """
    act = FirmAct.PROPOSE if mode() == "approve" else FirmAct.GRADUATE
    refusal = FIRM.refusal(act, FirmCase(actor, today, firm, carrier))
    tie = incubation_of(ReportCase(actor, today, firm, carrier))
    if refusal is not None or tie is None:
        return refusal
    try:
        if tie.agreement_on is None and report.agreement_on is not None:
            check_days(report, tie, today)
        else:
            examine(firm, tie, report, today)
    except DomainError as error:
        return error
    return None


def repeat(
    *,
    actor: AnyViewer,
    today: dt.date,
    graduation: Graduation,
    report: Report,
    rev: int | None = None,
) -> Graduation:
    """A returned graduation is corrected and reported again with a fresh verdict."""
    _seen(graduation, rev)
    case = ReportCase(actor, today, graduation.firm, graduation.carrier, graduation, report=report)
    case.tie = incubation_of(case)
    act = GraduationAct.PROPOSE if mode() == "approve" else GraduationAct.REPEAT
    GRADUATION.perform(act, case)
    return case.there


def check(
    *, actor: AnyViewer, today: dt.date, graduations: Sequence[Graduation], seen: int | None = None
) -> int:
    """初核 of several in one act; none is written when one is refused.

    `seen` is the cut that the reader decided on. Raises Conflict when one has changed since.
    """
    return _all(GraduationAct.CHECK, actor, today, graduations, seen)


def verify(
    *, actor: AnyViewer, today: dt.date, graduations: Sequence[Graduation], seen: int | None = None
) -> int:
    """核定 of a quarter's graduations in one act, never of one's own entries; `seen` as above."""
    return _all(GraduationAct.VERIFY, actor, today, graduations, seen)


def approve(
    *, actor: AnyViewer, today: dt.date, graduations: Sequence[Graduation], seen: int | None = None
) -> int:
    """同意毕业 where the district is a gate: the graduation takes effect on its date."""
    return _all(GraduationAct.APPROVE, actor, today, graduations, seen)


def return_graduation(
    *,
    actor: AnyViewer,
    today: dt.date,
    graduation: Graduation,
    reason: ReturnReason,
    note: str | None = None,
    rev: int | None = None,
) -> None:
    """退回 with a coded reason: out of 核定数, still in 申报数, into the carrier's 待办."""
    _seen(graduation, rev)
    case = _case(actor, today, graduation)
    case.code, case.note = reason.value, note
    GRADUATION.perform(GraduationAct.RETURN, case)


def keep_graduation(
    *,
    actor: AnyViewer,
    today: dt.date,
    graduation: Graduation,
    reason: str,
    rev: int | None = None,
) -> None:
    """复查后维持: a record that it rests on has changed; it holds, for a stated reason."""
    _seen(graduation, rev)
    if not reason:
        raise DomainError("tie:need_reason", "reason")
    case = _case(actor, today, graduation)
    case.note = reason
    GRADUATION.perform(GraduationAct.KEEP, case)


def withdraw_graduation(
    *,
    actor: AnyViewer,
    today: dt.date,
    graduation: Graduation,
    reason: str,
    rev: int | None = None,
) -> None:
    """撤销办理 by the carrier, before it is checked; the incubation stay runs on."""
    _seen(graduation, rev)
    if not reason:
        raise DomainError("tie:need_reason", "reason")
    GRADUATION.perform(GraduationAct.WITHDRAW, _case(actor, today, graduation))


def _seen(row: Graduation, rev: int | None) -> None:
    """Refuse what was decided on a version that has changed; None skips the check."""
    if rev is not None and row.rev != rev:
        raise Conflict("stale")


def _case(actor: AnyViewer, today: dt.date, row: Graduation) -> GraduationCase:
    return GraduationCase(actor, today, row.firm, row.carrier, row)


def _all(
    act: GraduationAct,
    actor: AnyViewer,
    today: dt.date,
    rows: Sequence[Graduation],
    seen: int | None,
) -> int:
    if not rows:
        raise DomainError("graduation:none_ticked")
    changed = [row.firm.short_name for row in rows if seen is not None and row.rev > seen]
    if changed:
        raise Conflict("graduation:changed", firms=_("、").join(changed))
    for row in rows:
        try:
            GRADUATION.perform(act, _case(actor, today, row))
        except DomainError as error:
            error.about = row.firm.short_name if len(rows) > 1 else None
            raise
    return len(rows)
