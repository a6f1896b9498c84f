"""What the moves do to graduations and to the ties they change."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.carriers.models import ClosedPeriod
from app.core.days import Period
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.criteria.models import Outcome
from app.firms.models import Destination, Firm, LeaveReason, Residency, ResidencyKind
from app.pipeline.judging import Judgement, judge
from app.pipeline.models import Graduation, GraduationState
from app.pipeline.moves.cases import FirmCase, GraduationCase
from app.pipeline.moves.table import Effect
from app.pipeline.moves.tie_effects import graduate_stay
from app.pipeline.queries import ties

register_messages(
    {
        "graduation:not_met": N_("按 %(day)s 的登记内容，毕业条件不符合，不能办理。"),
        "graduation:not_applicable": N_("毕业标准不适用于这家企业。"),
        "graduation:say_why": N_(
            "按 %(day)s 的登记内容，还不能判定毕业条件符合：写明继续办理的理由，或先补齐资料。"
        ),
        "graduation:after_leaving": N_("毕业日期不能晚于离园日 %(day)s。"),
        "graduation:before_stay": N_("毕业日期须晚于入驻开始日 %(day)s。"),
        "graduation:no_agreement": N_("没有登记孵化协议：填写签订日期后再办理。"),
        "graduation:eligible_late": N_("条件达成日不能晚于毕业日期。"),
    }
)


@dataclass
class Report:
    """What the form of 办理毕业 gives."""

    graduated_on: dt.date
    leaves: bool = False
    destination: Destination | None = None
    eligible_on: dt.date | None = None
    override: str | None = None
    agreement_on: dt.date | None = None


@dataclass
class ReportCase(GraduationCase):
    """A graduation about to be reported, with the tie that it rests on."""

    tie: Residency | None = None
    report: Report | None = None


def period_of(day: dt.date, today: dt.date) -> tuple[Period, bool]:
    """The quarter a graduation counts in, and whether as 补报: closed ones stay closed."""
    closed = {(p.year, p.quarter) for p in session.scalars(select(ClosedPeriod))}
    own = Period.of(day)

    def shut(period: Period) -> bool:
        return (period.year, period.quarter) in closed or (period.year, 0) in closed

    if not shut(own):
        return own, False
    current = Period.of(today)
    while shut(current):
        current = Period.of(current.ends)
    return current, True


def examine(firm: Firm, tie: Residency, report: Report, today: dt.date) -> Judgement:
    """The verdict that a report rests on; DomainError when it cannot be reported so."""
    check_days(report, tie, today)
    if tie.agreement_on is None:
        raise DomainError("graduation:no_agreement", "agreement_on")
    verdict = judge(firm, report.graduated_on)
    if verdict.outcome == Outcome.NOT_APPLICABLE:
        raise DomainError("graduation:not_applicable")
    if verdict.outcome == Outcome.NOT_MET:
        raise DomainError("graduation:not_met", "graduated_on", day=report.graduated_on.isoformat())
    if verdict.outcome != Outcome.MET and not report.override:
        raise DomainError("graduation:say_why", "override", day=report.graduated_on.isoformat())
    return verdict


def _freeze(case: GraduationCase) -> None:
    assert isinstance(case, ReportCase)
    assert case.report is not None
    assert case.tie is not None
    report, tie = case.report, case.tie
    if report.agreement_on is not None:
        tie.agreement_on = report.agreement_on
    session.flush()
    verdict = examine(case.firm, tie, report, case.today)
    period, late = period_of(report.graduated_on, case.today)
    row = case.row or Graduation(firm_id=case.firm.id, carrier_id=case.carrier.id)
    row.eligible_on = report.eligible_on or verdict.eligible_on
    row.graduated_on, row.destination = report.graduated_on, report.destination
    row.period_year, row.period_quarter, row.late = period.year, period.quarter, late
    row.basis, row.standard_id = verdict.basis, verdict.standard_id
    row.frozen, row.frozen_hash = verdict.frozen, verdict.frozen_hash
    row.judged_on, row.cut = verdict.judged_on, verdict.cut
    row.override = report.override if verdict.outcome != Outcome.MET else None
    row.reported_by, row.reported_on = case.actor.person_id, case.today
    row.checked_by = row.checked_on = row.verified_by = row.verified_on = None
    row.return_code = row.return_note = None
    case.row = row


def check_days(report: Report, tie: Residency, today: dt.date) -> None:
    """Raise DomainError for days that cannot be those of a graduation from this stay."""
    if report.graduated_on > today:
        raise DomainError("tie:future", "graduated_on")
    if report.graduated_on <= tie.starts:
        raise DomainError("graduation:before_stay", "graduated_on", day=tie.starts.isoformat())
    if tie.ends is not None and report.graduated_on > tie.ends:
        raise DomainError("graduation:after_leaving", "graduated_on", day=tie.ends.isoformat())
    if report.eligible_on is not None and report.eligible_on > report.graduated_on:
        raise DomainError("graduation:eligible_late", "eligible_on")


def _state(state: GraduationState) -> Effect[GraduationCase]:
    def run(case: GraduationCase) -> None:
        row = case.there
        row.state = state
        if row not in session:
            session.add(row)
        session.flush()

    return Effect(N_("记下新的状态"), run)


def graduate_tie(case: GraduationCase) -> None:
    """Where the firm still is, 毕业留驻 begins on the day; where it left, it left as a graduate."""
    row = case.there
    tie = incubation_of(case)
    if tie is None:
        return
    leaves = row.destination is not None
    if tie.ends is not None:
        tie.leave_reason, tie.leave_confirmed = LeaveReason.GRADUATED, True
        return
    tie.ends, tie.leave_reason, tie.leave_confirmed = row.graduated_on, LeaveReason.GRADUATED, True
    if leaves:
        tie.destination = row.destination
        return
    session.flush()
    session.add(graduate_stay(tie, row.graduated_on))


def incubation_of(case: GraduationCase) -> Residency | None:
    """The incubation stay at the reporting carrier that the graduation rests on."""
    statement = ties.counted(case.firm).where(
        Residency.carrier_id == case.carrier.id, Residency.kind != ResidencyKind.GRADUATE_STAY
    )
    return session.scalars(statement.limit(1)).first()


def _ungraduate_tie(case: GraduationCase) -> None:
    """The stay of the graduate goes; incubation runs on, or has ended without graduation."""
    row, tie = case.there, incubation_of(case)
    if tie is None or tie.leave_reason != LeaveReason.GRADUATED:
        return
    statement = ties.counted(case.firm).where(
        Residency.carrier_id == case.carrier.id, Residency.starts == row.graduated_on,
        Residency.kind == ResidencyKind.GRADUATE_STAY,
    )  # fmt: skip
    stay = session.scalars(statement.limit(1)).first()
    tie.leave_reason = LeaveReason.NOT_GRADUATED
    if stay is not None and tie.ends == row.graduated_on:
        ends, destination, to = stay.ends, stay.destination, stay.destination_id
        session.delete(stay)
        session.flush()
        tie.ends, tie.destination, tie.destination_id = ends, destination, to
        if ends is None:
            tie.leave_reason = None


def _sign(field: str) -> Effect[GraduationCase]:
    def run(case: GraduationCase) -> None:
        setattr(case.there, f"{field}_by", case.actor.person_id)
        setattr(case.there, f"{field}_on", case.today)

    return Effect(N_("记下办理人和日期"), run)


def _give_back(case: GraduationCase) -> None:
    case.there.return_code, case.there.return_note = case.code, case.note


def _keep(case: GraduationCase) -> None:
    """The record is written anew even where the reason is that of the last review."""
    case.there.return_note = case.note
    flag_modified(case.there, "return_note")
    session.flush()


def _delete(case: GraduationCase) -> None:
    session.delete(case.there)
    session.flush()
    case.row = None


FREEZE = Effect(N_("核对结果连同全部核对项一并固定；定下计入报告期，已关闭的记为补报"), _freeze)
GRADUATE_TIE = Effect(N_("仍在园的转为毕业留驻；已离园的记为毕业离园"), graduate_tie)
UNGRADUATE_TIE = Effect(N_("毕业留驻取消，恢复原入驻记录"), _ungraduate_tie)
GIVE_BACK = Effect(N_("退回原因进入载体待办；不计核定数，仍计申报数"), _give_back)
KEEP = Effect(N_("毕业不变，复查的理由记入毕业记录；不再列入复查"), _keep)
DELETE = Effect(N_("撤下毕业记录，历史中仍可查"), _delete)
state, sign = _state, _sign
FirmEffect = Effect[FirmCase]
